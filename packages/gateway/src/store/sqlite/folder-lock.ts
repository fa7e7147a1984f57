import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../../platform/errors.ts'
import { BUSY_MS } from './database.ts'

export type FolderLock = { release(): void }

const BUSY = 5

/**
 * Prevents a second gateway on the folder. The lock is SQLite's on an empty database of its own, so that the kernel
 * releases it with the process in any case, and several connections of this process may use the store. `waitMs`: for a
 * gateway that is just ending.
 */
export function lockFolder(dataDir: string, waitMs = BUSY_MS): FolderLock {
  const path = join(dataDir, 'postern.lock')
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const db = new DatabaseSync(path, { timeout: waitMs })
  try {
    // Nothing is ever written, so there is nothing to recover.
    db.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    db.close()
    if (((error as { errcode?: number }).errcode ?? 0) % 256 !== BUSY) throw error
    throw new StoreUnavailable(`another Postern runs on this folder and holds ${path}`, { cause: error })
  }
  return { release: () => db.close() }
}
