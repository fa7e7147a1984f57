import type { Clock } from '../../packages/runtime/src/clock.ts'

type Entry = { at: number; order: number; fn: (() => void) | undefined }

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Virtual time. Due tasks run one by one, each with its consequences to the end before the next begins, so that the
 * same seed gives exactly the same history.
 */
export class Loop {
  /** Milliseconds since the simulation began. No simulated clock shows it. */
  now = 0
  steps = 0
  #order = 0
  readonly #heap: Entry[] = []

  /** Calls `fn` once after `ms`. Returns a function that cancels it. */
  after(ms: number, fn: () => void): () => void {
    const entry: Entry = { at: this.now + Math.max(0, ms), order: this.#order++, fn }
    this.#push(entry)
    return () => {
      entry.fn = undefined
    }
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /** Runs until `until`, or until there is nothing left to do. */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    await settled()
    for (let next = this.#heap[0]; next && next.at <= until && !isOver(); next = this.#heap[0]) {
      this.#pop()
      if (!next.fn) continue
      this.now = next.at
      this.steps++
      next.fn()
      await settled()
    }
    if (!isOver()) this.now = Math.max(this.now, until)
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let i = heap.push(entry) - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      if (!isBefore(entry, heap[up]!)) break
      heap[i] = heap[up]!
      i = up
    }
    heap[i] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = last
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** The beginning of the simulation, by a correct wall clock. */
export const EPOCH = Date.UTC(2026, 8, 1)

/** The clocks of one machine: a wall clock, which can be set and runs fast or slow, and a monotonic one. */
export class MachineClock {
  #offset: number
  readonly #loop: Loop
  readonly #rate: number

  /** `skew`: how far ahead it is at first; `rate`: its speed relative to true time, 1 for equal. */
  constructor(loop: Loop, { skew, rate }: { skew: number; rate: number }) {
    this.#loop = loop
    this.#offset = skew
    this.#rate = rate
  }

  now(): number {
    return Math.floor(EPOCH + this.#offset + this.#loop.now * this.#rate)
  }

  monotonic(): number {
    return 50_000 + this.#loop.now * this.#rate
  }

  step(ms: number): void {
    this.#offset += ms
  }

  /** The clock of one process: when the process has ended, its timers do not run any more. */
  of(process: { readonly alive: boolean }): Clock {
    return {
      now: () => this.now(),
      monotonic: () => this.monotonic(),
      after: (ms, fn) =>
        this.#loop.after(ms / this.#rate, () => {
          if (process.alive) fn()
        }),
    }
  }
}
