import type { Clock } from '@postern/runtime/clock'

/** Meta's own limits. Off by default, because most tests and all load runs would only run into them. */
export type LimitSettings = {
  /** Messages a second for each sending number. `true` takes Meta's 80, or 1,000 for an upgraded number. */
  throughput: boolean | number
  /** One message every 6 s to one person, after a burst of 45. */
  pair: boolean
}

const PAIR_BURST = 45
const PAIR_EVERY_MS = 6_000
const MOST_PAIRS = 50_000

type Bucket = { tokens: number; at: number }

export class Limits {
  settings: LimitSettings
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(settings: LimitSettings, clock: Clock) {
    this.settings = settings
    this.#clock = clock
  }

  /** Returns the code that refuses this send, or undefined. A refused send takes no token. */
  refuse(numberId: string, level: 'STANDARD' | 'HIGH', to: string | undefined): 130429 | 131056 | undefined {
    const { throughput, pair } = this.settings
    if (throughput !== false) {
      const rate = throughput === true ? (level === 'HIGH' ? 1000 : 80) : throughput
      if (!this.#take(numberId, rate, 1000 / rate)) return 130429
    }
    if (pair && to !== undefined && !this.#take(`${numberId} ${to}`, PAIR_BURST, PAIR_EVERY_MS)) return 131056
    return undefined
  }

  clear(): void {
    this.#buckets.clear()
  }

  #take(key: string, burst: number, everyMs: number): boolean {
    const now = this.#clock.now()
    let bucket = this.#buckets.get(key)
    if (!bucket) {
      // The oldest pair had the longest time to refill, so removing it changes the least.
      if (this.#buckets.size >= MOST_PAIRS)
        for (const old of this.#buckets.keys()) {
          this.#buckets.delete(old)
          break
        }
      this.#buckets.set(key, (bucket = { tokens: burst, at: now }))
    }
    bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / everyMs)
    bucket.at = now
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}
