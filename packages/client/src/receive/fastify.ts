import { createReceiver, MOST_BYTES, type Handler, type ReceiverOptions } from './receiver.ts'

export { createMemoryStore, type Details, type Handler, type ReceiverOptions, type SeenStore } from './receiver.ts'

/** The parts of Fastify that the receiver needs. */
export type FastifyRequest = { body: unknown; headers: Record<string, string | string[] | undefined> }
type FastifyReply = { code(status: number): { type(type: string): { send(text: string): unknown } } }
/** Loose, because the overloads of Fastify's own types fit nothing else. */
type FastifyApp = {
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(...given: never[]): unknown
  post(...given: never[]): unknown
}
type Fastify = {
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer'; bodyLimit: number },
    parse: (request: unknown, body: unknown, done: (error: null, body: unknown) => void) => void,
  ): unknown
  post(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): unknown
}

/**
 * A plugin of Fastify that receives callbacks at a path. The rest of your server keeps its own parsers.
 *
 * ```ts
 * await app.register(receiver('/whatsapp', { secret: process.env.WEBHOOK_SECRET }, async (event) => { … }))
 * ```
 */
export function receiver(path: string, options: ReceiverOptions<FastifyRequest>, handler: Handler<FastifyRequest>) {
  const receive = createReceiver(options, handler)
  return async (given: FastifyApp): Promise<void> => {
    given.removeAllContentTypeParsers()
    const app = given as unknown as Fastify
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    )
    app.post(path, async (request: FastifyRequest, reply: FastifyReply) => {
      const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array()
      const { status, text } = await receive(bytes, request.headers, request)
      return reply.code(status).type('text/plain; charset=utf-8').send(text)
    })
  }
}
