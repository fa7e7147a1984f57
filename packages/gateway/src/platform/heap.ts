import { flushCompileCache } from 'node:module'
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

const RELEASE_AFTER_MS = 3_000

/**
 * Once the start is over: its memory is returned to the system, and its compiled code is cached for the next start,
 * also when this process will be killed.
 */
export function releaseMemoryAfterStart(clock: Pick<Clock, 'after'>): void {
  clock.after(RELEASE_AFTER_MS, () => {
    flushCompileCache()
    releaseUnusedMemory()
  })
}
