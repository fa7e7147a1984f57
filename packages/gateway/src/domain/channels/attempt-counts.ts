/**
 * What the attempts of an endpoint came to: how many were acknowledged, and how long it took to answer. Durations are
 * counted in steps, each a tenth longer than the one before, so that a million of them are some numbers.
 */
export type AttemptCounts = {
  succeeded: number
  failed: number
  /** How many answers took so long: by step. */
  answered: Record<number, number>
}

const STEP = 1.1
const MOST_STEPS = 150

export const noAttempts = (): AttemptCounts => ({ succeeded: 0, failed: 0, answered: {} })

/** `answeredMs`: how long the answer took; null where none came. */
export function countAttempt(counts: AttemptCounts, succeeded: boolean, answeredMs: number | null): void {
  if (succeeded) counts.succeeded++
  else counts.failed++
  if (answeredMs === null) return
  const step = Math.min(MOST_STEPS, Math.max(0, Math.ceil(Math.log(Math.max(answeredMs, 1)) / Math.log(STEP))))
  counts.answered[step] = (counts.answered[step] ?? 0) + 1
}

export function addCounts(to: AttemptCounts, more: AttemptCounts): void {
  to.succeeded += more.succeeded
  to.failed += more.failed
  for (const [step, count] of Object.entries(more.answered))
    to.answered[Number(step)] = (to.answered[Number(step)] ?? 0) + count
}

/** The share of attempts that were acknowledged; null when there were none. */
export function successRate({ succeeded, failed }: AttemptCounts): number | null {
  const all = succeeded + failed
  return all === 0 ? null : Math.round((succeeded / all) * 10_000) / 10_000
}

/** So many milliseconds did `share` of the answers take at the most, a tenth more or less; null without answers. */
export function answeredWithin({ answered }: AttemptCounts, share: number): number | null {
  const steps = Object.entries(answered).map(([step, count]) => [Number(step), count] as const)
  const all = steps.reduce((sum, [, count]) => sum + count, 0)
  if (all === 0) return null
  let seen = 0
  for (const [step, count] of steps.sort(([a], [b]) => a - b)) {
    seen += count
    if (seen >= all * share) return Math.round(STEP ** step)
  }
  return null
}
