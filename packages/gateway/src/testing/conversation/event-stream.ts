import type { SandboxEvent } from './record.ts'

/** Longest event. A message has at most some kilobytes. */
const MOST_CHARACTERS = 4 * 1024 * 1024

/** The events of the sandbox's stream, until it ends or `signal` aborts. `onOpen` is called once events arrive. */
export async function* sandboxEvents(
  sandboxUrl: string,
  signal: AbortSignal,
  onOpen: () => void,
): AsyncGenerator<SandboxEvent> {
  const response = await fetch(`${sandboxUrl}/sandbox/events?types=message,status,phone`, { signal })
  if (!response.ok || !response.body) throw new Error(`the event stream answered with HTTP ${response.status}`)
  onOpen()
  let rest = ''
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n')
      rest = blocks.pop()!
      if (rest.length > MOST_CHARACTERS) throw new Error('an event is too long')
      for (const block of blocks) {
        const event = eventIn(block)
        if (event) yield event
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function eventIn(block: string): SandboxEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ')
      return [line.slice(0, at), line.slice(at + 2)] as const
    }),
  )
  const [type, data] = [fields.get('event'), fields.get('data')]
  if (type === undefined || data === undefined) return undefined
  return { type, data: JSON.parse(data) as Record<string, unknown> }
}
