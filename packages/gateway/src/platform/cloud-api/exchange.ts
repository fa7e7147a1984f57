import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { afterReads } from '../deadline.ts'
import { NoAnswer, NotConnected, StrangeAnswer } from './errors.ts'
import type { RawAnswer } from './read-answer.ts'

export type ExchangeRequest = {
  origin: string
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  headers: Record<string, string>
  body?: string | Buffer | Readable
  /** For the whole exchange: waiting for a socket, connecting, writing, reading the whole answer. */
  timeoutMs: number
  maxBytes: number
  /**
   * Calls its argument when this request may use a socket. Returns a function that ends the turn, or the wait for it.
   */
  turn?: (go: () => void) => () => void
}

/**
 * One request, one complete answer of at most `maxBytes`.
 *
 * Throws `NotConnected` exactly when nothing was written. Error codes do not tell that: they differ by system and by
 * how a connection broke. The order of undici's events does: `onRequestStart` comes right before the first byte goes to
 * a socket. Refused or timed-out connections, DNS and TLS failures, and a timeout while waiting for a free socket all
 * end without it. After it, every failure is `NoAnswer`, even one that looks like a broken connection: the bytes may
 * have arrived.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<RawAnswer> {
  const { origin, method, path, headers: sent, timeoutMs, maxBytes, body = null, turn } = request
  return new Promise((settle, fail) => {
    let controller: Dispatcher.DispatchController | undefined
    let started = false
    let over = false
    const place: { leave?: (() => void) | undefined } = {}
    let status = 0
    let headers: RawAnswer['headers'] = {}
    let size = 0
    const chunks: Buffer[] = []

    const end = (outcome: RawAnswer | Error) => {
      if (over) return
      over = true
      cancelDeadline()
      place.leave?.()
      if (outcome instanceof Error) fail(outcome)
      else settle(outcome)
    }
    const giveUp = (error: Error) => {
      end(error)
      controller?.abort(error)
    }
    const failure = (why: string, cause?: unknown) =>
      started ? new NoAnswer(why, cause) : new NotConnected(why, cause)

    const cancelDeadline = afterReads(timeoutMs, () =>
      giveUp(failure(started ? `not within ${timeoutMs} ms` : `no connection within ${timeoutMs} ms`)),
    )

    place.leave = turn?.(dispatch)
    if (!turn) dispatch()
    // The exchange may have ended before `leave` was set.
    if (over) place.leave?.()

    function dispatch(): void {
      dispatcher.dispatch(
        // One time budget for the whole exchange is exact. undici's own limits per phase are coarse and add up.
        { origin, method, path, headers: sent, body, headersTimeout: 0, bodyTimeout: 0 },
        {
          onRequestStart(given) {
            // Throwing here, before anything is written, leaves the socket usable for the next request.
            if (over) throw new Error('given up before it was written')
            // undici may offer a request to a second socket when the first one breaks. A message must not be sent
            // twice.
            if (started) throw new Error('the connection broke')
            started = true
            controller = given
          },
          onResponseStart(_, statusCode, given) {
            status = statusCode
            headers = given
            if (Number(given['content-length'] ?? 0) > maxBytes) giveUp(tooLong(status, maxBytes))
          },
          onResponseData(_, chunk) {
            size += chunk.length
            if (size > maxBytes) return giveUp(tooLong(status, maxBytes))
            chunks.push(chunk)
          },
          onResponseEnd() {
            end({ status, headers, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) })
          },
          onResponseError(_, error) {
            if (isMisuse(error)) return end(new TypeError(`not a request: ${error.message}`))
            // The caller's own stream broke. Its error is more precise than ours.
            if (body !== null && typeof body === 'object' && 'errored' in body && body.errored) return end(body.errored)
            // The HTTP parser's error contains the bytes that it failed on; they must not reach a log.
            end(failure(wordsFor(error), 'data' in error ? undefined : error))
          },
        },
      )
    }
  })
}

function tooLong(status: number, maxBytes: number): StrangeAnswer {
  return new StrangeAnswer(`longer than ${maxBytes} bytes`, status)
}

function isMisuse(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'UND_ERR_INVALID_ARG'
}

/** The text of an error. Several failed addresses give an error without a text of its own. */
function wordsFor(error: Error): string {
  return error.message || (error as NodeJS.ErrnoException).code || error.name
}
