import { LONGEST_RETRY_AFTER_MS } from '../../domain/channels/endpoint-health.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Retries end this long after the event was stored; then it is dead. */
export const RETRY_SPAN_MS = 72 * HOUR

// Fast at first, because most outages are restarts; later slow enough that a dead endpoint costs almost nothing. Each
// step is at least as long as the one before.
const DELAYS_MS = [
  SECOND / 2,
  1 * SECOND,
  2 * SECOND,
  3 * SECOND,
  5 * SECOND,
  5 * SECOND,
  10 * SECOND,
  10 * SECOND,
  20 * SECOND,
  30 * SECOND,
  1 * MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  1 * HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
]

/** The shortest and the longest pause of the table, which an operator may set. */
export type RetryWaits = { firstMs: number; longestMs: number }
const WAITS: RetryWaits = { firstMs: DELAYS_MS[0]!, longestMs: DELAYS_MS.at(-1)! }

/**
 * The pause after failed attempt `number` (1 for the first): the delay of that step, plus or minus a fifth, so that
 * contacts which failed together are not retried together. `Retry-After` can lengthen it, never shorten it.
 */
export function retryDelayMs(
  number: number,
  random: () => number,
  retryAfterMs?: number,
  { firstMs, longestMs }: RetryWaits = WAITS,
): number {
  const step = DELAYS_MS[Math.min(number, DELAYS_MS.length) - 1] ?? DELAYS_MS[0]!
  const last = number >= DELAYS_MS.length
  // A longest pause above the table's is reached with its last step.
  const base = Math.min(longestMs, Math.max(firstMs, last ? longestMs : step))
  const jittered = Math.round(base * (0.8 + 0.4 * random()))
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS))
}

/** `Retry-After` in milliseconds: seconds, or an HTTP date. Undefined when it is neither. */
export function readRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const text = Array.isArray(header) ? header[0] : header
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * SECOND
  // Date.parse accepts almost any text as a date, "-5" included; an HTTP date begins with the name of a day.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
