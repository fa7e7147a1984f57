import type { CallOptions } from './request.ts'
import type { DataOf, Methods } from './routes.ts'
import type { BroadcastRecipient, BroadcastRow, NewBroadcast } from './types.ts'

const CREATE = 'POST /external/broadcasts'

/** A broadcast sends one message to many contacts, at the channel's rate limit. */
export function broadcastMethods({ method, withBody, list, request, download, upload }: Methods) {
  return {
    create: withBody(CREATE) as (broadcast: NewBroadcast, options?: CallOptions) => Promise<DataOf<typeof CREATE>>,
    /** Files of recipients: CSV or JSON Lines. Give the `file_id` to `create`. */
    files: {
      upload: upload('POST /external/broadcast-files'),
      get: method('GET /external/broadcast-files/{id}'),
      delete: method('DELETE /external/broadcast-files/{id}'),
    },
    /** Returns a page of broadcasts, newest first. With `for await`, all of them. */
    list: list('GET /external/broadcasts', (last) => ({ last_id: last.id })),
    get: method('GET /external/broadcasts/{id}'),
    /** Changes what is given of a broadcast that has not begun; null removes a setting. */
    change: withBody('PATCH /external/broadcasts/{id}'),
    /** Adds recipients, or rows when it has a `map`. Skips recipients that the broadcast already has. */
    add: (id: string, recipients: readonly BroadcastRecipient[] | readonly BroadcastRow[], options?: CallOptions) =>
      request(
        'POST /external/broadcasts/{id}/recipients',
        { ids: [id], body: { recipients: recipients as readonly BroadcastRecipient[] } },
        options,
      ),
    /** Returns a page of recipients, in the order of the list. With `for await`, all of them. */
    recipients: list('GET /external/broadcasts/{id}/recipients', (last) => ({ last_n: last.n }), 1000),
    /** Checks every row, and sends nothing. Resolves with the report. */
    check: method('POST /external/broadcasts/{id}/check'),
    /** The report of the last check. */
    report: method('GET /external/broadcasts/{id}/check'),
    /** All rows that the last check found, as CSV. Returns the response, as `results` does. */
    badRows: download('GET /external/broadcasts/{id}/check.csv'),
    /** Sends the first row's message to own numbers. */
    test: withBody('POST /external/broadcasts/{id}/test'),
    /** Starts a draft. */
    start: withBody('POST /external/broadcasts/{id}/start'),
    pause: method('POST /external/broadcasts/{id}/pause'),
    resume: method('POST /external/broadcasts/{id}/resume'),
    cancel: method('POST /external/broadcasts/{id}/cancel'),
    /** The results as CSV, at any time. Returns the response; read its body: `await (await results(id)).text()`. */
    results: download('GET /external/broadcasts/{id}/results.csv'),
    /** Makes a draft of the recipients who did not get the message, without those who must not get it again. */
    retryFailed: method('POST /external/broadcasts/{id}/retry-failed'),
  }
}
