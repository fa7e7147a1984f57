import type { IncomingMessage } from 'node:http'

/** Why a body is not read to its end. */
export type Cut = 'too_large' | 'too_slow' | 'no_room'

export type BodyLimits = {
  /** Limit of one body. */
  bodyBytes: number
  /** Limit of all unverified bodies together. */
  budgetBytes: number
  /** From the request's headers to the last byte of its body. */
  deadlineMs: number
}

/** Reads request bodies that anybody may send. One body, and all together, hold at most the given memory. */
export type UnverifiedBodies = {
  /**
   * Reads a request's body and passes it to `done`, or the reason to `cut`: at most one of them, once. With `keep:
   * false` the bytes are counted and dropped, and `done` gets none: the answer is known already.
   */
  read(request: IncomingMessage, keep: boolean, done: (body: Buffer) => void, cut: (why: Cut) => void): void
  /** Memory of incomplete bodies. */
  readonly heldBytes: number
}

type Reading = {
  startedAt: number
  /** The first `used` bytes have arrived so far. */
  buffer: Buffer
  used: number
  cut: (why: Cut) => void
}

const SWEEP_EVERY_MS = 500
/** Initial buffer of a body in pieces. */
const FIRST_BYTES = 16 * 1024
/**
 * From this size on a body is in shared memory, which grows in place and can be passed to another thread without a
 * copy. Copies of megabytes block the event loop for tens of milliseconds, mostly for fresh pages.
 */
const SHARED_FROM_BYTES = 64 * 1024
const NOTHING = Buffer.alloc(0)

export function createUnverifiedBodies({ bodyBytes, budgetBytes, deadlineMs }: BodyLimits): UnverifiedBodies {
  // In the order of their beginning, so that the sweep stops at the first young one.
  const open = new Set<Reading>()
  let held = 0
  let sweep: NodeJS.Timeout | undefined

  function end(reading: Reading): boolean {
    if (!open.delete(reading)) return false
    held -= reading.buffer.length
    return true
  }

  function cut(reading: Reading, why: Cut): void {
    if (!end(reading)) return
    reading.buffer = NOTHING
    reading.cut(why)
  }

  function begin(reading: Reading): void {
    open.add(reading)
    // One timer for all: nearly every body is complete before its own timer would fire. It ends when it finds none.
    sweep ??= setInterval(() => {
      if (open.size === 0) {
        clearInterval(sweep)
        sweep = undefined
      }
      const now = performance.now()
      for (const one of open) {
        if (now - one.startedAt < deadlineMs) break
        cut(one, 'too_slow')
      }
    }, SWEEP_EVERY_MS).unref()
  }

  /**
   * Adds a chunk. Pieces are copied into one buffer: a body in chunks of one byte would otherwise take a hundred times
   * its size in small objects.
   */
  function append(reading: Reading, chunk: Buffer): void {
    const { buffer, used } = reading
    if (used === 0 && buffer.length === 0) {
      reading.buffer = chunk
      held += chunk.length
    } else if (used + chunk.length > buffer.length) {
      const size = Math.min(bodyBytes, Math.max(FIRST_BYTES, 2 * buffer.length, used + chunk.length))
      reading.buffer = grown(buffer, used, size, bodyBytes)
      chunk.copy(reading.buffer, used)
      held += size - buffer.length
    } else chunk.copy(buffer, used)
    reading.used += chunk.length
    // The largest is cut off first: an attacker's body is large and incomplete, Meta's are small and soon complete.
    while (held > budgetBytes) cut(largest(open), 'no_room')
  }

  return {
    read(request, keep, done, cutOff) {
      if (Number(request.headers['content-length'] ?? 0) > bodyBytes) return cutOff('too_large')
      const reading: Reading = { startedAt: performance.now(), buffer: NOTHING, used: 0, cut: cutOff }
      begin(reading)
      let size = 0
      request.on('data', (chunk: Buffer) => {
        if (!open.has(reading)) return
        size += chunk.length
        if (size > bodyBytes) cut(reading, 'too_large')
        else if (keep) append(reading, chunk)
      })
      request.on('end', () => {
        if (end(reading)) done(reading.buffer.subarray(0, reading.used))
      })
      // The client disconnected before its body was complete: there is no answer to send.
      request.on('error', ignore)
      request.on('close', () => end(reading))
    },
    get heldBytes() {
      return held
    },
  }
}

const ignore = (): void => {}

function largest(open: ReadonlySet<Reading>): Reading {
  let found: Reading | undefined
  for (const reading of open) if (!found || reading.buffer.length > found.buffer.length) found = reading
  return found!
}

/** A buffer of `size` bytes that begins with the first `used` bytes of `buffer`. */
function grown(buffer: Buffer, used: number, size: number, most: number): Buffer {
  const memory: ArrayBufferLike = buffer.buffer
  if (memory instanceof SharedArrayBuffer) {
    memory.grow(size)
    return Buffer.from(memory, 0, size)
  }
  const larger =
    size < SHARED_FROM_BYTES
      ? Buffer.allocUnsafeSlow(size)
      : Buffer.from(new SharedArrayBuffer(size, { maxByteLength: most }), 0, size)
  buffer.copy(larger, 0, 0, used)
  return larger
}
