import { CallbackRefused, verifyCallback, type HeaderBag } from '../callback.ts'
import type { CallbackEvent, OtherEvent } from '../types.ts'

/** Remembers which events were handled. `webhook-id` is the same in all attempts to deliver an event. */
export type SeenStore = {
  /** True when the event was handled before. */
  has(id: string): boolean | Promise<boolean>
  /** Called when your handler has resolved. */
  add(id: string): unknown
}

export type Secret = string | readonly string[] | undefined

export type ReceiverOptions<Context> = {
  /**
   * The `whsec_…` that was printed when the webhook was set; both while you rotate it. A function reads it from the
   * request's context, where a platform gives its settings only there.
   */
  secret: Secret | ((context: Context) => Secret | Promise<Secret>)
  /** Without it, an event that comes again is handled again. */
  seen?: SeenStore
  /** What went wrong, for your log: a refused callback, a missing secret, an error of your handler. */
  onError?: (error: unknown) => void
}

export type Details<Context> = {
  /** The `webhook-id`. */
  id: string
  /** What your server gives: the request, or its context. */
  context: Context
}

export type EventNamed<Name extends CallbackEvent['event']> = Extract<CallbackEvent, { event: Name }>

/** One function for all events, or one for each event that you want. `other`: events without a function. */
export type Handler<Context> =
  | ((event: CallbackEvent, details: Details<Context>) => unknown)
  | ({ [Name in CallbackEvent['event']]?: (event: EventNamed<Name>, details: Details<Context>) => unknown } & {
      other?: (event: CallbackEvent | OtherEvent, details: Details<Context>) => unknown
    })

/** What the server answers. */
export type Reception = { status: number; text: string }
export type Receive<Context> = (body: string | Uint8Array, headers: HeaderBag, context: Context) => Promise<Reception>

/** More than any callback has. */
export const MOST_BYTES = 8 * 1024 * 1024

export const TOO_LARGE: Reception = { status: 413, text: `A callback has at most ${MOST_BYTES} bytes.` }

/**
 * Verifies a callback, gives its event to your handler, and answers 200 when your handler has resolved. Everything else
 * makes Postern send the event again: 401 for a callback that cannot be trusted, 500 for a handler that failed or a
 * missing secret.
 */
export function createReceiver<Context>(
  { secret, seen, onError = console.error }: ReceiverOptions<Context>,
  handler: Handler<Context>,
): Receive<Context> {
  // Postern gives up an attempt after 10 s and tries again. A slow handler must not run twice side by side.
  const running = new Map<string, Promise<void>>()

  async function handleOnce(event: CallbackEvent, details: Details<Context>): Promise<void> {
    if (await seen?.has(details.id)) return
    await call(handler, event, details)
    await seen?.add(details.id)
  }

  return async (body, headers, context) => {
    try {
      const secrets = typeof secret === 'function' ? await secret(context) : secret
      if (isMissing(secrets)) {
        onError(new Error(NO_SECRET))
        return { status: 500, text: NO_SECRET }
      }
      const { id, event } = await verifyCallback(body, headers, secrets!)
      const work = running.get(id) ?? handleOnce(event, { id, context })
      running.set(id, work)
      try {
        await work
      } finally {
        running.delete(id)
      }
      return { status: 200, text: 'ok' }
    } catch (error) {
      onError(error)
      if (error instanceof CallbackRefused) return { status: 401, text: error.message }
      return { status: 500, text: 'The event could not be handled. Send it again.' }
    }
  }
}

const NO_SECRET =
  'The webhook secret is missing. Set it to the whsec_… that was printed when the webhook was set (postern channel webhook, or endpoint add), and start this program again.'

const isMissing = (secrets: Secret): boolean =>
  secrets === undefined || secrets.length === 0 || (typeof secrets !== 'string' && secrets.every((one) => !one))

function call<Context>(handler: Handler<Context>, event: CallbackEvent, details: Details<Context>): unknown {
  if (typeof handler === 'function') return handler(event, details)
  const named = Object.hasOwn(handler, event.event) ? handler[event.event] : undefined
  return ((named ?? handler.other) as ((event: CallbackEvent, details: Details<Context>) => unknown) | undefined)?.(
    event,
    details,
  )
}

/** Remembers the last `most` events of this process. Several processes need a store that they share. */
export function createMemoryStore(most = 10_000): SeenStore {
  const ids = new Set<string>()
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.add(id)
      if (ids.size > most) ids.delete(ids.values().next().value!)
    },
  }
}
