/** Results of the last seconds, to tell how fast a broadcast goes. Times are of the monotonic clock. */
export type RateMeter = { startedAt: number; marks: readonly { at: number; count: number }[] }

const SPAN_MS = 10_000
/** Results are gathered into marks of this length. */
const MARK_MS = 500

export const newMeter = (now: number): RateMeter => ({ startedAt: now, marks: [] })

export function counted({ startedAt, marks }: RateMeter, count: number, now: number): RateMeter {
  const recent = marks.filter(({ at }) => now - at < SPAN_MS + MARK_MS)
  const last = recent.at(-1)
  if (last && now - last.at < MARK_MS)
    return { startedAt, marks: [...recent.slice(0, -1), { at: last.at, count: last.count + count }] }
  return { startedAt, marks: [...recent, { at: now, count }] }
}

/** Results per second, to a tenth. */
export function rateOf({ startedAt, marks }: RateMeter, now: number): number {
  // The oldest mark lies partly in the span.
  const share = (at: number): number => Math.max(0, Math.min(1, (at + MARK_MS - (now - SPAN_MS)) / MARK_MS))
  const sum = marks.reduce((all, { at, count }) => all + count * share(at), 0)
  const ms = Math.min(SPAN_MS, Math.max(1_000, now - startedAt))
  return Math.round((sum / ms) * 10_000) / 10
}

/** How a broadcast goes, as its runner notes it. */
export type PaceNote = {
  /** Results per second. */
  rate: number
  /** Messages per second that it may send now. */
  allowed: number
  slowed_by: 'throttled' | 'quality' | null
  /** All recipients that are left have quiet hours until this time (epoch ms). */
  quiet_until: number | null
}

export const readPace = (stored: string | null): PaceNote | undefined =>
  stored === null ? undefined : (JSON.parse(stored) as PaceNote)

/** Seconds until the last recipient, at the rate of now. Null when nothing tells. */
export function secondsLeft(waiting: number, pace: PaceNote | undefined): number | null {
  if (waiting === 0) return 0
  if (!pace || pace.quiet_until !== null) return null
  const perSecond = pace.rate > 0 ? pace.rate : pace.allowed
  return perSecond > 0 ? Math.ceil(waiting / perSecond) : null
}
