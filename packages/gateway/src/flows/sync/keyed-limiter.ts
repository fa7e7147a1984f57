import type { Clock } from '@postern/runtime/clock'
import { taken, waitMs, type RateLimit } from '../../domain/channels/token-bucket.ts'

/**
 * Maximum number of keys in memory. The key that was unused for longest is removed first, which only gives it a full
 * bucket.
 */
const MOST_KEYS = 10_000

/**
 * A token bucket for each key. It limits the requests to Meta that others can cause, so that wrong requests stay cheap.
 */
export class KeyedLimiter {
  readonly #clock: Clock
  readonly #limit: RateLimit
  readonly #fullAt = new Map<string, number>()

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock
    this.#limit = limit
  }

  /** True when `key` may take a token now. Takes none. */
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
