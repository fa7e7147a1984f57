/** How long work in flight may take after a signal. */
export const STOP_WITHIN_MS = 10_000

/**
 * Resolves at SIGTERM or SIGINT. More of them change nothing for as long as the end may take: a service manager, a
 * terminal and our own parent processes signal everybody, and each signal comes twice or more. A SIGHUP that follows
 * is one of these. SIGQUIT ends the process at once, and so does any signal once the time is over.
 */
export async function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise<NodeJS.Signals>((resolve) => {
    const first = (signal: NodeJS.Signals): void => {
      resolve(signal)
      for (const name of ['SIGTERM', 'SIGINT'] as const) process.off(name, first)
      for (const name of REPEATS) process.on(name, ignore)
      setTimeout(() => {
        for (const name of REPEATS) process.off(name, ignore)
      }, STOP_WITHIN_MS).unref()
    }
    process.on('SIGTERM', first)
    process.on('SIGINT', first)
  })
}

const REPEATS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
const ignore = (): void => {}
