import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { BUSY_MS } from './database.ts'

/** What a copy of the store holds. */
export type Snapshot = {
  /** Epoch ms: everything that was acknowledged before is in it. */
  takenAt: number
  /** Number of the newest migration. */
  schema: number
  installation: string
  /** Rows of each table. */
  rows: Record<string, number>
}

/** The copy differs from the store, or SQLite finds faults in it. */
export class BadCopy extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'BadCopy'
  }
}

/** A mebibyte with pages of 4 KiB. */
const PAGES_PER_STEP = 256
/** The copy reaches the disk bit by bit, so that no commit of the gateway waits behind a flood of it. */
const STEPS_PER_SYNC = 16
const LONGEST_REST_MS = 50

/**
 * Copies the store into a new file, also while a gateway writes. One read transaction makes it one moment of the store:
 * without it, SQLite would begin anew whenever another connection commits. Blocks its thread at times; the writer never
 * waits for it. `alone`: no gateway runs, so the connection may tidy up the WAL.
 */
export async function copyStore(from: string, to: string, { alone }: { alone: boolean }): Promise<Snapshot> {
  // SQLite would create it readable by all users.
  closeSync(openSync(to, 'wx', 0o600))
  const db = new DatabaseSync(from, { readOnly: !alone, timeout: BUSY_MS })
  const takenAt = Date.now()
  try {
    db.exec('pragma cache_size = -4000; begin')
    const snapshot = { takenAt, ...contentOf(db) }
    await backup(db, to, { rate: PAGES_PER_STEP, progress: createRests(to) })
    db.exec('commit')
    verifyCopy(to, snapshot.rows)
    return snapshot
  } finally {
    db.close()
  }
}

/** Called after each step: rests as long as the step took, and syncs the copy at times. */
function createRests(path: string): () => void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  let steps = 0
  let began = performance.now()
  return () => {
    if (++steps % STEPS_PER_SYNC === 0) sync(path)
    Atomics.wait(never, 0, 0, Math.min(LONGEST_REST_MS, performance.now() - began))
    began = performance.now()
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fdatasyncSync(file)
  } finally {
    closeSync(file)
  }
}

function contentOf(db: DatabaseSync): Omit<Snapshot, 'takenAt'> {
  const { schema } = db.prepare('select max(number) as schema from migrations').get() as { schema: number }
  const { installation } = db.prepare(`select value as installation from meta where name = 'installation'`).get() as {
    installation: string
  }
  return { schema, installation, rows: rowsOf(db) }
}

/** Rows of each table. */
function rowsOf(db: DatabaseSync): Record<string, number> {
  const tables = db
    .prepare(`select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name`)
    .all() as { name: string }[]
  return Object.fromEntries(
    tables.map(({ name }) => [name, (db.prepare(`select count(*) as n from "${name}"`).get() as { n: number }).n]),
  )
}

/** Opens a copy and reads all of it. Leaves one file, without a WAL, synced. */
export function verifyCopy(path: string, rows: Record<string, number>): void {
  const db = new DatabaseSync(path)
  try {
    db.exec('pragma journal_mode = delete')
    const { quick_check: verdict } = db.prepare('pragma quick_check(1)').get() as { quick_check: string }
    if (verdict !== 'ok') throw new BadCopy(`SQLite finds the copy damaged: ${verdict}`)
    const found = rowsOf(db)
    for (const [table, count] of Object.entries(rows))
      if (found[table] !== count)
        throw new BadCopy(`the copy has ${found[table] ?? 'no'} rows in ${table} instead of ${count}`)
  } catch (error) {
    if (error instanceof BadCopy) throw error
    throw new BadCopy(`SQLite cannot read the copy: ${(error as Error).message}`)
  } finally {
    db.close()
  }
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
