import type { CallOptions, Requester } from './request.ts'
import type { Methods } from './routes.ts'
import type { BroadcastRecipient } from './types.ts'

/** A broadcast sends one message to many contacts, at the channel's rate limit. */
export function broadcastMethods({ raw }: Pick<Requester, 'raw'>, { method, withBody, list, request }: Methods) {
  return {
    create: withBody('POST /external/broadcasts'),
    /** Returns a page of broadcasts, newest first. With `for await`, all of them. */
    list: list('GET /external/broadcasts', (last) => ({ last_id: last.id })),
    get: method('GET /external/broadcasts/{id}'),
    /** Adds recipients. Skips recipients that the broadcast already has. */
    add: (id: string, recipients: readonly BroadcastRecipient[], options?: CallOptions) =>
      request('POST /external/broadcasts/{id}/recipients', { ids: [id], body: { recipients } }, options),
    /** Returns a page of recipients, in the order of the list. With `for await`, all of them. */
    recipients: list('GET /external/broadcasts/{id}/recipients', (last) => ({ last_n: last.n }), 1000),
    pause: method('POST /external/broadcasts/{id}/pause'),
    resume: method('POST /external/broadcasts/{id}/resume'),
    cancel: method('POST /external/broadcasts/{id}/cancel'),
    /** The results as CSV, at any time. Returns the response; read its body: `await (await results(id)).text()`. */
    results: (id: string, options?: CallOptions): Promise<Response> =>
      raw({ method: 'GET', path: `/external/broadcasts/${encodeURIComponent(id)}/results.csv`, options }),
    /** Makes a draft of the recipients who did not get the message, without those who must not get it again. */
    retryFailed: method('POST /external/broadcasts/{id}/retry-failed'),
  }
}
