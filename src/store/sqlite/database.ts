import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { StoreUnavailable } from '../../errors.ts'
import type { SqlValue } from '../sql.ts'

// https://sqlite.org/rescode.html: the primary codes that speak of the disk or the lock, not of the statement.
const UNAVAILABLE = new Set([5, 6, 8, 10, 11, 13, 14, 26])

/** One connection with its prepared statements, and errors that tell a broken store from a broken statement. */
export class Database {
  readonly raw: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(path: string) {
    try {
      this.raw = new DatabaseSync(path, { timeout: 5000 })
      // FULL: a commit is on the disk when it returns, also when the power goes. EXCLUSIVE: one process owns the file,
      // which saves the lock calls around every read and keeps a second gateway from serving the same folder.
      this.raw.exec(`
        pragma locking_mode = exclusive;
        pragma journal_mode = wal;
        pragma synchronous = full;
        pragma temp_store = memory;
        pragma cache_size = -32000;
        pragma wal_autocheckpoint = 2000;
        pragma foreign_keys = off;
      `)
    } catch (error) {
      throw asStoreError(error)
    }
  }

  prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      // The shared statements say $1; to SQLite that is a name, while ?1 is a position.
      statement = this.raw.prepare(sql.replace(/\$(\d+)/g, '?$1'))
      this.#prepared.set(sql, statement)
    }
    return statement
  }

  all<T>(sql: string, params: readonly SqlValue[] = []): T[] {
    return this.prepare(sql).all(...params) as T[]
  }

  get<T>(sql: string, params: readonly SqlValue[] = []): T | undefined {
    return this.prepare(sql).get(...params) as T | undefined
  }

  run(sql: string, params: readonly SqlValue[] = []): number {
    return Number(this.prepare(sql).run(...params).changes)
  }

  close(): void {
    this.#prepared.clear()
    this.raw.close()
  }
}

/** Disk, lock and file troubles become StoreUnavailable; anything else stays what it is, a bug of ours. */
export function asStoreError(error: unknown): unknown {
  const code = (error as { errcode?: unknown }).errcode
  if (typeof code === 'number' && UNAVAILABLE.has(code & 0xff)) {
    return new StoreUnavailable(`SQLite: ${(error as Error).message}`, { cause: error })
  }
  return error
}

export function isUniqueViolation(error: unknown): boolean {
  // SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY
  const code = (error as { errcode?: unknown }).errcode
  return code === 2067 || code === 1555
}
