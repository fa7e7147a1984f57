/**
 * Time, passed in. Everything that asks "what time is it" or "wake me later" takes a `Clock`,
 * so that a test can move three days in a microsecond.
 */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Calls `fn` once, `ms` milliseconds from now. The answer cancels it. Never keeps the process alive. */
  after(ms: number, fn: () => void): () => void
}

// setTimeout fires at once when the delay does not fit 32 bits, which would turn a month into a busy loop.
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.min(Math.max(0, ms), LONGEST_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** A clock that stands still until it is moved. `advance` fires what falls due, in order of due time. */
export class ManualClock implements Clock {
  #now: number
  #sequence = 0
  readonly #timers = new Map<number, { due: number; fn: () => void }>()

  constructor(now = Date.UTC(2026, 8, 1)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, fn: () => void): () => void {
    const id = ++this.#sequence
    this.#timers.set(id, { due: this.#now + Math.max(0, ms), fn })
    return () => this.#timers.delete(id)
  }

  /** How many timers wait. A test that ends with some has leaked a worker. */
  get waiting(): number {
    return this.#timers.size
  }

  advance(ms: number): void {
    const target = this.#now + ms
    for (;;) {
      const next = [...this.#timers]
        .filter(([, t]) => t.due <= target)
        .sort((a, b) => a[1].due - b[1].due || a[0] - b[0])[0]
      if (!next) break
      const [id, timer] = next
      this.#timers.delete(id)
      this.#now = Math.max(this.#now, timer.due)
      timer.fn()
    }
    this.#now = target
  }
}

/** A clock that runs at the system's pace but can be moved ahead or back: the sandbox's and the tests'. */
export class ShiftedClock implements Clock {
  #offset = 0
  readonly #base: Clock
  readonly #waiting = new Set<{ due: number; fn: () => void; cancel: () => void }>()

  constructor(base: Clock = systemClock) {
    this.#base = base
  }

  now(): number {
    return this.#base.now() + this.#offset
  }

  after(ms: number, fn: () => void): () => void {
    const entry = { due: this.now() + Math.max(0, ms), fn, cancel: () => {} }
    this.#arm(entry)
    this.#waiting.add(entry)
    return () => {
      entry.cancel()
      this.#waiting.delete(entry)
    }
  }

  /** Moves the clock by `ms` (negative: back) and re-arms every timer against the new time. */
  advance(ms: number): void {
    this.#offset += ms
    for (const entry of this.#waiting) {
      entry.cancel()
      this.#arm(entry)
    }
  }

  #arm(entry: { due: number; fn: () => void; cancel: () => void }): void {
    entry.cancel = this.#base.after(entry.due - this.now(), () => {
      this.#waiting.delete(entry)
      entry.fn()
    })
  }
}
