import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreUnavailable } from '../../platform/errors.ts'
import type { Database } from './database.ts'

/** This file in `DATA_DIR` proves that a store was created there, and names it. */
const MARK = 'postern.installation'

/** A store existed here and is empty now. Data that may still be recovered must not be overwritten. */
export class StoreEmptied extends StoreUnavailable {
  constructor(message: string) {
    super(message)
    this.name = 'StoreEmptied'
  }
}

/**
 * Until SQLite copies its WAL into the database for the first time, all data is in `postern.db-wal`. Without that file
 * the database opens as a new one, and the loss of all channels would go unnoticed.
 */
export function refuseEmptied(db: Database, dataDir: string): void {
  const mark = join(dataDir, MARK)
  if (!existsSync(mark)) return
  if (db.get(`select 1 from sqlite_master where type = 'table' limit 1`)) return
  db.close()
  throw new StoreEmptied(
    `${join(dataDir, 'postern.db')} is empty, and there was a store in this folder: a file of it is lost, perhaps postern.db-wal. ` +
      `Put back all of postern.db, postern.db-wal and postern.db-shm, or a backup. To begin with an empty store, delete ${mark}.`,
  )
}

export function markFilled(dataDir: string, installation: string): void {
  const mark = join(dataDir, MARK)
  const text = `${installation}\n`
  if (existsSync(mark) && readFileSync(mark, 'utf8') === text) return
  writeFileSync(mark, text, { mode: 0o600 })
}
