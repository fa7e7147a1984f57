import { constants, fstatSync, openSync, write, writeSync } from 'node:fs'
import { isatty } from 'node:tty'

/** Maximum number of characters that wait for a reader. Further lines are dropped and counted. */
const MOST_WAITING = 1024 * 1024
/** Characters of one write: a write for each line would cost more than the logged work. */
const BLOCK = 16 * 1024
/** Maximum time that a line waits for others to share its write. */
const GATHER_MS = 200
/** Pause before the next try on a full pipe. */
const FULL_MS = 20
/** Maximum time that the end of the process waits for a reader. */
const END_MS = 1_000
const LOOK_MS = 10

type Target = { fd: number; asynchronous: boolean }

/**
 * Writes lines to a file descriptor and never waits for its reader. Writes to a pipe, a socket or a terminal do not
 * block: unwritten data waits in memory, up to a limit. Another thread writes to a file, because disks have no
 * non-blocking mode. The rest is written when the process exits, also after an uncaught error.
 */
export class LogWriter {
  readonly #open: () => Target
  readonly #format: (line: string) => string
  #target: Target | undefined
  #lines: string[] = []
  #waiting = 0
  #dropped = 0
  /** The unwritten part of a block. */
  #block: Buffer | undefined
  #inFlight = false
  #timer: NodeJS.Timeout | undefined
  #closed = false
  /** Called with the number of lost lines, once the waiting lines are written. */
  onDropped: (lines: number) => void = () => {}

  constructor(fd: number, format: (line: string) => string = (line) => line) {
    this.#open = () => openTarget(fd)
    this.#format = format
  }

  write(line: string): void {
    if (this.#closed) return
    if (this.#waiting + line.length > MOST_WAITING) {
      this.#dropped++
      return
    }
    if (!this.#target) {
      this.#target = this.#open()
      process.on('exit', () => this.#atExit())
    }
    this.#lines.push(line)
    this.#waiting += line.length
    if (!this.#timer) this.#later(GATHER_MS)
    // After a failed block nothing is tried before its pause: each call on a full pipe costs time.
    if (this.#waiting >= BLOCK && !this.#block) this.drain()
  }

  /** Writes what the reader accepts now. */
  drain(): void {
    while (!this.#inFlight && this.#next()) {
      if (this.#target!.asynchronous) return this.#writeBeside()
      if (!this.#writeNow()) return this.#later(FULL_MS)
    }
    if (this.#inFlight || this.#dropped === 0) return
    const lines = this.#dropped
    this.#dropped = 0
    this.onDropped(lines)
  }

  /** Writes everything, and waits at most a second for the reader. */
  flush(): void {
    const until = performance.now() + END_MS
    for (;;) {
      this.drain()
      if (!this.#block || this.#inFlight || performance.now() >= until) return
      Atomics.wait(NEVER, 0, 0, LOOK_MS)
    }
  }

  /** The event loop is over, so a write in another thread is not awaited, and the rest follows it. */
  #atExit(): void {
    if (this.#inFlight) this.#block = undefined
    this.#inFlight = false
    if (this.#target) this.#target.asynchronous = false
    this.flush()
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.drain()
    }, ms)
    this.#timer.unref()
  }

  #next(): boolean {
    if (this.#block) return true
    if (this.#lines.length === 0) return false
    let length = 0
    let count = 0
    while (count < this.#lines.length && length < BLOCK) length += this.#lines[count++]!.length
    const lines = this.#lines.splice(0, count)
    this.#waiting -= length
    this.#block = Buffer.from(lines.map(this.#format).join(''))
    return true
  }

  #written(bytes: number): void {
    this.#block = bytes < this.#block!.length ? this.#block!.subarray(bytes) : undefined
  }

  /** False when the reader accepts no more. */
  #writeNow(): boolean {
    try {
      this.#written(writeSync(this.#target!.fd, this.#block!))
      return true
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
      return false
    }
  }

  #writeBeside(): void {
    this.#inFlight = true
    write(this.#target!.fd, this.#block!, (error, bytes) => {
      this.#inFlight = false
      if (error) {
        this.#failed(error)
        this.#later(FULL_MS)
        return
      }
      this.#written(bytes)
      if (this.#waiting >= BLOCK || this.#block) this.drain()
      else if (this.#lines.length > 0 || this.#dropped > 0) this.#later(GATHER_MS)
    })
  }

  /** A closed reader gets no more lines. A full disk is tried again, as is a full pipe. */
  #failed(error: NodeJS.ErrnoException): void {
    if (error.code !== 'EPIPE' && error.code !== 'EBADF') return
    this.#closed = true
    this.#lines = []
    this.#block = undefined
  }
}

const NEVER = new Int32Array(new SharedArrayBuffer(4))

function openTarget(fd: number): Target {
  const stat = fstatSync(fd)
  if (stat.isFIFO() || stat.isSocket()) {
    // Reading this property makes libuv put the descriptor into non-blocking mode.
    void (fd === 1 ? process.stdout : process.stderr).writable
    return { fd, asynchronous: false }
  }
  if (!isatty(fd)) return { fd, asynchronous: true }
  // Opened once more: the mode belongs to the open file, and the shell shares this one.
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants
    return { fd: openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY), asynchronous: false }
  } catch {
    return { fd, asynchronous: true }
  }
}
