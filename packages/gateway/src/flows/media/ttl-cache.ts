import { createHash } from 'node:crypto'
import type { Clock } from '@postern/runtime/clock'
import { LRUCache } from 'lru-cache'

/**
 * Caches values by key for `ms`, at most `max` of them; the least recently used is removed first. Concurrent calls for
 * one key share the work of computing its value.
 */
export class TtlCache<T extends object> {
  readonly #values: LRUCache<string, T>
  readonly #running = new Map<string, Promise<T>>()

  constructor(clock: Pick<Clock, 'monotonic'>, { ms, max }: { ms: number; max: number }) {
    this.#values = new LRUCache({
      max,
      // The library keeps a value while its age is not above the TTL. Ours expires when its age reaches the TTL.
      ttl: ms - 1,
      // Each read asks the clock, so that a test can move it.
      ttlResolution: 0,
      // For the library a start of 0 means no TTL, and a test's clock begins at 0.
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

  /** Number of keys whose value is being computed. */
  get running(): number {
    return this.#running.size
  }

  /** The running computation for `key`, or a new one by `work`. Its value is cached unless `keep` returns false. */
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

/**
 * A cache key for `url`. `respect` separates the uses of one URL. Long links are hashed, so that the memory stays
 * limited.
 */
export function linkKey(respect: string, url: string): string {
  return `${respect} ${url.length > 512 ? createHash('sha256').update(url).digest('base64') : url}`
}
