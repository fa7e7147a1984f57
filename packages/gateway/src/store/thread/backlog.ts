/** Writes of a machine that wait for their commit. Each thread counts in its own place. */
export type Backlog = {
  add(writes: number): void
  /** The sum of all threads. */
  readonly total: number
}

/** Shared memory of the threads: one number for each. */
export const newBacklog = (threads: number): SharedArrayBuffer => new SharedArrayBuffer(threads * 4)

export function createBacklog(shared: SharedArrayBuffer, place: number): Backlog {
  const counts = new Int32Array(shared)
  return {
    add: (writes) => void Atomics.add(counts, place, writes),
    get total() {
      let total = 0
      for (let i = 0; i < counts.length; i++) total += Atomics.load(counts, i)
      return total
    },
  }
}

/** Writes of a thread that has ended do not count any more. */
export const forget = (shared: SharedArrayBuffer, place: number): void =>
  void Atomics.store(new Int32Array(shared), place, 0)
