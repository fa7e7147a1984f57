import { flushCompileCache } from 'node:module'
import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from '@postern/runtime/clock'

type Collect = (options: { type: 'minor' | 'major'; execution: 'sync'; flavor?: 'last-resort' }) => void
let collect: Collect | undefined

/** The function `gc` exists only in contexts that are created after the flag is set. */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}

/** Runs a young-generation garbage collection, which takes about a millisecond. */
export function collectYoungGarbage(): void {
  collect ??= collector()
  collect({ type: 'minor', execution: 'sync' })
}

/**
 * Frees the memory that the start has used: compiled source and the like, a fifth of the process. V8 would keep it
 * until memory is short. Takes tens of milliseconds, so call it when there is no work.
 */
export function releaseUnusedMemory(): void {
  collect ??= collector()
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

const RELEASE_AFTER_MS = 2_000
const LOOK_EVERY_MS = 1_000
/** Share of a second in which a quiet thread is at work. */
const QUIET = 0.02

/**
 * Once the start is over, its compiled code is cached for the next start, also when this process will be killed. As soon
 * as there is no work, the memory of the start is returned to the system: a message that arrived meanwhile would wait.
 */
export function releaseMemoryAfterStart(clock: Pick<Clock, 'after'>): void {
  clock.after(RELEASE_AFTER_MS, () => {
    flushCompileCache()
    whenQuiet(clock, releaseUnusedMemory)
  })
}

type Utilization = (before?: EventLoopUtilization) => EventLoopUtilization

/** Calls `fn` after the first second in which this thread had nearly nothing to do. */
export function whenQuiet(
  clock: Pick<Clock, 'after'>,
  fn: () => void,
  utilization: Utilization = (before) => performance.eventLoopUtilization(before),
): void {
  const before = utilization()
  clock.after(LOOK_EVERY_MS, () => {
    if (utilization(before).utilization <= QUIET) fn()
    else whenQuiet(clock, fn, utilization)
  })
}
