import type { Clock } from '@postern/runtime/clock'
import { taken, waitMs, type RateLimit } from '../../domain/channels/token-bucket.ts'

/** At most so many keys are remembered; the one untouched for longest is forgotten first, which only forgives it. */
const MOST_KEYS = 10_000

/**
 * A token bucket for each key. What others can make us ask of Meta is measured out by this, so that wrong requests stay
 * cheap however many there are.
 */
export class KeyedLimiter {
  readonly #clock: Clock
  readonly #limit: RateLimit
  readonly #fullAt = new Map<string, number>()

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock
    this.#limit = limit
  }

  /** Whether `key` may have one now; takes nothing. */
  has(key: string): boolean {
    const fullAt = this.#fullAt.get(key)
    return fullAt === undefined || waitMs(fullAt, this.#limit, this.#clock.monotonic()) === 0
  }

  take(key: string): boolean {
    if (!this.has(key)) return false
    const now = this.#clock.monotonic()
    const fullAt = taken(this.#fullAt.get(key) ?? now, this.#limit, now)
    this.#fullAt.delete(key)
    this.#fullAt.set(key, fullAt)
    if (this.#fullAt.size > MOST_KEYS) this.#fullAt.delete(this.#fullAt.keys().next().value!)
    return true
  }
}
