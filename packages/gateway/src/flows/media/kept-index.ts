import type { ReadRange } from './track-reader.ts'

/** Bytes kept of one video. A phone's index has a few hundred KiB. The check of a link reads no more either. */
const MOST_KEPT = 2 * 1024 * 1024
const MOST_READ = 2 * MOST_KEPT
/** A video with more boxes than this has no usable index. */
const MOST_PIECES = 10_000
const HEADER = 16

/**
 * Keeps the parts of a streamed video that list its tracks: every box except the media data (`mdat`) and padding. The
 * index may stand before or after the media data, so the tracks are known only at the end of the stream.
 */
export class KeptIndex {
  #pieces: { start: number; bytes: Buffer }[] = []
  #kept = 0
  #size = 0
  /** The end of the current box, and whether the box is kept. */
  #boxEnd = 0
  #isKept = true
  /** The beginning of a box's header, when a chunk ended inside it. */
  #header: Buffer = Buffer.alloc(0)
  #isLost = false

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length && !this.#isLost) {
      if (this.#size + at >= this.#boxEnd) at = this.#begin(chunk, at)
      const end = Math.min(chunk.length, this.#boxEnd - this.#size)
      if (end > at && this.#isKept) this.#keep(this.#size + at, chunk.subarray(at, end))
      at = Math.max(at, end)
    }
    this.#size += chunk.length
  }

  /** The file's size, and a function that reads the kept parts. Undefined when the index exceeds the limit. */
  end(): { size: number; read: ReadRange } | undefined {
    if (this.#isLost) return undefined
    const pieces = this.#pieces
    return {
      size: this.#size,
      async read(start, end) {
        if (end - start > MOST_READ) throw new Error('so much of a film is not read at once')
        // A parser reads ahead, from the index into the media data. Zeros in that place do no harm.
        const bytes = Buffer.alloc(end - start)
        for (const piece of pieces) {
          const from = Math.max(start, piece.start)
          const to = Math.min(end, piece.start + piece.bytes.length)
          if (from < to) piece.bytes.copy(bytes, from - start, from - piece.start, to - piece.start)
        }
        return bytes
      },
    }
  }

  /** Reads the header that begins at `at`, or in the chunk before. Returns the position after it in the chunk. */
  #begin(chunk: Buffer, at: number): number {
    const before = this.#header.length
    const header = Buffer.concat([this.#header, chunk.subarray(at, at + HEADER - before)])
    const start = this.#size + at - before
    const isLong = header.length >= 4 && header.readUInt32BE(0) === 1
    const needed = isLong ? HEADER : 8
    if (header.length < needed) {
      this.#header = header
      return chunk.length
    }
    this.#header = Buffer.alloc(0)
    const said = isLong ? Number(header.readBigUInt64BE(8)) : header.readUInt32BE(0)
    const type = header.toString('latin1', 4, 8)
    // Zero: the box goes to the end of the file. Less than a header: not a box, so the rest of the file cannot be
    // parsed.
    const isBox = said === 0 || said >= needed
    this.#boxEnd = said === 0 || !isBox ? Infinity : start + said
    this.#isKept = isBox && !['mdat', 'free', 'skip', 'wide'].includes(type)
    this.#keep(start, header.subarray(0, needed))
    return at + needed - before
  }

  #keep(start: number, bytes: Buffer): void {
    this.#kept += bytes.length
    if (this.#kept > MOST_KEPT || this.#pieces.length >= MOST_PIECES) {
      this.#isLost = true
      this.#pieces = []
      return
    }
    // A copy: a slice would keep the whole chunk in memory.
    this.#pieces.push({ start, bytes: Buffer.from(bytes) })
  }
}
