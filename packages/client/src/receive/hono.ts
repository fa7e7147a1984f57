import { bytesOf, responseOf } from './fetch.ts'
import { createReceiver, TOO_LARGE, type Handler, type ReceiverOptions } from './receiver.ts'

export { createMemoryStore, type Details, type Handler, type ReceiverOptions, type SeenStore } from './receiver.ts'

/** The part of Hono's context that the receiver needs. */
type HonoContext = { req: { raw: Request } }

/**
 * A handler of callbacks for Hono.
 *
 * ```ts
 * app.post('/whatsapp', receiver({ secret: (c) => c.env.WEBHOOK_SECRET }, async (event) => { … }))
 * ```
 */
export function receiver<Context extends HonoContext>(options: ReceiverOptions<Context>, handler: Handler<Context>) {
  const receive = createReceiver(options, handler)
  return async (context: Context): Promise<Response> => {
    const { raw } = context.req
    const body = await bytesOf(raw)
    return responseOf(body === undefined ? TOO_LARGE : await receive(body, raw.headers, context))
  }
}
