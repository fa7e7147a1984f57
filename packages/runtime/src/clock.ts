/**
 * Time as a parameter. Code that reads the time or sets a timer takes a `Clock`, so that a test can move three days in
 * a microsecond.
 */
export interface Clock {
  /**
   * Wall time in epoch milliseconds, for values that are stored, shown, signed or sent. An operator or NTP can set it,
   * also back.
   */
  now(): number
  /**
   * Milliseconds that never decrease and cannot be set. The zero point has no meaning. For rates, limits, pauses, cache
   * ages and deadlines. Never store it, and never compare it with `now`.
   */
  monotonic(): number
  /**
   * Calls `fn` once after `ms` milliseconds. Returns a function that cancels the timer. The timer does not keep the
   * process alive.
   */
  after(ms: number, fn: () => void): () => void
}

// setTimeout fires at once when the delay exceeds 32 bits: a delay of a month would become a busy loop.
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.min(Math.max(0, ms), LONGEST_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** A clock that stands still until `advance` moves it. `advance` runs the due timers in order. */
export class ManualClock implements Clock {
  #now: number
  // Differs from the wall time, so that a test fails when code mixes the two.
  #monotonic = 1_000
  #sequence = 0
  readonly #timers = new Map<number, { due: number; fn: () => void }>()

  constructor(now = Date.UTC(2026, 8, 1)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  after(ms: number, fn: () => void): () => void {
    const id = ++this.#sequence
    this.#timers.set(id, { due: this.#monotonic + Math.max(0, ms), fn })
    return () => this.#timers.delete(id)
  }

  /** Number of waiting timers. A test that ends with waiting timers has leaked a worker. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Moves wall time and monotonic time forward, and runs the due timers. */
  advance(ms: number): void {
    const target = this.#monotonic + ms
    for (;;) {
      const next = [...this.#timers]
        .filter(([, t]) => t.due <= target)
        .sort((a, b) => a[1].due - b[1].due || a[0] - b[0])[0]
      if (!next) break
      const [id, timer] = next
      this.#timers.delete(id)
      this.#pass(Math.max(0, timer.due - this.#monotonic))
      timer.fn()
    }
    this.#pass(target - this.#monotonic)
  }

  /**
   * Sets the wall time ahead or (negative) back, as an operator or NTP does. Timers and monotonic time are not
   * affected.
   */
  step(ms: number): void {
    this.#now += ms
  }

  #pass(ms: number): void {
    this.#now += ms
    this.#monotonic += ms
  }
}

/** A clock that runs at the system's pace and can be moved. The sandbox and tests use it. */
export class ShiftedClock implements Clock {
  #passed = 0
  #stepped = 0
  readonly #base: Clock
  readonly #waiting = new Set<{ due: number; fn: () => void; cancel: () => void }>()

  constructor(base: Clock = systemClock) {
    this.#base = base
  }

  now(): number {
    return this.#base.now() + this.#passed + this.#stepped
  }

  monotonic(): number {
    return this.#base.monotonic() + this.#passed
  }

  after(ms: number, fn: () => void): () => void {
    const entry = { due: this.monotonic() + Math.max(0, ms), fn, cancel: () => {} }
    this.#arm(entry)
    this.#waiting.add(entry)
    return () => {
      entry.cancel()
      this.#waiting.delete(entry)
    }
  }

  /** Moves the clock by `ms` (negative: back) and sets every timer again for the new time. */
  advance(ms: number): void {
    this.#passed += ms
    for (const entry of this.#waiting) {
      entry.cancel()
      this.#arm(entry)
    }
  }

  /**
   * Sets the wall time ahead or (negative) back, as an operator or NTP does. Timers and monotonic time are not
   * affected.
   */
  step(ms: number): void {
    this.#stepped += ms
  }

  #arm(entry: { due: number; fn: () => void; cancel: () => void }): void {
    entry.cancel = this.#base.after(entry.due - this.monotonic(), () => {
      this.#waiting.delete(entry)
      entry.fn()
    })
  }
}
