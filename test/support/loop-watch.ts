/** Maximum time that a single input may block the event loop, in milliseconds of processor time. */
export const LONGEST_HOLD_MS = 50

export type LoopWatch = {
  /** The longest block since the last call, in milliseconds. */
  take(): number
  stop(): void
}

/**
 * Measures how long this thread's event loop is blocked, in processor time of the thread and not by the clock: other
 * processes do not count. `onHold` is called for every block over the limit.
 */
export function watchLoop(onHold: (ms: number) => void = () => {}): LoopWatch {
  let longest = 0
  let last = process.threadCpuUsage()
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last)
    last = process.threadCpuUsage()
    const ms = (user + system) / 1000
    longest = Math.max(longest, ms)
    if (ms > LONGEST_HOLD_MS) onHold(ms)
  }, 1)
  return {
    take() {
      const found = longest
      longest = 0
      return found
    },
    stop: () => clearInterval(timer),
  }
}

/** Resolves after two turns of the event loop, so that earlier work has been measured. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setTimeout(resolve, 2))
}

/**
 * The shortest of several tries of the same work: a garbage collection or a compilation falls into one of them, and the
 * input's own cost into all. Ends with the first try below the limit.
 */
export async function holdOf(work: () => Promise<unknown>, tries = 3): Promise<number> {
  let shortest = Infinity
  const watch = watchLoop()
  try {
    for (let i = 0; i < tries && shortest > LONGEST_HOLD_MS; i++) {
      await settled()
      watch.take()
      await work()
      await settled()
      shortest = Math.min(shortest, watch.take())
    }
  } finally {
    watch.stop()
  }
  return shortest
}
