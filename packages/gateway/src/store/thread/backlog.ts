/** Writes of a machine that wait for their commit, counted by each thread in a place of its own. */
export type Backlog = {
  add(writes: number): void
  /** Those of all threads. */
  readonly total: number
}

/** The memory that threads share: one number for each. */
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

/** What a thread that has ended had waiting, nobody waits for any more. */
export const forget = (shared: SharedArrayBuffer, place: number): void =>
  void Atomics.store(new Int32Array(shared), place, 0)
