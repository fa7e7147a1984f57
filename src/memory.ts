import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { type: 'minor' | 'major'; execution: 'sync'; flavor?: 'last-resort' }) => void
let collect: Collect | undefined

/** The collector is visible in contexts that are made after the flag is set, and nowhere else. */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}

/** Has the newest garbage collected, which takes about a millisecond. */
export function collectNew(): void {
  collect ??= collector()
  collect({ type: 'minor', execution: 'sync' })
}

/**
 * Gives back what starting up has used: compiled source and the like, a fifth of the process. V8 would keep it until
 * memory is short. Takes some tens of milliseconds, so it is for moments without work.
 */
export function giveBackMemory(): void {
  collect ??= collector()
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
