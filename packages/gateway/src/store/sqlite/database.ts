import { closeSync, fdatasync, openSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { StoreUnavailable } from '../../platform/errors.ts'
import type { SqlValue } from '../sql.ts'
import { MessageIdTaken } from '../store.ts'
import { overwriteSlack } from './overwrite.ts'

const syncData = promisify(fdatasync)

// https://sqlite.org/rescode.html: the primary codes that concern the disk or the lock, not the statement.
const UNAVAILABLE = new Set([5, 6, 8, 10, 11, 13, 14, 26])

/** Maximum wait for a lock. */
export const BUSY_MS = 5_000

/** Length at which SQLite copies its WAL itself, on the writer's thread: only when the checkpointer cannot. */
const LONGEST_LOG_PAGES = 16_000

/** The shared statements use $1. To SQLite that is a name, while ?1 is a position. */
export const positional = (sql: string): string => sql.replace(/\$(\d+)/g, '?$1')

/**
 * The connection that writes, with its prepared statements, and errors that distinguish a broken store from a wrong
 * statement.
 */
export class Database {
  readonly raw: DatabaseSync
  readonly #path: string
  #log: number | undefined
  // Open until the end: closing any descriptor of the file would drop SQLite's locks on it.
  #file: number | undefined
  #ending = false
  #synced = -1
  // True after a failed sync, until a complete copy of the WAL has proven the disk.
  #doubtful = false
  readonly #syncData: (fd: number) => Promise<void>
  readonly #prepared = new Map<string, StatementSync>()
  readonly #ofArrays = new Map<string, StatementSync>()

  /** `sync` makes a file's data durable; tests let it fail. */
  constructor(path: string, sync: (fd: number) => Promise<void> = syncData) {
    this.#path = path
    this.#syncData = sync
    try {
      // SQLite would create it readable by all users. Its WAL and index get the mode of the file.
      makeFile(path)
      this.raw = new DatabaseSync(path, { timeout: BUSY_MS })
      // NORMAL: a commit writes to the WAL and does not wait for the disk; `sync` does, outside of the event loop.
      // secure_delete: deleted data is overwritten; `overwrite` does the same for copies that moved rows leave.
      this.raw.exec(`
        pragma journal_mode = wal;
        pragma synchronous = normal;
        pragma temp_store = memory;
        pragma cache_size = -32000;
        pragma wal_autocheckpoint = ${LONGEST_LOG_PAGES};
        pragma foreign_keys = off;
        pragma secure_delete = on;
      `)
    } catch (error) {
      throw asStoreError(error)
    }
  }

  /**
   * Waits until everything committed so far is on the disk. SQLite's own FULL would do this inside each commit and
   * block the event loop while the disk works. Here another thread waits for the disk, while the next batch gathers.
   * The order is SQLite's: the WAL is synced before it is copied into the database.
   */
  async sync(): Promise<void> {
    const changes = this.get<{ n: number }>('select total_changes() as n')!.n
    if (changes === this.#synced) return
    try {
      if (this.#doubtful) throw new Error('nor did it take the one before')
      this.#log ??= openSync(`${this.#path}-wal`, 'r+')
      await this.#syncData(this.#log)
    } catch (cause) {
      // After a failed sync the kernel may have dropped the unwritten data, and still report success for the next sync.
      // Copying the WAL, with SQLite's own syncs around it, either proves that the disk accepts writes again or fails
      // as well. Until then no sync is trusted.
      this.#doubtful = true
      try {
        this.raw.exec('pragma wal_checkpoint(truncate)')
        if (statSync(`${this.#path}-wal`).size > 0) throw new Error('a reader was at work for too long', { cause })
      } catch {
        // Committed, and visible to every reader. Only a power cut would show whether the disk has it.
        throw new StoreUnavailable(`SQLite: the disk did not take a commit (${(cause as Error).message})`, {
          cause,
          outcomeUnknown: true,
        })
      }
      this.#doubtful = false
    }
    this.#synced = changes
  }

  prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      statement = this.raw.prepare(positional(sql))
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

  /** The first row as its values, in order. Objects of node:sqlite cost twice as much, and more to read. */
  row(sql: string, params: readonly SqlValue[]): SqlValue[] | undefined {
    return this.#arrays(sql).get(...params) as unknown as SqlValue[] | undefined
  }

  /** All rows as their values. */
  rows(sql: string, params: readonly SqlValue[]): SqlValue[][] {
    return this.#arrays(sql).all(...params) as unknown as SqlValue[][]
  }

  #arrays(sql: string): StatementSync {
    let statement = this.#ofArrays.get(sql)
    if (!statement) {
      statement = this.raw.prepare(positional(sql))
      statement.setReturnArrays(true)
      this.#ofArrays.set(sql, statement)
    }
    return statement
  }

  run(sql: string, params: readonly SqlValue[] = []): number {
    return Number(this.prepare(sql).run(...params).changes)
  }

  /** Returns the new row's id. */
  insert(sql: string, params: readonly SqlValue[]): number {
    return Number(this.prepare(sql).run(...params).lastInsertRowid)
  }

  get bytes(): number {
    const { page_count: pages } = this.get<{ page_count: number }>('pragma page_count')!
    const { page_size: size } = this.get<{ page_size: number }>('pragma page_size')!
    return pages * size
  }

  /** Pages in the WAL, and how many of them are copied into the database. */
  logLength(): { pages: number; copied: number } {
    const [, pages, copied] = this.row('pragma wal_checkpoint(noop)', []) as [number, number, number]
    return { pages, copied }
  }

  /** Makes `overwrite` end at its next step. The files must not be closed before it has ended. */
  endOverwriting(): void {
    this.#ending = true
  }

  /** Overwrites the remains of deleted rows in the files, beside other work. False when it must be repeated later. */
  overwrite(): Promise<boolean> {
    this.#file ??= openSync(this.#path, 'r+')
    return overwriteSlack({ fd: this.#file, settle: () => this.#settle(), ending: () => this.#ending })
  }

  #settle(): boolean {
    try {
      // The event loop does not wait for a reader.
      this.raw.exec('pragma busy_timeout = 0')
      const { busy } = this.raw.prepare('pragma wal_checkpoint(truncate)').get() as { busy: number }
      if (busy === 0) this.raw.exec('pragma shrink_memory')
      return busy === 0
    } catch (error) {
      throw asStoreError(error)
    } finally {
      this.raw.exec(`pragma busy_timeout = ${BUSY_MS}`)
    }
  }

  close(): void {
    this.#prepared.clear()
    this.#ofArrays.clear()
    this.raw.close()
    for (const fd of [this.#log, this.#file]) if (fd !== undefined) closeSync(fd)
    this.#log = undefined
    this.#file = undefined
  }
}

/** Only when it is missing: closing a file that another connection has open would drop its locks. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Errors of disk, lock and file become StoreUnavailable. Any other error stays as it is: a bug. */
export function asStoreError(error: unknown): unknown {
  const code = (error as { errcode?: unknown }).errcode
  if (typeof code === 'number' && UNAVAILABLE.has(code & 0xff)) {
    return new StoreUnavailable(`SQLite: ${(error as Error).message}`, { cause: error })
  }
  if (isUniqueViolation(error) && /: messages\.channel_id, messages\.id$/.test((error as Error).message))
    return new MessageIdTaken()
  return error
}

function isUniqueViolation(error: unknown): boolean {
  // SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY
  const code = (error as { errcode?: unknown }).errcode
  return code === 2067 || code === 1555
}
