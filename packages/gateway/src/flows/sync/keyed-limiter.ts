import type { Clock } from '@postern/runtime/clock'

/** At most so many keys are remembered; the one untouched for longest is forgotten first, which only forgives it. */
const MOST_KEYS = 10_000

/**
 * So much at once, and then one more each `everyMs`, for each key. What others can make us ask of Meta is measured
 * out by this, so that wrong requests stay cheap however many there are.
 */
export class KeyedLimiter {
  readonly #clock: Clock
  readonly #most: number
  readonly #everyMs: number
  readonly #left = new Map<string, { left: number; at: number }>()

  constructor(clock: Clock, options: { most: number; everyMs: number }) {
    this.#clock = clock
    this.#most = options.most
    this.#everyMs = options.everyMs
  }

  /** Whether `key` may have one now; takes nothing. */
  has(key: string): boolean {
    return this.#now(key) >= 1
  }

  take(key: string): boolean {
    const left = this.#now(key)
    if (left < 1) return false
    this.#left.delete(key)
    this.#left.set(key, { left: left - 1, at: this.#clock.monotonic() })
    if (this.#left.size > MOST_KEYS) this.#left.delete(this.#left.keys().next().value!)
    return true
  }

  #now(key: string): number {
    const known = this.#left.get(key)
    if (!known) return this.#most
    return Math.min(this.#most, known.left + (this.#clock.monotonic() - known.at) / this.#everyMs)
  }
}
