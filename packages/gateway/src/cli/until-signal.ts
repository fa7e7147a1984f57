/** How long requests in progress may take after a signal. */
export const STOP_WITHIN_MS = 10_000

/**
 * Resolves at SIGTERM or SIGINT. Further signals have no effect until the time for the shutdown is over: a service
 * manager, a terminal and our own parent processes each signal the whole group, so each signal arrives twice or more. A
 * SIGHUP that follows is ignored too. SIGQUIT ends the process at once, and so does any signal after that time.
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
