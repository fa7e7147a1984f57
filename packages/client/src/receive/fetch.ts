import {
  createReceiver,
  MOST_BYTES,
  TOO_LARGE,
  type Handler,
  type Reception,
  type ReceiverOptions,
} from './receiver.ts'

export { createMemoryStore, type Details, type Handler, type ReceiverOptions, type SeenStore } from './receiver.ts'

/**
 * A handler of callbacks for servers that take a `Request` and return a `Response`: Next.js, Remix, SvelteKit, Bun,
 * Deno, Cloudflare Workers.
 *
 * ```ts
 * export const POST = receiver({ secret: process.env.WEBHOOK_SECRET }, async (event) => { … })
 * ```
 */
export function receiver(options: ReceiverOptions<Request>, handler: Handler<Request>) {
  const receive = createReceiver(options, handler)
  return async (request: Request): Promise<Response> => {
    const body = await bytesOf(request)
    return responseOf(body === undefined ? TOO_LARGE : await receive(body, request.headers, request))
  }
}

export const responseOf = ({ status, text }: Reception): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })

/** The body as it came. Undefined when it is too large. */
export async function bytesOf(request: Request): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return joined(chunks, length)
}

export function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
