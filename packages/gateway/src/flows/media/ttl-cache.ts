import { createHash } from 'node:crypto'
import type { Clock } from '@postern/runtime/clock'
import { LRUCache } from 'lru-cache'

/**
 * Keeps values by key for `ms`, at most `max` of them; the least recently used goes first. Callers that ask for a key
 * while its value is being worked out share that work.
 */
export class TtlCache<T extends object> {
  readonly #values: LRUCache<string, T>
  readonly #running = new Map<string, Promise<T>>()

  constructor(clock: Pick<Clock, 'monotonic'>, { ms, max }: { ms: number; max: number }) {
    this.#values = new LRUCache({
      max,
      // The library keeps a value while its age is not above the TTL; ours ends when its age reaches it.
      ttl: ms - 1,
      // Each look asks the clock, so that a clock which tests move is believed at once.
      ttlResolution: 0,
      // For the library a start of 0 means no TTL, and a test's clock begins there.
      perf: { now: () => 1 + clock.monotonic() },
    })
  }

  get(key: string): T | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: T): void {
    this.#values.set(key, value)
  }

  delete(key: string): void {
    this.#values.delete(key)
  }

  /** Keys being worked out at this moment. */
  get running(): number {
    return this.#running.size
  }

  /** The running work on `key`, or `work` started for it. Its value is kept unless `keep` says no. */
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
