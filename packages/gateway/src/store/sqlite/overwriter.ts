import type { Checkpointer } from './checkpointer.ts'
import { asStoreError, type Database } from './database.ts'

export type Overwriter = {
  /** See `overwriteDeleted` of the store. */
  overwrite(): Promise<boolean>
  end(): Promise<void>
}

/**
 * One pass over the file at a time. A call during a pass shares the next one, because the current one may have passed
 * its rows.
 */
export function createOverwriter(db: Database, checkpointer: Pick<Checkpointer, 'pause' | 'resume'>): Overwriter {
  let running: Promise<unknown> | undefined
  let next: Promise<boolean> | undefined
  let ended = false

  async function pass(): Promise<boolean> {
    await checkpointer.pause()
    try {
      return ended ? false : await db.overwrite()
    } catch (error) {
      throw asStoreError(error)
    } finally {
      checkpointer.resume()
    }
  }

  return {
    overwrite() {
      next ??= (async () => {
        await running?.catch(() => {})
        next = undefined
        const now = pass()
        running = now
        return now
      })()
      return next
    },
    async end() {
      ended = true
      db.endOverwriting()
      await next?.catch(() => {})
      await running?.catch(() => {})
    },
  }
}
