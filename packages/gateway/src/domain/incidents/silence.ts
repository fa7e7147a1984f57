import type { ChannelFact } from './facts.ts'
import { HOUR, MINUTE } from './rule.ts'

/** Sends of this time are looked at. */
export const SILENCE_SPAN_MS = 6 * HOUR
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

/** `sends`: the newest accepted sends that are older than `usual`, with whether a status of them came. */
export function silenceOf(
  sends: readonly { acceptedAt: number; answered: boolean }[],
  usual: number,
): ChannelFact['silence'] {
  const oldest = sends.at(-1)
  if (!oldest) return undefined
  const unanswered = sends.filter(({ answered }) => !answered).length
  return { unanswered, of: sends.length, oldestAt: oldest.acceptedAt, usualMs: usual }
}
