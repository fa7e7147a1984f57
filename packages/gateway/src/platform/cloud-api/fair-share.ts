/**
 * Shares a limited number of places so that no key can take all of them: each key may hold as many as are still free.
 * The first key with hanging calls stops at half, the second at a quarter, and so on, so that one place is always free
 * (the "dynamic threshold" of shared switch buffers). Waiting calls keep the order of their own key, and keys take
 * turns.
 */
export type FairShare = {
  /**
   * Calls `go` as soon as `key` may have a place, perhaps at once. Returns a function that returns the place, or stops
   * waiting.
   */
  enter(key: string, go: () => void): () => void
  readonly inUse: number
  readonly waiting: number
}

export function createFairShare(places: number): FairShare {
  const held = new Map<string, number>()
  const queues = new Map<string, Set<() => void>>()
  let inUse = 0
  let waiting = 0

  const mayTake = (key: string): boolean => (held.get(key) ?? 0) < places - inUse

  function take(key: string): void {
    held.set(key, (held.get(key) ?? 0) + 1)
    inUse++
  }

  function giveBack(key: string): void {
    const left = held.get(key)! - 1
    if (left === 0) held.delete(key)
    else held.set(key, left)
    inUse--
  }

  /** Gives free places to waiting calls. The key whose last turn is the longest ago comes first. */
  function pump(): void {
    for (let served = true; served;) {
      served = false
      for (const [key, queue] of queues) {
        if (!mayTake(key)) continue
        const [first] = queue
        queues.delete(key)
        queue.delete(first!)
        if (queue.size > 0) queues.set(key, queue)
        waiting--
        take(key)
        first!()
        served = true
        break
      }
    }
  }

  return {
    enter(key, go) {
      let state: 'waiting' | 'in' | 'gone' = 'waiting'
      const queue = queues.get(key)
      const start = (): void => {
        state = 'in'
        go()
      }
      if (!queue && mayTake(key)) {
        take(key)
        start()
      } else {
        if (queue) queue.add(start)
        else queues.set(key, new Set([start]))
        waiting++
      }
      return () => {
        if (state === 'in') giveBack(key)
        else if (state === 'waiting') {
          const mine = queues.get(key)!
          mine.delete(start)
          if (mine.size === 0) queues.delete(key)
          waiting--
        }
        const had = state
        state = 'gone'
        if (had === 'in') pump()
      }
    },
    get inUse() {
      return inUse
    },
    get waiting() {
      return waiting
    },
  }
}
