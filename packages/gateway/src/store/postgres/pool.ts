import { StoreUnavailable } from '../../platform/errors.ts'
import type { Connect, Connection } from './connect.ts'
import { endsConnection } from './errors.ts'
import { unconfirmed } from './unconfirmed.ts'

/**
 * A small pool of connections for single reads and cold writes. When one breaks, all idle ones are closed too, because
 * their server may no longer be the one that accepts writes.
 */
export type Pool = {
  /** Runs `work` on a connection of its own. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  /** Closes all idle connections. */
  reset(): void
  /** Waits for running work. */
  close(): Promise<void>
}

const WAIT_MS = 10_000

export function createPool(connect: Connect, size: number): Pool {
  const idle: Connection[] = []
  const queue: { resolve: () => void; reject: (error: Error) => void; timer: NodeJS.Timeout }[] = []
  let open = 0
  let closed = false
  let onQuiet: (() => void) | undefined

  async function acquire(): Promise<Connection> {
    for (;;) {
      if (closed) throw new StoreUnavailable('the store is closed')
      let ready = idle.pop()
      while (ready?.lost) {
        open--
        ready = idle.pop()
      }
      if (ready) return ready
      if (open < size) {
        open++
        try {
          return await connect('reader')
        } catch (error) {
          open--
          next()
          throw error
        }
      }
      await new Promise<void>((resolve, reject) => {
        const late = new StoreUnavailable('PostgreSQL: every connection is busy')
        const timer = setTimeout(() => {
          queue.splice(
            queue.findIndex((waiting) => waiting.timer === timer),
            1,
          )
          reject(late)
        }, WAIT_MS)
        queue.push({ resolve, reject, timer })
      })
    }
  }

  function next(): void {
    const waiting = queue.shift()
    if (waiting) {
      clearTimeout(waiting.timer)
      waiting.resolve()
    } else if (open === idle.length) onQuiet?.()
  }

  function release(connection: Connection, broken: boolean): void {
    if (broken || connection.lost || closed) {
      connection.close()
      open--
    } else idle.push(connection)
    next()
  }

  function reset(): void {
    for (const connection of idle.splice(0)) {
      connection.close()
      open--
    }
  }

  return {
    async use(work) {
      const connection = await acquire()
      let broken = false
      try {
        const value = await work(connection)
        // Committed on one machine only, which is less than the configured guarantee.
        if (connection.unsafeCommit) throw unconfirmed()
        return value
      } catch (error) {
        broken = endsConnection(error)
        throw error
      } finally {
        release(connection, broken)
        if (broken) reset()
      }
    },
    reset,
    async close() {
      closed = true
      reset()
      for (const waiting of queue.splice(0)) {
        clearTimeout(waiting.timer)
        waiting.reject(new StoreUnavailable('the store is closed'))
      }
      if (open > 0) await new Promise<void>((resolve) => (onQuiet = resolve))
    },
  }
}
