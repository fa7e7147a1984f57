import type { Log } from '../platform/log.ts'

/** The list of components to close at the shutdown. */
export type Shutdown = {
  add(close: () => Promise<void> | void): void
  /** Closes the components in the reverse order of their start. A failed one does not stop the others. */
  run(): Promise<void>
}

export function createShutdown(log: Log): Shutdown {
  const closers: (() => Promise<void> | void)[] = []
  return {
    add: (close) => void closers.push(close),
    async run() {
      for (const close of closers.splice(0).reverse()) {
        try {
          await close()
        } catch (error) {
          log.error({ err: error }, 'stop.failed')
        }
      }
    },
  }
}

/** Settles with `work`, or after `ms`. */
export async function withDeadline(work: Promise<void>, ms: number, late: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      late()
      resolve()
    }, ms)
  })
  await Promise.race([work, deadline])
  clearTimeout(timer)
}
