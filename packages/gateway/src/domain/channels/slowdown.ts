/**
 * The reaction of a number's rate limit to a throttle of WhatsApp: it is halved, and recovers by itself, a little every
 * second. A number that Meta closes stays closed until the given time.
 */
export type Slowdown = {
  /** Of the configured rate; 1 when nothing slows it down. */
  share: number
  /** The time of `share`, in ms of the monotonic clock. */
  at: number
  closedUntil: number
  /** Meta's code, for people. */
  code: number | null
}

export const UNSLOWED: Slowdown = { share: 1, at: 0, closedUntil: 0, code: null }

const LEAST_SHARE = 1 / 64
/** A halved rate recovers within 30 seconds without a throttle. */
const RECOVERS_PER_SECOND = 1 / 60
/** Concurrent sends are refused together; that counts as one reason to slow down. */
const ONE_REASON_MS = 1_000
/** A longer closing is not a matter of the rate limit, and is tried again. */
const LONGEST_CLOSED_MS = 5 * 60_000

export function shareAt(slowdown: Slowdown, now: number): number {
  if (slowdown.share === 1) return 1
  const seconds = Math.max(0, now - slowdown.at) / 1000
  return Math.min(1, slowdown.share + seconds * RECOVERS_PER_SECOND)
}

/** After a throttle. `retryAfterMs` is the time in which Meta accepts nothing, if given. */
export function slowed(
  slowdown: Slowdown,
  now: number,
  code: number | null,
  retryAfterMs: number | undefined,
): Slowdown {
  const closedUntil =
    retryAfterMs === undefined
      ? slowdown.closedUntil
      : Math.max(slowdown.closedUntil, now + Math.min(retryAfterMs, LONGEST_CLOSED_MS))
  if (now - slowdown.at < ONE_REASON_MS && slowdown.share < 1) return { ...slowdown, closedUntil, code }
  return { share: Math.max(LEAST_SHARE, shareAt(slowdown, now) / 2), at: now, closedUntil, code }
}

const LONGEST_PAIR_MS = 60 * 60_000

/** Meta's rule for a refused pair: wait 4^X seconds, X counting the refusals in a row from 0. */
export function pairClosedMs(refusalsBefore: number): number {
  return Math.min(LONGEST_PAIR_MS, 1000 * 4 ** Math.min(refusalsBefore, 10))
}
