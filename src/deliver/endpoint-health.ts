import { restMs } from './schedule.ts'

/** An endpoint rests when this many different contacts' deliveries failed in a row, with no success between them. */
const LANES_TO_REST = 5

/**
 * Whether an endpoint is worth asking, judged by what came of the last attempts.
 *
 * `active` → (five lanes fail in a row) → `resting` → (time passes: one probe) → `active`, or a longer rest.
 * A resting endpoint costs one request per probe however many contacts wait behind it.
 */
export class EndpointHealth {
  #failing = new Set<number>()
  #rests = 0
  #restingUntil: number | null = null
  #probing = false
  readonly #random: () => number

  constructor(random: () => number, rests = 0, restingUntil: number | null = null) {
    this.#random = random
    this.#rests = rests
    this.#restingUntil = restingUntil
  }

  get restingUntil(): number | null {
    return this.#restingUntil
  }

  get rests(): number {
    return this.#rests
  }

  /** How many lanes may be asked now: all (Infinity), one as a probe, or none. */
  allowance(now: number): number {
    if (this.#restingUntil === null) return Number.POSITIVE_INFINITY
    return now >= this.#restingUntil && !this.#probing ? 1 : 0
  }

  /** A probe was taken up. */
  probes(): void {
    if (this.#restingUntil !== null) this.#probing = true
  }

  /** The probe found nothing to send, so it proved nothing. */
  probeUnused(): void {
    this.#probing = false
  }

  /** True when this ended a rest. */
  succeeded(): boolean {
    const rested = this.#restingUntil !== null
    this.#failing.clear()
    this.#rests = 0
    this.#restingUntil = null
    this.#probing = false
    return rested
  }

  /** True when this began a rest, or a longer one. */
  failed(lane: number, now: number, retryAfterMs?: number): boolean {
    if (this.#restingUntil !== null) {
      // Attempts that were on their way when the rest began say nothing new.
      if (!this.#probing) return false
      this.#probing = false
      this.#rest(now, retryAfterMs)
      return true
    }
    this.#failing.add(lane)
    if (this.#failing.size < LANES_TO_REST) return false
    this.#rest(now, retryAfterMs)
    return true
  }

  #rest(now: number, retryAfterMs?: number): void {
    this.#restingUntil = now + restMs(this.#rests, this.#random, retryAfterMs)
    this.#rests++
    this.#failing.clear()
  }
}
