import type { Requester, SignalOptions } from '../request.ts'
import type { DataOf, Methods, UploadOptions } from '../routes.ts'

const ALL = '/admin/channels/{channel_id}/broadcasts'
type Uploaded = DataOf<'POST /admin/channels/{channel_id}/broadcast-files'>
const ONE = `${ALL}/{id}` as const

/** The broadcasts of a channel. Each method takes the channel's id first. */
export function broadcastMethods(
  { method, withBody, withQuery, download }: Methods<SignalOptions>,
  { data }: Pick<Requester, 'data'>,
) {
  return {
    /** Files of recipients: CSV or JSON Lines. Give the `file_id` to `create`. */
    files: {
      upload(
        channelId: number,
        file: Blob,
        { filename, ...options }: UploadOptions<SignalOptions> = {},
      ): Promise<Uploaded> {
        const form = new FormData()
        form.set('file', file, filename ?? (file instanceof File ? file.name : 'people.csv'))
        const path = `/admin/channels/${channelId}/broadcast-files`
        return data({ method: 'POST', path, form, options }) as Promise<Uploaded>
      },
      get: method('GET /admin/channels/{channel_id}/broadcast-files/{id}'),
    },
    create: withBody(`POST ${ALL}`),
    /** Returns a page, newest first; the next one with `last_id`. */
    list: withQuery(`GET ${ALL}`),
    get: method(`GET ${ONE}`),
    /** Changes what is given of a broadcast that has not begun; null removes a setting. */
    change: withBody(`PATCH ${ONE}`),
    recipients: withQuery(`GET ${ONE}/recipients`),
    /** Checks every row, and sends nothing. Resolves with the report. */
    check: method(`POST ${ONE}/check`),
    report: method(`GET ${ONE}/check`),
    /** All rows that the last check found, as CSV. Returns the response, as `results` does. */
    badRows: download(`GET ${ONE}/check.csv`),
    test: withBody(`POST ${ONE}/test`),
    start: withBody(`POST ${ONE}/start`),
    pause: method(`POST ${ONE}/pause`),
    resume: method(`POST ${ONE}/resume`),
    cancel: method(`POST ${ONE}/cancel`),
    results: download(`GET ${ONE}/results.csv`),
    retryFailed: method(`POST ${ONE}/retry-failed`),
  }
}
