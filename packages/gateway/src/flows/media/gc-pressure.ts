import { collectYoungGarbage } from '../../platform/heap.ts'

/** Small enough that what lies about unused stays far below what a gateway holds anyway. */
const EVERY_BYTES = 8 * 1024 * 1024

/**
 * Counts bytes that stream through, and has the newest garbage collected every few megabytes. Each chunk is a buffer
 * outside of the heap, which V8 lets pile up to more than 64 MB before it looks: a file of 100 MB would then cost a
 * gateway most of that file, although no more than a few chunks of it are in use. A collection of new objects takes a
 * millisecond.
 */
export function relieveGcPressure(): (bytes: number) => void {
  let since = 0
  return (bytes) => {
    since += bytes
    if (since < EVERY_BYTES) return
    since = 0
    collectYoungGarbage()
  }
}
