/**
 * A token bucket, stored as one number: `fullAt`, the time, in milliseconds of the monotonic clock, at which it is full
 * again. Each token moves that time by `everyMs`; a token is free as long as at most `burst` of them are owed.
 */
export type RateLimit = { everyMs: number; burst: number }

/** Meta: one message every 6 s to one contact, and up to 45 at once on credit. */
export const PAIR_LIMIT: RateLimit = { everyMs: 6_000, burst: 45 }

/** A pause of this process up to this length loses no tokens; short, because Meta counts per second. */
const NUMBER_BURST_SECONDS = 0.05

/** The rate limit of a number: within any second at most `perSecond` and a twentieth are sent. */
export function numberLimit(perSecond: number): RateLimit {
  return { everyMs: 1000 / perSecond, burst: Math.max(1, perSecond * NUMBER_BURST_SECONDS) }
}

/** A shorter wait comes from rounding: a sum of fractions of a millisecond is not exact. */
const ROUNDING_MS = 0.001

/** Milliseconds until the next token is free; 0 when it is free now. */
export function waitMs(fullAt: number, limit: RateLimit, now: number): number {
  const wait = fullAt - (limit.burst - 1) * limit.everyMs - now
  return wait < ROUNDING_MS ? 0 : wait
}

/** `fullAt` after a token was taken. */
export function taken(fullAt: number, limit: RateLimit, now: number): number {
  return Math.max(fullAt, now) + limit.everyMs
}

/** A debt above the maximum comes from a limit that was raised. */
export function bounded(fullAt: number, limit: RateLimit, now: number, reservedMs = 0): number {
  return Math.min(fullAt, now + limit.burst * limit.everyMs + reservedMs)
}
