import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreUnavailable } from '../../platform/errors.ts'
import type { Database } from './database.ts'

/** Stands in `DATA_DIR` once a store was made there, and says which. */
const MARK = 'postern.installation'

/** A store that was there and is empty now. Nothing may be written over what may still be found. */
export class StoreEmptied extends StoreUnavailable {
  constructor(message: string) {
    super(message)
    this.name = 'StoreEmptied'
  }
}

/**
 * Until SQLite copies its log into the database for the first time, everything is in `postern.db-wal`. Without that
 * file the database opens as a new one, and nobody would notice before all channels were missed.
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
