/**
 * How a number's pace answers when WhatsApp throttles: it is halved, and comes back by itself, a little every second.
 * What Meta closes altogether stays closed until the moment it named.
 */
export type Slowdown = {
  /** Of the pace that is set; 1 when nothing slows it. */
  share: number
  /** When `share` was true, in ms of the monotonic clock. */
  at: number
  closedUntil: number
  /** What Meta said, for people who wonder. */
  code: number | null
}

export const UNSLOWED: Slowdown = { share: 1, at: 0, closedUntil: 0, code: null }

const LEAST_SHARE = 1 / 64
/** A halved pace is whole again after 30 seconds without a throttle. */
const RECOVERS_PER_SECOND = 1 / 60
/** Sends that were on their way together are refused together; that is one reason to slow down, not many. */
const ONE_REASON_MS = 1_000
/** What is closed for longer than this is not a matter of pace, and is asked again. */
const LONGEST_CLOSED_MS = 5 * 60_000

export function shareAt(slowdown: Slowdown, now: number): number {
  if (slowdown.share === 1) return 1
  const seconds = Math.max(0, now - slowdown.at) / 1000
  return Math.min(1, slowdown.share + seconds * RECOVERS_PER_SECOND)
}

/** After a throttle. `retryAfterMs` is how long Meta wants nothing at all, when it says so. */
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

/** Meta on a pair that was refused: wait 4^X seconds, X counting the refusals in a row from 0. */
export function pairClosedMs(refusalsBefore: number): number {
  return Math.min(LONGEST_PAIR_MS, 1000 * 4 ** Math.min(refusalsBefore, 10))
}
