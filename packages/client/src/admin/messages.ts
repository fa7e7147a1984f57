import type { SendMessage } from '../generated/schemas.ts'
import type { MessageLater, Scheduled, Sent } from '../messages.ts'
import type { SignalOptions } from '../request.ts'
import type { Methods } from '../routes.ts'

const SEND = 'POST /admin/channels/{channel_id}/messages'

/** The messages of all channels. */
export function messageMethods({ method, withBody, withQuery, list, downloadWithQuery }: Methods<SignalOptions>) {
  const send = withBody(SEND)
  const media = downloadWithQuery('GET /admin/messages/{reference}/media')
  return {
    /** Returns a page of messages, newest first. With `for await`, all of them. */
    list: list('GET /admin/messages', (last) => ({ last_id: last.reference })),
    search: withQuery('GET /admin/messages/search'),
    get: method('GET /admin/messages/{reference}'),
    /** Sends a message from a channel. */
    send: (channelId: number, message: SendMessage, options?: SignalOptions) =>
      send(channelId, message, options) as Promise<Sent>,
    schedule: (channelId: number, message: MessageLater, options?: SignalOptions) =>
      send(channelId, message, options) as Promise<Scheduled>,
    markRead: method('POST /admin/channels/{channel_id}/messages/{reference}/read'),
    /** Returns the response with the file behind a link of a message; read its body. */
    media: (reference: string, link: string, options?: SignalOptions) => media(reference, { link }, options),
  }
}
