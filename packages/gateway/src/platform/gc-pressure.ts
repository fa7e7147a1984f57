import { collectYoungGarbage } from './heap.ts'

/** Small enough that the garbage stays far below the gateway's other memory. */
const EVERY_BYTES = 8 * 1024 * 1024

/**
 * Counts streamed bytes and runs a young-generation garbage collection every few megabytes. Each chunk is a buffer
 * outside of the heap, and V8 lets more than 64 MB of them accumulate: a file of 100 MB would take most of its size in
 * memory, although only a few chunks are in use. A collection of new objects takes a millisecond.
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
