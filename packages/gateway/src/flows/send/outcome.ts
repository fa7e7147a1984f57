import { ERROR_CODES } from '@postern/cloud-api'
import { CloudApiError, NoAnswer, NotConnected, StrangeAnswer } from '../../platform/cloud-api/errors.ts'

/** The limit that was reached: of the app, the business account, this number, or this number with this contact. */
export type ThrottleScope = 'app' | 'account' | 'channel' | 'pair'

/**
 * What happened to a message that was sent to WhatsApp. `mayRetry` claims two things: WhatsApp provably did not accept
 * the message, and the same request can succeed later. Only then may it be sent again without asking the caller.
 */
export type Outcome =
  | { kind: 'accepted' }
  | { kind: 'refused'; mayRetry: false; upstream: CloudApiError | StrangeAnswer }
  | {
      kind: 'throttled'
      scope: ThrottleScope
      mayRetry: true
      retryAfterMs: number | undefined
      upstream: CloudApiError | StrangeAnswer
    }
  | {
      kind: 'unavailable'
      mayRetry: boolean
      retryAfterMs: number | undefined
      upstream: CloudApiError | NotConnected
    }
  | { kind: 'unknown'; mayRetry: false; why: string; upstream: NoAnswer | StrangeAnswer }

const THROTTLES: Record<number, { scope: ThrottleScope; waitMs?: number }> = {
  4: { scope: 'app' },
  80007: { scope: 'account' },
  80008: { scope: 'account' },
  131064: { scope: 'account' },
  // Throughput is counted per second (cloud limits), so the next second is free again.
  130429: { scope: 'channel', waitMs: 1_000 },
  131048: { scope: 'channel' },
  // A number in maintenance is back within a minute.
  131057: { scope: 'channel', waitMs: 60_000 },
  2494100: { scope: 'channel', waitMs: 60_000 },
  133016: { scope: 'channel' },
  // Five reads of call permissions a second; the second code is the older one.
  613: { scope: 'channel', waitMs: 1_000 },
  138013: { scope: 'channel', waitMs: 1_000 },
  138002: { scope: 'channel' },
  138005: { scope: 'channel' },
  // Meta: wait 4^X seconds, X = 0 at first. A sender that continues must count X.
  131056: { scope: 'pair', waitMs: 1_000 },
}

/** These codes say that WhatsApp failed, whatever the HTTP status. */
const OUTAGES = new Set([1, 2, 131000, 131016, 133004])

/**
 * Classifies an error of a send. Decides only; `send` acts on it. An error that is not from the Cloud API client is a
 * bug and is thrown.
 */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof NotConnected) {
    return { kind: 'unavailable', mayRetry: true, retryAfterMs: undefined, upstream: error }
  }
  if (error instanceof NoAnswer) {
    // Meta may have taken the message, and a retry could send it twice. We wait for its
    // status webhook, which carries our own message id.
    return { kind: 'unknown', mayRetry: false, why: error.message, upstream: error }
  }
  if (error instanceof StrangeAnswer) return outcomeOfStrange(error)
  if (error instanceof CloudApiError) return outcomeOfCode(error)
  throw error
}

function outcomeOfCode(error: CloudApiError): Outcome {
  const throttle = THROTTLES[error.code]
  if (throttle) {
    const retryAfterMs = error.retryAfterMs ?? throttle.waitMs
    return { kind: 'throttled', scope: throttle.scope, mayRetry: true, retryAfterMs, upstream: error }
  }
  // Meta's error object is an answer of the API itself. There is no wamid, so the message was not accepted.
  if (OUTAGES.has(error.code) || error.httpStatus >= 500) {
    const known = ERROR_CODES[error.code]
    const mayRetry = known === undefined || known.retry === 'later'
    return { kind: 'unavailable', mayRetry, retryAfterMs: error.retryAfterMs, upstream: error }
  }
  return { kind: 'refused', mayRetry: false, upstream: error }
}

/**
 * An answer without Meta's error object came from a server between Meta's API and us. 4xx and 3xx mean that the request
 * was not passed on. 2xx may hide an accepted message. A proxy's own 502, 503 or 504 says only that it got no good
 * answer, perhaps after the message was accepted. Waiting for a status webhook costs less than sending a message twice.
 */
function outcomeOfStrange(error: StrangeAnswer): Outcome {
  const { httpStatus: status } = error
  if (status === 429) {
    return { kind: 'throttled', scope: 'app', mayRetry: true, retryAfterMs: error.retryAfterMs, upstream: error }
  }
  if (status >= 300 && status < 500 && status !== 408) return { kind: 'refused', mayRetry: false, upstream: error }
  return { kind: 'unknown', mayRetry: false, why: error.message, upstream: error }
}
