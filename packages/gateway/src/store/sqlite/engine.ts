import { join } from 'node:path'
import { type Clock, systemClock } from '@postern/runtime/clock'
import { prepareDataDir } from '../../platform/data-dir.ts'
import { StoreUnavailable } from '../../platform/errors.ts'
import { newMessageId, newSecret } from '../../platform/ids.ts'
import { createBatcher, type Settled, type Size } from '../batcher.ts'
import { decidedAtOnce } from '../core/decide.ts'
import type { Operation } from '../core/operations.ts'
import { migrationsFor, missingFrom } from '../migrate.ts'
import { sizeOfFacts, sizeOfMessage } from '../size.ts'
import type { Sql, SqlValue, Statement } from '../sql.ts'
import type { Applied, Replay, Store } from '../store.ts'
import { createCheckpointer } from './checkpointer.ts'
import { asStoreError, Database } from './database.ts'
import { markFilled, refuseEmptied } from './emptied.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { load } from './load.ts'
import { createOverwriter } from './overwriter.ts'
import { createReader, type Reader } from './reader.ts'
import { write } from './write.ts'

/**
 * From this file size on, reads run outside of the event loop. Below it, reading the whole file takes some
 * milliseconds.
 */
const READ_BESIDE_FROM = 4 * 1024 * 1024
const LOOK_AGAIN_MS = 250

/** A write of a cold table: runs inside the transaction of its batch, synchronously. */
type ColdWrite = (db: Database) => unknown
type Write = Operation | ColdWrite

const isCold = (write: Write): write is ColdWrite => typeof write === 'function'

/**
 * The embedded store: one file, one process, one commit at a time. All writes share commits through the batcher; reads
 * see only committed data.
 */
export async function openSqlite(options: {
  dataDir: string
  clock?: Clock
  readBesideFrom?: number
  /** Threads for reads beside the commits. */
  readers?: number | undefined
}): Promise<Store> {
  const { dataDir, clock = systemClock, readBesideFrom = READ_BESIDE_FROM } = options
  const path = join(dataDir, 'postern.db')
  let lock: FolderLock | undefined
  let opened: Database | undefined
  let db: Database
  try {
    prepareDataDir(dataDir)
    lock = lockFolder(dataDir)
    db = opened = new Database(path)
    refuseEmptied(db, dataDir)
    migrate(db, clock)
    // One process owns the file, so every earlier holder of a lane has ended.
    db.run('update lanes set due_at = $1, holder = null where due_at is not null and holder is not null', [clock.now()])
    db.run('update endpoints set probe = null, probe_until = null where probe is not null')
  } catch (error) {
    if (opened?.raw.isOpen) opened.close()
    lock?.release()
    throw asStoreError(error)
  }
  const installation = db.get<{ value: string }>(`select value from meta where name = 'installation'`)!.value
  const commit = createCommit(db, clock)
  markFilled(dataDir, installation)
  const checkpointer = createCheckpointer(db, path)
  const batcher = createBatcher<Write>({
    async flush(writes) {
      const turn = checkpointer.turn()
      if (turn) await turn
      const settled = commit(writes)
      // Callers get their results only when the write is durable.
      await db.sync()
      checkpointer.look()
      return settled
    },
  })
  const overwriter = createOverwriter(db, checkpointer)
  const reader = createReader(path, { threads: options.readers })
  const add = <T>(write: Write, size?: Size): Promise<T> => batcher.add<T>(write, size)

  return {
    engine: 'sqlite',
    installation,
    sql: sqlOver(readsOver(db, reader, readBesideFrom), (op) => add(op)),
    get backlog() {
      return batcher.waiting
    },

    now: () => Promise.resolve(clock.now()),

    async ping() {
      try {
        db.get('select 1')
      } catch (error) {
        throw asStoreError(error)
      }
      // A store that can be read but not written (disk full, read-only) must not look healthy.
      await add((d: Database) =>
        d.run(
          `insert into meta (name, value) values ('ping', $1) on conflict (name) do update set value = excluded.value`,
          [String(clock.now())],
        ),
      )
      if (batcher.trouble) throw batcher.trouble
    },

    beginMessage: (message) => add({ kind: 'begin', message }, sizeOfMessage(message)),
    settleMessage: (settlement) => add({ kind: 'settle', settlement }),
    applyFacts: (facts, offer) => add<Applied>({ kind: 'facts', facts, offer }, sizeOfFacts(facts)),
    claimLanes: (endpointId, limit, offer) => add({ kind: 'claim', endpointId, limit, offer }),
    recordAttempt: (record) => add({ kind: 'attempt', record }),
    releaseLanes: (holder, lanes) => add({ kind: 'release', holder, lanes }),
    replayEvents: (channelId, endpointId, seqs) => add<Replay>({ kind: 'replay', channelId, endpointId, seqs }),

    async dueEndpoints() {
      try {
        return dueEndpoints(db, clock.now())
      } catch (error) {
        throw asStoreError(error)
      }
    },

    overwriteDeleted: overwriter.overwrite,

    async close() {
      await overwriter.end()
      await batcher.close()
      // The last connection to close copies the WAL into the database, so it must be the one that may write.
      await reader.close()
      await checkpointer.close()
      db.close()
      lock.release()
    },
  }
}

/** Commits batches: each in one transaction. Adjacent operations are decided together. */
function createCommit(db: Database, clock: Clock): (writes: Write[]) => Settled[] {
  const ids = { message: newMessageId }
  const anyOwed = (): boolean => db.get('select 1 from owed_events limit 1') !== undefined
  let owes = anyOwed()
  // Read in each transaction: a cold write may create contacts too.
  const lastContact = (): number =>
    db.get<{ seq: number }>(`select seq from sqlite_sequence where name = 'contacts'`)?.seq ?? 0

  function runOperations(operations: Operation[], now: number): Settled[] {
    const { changes, answers } = decidedAtOnce(
      operations,
      (asked) => {
        const first = asked.newContacts > 0 ? lastContact() + 1 : 0
        const contactIds = Array.from({ length: asked.newContacts }, (_, i) => first + i)
        return load(db, asked, now, { contactIds, owes })
      },
      ids,
    )
    write(db, changes, now)
    if (changes.owedMade.length + changes.oweRest.length > 0) owes = true
    else if (changes.owedGone.length > 0) owes = anyOwed()
    return answers
  }

  function runCold(op: ColdWrite): Settled {
    return { ok: true, value: op(db) }
  }

  function run(writes: readonly Write[]): Settled[] {
    const now = clock.now()
    const settled: Settled[] = []
    for (let i = 0; i < writes.length;) {
      const first = writes[i]!
      if (isCold(first)) {
        settled.push(runCold(first))
        i++
        continue
      }
      let end = i + 1
      while (end < writes.length && !isCold(writes[end]!)) end++
      settled.push(...runOperations(writes.slice(i, end) as Operation[], now))
      i = end
    }
    return settled
  }

  /** All in one transaction. A write that throws does not affect the others: it is found by halving the batch. */
  return function commit(writes: readonly Write[]): Settled[] {
    try {
      db.raw.exec('begin immediate')
      const results = run(writes)
      db.raw.exec('commit')
      return results
    } catch (cause) {
      const error = asStoreError(cause)
      rollback(db)
      owes = true
      if (error instanceof StoreUnavailable || writes.length === 1) return writes.map(() => ({ ok: false, error }))
      const half = writes.length >> 1
      return [...commit(writes.slice(0, half)), ...commit(writes.slice(half))]
    }
  }
}

function rollback(db: Database): void {
  try {
    if (db.raw.isTransaction) db.raw.exec('rollback')
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}

type Reads = Pick<Sql, 'all' | 'get'>

/**
 * Reads of the cold tables: outside of the event loop, except in a store so small that no read takes long. A write's
 * promise settles after its commit, so a later read sees it on any connection.
 */
function readsOver(db: Database, reader: Reader, besideFrom: number): Reads {
  let isLarge = false
  let lookAgainAt = 0

  function beside(): boolean {
    if (isLarge || performance.now() < lookAgainAt) return isLarge
    lookAgainAt = performance.now() + LOOK_AGAIN_MS
    return (isLarge = db.bytes >= besideFrom)
  }

  const guarded = async <T>(read: (from: Reader | Database) => T | Promise<T>): Promise<T> => {
    try {
      return await read(beside() ? reader : db)
    } catch (error) {
      throw asStoreError(error)
    }
  }
  return {
    all: <T>(sql: string, params?: readonly SqlValue[]) => guarded((from) => from.all<T>(sql, params)),
    get: <T>(sql: string, params?: readonly SqlValue[]) => guarded((from) => from.get<T>(sql, params)),
  }
}

function sqlOver(reads: Reads, write: <T>(op: (db: Database) => T) => Promise<T>): Sql {
  return {
    ...reads,
    run: (sql, params) => write((d) => d.run(sql, params)),
    returning: (sql, params) => write((d) => d.all(sql, params)) as never,
    atomically: (statements: readonly Statement[]) =>
      write((d) => statements.map(({ sql, params }) => d.run(sql, params))),
  }
}

function migrate(db: Database, clock: Clock): void {
  db.raw.exec(
    'create table if not exists migrations (number integer primary key, name text not null, applied_at integer not null)',
  )
  const applied = db.all<{ number: number }>('select number from migrations').map(({ number }) => number)
  for (const migration of missingFrom(applied, migrationsFor('sqlite'))) {
    db.raw.exec('begin immediate')
    try {
      // Another process may have migrated while we waited for the lock.
      if (!db.get('select 1 from migrations where number = $1', [migration.number])) {
        db.raw.exec(migration.sql)
        db.run('insert into migrations (number, name, applied_at) values ($1, $2, $3)', [
          migration.number,
          migration.name,
          clock.now(),
        ])
      }
      db.raw.exec('commit')
    } catch (error) {
      rollback(db)
      throw error
    }
  }
  // Not a secret: it is part of every event's id, so that two installations never share one.
  db.run(`insert into meta (name, value) values ('installation', $1) on conflict (name) do nothing`, [
    newSecret('', 6).replace(/[^A-Za-z0-9]/g, '0'),
  ])
}

function dueEndpoints(db: Database, now: number): { due: number[]; nextInMs: number | null } {
  // Skips from endpoint to endpoint over the index, so that a million due lanes cost no more than one.
  const rows = db.all<{ id: number; at: number }>(
    `with recursive hop (id) as (
       select min(endpoint_id) from lanes where due_at is not null
       union all
       select (select min(endpoint_id) from lanes where due_at is not null and endpoint_id > hop.id)
       from hop where hop.id is not null
     )
     select id, (select min(due_at) from lanes where endpoint_id = hop.id and due_at is not null) as at
     from hop where id is not null`,
  )
  const later = rows.filter((row) => row.at > now).map((row) => row.at - now)
  return {
    due: rows.filter((row) => row.at <= now).map((row) => row.id),
    nextInMs: later.length > 0 ? Math.min(...later) : null,
  }
}
