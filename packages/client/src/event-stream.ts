/** A block of server-sent events. `data` is missing in one that only moves the place. */
export type Block = { id: string | undefined; data: string | undefined }

/** The blocks of a stream of server-sent events, as the gateway writes them: each field once, in one line. */
export async function* parseEventStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Block, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    const end = rest.lastIndexOf('\n\n')
    if (end < 0) continue
    const blocks = rest.slice(0, end).split('\n\n')
    rest = rest.slice(end + 2)
    for (const block of blocks) {
      const { id, data } = fieldsOf(block)
      if (id !== undefined || data !== undefined) yield { id, data }
    }
  }
}

function fieldsOf(block: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, '')
  }
  return fields
}
