import type { Log } from '../platform/log.ts'

/** What has to be closed at the end. */
export type Shutdown = {
  add(close: () => Promise<void> | void): void
  /** In the reverse order of start, and each even when one before it failed. */
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
