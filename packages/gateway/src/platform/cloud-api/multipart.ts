import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'

export type FilePart = {
  name: string
  type: string
  body: Readable | Buffer
  /** Bytes of the body, when known: the request then states its length, otherwise it uses chunks. */
  length?: number | undefined
}

/** `multipart/form-data` with the fields first and the file streamed after them: at most one chunk is in memory. */
export function multipart(
  fields: Record<string, string>,
  file: FilePart,
): { stream: Readable; headers: Record<string, string> } {
  const boundary = `postern-${randomBytes(18).toString('hex')}`
  let head = ''
  for (const [name, value] of Object.entries(fields)) {
    head += `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`
  }
  head += `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${quoted(file.name)}"\r\n`
  head += `content-type: ${file.type.replace(/[^\w.+/;= -]/g, '')}\r\n\r\n`
  const before = Buffer.from(head)
  const behind = Buffer.from(`\r\n--${boundary}--\r\n`)

  async function* parts() {
    yield before
    if (Buffer.isBuffer(file.body)) yield file.body
    else yield* file.body
    yield behind
  }

  const headers: Record<string, string> = { 'content-type': `multipart/form-data; boundary=${boundary}` }
  const length = Buffer.isBuffer(file.body) ? file.body.length : file.length
  if (length !== undefined) headers['content-length'] = String(before.length + length + behind.length)
  return { stream: Readable.from(parts(), { objectMode: false }), headers }
}

/** Names in a part's header, as browsers write them (WHATWG, multipart/form-data encoding). */
function quoted(name: string): string {
  return name.replace(/\r\n?|\n/g, '%0D%0A').replaceAll('"', '%22')
}
