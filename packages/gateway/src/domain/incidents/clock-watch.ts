/** A smaller difference is the steady work of NTP, or a busy machine. */
const STEP_MS = 2_000

type Clocks = { wall: number; monotonic: number }
export type Step = { stepMs: number; steppedAt: number | null }

/** How the wall clock moved against the clock that cannot be set. */
export function stepOf(before: Clocks | undefined, now: Clocks, last: Step): Step {
  if (!before) return last
  const stepMs = Math.round(now.wall - before.wall - (now.monotonic - before.monotonic))
  return Math.abs(stepMs) < STEP_MS ? last : { stepMs, steppedAt: now.wall }
}
