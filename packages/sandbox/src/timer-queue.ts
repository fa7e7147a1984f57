import type { Clock } from '@postern/runtime/clock'

const SOON_MS = 1_000

/**
 * All later jobs behind one timer. Jobs due in the same millisecond share a slot and run in the order of their
 * insertion, so ten thousand pending messages need a few arrays and not ten thousand timers.
 */
export class TimerQueue {
  readonly #clock: Clock
  /** Slots by due time. `#times` is a binary heap of the keys. */
  readonly #slots = new Map<number, (() => void)[]>()
  readonly #times: number[] = []
  #armedFor = Infinity
  #disarm: () => void = () => {}
  #immediate: NodeJS.Immediate | undefined
  #stopped = false
  #idlers: (() => void)[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs `job` after `ms`. 0 means at the end of this turn, independent of the clock. */
  in(ms: number, job: () => void): void {
    if (this.#stopped) return
    const due = ms <= 0 ? -1 : Math.ceil(this.#clock.now() + ms)
    const slot = this.#slots.get(due)
    if (slot) slot.push(job)
    else {
      this.#slots.set(due, [job])
      this.#push(due)
    }
    this.#arm()
  }

  get waiting(): number {
    let n = 0
    for (const slot of this.#slots.values()) n += slot.length
    return n
  }

  /** True when a job is due within about a second, as statuses are. Retries and reviews may be due later. */
  get busy(): boolean {
    const next = this.#times[0]
    return next !== undefined && (next < 0 || next - this.#clock.now() <= SOON_MS)
  }

  /** Resolves when no job is due soon. */
  idle(): Promise<void> {
    if (!this.busy) return Promise.resolve()
    return new Promise((resolve) => this.#idlers.push(resolve))
  }

  clear(): void {
    for (const resolve of this.#idlers.splice(0)) resolve()
    this.#slots.clear()
    this.#times.length = 0
    this.#disarm()
    this.#armedFor = Infinity
    if (this.#immediate) clearImmediate(this.#immediate)
    this.#immediate = undefined
  }

  stop(): void {
    this.clear()
    this.#stopped = true
  }

  #arm(): void {
    const next = this.#times[0]
    if (next === undefined) return
    if (next < 0) {
      this.#immediate ??= setImmediate(() => {
        this.#immediate = undefined
        this.#run()
      })
      return
    }
    if (next >= this.#armedFor) return
    this.#disarm()
    this.#armedFor = next
    this.#disarm = this.#clock.after(next - this.#clock.now(), () => {
      this.#armedFor = Infinity
      this.#run()
    })
  }

  #run(): void {
    const now = this.#clock.now()
    while (this.#times.length > 0 && this.#times[0]! <= now) {
      const due = this.#pop()
      const jobs = this.#slots.get(due) ?? []
      this.#slots.delete(due)
      for (const job of jobs) job()
      // Jobs that add jobs without delay get them run in the next turn, so that a loop of them cannot block the server.
      if (due < 0) break
    }
    this.#arm()
    if (!this.busy) for (const resolve of this.#idlers.splice(0)) resolve()
  }

  #push(value: number): void {
    const heap = this.#times
    let i = heap.push(value) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (heap[parent]! <= value) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = value
  }

  #pop(): number {
    const heap = this.#times
    const top = heap[0]!
    const last = heap.pop()!
    if (heap.length > 0) {
      let i = 0
      for (;;) {
        let child = 2 * i + 1
        if (child >= heap.length) break
        if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++
        if (heap[child]! >= last) break
        heap[i] = heap[child]!
        i = child
      }
      heap[i] = last
    }
    return top
  }
}
