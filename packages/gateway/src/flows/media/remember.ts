import { createHash } from 'node:crypto'
import type { Clock } from '@postern/runtime/clock'

/**
 * Remembers values by key for a while, at most `max` of them; the least recently used goes first. Whoever asks for a
 * key that is being worked out shares that work.
 */
export class Remember<T> {
  readonly #clock: Clock
  readonly #ms: number
  readonly #max: number
  readonly #values = new Map<string, { value: T; until: number }>()
  readonly #running = new Map<string, Promise<T>>()

  constructor(clock: Clock, options: { ms: number; max: number }) {
    this.#clock = clock
    this.#ms = options.ms
    this.#max = options.max
  }

  get(key: string): T | undefined {
    const entry = this.#values.get(key)
    if (!entry) return undefined
    this.#values.delete(key)
    if (entry.until <= this.#clock.monotonic()) return undefined
    this.#values.set(key, entry) // a Map keeps the order of insertion: behind is most recent
    return entry.value
  }

  set(key: string, value: T): void {
    this.#values.delete(key)
    this.#values.set(key, { value, until: this.#clock.monotonic() + this.#ms })
    if (this.#values.size > this.#max) this.#values.delete(this.#values.keys().next().value!)
  }

  delete(key: string): void {
    this.#values.delete(key)
  }

  /** Keys being worked out at this moment. */
  get running(): number {
    return this.#running.size
  }

  /** The running work on `key`, or `work` started for it. Its value is remembered unless `keep` says no. */
  share(key: string, work: () => Promise<T>, keep: (value: T) => boolean = () => true): Promise<T> {
    const running = this.#running.get(key)
    if (running) return running
    const started = work()
      .then((value) => {
        if (keep(value)) this.set(key, value)
        return value
      })
      .finally(() => this.#running.delete(key))
    this.#running.set(key, started)
    return started
  }

  isRunning(key: string): boolean {
    return this.#running.has(key)
  }
}

/** A key for `url` in some respect. Long links are kept as hashes, so that bounded memory stays bounded. */
export function linkKey(respect: string, url: string): string {
  return `${respect} ${url.length > 512 ? createHash('sha256').update(url).digest('base64') : url}`
}
