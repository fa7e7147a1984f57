import { joined } from './fetch.ts'
import {
  createReceiver,
  MOST_BYTES,
  TOO_LARGE,
  type Handler,
  type Reception,
  type ReceiverOptions,
} from './receiver.ts'

export { createMemoryStore, type Details, type Handler, type ReceiverOptions, type SeenStore } from './receiver.ts'

/** The parts of a request of Node's or Express's that the receiver needs. */
export type NodeRequest = AsyncIterable<Uint8Array> & {
  headers: Record<string, string | string[] | undefined>
  readableEnded?: boolean
  /** Set by a body parser: bytes or text of `express.raw()` and `express.text()`. */
  body?: unknown
}
export type NodeResponse = {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(text: string): unknown
}

const PARSED: Reception = {
  status: 500,
  text: 'The body was parsed before the receiver saw it, so its signature cannot be checked. Put the receiver before express.json(), or give this path express.raw({ type: "*/*" }).',
}

/**
 * A handler of callbacks for Node’s own HTTP server, and for Express.
 *
 * ```ts
 * createServer(receiver({ secret: process.env.WEBHOOK_SECRET }, async (event) => { … }))
 * ```
 */
export function receiver<Request extends NodeRequest>(options: ReceiverOptions<Request>, handler: Handler<Request>) {
  const { onError = console.error } = options
  const receive = createReceiver({ ...options, onError }, handler)
  return async (request: Request, response: NodeResponse): Promise<void> => {
    const body = await bodyOf(request).catch(onError)
    // Who sent it is gone in the middle of the body, and reads no answer.
    if (!body) return
    if (body === PARSED) onError(new Error(PARSED.text))
    const { status, text } = 'status' in body ? body : await receive(body.bytes, request.headers, request)
    response.statusCode = status
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    // What is left of a body that is too large is not read.
    if (status === TOO_LARGE.status) response.setHeader('connection', 'close')
    response.end(text)
  }
}

async function bodyOf(request: NodeRequest): Promise<{ bytes: string | Uint8Array } | Reception> {
  const { body } = request
  if (typeof body === 'string' || body instanceof Uint8Array) return { bytes: body }
  if (request.readableEnded) return PARSED
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > MOST_BYTES) return TOO_LARGE
    chunks.push(chunk)
  }
  return { bytes: joined(chunks, length) }
}
