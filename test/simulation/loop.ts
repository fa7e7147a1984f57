import type { Clock } from '../../packages/runtime/src/clock.ts'

type Entry = { at: number; order: number; fn: (() => void) | undefined }

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Virtual time. What is due runs one by one; what one sets going runs to its end before the next begins, so that the
 * same seed is the same history, to the letter.
 */
export class Loop {
  /** Milliseconds since the simulation began, by no clock that anybody in it can see. */
  now = 0
  steps = 0
  #order = 0
  readonly #heap: Entry[] = []

  /** Calls `fn` once, `ms` from now. The answer cancels it. */
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

  /** Lets time pass until `until`, or until nothing is left to be done. */
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

/** When the simulation begins, by a wall clock that is right. */
export const EPOCH = Date.UTC(2026, 8, 1)

/** The clocks of one machine: one of the wall, which is set and runs fast or slow, and one that only grows. */
export class MachineClock {
  #offset: number
  readonly #loop: Loop
  readonly #rate: number

  /** `skew`: how far ahead it is at first; `rate`: how much faster than true time it runs, 1 for not at all. */
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

  /** The clock as one process sees it: when the process is gone, nothing of it is woken any more. */
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
