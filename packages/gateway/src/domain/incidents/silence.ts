import type { ChannelFact } from './facts.ts'
import { DAY, HOUR, MINUTE } from './rule.ts'

/** Sends of this time are looked at. WhatsApp repeats webhooks for as long: later no status comes any more. */
export const SILENCE_SPAN_MS = 7 * DAY
/** Of them, those of the time before the newest one. Earlier ones prove nothing about the webhooks then. */
const NEWEST_SPAN_MS = 6 * HOUR
export const SENDS_LOOKED_AT = 20

/**
 * WhatsApp reports `sent` within seconds, whatever the phone does, and by night as by day. In its worst hours webhooks
 * are some minutes late.
 */
const LEAST_USUAL_MS = 5 * MINUTE
const MOST_USUAL_MS = 60 * MINUTE
/** So many times the time that nearly all statuses took. */
const USUAL_TIMES = 4

/** How long statuses of a channel usually take at the most, from the newest delays. */
export function usualMs(delays: readonly number[]): number {
  const sorted = [...delays].sort((a, b) => a - b)
  const nearlyAll = sorted[Math.floor(sorted.length * 0.95)] ?? 0
  return Math.min(MOST_USUAL_MS, Math.max(LEAST_USUAL_MS, nearlyAll * USUAL_TIMES))
}

/**
 * `sends`: the newest accepted sends that are older than `usual`, the newest first, with whether a status of them came.
 * When the business sends nothing more, the last ones stay what is known, until their statuses come.
 */
export function silenceOf(
  sends: readonly { acceptedAt: number; answered: boolean }[],
  usual: number,
): NonNullable<ChannelFact['silence']> {
  const from = (sends[0]?.acceptedAt ?? 0) - NEWEST_SPAN_MS
  const looked = sends.filter(({ acceptedAt }) => acceptedAt >= from)
  const unanswered = looked.filter(({ answered }) => !answered).length
  return { unanswered, of: looked.length, oldestAt: looked.at(-1)?.acceptedAt ?? 0, usualMs: usual }
}
