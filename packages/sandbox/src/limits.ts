import type { Clock } from '@postern/runtime/clock'

/** Meta's own limits. Off by default, because most tests and all load runs would only run into them. */
export type LimitSettings = {
  /**
   * Messages a second for each sending number. `true` takes Meta's 80, 1,000 for an upgraded number, or 20 for a number
   * in the WhatsApp Business app.
   */
  throughput: boolean | number
  /** One message every 6 s to one person, after a burst of 45. */
  pair: boolean
  /** Requests for permission to call, connected calls in a day, and readings of the permission (5 a second). */
  calls: boolean
  /** People a day outside a window, as the portfolio's messaging limit has it. */
  messaging: boolean
}

/** Messages a second. */
const RATES = { STANDARD: 80, HIGH: 1_000, APP: 20 }
const PAIR_BURST = 45
const PAIR_EVERY_MS = 6_000
const DAY_MS = 24 * 3_600_000
const MOST_PAIRS = 50_000

type Bucket = { tokens: number; at: number }

export class Limits {
  settings: LimitSettings
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()
  readonly #reached = new Map<string, Map<string, number>>()

  constructor(settings: LimitSettings, clock: Clock) {
    this.settings = settings
    this.#clock = clock
  }

  /** Returns the code that refuses this send, or undefined. A refused send takes no token. */
  refuse(numberId: string, level: keyof typeof RATES, to: string | undefined): 130429 | 131056 | undefined {
    const { throughput, pair } = this.settings
    if (throughput !== false) {
      const rate = throughput === true ? RATES[level] : throughput
      if (!this.#take(numberId, rate, 1000 / rate)) return 130429
    }
    if (pair && to !== undefined && !this.#take(`${numberId} ${to}`, PAIR_BURST, PAIR_EVERY_MS)) return 131056
    return undefined
  }

  /** False when the permission to call is read too often. */
  readPermissions(numberId: string): boolean {
    return !this.settings.calls || this.#take(`permissions ${numberId}`, 5, 200)
  }

  /** A message outside a window: false when it reaches one person too many within a day. */
  reaches(businessId: string, phone: string, most: number): boolean {
    if (!this.settings.messaging) return true
    const now = this.#clock.now()
    const reached = this.#reached.get(businessId) ?? new Map<string, number>()
    this.#reached.set(businessId, reached)
    // Insertion order is order of time, so the old ones come first.
    for (const [other, at] of reached) {
      if (now - at < DAY_MS) break
      reached.delete(other)
    }
    if (!reached.has(phone) && reached.size >= most) return false
    reached.delete(phone)
    reached.set(phone, now)
    return true
  }

  clear(): void {
    this.#buckets.clear()
    this.#reached.clear()
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
