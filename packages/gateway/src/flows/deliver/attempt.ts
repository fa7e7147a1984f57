import type { Dispatcher } from 'undici'
import type { Clock } from '@postern/runtime/clock'
import { type Answer, isOurs } from '../../platform/answer.ts'
import { afterReads } from '../../platform/deadline.ts'
import { readRetryAfter } from './schedule.ts'

export type Verdict = 'delivered' | 'gone' | 'failed' | 'not_sent'

const KEPT_BYTES = 1024
/** The rest of a longer answer is not read; the socket is closed. */
const READ_BYTES = 64 * 1024

/**
 * Posts one event. Never rejects: a failing endpoint is an outcome, not an error of ours. Redirects are not followed.
 * The timeout covers everything from the name lookup to the end of the answer. The dispatcher must have a socket for
 * each request, so that no request waits for another's.
 */
export function postEvent(
  dispatcher: Dispatcher,
  request: { origin: string; path: string; headers: Record<string, string>; body: string; timeoutMs: number },
  clock: Pick<Clock, 'now' | 'monotonic'>,
): Promise<Answer> {
  const startedAt = clock.monotonic()
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined
    let over = false
    let status: number | null = null
    let retryAfterMs: number | undefined
    let size = 0
    let kept: Buffer | undefined
    let notSent = false

    const end = (problem?: string): void => {
      if (over) return
      over = true
      cancelDeadline()
      const text = problem ?? kept?.toString('utf8', 0, KEPT_BYTES) ?? ''
      const answer: Answer = { status, ms: clock.monotonic() - startedAt, text }
      if (retryAfterMs !== undefined) answer.retryAfterMs = retryAfterMs
      if (notSent) answer.notSent = true
      resolve(answer)
    }
    const giveUp = (problem: string): void => {
      // A 2xx is an acknowledgement as soon as its headers arrive; a slow body changes nothing.
      end(status === null ? problem : undefined)
      controller?.abort(new Error(problem))
    }
    const cancelDeadline = afterReads(request.timeoutMs, () => giveUp(`no answer within ${request.timeoutMs} ms`))

    try {
      dispatcher.dispatch(
        {
          origin: request.origin,
          path: request.path,
          method: 'POST',
          headers: request.headers,
          body: request.body,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        {
          onRequestStart(given) {
            if (over) throw new Error('given up before it was written')
            controller = given
          },
          onResponseStart(_, statusCode, headers) {
            status = statusCode
            retryAfterMs = readRetryAfter(headers['retry-after'], clock.now())
          },
          onResponseData(_, chunk) {
            size += chunk.length
            if (!kept) kept = chunk
            else if (kept.length < KEPT_BYTES) kept = Buffer.concat([kept, chunk])
            if (size > READ_BYTES) giveUp('a long answer')
          },
          onResponseEnd() {
            end()
          },
          onResponseError(_, error) {
            notSent = status === null && isOurs(error)
            end(status === null ? problemOf(error) : undefined)
          },
        },
      )
    } catch (error) {
      notSent = isOurs(error)
      end(problemOf(error as Error))
    }
  })
}

function problemOf(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code
  const text = error.message || error.name
  return code && !text.includes(code) ? `${code}: ${text}` : text
}

/**
 * The meaning of an answer. Any 2xx acknowledges; 410 means that the endpoint wants no more events; the rest is
 * retried.
 */
export function verdictOf(answer: Answer): Verdict {
  if (answer.notSent) return 'not_sent'
  if (answer.status !== null && answer.status >= 200 && answer.status <= 299) return 'delivered'
  return answer.status === 410 ? 'gone' : 'failed'
}
