import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from '@postern/runtime/clock'

type Collect = (options: { type: 'minor' | 'major'; execution: 'sync'; flavor?: 'last-resort' }) => void
let collect: Collect | undefined

/** The collector is visible in contexts that are made after the flag is set, and nowhere else. */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}

/** Has the newest garbage collected, which takes about a millisecond. */
export function collectYoungGarbage(): void {
  collect ??= collector()
  collect({ type: 'minor', execution: 'sync' })
}

/**
 * Gives back what starting up has used: compiled source and the like, a fifth of the process. V8 would keep it until
 * memory is short. Takes some tens of milliseconds, so it is for moments without work.
 */
export function releaseUnusedMemory(): void {
  collect ??= collector()
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

const RELEASE_AFTER_MS = 3_000

/**
 * Once the start is over: what it used goes back to the system, and what it compiled is kept for the next start, also of
 * a process that will be killed.
 */
export function releaseMemoryAfterStart(clock: Pick<Clock, 'after'>): void {
  clock.after(RELEASE_AFTER_MS, () => {
    flushCompileCache()
    releaseUnusedMemory()
  })
}
