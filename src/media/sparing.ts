import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Small enough that what lies about unused stays far below what a gateway holds anyway. */
const EVERY_BYTES = 8 * 1024 * 1024

type Collect = (options: { type: 'minor' }) => void
let collect: Collect | undefined

/**
 * Counts bytes that stream through, and has the newest garbage collected every few megabytes. Each chunk is a buffer
 * outside of the heap, which V8 lets pile up to more than 64 MB before it looks: a file of 100 MB would then cost a
 * gateway most of that file, although no more than a few chunks of it are in use. A collection of new objects takes a
 * millisecond.
 */
export function sparing(): (bytes: number) => void {
  let since = 0
  return (bytes) => {
    since += bytes
    if (since < EVERY_BYTES) return
    since = 0
    collect ??= collector()
    collect({ type: 'minor' })
  }
}

/** The collector is visible in contexts that are made after the flag is set, and nowhere else. */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}
