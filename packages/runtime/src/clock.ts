/**
 * Time, passed in. Everything that asks "what time is it" or "wake me later" takes a `Clock`,
 * so that a test can move three days in a microsecond.
 */
export interface Clock {
  /** Time of the wall, in epoch milliseconds: for what is stored, shown, signed or told. People and NTP set it, back too. */
  now(): number
  /**
   * Milliseconds that only ever grow, from a start that means nothing: for rates, limits, pauses, ages of caches and
   * deadlines. Nobody sets it. Never stored, and never compared with `now`.
   */
  monotonic(): number
  /** Calls `fn` once, `ms` milliseconds from now. The answer cancels it. Never keeps the process alive. */
  after(ms: number, fn: () => void): () => void
}

// setTimeout fires at once when the delay does not fit 32 bits, which would turn a month into a busy loop.
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

/** A clock that stands still until it is moved. `advance` fires what falls due, in order of due time. */
export class ManualClock implements Clock {
  #now: number
  // Another start than the wall's, so that whoever mixes the two is found out.
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

  /** How many timers wait. A test that ends with some has leaked a worker. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Lets time pass. */
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

  /** Sets the time of the wall ahead or (negative) back, as people and NTP do. Timers and monotonic time go on as before. */
  step(ms: number): void {
    this.#now += ms
  }

  #pass(ms: number): void {
    this.#now += ms
    this.#monotonic += ms
  }
}

/** A clock that runs at the system's pace but can be moved: the sandbox's and the tests'. */
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

  /** Lets `ms` pass at once (negative: takes them back), and re-arms every timer against the new time. */
  advance(ms: number): void {
    this.#passed += ms
    for (const entry of this.#waiting) {
      entry.cancel()
      this.#arm(entry)
    }
  }

  /** Sets the time of the wall ahead or (negative) back, as people and NTP do. Timers and monotonic time go on as before. */
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
