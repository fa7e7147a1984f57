/** What no single input may take of the event loop without a break, in milliseconds of processor time. */
export const LONGEST_HOLD_MS = 50

export type LoopWatch = {
  /** The longest hold since the last call, in milliseconds. */
  take(): number
  stop(): void
}

/**
 * Measures how long this thread's event loop goes without coming round, in processor time of the thread and not by the
 * clock: what other processes take from it is not an input's fault. `onHold` is told of every hold over the limit.
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

/** Comes back when the event loop has gone round twice, so that what was done before has been measured. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setTimeout(resolve, 2))
}

/**
 * The shortest of several tries of the same work: a collection of garbage, or code that is compiled, falls into one of
 * them, and what the input itself costs into all. Ends with the first try that is fine.
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
