/**
 * A bucket of turns, kept as one number: `fullAt`, the moment, in milliseconds of the monotonic clock, at which it is full again. Each turn
 * taken puts that moment off by `everyMs`; a turn is free as long as no more than `burst` of them are owed.
 */
export type Rate = { everyMs: number; burst: number }

/** Meta: one message every 6 s to one person, and up to 45 at once on credit. */
export const PAIR_RATE: Rate = { everyMs: 6_000, burst: 45 }

/** A pause of this process as long as this costs no turns; short, since Meta counts per second. */
const NUMBER_BURST_SECONDS = 0.05

/** The pace of a number; within any second no more than `perSecond` and a twentieth go out. */
export function numberRate(perSecond: number): Rate {
  return { everyMs: 1000 / perSecond, burst: Math.max(1, perSecond * NUMBER_BURST_SECONDS) }
}

/** Milliseconds until the next turn is free; 0 when it is free now. */
export function waitMs(fullAt: number, rate: Rate, now: number): number {
  return Math.max(0, fullAt - (rate.burst - 1) * rate.everyMs - now)
}

/** `fullAt` after a turn was taken. */
export function taken(fullAt: number, rate: Rate, now: number): number {
  return Math.max(fullAt, now) + rate.everyMs
}

/** A debt larger than can be owed comes from a rate that was raised. */
export function bounded(fullAt: number, rate: Rate, now: number, reservedMs = 0): number {
  return Math.min(fullAt, now + rate.burst * rate.everyMs + reservedMs)
}
