import { hash } from 'node:crypto'

/**
 * Repeatable random values. Every purpose ("wamid", "media id" …) has its own stream, so that one more media upload in
 * a test does not change the ids of the messages around it.
 */
export class SeededSource {
  readonly seed: string
  readonly #counters = new Map<string, number>()

  constructor(seed: string) {
    this.seed = seed
  }

  /** 32 bytes that depend only on the seed and the purpose: for secrets and ids of the initial objects. */
  fixed(purpose: string): Buffer {
    return hash('sha256', `${this.seed}\0${purpose}`, 'buffer')
  }

  /** The next 32 bytes of a purpose's stream. */
  draw(purpose: string): Buffer {
    return this.fixed(`${purpose}\0${this.count(purpose)}`)
  }

  /** 1, 2, 3 … for each purpose. */
  count(purpose: string): number {
    const n = (this.#counters.get(purpose) ?? 0) + 1
    this.#counters.set(purpose, n)
    return n
  }

  /** A number from 0 (included) to 1 (excluded). */
  chance(purpose: string): number {
    return this.draw(purpose).readUInt32BE(0) / 2 ** 32
  }

  /** The position of each stream. `restore` continues from it. */
  state(): Record<string, number> {
    return Object.fromEntries(this.#counters)
  }

  restore(state: Record<string, number>): void {
    this.#counters.clear()
    for (const [purpose, n] of Object.entries(state)) this.#counters.set(purpose, n)
  }
}
