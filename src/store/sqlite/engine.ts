import { join } from 'node:path'
import { type Clock, systemClock } from '../../clock.ts'
import { prepareDataDir } from '../../data-dir.ts'
import { StoreUnavailable } from '../../errors.ts'
import { isNumber } from '../../contacts/identity.ts'
import { newSecret } from '../../ids.ts'
import { windowOf } from '../../messages/window.ts'
import { createBatcher, type Settled, type Size } from '../batcher.ts'
import { migrationsFor } from '../migrate.ts'
import { sizeOfFacts, sizeOfMessage } from '../size.ts'
import type { Sql, SqlValue, Statement } from '../sql.ts'
import type { ClosedWindow, NewMessage, Settlement, Store } from '../store.ts'
import { findContact, identify, lastInboundOf, resolveContact } from './contacts.ts'
import { asStoreError, Database, isUniqueViolation } from './database.ts'
import { markFilled, refuseEmptied } from './emptied.ts'
import { applyFacts } from './facts.ts'
import { createOverwriter } from './overwriter.ts'
import { claimLanes, dueChannels, recordAttempt } from './lanes.ts'

/** A write: runs inside the transaction of its batch, synchronously. */
type Write = (db: Database) => unknown

/**
 * The embedded store: one file, one process, one commit at a time. Writes of all kinds share commits through the
 * batcher; reads are answered at once and see only what is committed.
 */
export async function openSqlite(options: { dataDir: string; clock?: Clock }): Promise<Store> {
  const { dataDir, clock = systemClock } = options
  let db: Database
  try {
    prepareDataDir(dataDir)
    db = new Database(join(dataDir, 'postern.db'))
    refuseEmptied(db, dataDir)
    migrate(db, clock)
    // One process owns the file, so whoever held a lane is gone.
    db.run('update lanes set due_at = $1, holder = null where due_at is not null and holder is not null', [clock.now()])
    db.run('update endpoints set probe = null, probe_until = null where probe is not null')
  } catch (error) {
    throw asStoreError(error)
  }
  const installation = db.get<{ value: string }>(`select value from meta where name = 'installation'`)!.value
  markFilled(dataDir, installation)
  const batcher = createBatcher<Write>({
    async flush(writes) {
      const settled = commit(db, writes)
      // Nobody hears of a write before it would survive the power going.
      await db.sync()
      return settled
    },
  })
  const overwriter = createOverwriter(db)
  const write = <T>(op: (db: Database) => T, size?: Size): Promise<T> => batcher.add<T>(op, size)

  return {
    engine: 'sqlite',
    installation,
    sql: sqlOver(db, write),
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
      await write((d) =>
        d.run(
          `insert into meta (name, value) values ('ping', $1) on conflict (name) do update set value = excluded.value`,
          [String(clock.now())],
        ),
      )
      if (batcher.trouble) throw batcher.trouble
    },

    beginMessage: (message) => write((d) => begin(d, message), sizeOfMessage(message)),
    settleMessage: (settlement) => write((d) => settle(d, settlement)),
    applyFacts: (facts, offer) => write((d) => applyFacts(d, facts, offer, clock.now()), sizeOfFacts(facts)),
    claimLanes: (channelId, limit, offer) => write((d) => claimLanes(d, channelId, limit, offer)),
    recordAttempt: (record) => write((d) => recordAttempt(d, record)),

    releaseLanes: (holder, lanes, now) =>
      write((d) => {
        for (const { channelId, contactId } of lanes) {
          d.run(
            'update lanes set due_at = $3, holder = null where channel_id = $1 and contact_id = $2 and holder = $4',
            [channelId, contactId, now, holder],
          )
        }
      }),

    async dueChannels(now) {
      try {
        return dueChannels(db, now)
      } catch (error) {
        throw asStoreError(error)
      }
    },

    overwriteDeleted: overwriter.overwrite,

    async close() {
      await overwriter.end()
      await batcher.close()
      db.close()
    },
  }
}

/** All writes of a batch in one transaction. A write that throws spoils nothing for the others. */
function commit(db: Database, writes: Write[]): Settled[] {
  try {
    db.raw.exec('begin immediate')
    const results: Settled[] = writes.map((write) => ({ ok: true, value: write(db) }))
    db.raw.exec('commit')
    return results
  } catch (cause) {
    const error = asStoreError(cause)
    rollback(db)
    if (error instanceof StoreUnavailable || writes.length === 1) return writes.map(() => ({ ok: false, error }))
    return writes.map((write) => commit(db, [write])[0]!)
  }
}

function rollback(db: Database): void {
  try {
    if (db.raw.isTransaction) db.raw.exec('rollback')
  } catch {
    // SQLite has rolled back by itself already, as it does when the disk is full.
  }
}

function begin(db: Database, message: NewMessage): ClosedWindow | undefined {
  const { channelId, createdAt: now } = message
  const known = findContact(db, channelId, message.person)
  if (message.window) {
    const lastInboundAt = known === undefined ? undefined : lastInboundOf(db, channelId, known)
    const window = windowOf({ lastInboundAt, channelCreatedAt: message.window.channelCreatedAt }, now)
    if (window.state === 'closed') return window
  }
  db.run(
    `insert into messages (channel_id, id, contact_id, direction, type, status, recipient, content, created_at)
     values ($1, $2, $3, 'out', $4, 'sending', $5, $6, $7)`,
    [
      channelId,
      message.id,
      known ?? resolveContact(db, channelId, message.person, now),
      message.type,
      message.recipient,
      message.content,
      now,
    ],
  )
  return undefined
}

function settle(db: Database, settlement: Settlement): boolean {
  const { channelId, id, at } = settlement
  if (settlement.status !== 'accepted') {
    const failedAt = settlement.status === 'failed' ? at : null
    return (
      db.run(
        `update messages set status = $3, error = $4, failed_at = coalesce($5, failed_at)
         where channel_id = $1 and id = $2 and status = 'sending'`,
        [channelId, id, settlement.status, settlement.error, failedAt],
      ) === 1
    )
  }
  const accept = (): boolean =>
    db.run(
      `update messages set wamid = coalesce(wamid, $3), accepted_at = $4,
         status = case when status in ('sending', 'unknown') then 'accepted' else status end
       where channel_id = $1 and id = $2`,
      [channelId, id, settlement.wamid, at],
    ) === 1
  let changed: boolean
  try {
    changed = accept()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    // A status without our reference came before the answer and was taken for another program's message.
    adoptForeign(db, channelId, id, settlement.wamid)
    changed = accept()
  }
  if (settlement.waId !== undefined || settlement.userId !== undefined) {
    learnAnswer(db, channelId, id, settlement, at)
  }
  return changed
}

/** The answer names whom the message went to: by their id, or by the number that Meta made of what was dialled. */
function learnAnswer(
  db: Database,
  channelId: number,
  id: string,
  { waId, userId }: { waId?: string; userId?: string },
  at: number,
): void {
  const message = db.get<{ contact_id: number; recipient: string }>(
    'select contact_id, recipient from messages where channel_id = $1 and id = $2',
    [channelId, id],
  )
  if (!message) return
  const now = { ...(waId !== undefined && { phone: waId }), ...(userId !== undefined && { userId }) }
  const sighting = { now, messageOf: message.contact_id, isCertain: !isNumber(message.recipient) }
  const who = identify(db, channelId, sighting, undefined, at)
  if (who === message.contact_id) return
  db.run('update messages set contact_id = $3 where channel_id = $1 and id = $2', [channelId, id, who])
}

function adoptForeign(db: Database, channelId: number, id: string, wamid: string): void {
  const stub = db.get<Record<string, SqlValue>>(
    `select id, status, sent_at, delivered_at, read_at, played_at, failed_at, error, pricing, conversation from messages
     where channel_id = $1 and wamid = $2 and type = 'foreign'`,
    [channelId, wamid],
  )
  if (!stub) throw new Error(`the wamid ${wamid} belongs to another message already`)
  db.run(`delete from messages where channel_id = $1 and id = $2`, [channelId, stub.id!])
  db.run(
    `update messages set status = $3, sent_at = $4, delivered_at = $5, read_at = $6, played_at = $7, failed_at = $8, error = $9,
       pricing = $10, conversation = $11
     where channel_id = $1 and id = $2`,
    [
      channelId,
      id,
      stub.status!,
      stub.sent_at!,
      stub.delivered_at!,
      stub.read_at!,
      stub.played_at!,
      stub.failed_at!,
      stub.error!,
      stub.pricing!,
      stub.conversation!,
    ],
  )
}

function sqlOver(db: Database, write: <T>(op: (db: Database) => T) => Promise<T>): Sql {
  const guarded = async <T>(read: () => T): Promise<T> => {
    try {
      return read()
    } catch (error) {
      throw asStoreError(error)
    }
  }
  return {
    all: (sql, params) => guarded(() => db.all(sql, params)),
    get: (sql, params) => guarded(() => db.get(sql, params)),
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
  const newest = db.get<{ number: number | null }>('select max(number) as number from migrations')?.number ?? 0
  for (const migration of migrationsFor('sqlite')) {
    if (migration.number <= newest) continue
    db.raw.exec('begin immediate')
    try {
      // Another process may have come first while we waited for the lock.
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
  // Not a secret: it stands in every event's id, so that two installations never share one.
  db.run(`insert into meta (name, value) values ('installation', $1) on conflict (name) do nothing`, [
    newSecret('', 6).replace(/[^A-Za-z0-9]/g, '0'),
  ])
}
