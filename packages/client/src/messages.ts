import type { DataOf, Methods } from './routes.ts'
import type { CallOptions } from './request.ts'
import type { Moment, SendMessage } from './generated/schemas.ts'

const SEND = 'POST /external/messages/whatsapp'

type Answer = DataOf<typeof SEND>
/** WhatsApp's id of the message; with `fallback`, also the type that went out. */
export type Sent = Extract<Answer, { msg_id: string }>
export type Scheduled = Extract<Answer, { reference: string }>

/** A message that goes out later. */
export type MessageLater = SendMessage & { send_at: Moment }

export function messageMethods({ method, withBody, list }: Methods) {
  const send = withBody(SEND)
  const markRead = withBody('POST /external/messages/{msg_id}/read')
  return {
    /** Sends one message now. Resolves with WhatsApp's id when WhatsApp has accepted it. */
    send: send as (message: SendMessage, options?: CallOptions) => Promise<Sent>,
    /** Sends a message later. Resolves with its reference when it is stored. */
    schedule: send as (message: MessageLater, options?: CallOptions) => Promise<Scheduled>,
    /** Messages that were sent with `send_at`. */
    scheduled: {
      list: list('GET /external/scheduled', (last) => ({ last_id: last.reference })),
      get: method('GET /external/scheduled/{reference}'),
      /** Only while it is `scheduled`, as `cancel`. */
      change: withBody('PATCH /external/scheduled/{reference}'),
      cancel: method('DELETE /external/scheduled/{reference}'),
    },
    /** Returns one message, by WhatsApp's id or by the gateway's. */
    message: method('GET /external/messages/{msg_id}'),
    /** Returns a page of messages, newest first. With `for await`, all of them. */
    messages: list('GET /external/messages', (last) => ({ last_id: last.reference })),
    /** Marks an inbound message and all earlier ones of the contact as read. `typing` also shows the typing indicator. */
    async markRead(id: string, { typing, ...options }: CallOptions & { typing?: boolean } = {}): Promise<void> {
      await markRead(id, typing === undefined ? {} : { typing }, options)
    },
    /** One action on a voice call: connect, pre_accept, accept, reject or terminate. Only `connect` is never repeated. */
    call: withBody('POST /external/calls'),
  }
}
