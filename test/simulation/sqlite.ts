import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Keys } from '../../packages/gateway/src/store/core/keys.ts'
import type { Contact, Dead, Lane, Message } from '../../packages/gateway/src/store/core/rows.ts'
import type { Changes, Snapshot } from '../../packages/gateway/src/store/core/working-set.ts'
import { migrationsFor } from '../../packages/gateway/src/store/migrate.ts'
import { asStoreError, Database } from '../../packages/gateway/src/store/sqlite/database.ts'
import { load } from '../../packages/gateway/src/store/sqlite/load.ts'
import { write } from '../../packages/gateway/src/store/sqlite/write.ts'
import type { SqlValue } from '../../packages/gateway/src/store/sql.ts'
import { type Dump, type EndpointPlace, type Engine, EVERYTHING_AT_0, type LoadOptions, type Lock } from './engine.ts'

/** The real statements of SQLite under the simulation. What is synced when is the simulation's. */
export class SqliteEngine implements Engine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'postern-simulation-'))
  readonly #db: Database

  constructor() {
    this.#db = new Database(join(this.#folder, 'simulation.db'))
    this.#db.raw.exec('pragma synchronous = off')
    for (const migration of migrationsFor('sqlite')) this.#db.raw.exec(migration.sql)
  }

  // eslint-disable-next-line require-yield -- there is nobody else to wait for
  *load(asked: Keys, { now, contactIds }: LoadOptions): Generator<Lock[], Snapshot> {
    return load(this.#db, asked, now, { contactIds, owes: true })
  }

  write(changes: Changes, at: number): void {
    try {
      this.#db.raw.exec('begin immediate')
      write(this.#db, changes, at)
      this.#db.raw.exec('commit')
    } catch (error) {
      if (this.#db.raw.isTransaction) this.#db.raw.exec('rollback')
      throw asStoreError(error)
    }
  }

  lastContact(): number {
    return this.#db.get<{ seq: number }>(`select seq from sqlite_sequence where name = 'contacts'`)?.seq ?? 0
  }

  all(sql: string, params: readonly SqlValue[]): unknown[] {
    return this.#db.all(sql, params)
  }

  run(sql: string, params: readonly SqlValue[]): number {
    return this.#db.run(sql, params)
  }

  dueAt(): { endpointId: number; at: number }[] {
    return this.#db.all(
      `select endpoint_id as endpointId, min(due_at) as at from lanes where due_at is not null
       group by endpoint_id order by endpoint_id`,
    )
  }

  setEndpoint(endpointId: number, channelId: number, { slot, filter }: EndpointPlace = EVERYTHING_AT_0): void {
    this.#db.run(
      `insert into endpoints (id, channel_id, url, secret, updated_at, slot, filter, begins_after)
       values ($1, $2, 'https://customer.example/', $3, 0, $4, $5, (select coalesce(max(seq), 0) from events))`,
      [endpointId, channelId, new Uint8Array([1]), slot, filter && JSON.stringify(filter)],
    )
  }

  addChannel(channelId: number): void {
    this.#db.run(
      `insert into channels (id, name, business_phone, phone_number_id, waba_id, access_token, created_at, updated_at)
       values ($1, 'a channel', '1', $2, '1', $3, 0, 0)`,
      [channelId, String(channelId), new Uint8Array([1])],
    )
  }

  freeLanes(now: number): void {
    this.#db.run('update lanes set due_at = $1, holder = null where due_at is not null and holder is not null', [now])
  }

  dump(): Dump {
    const all = <T>(sql: string): T[] => this.#db.all<object>(sql).map((row) => ({ ...row })) as T[]
    return {
      contacts: all<Contact>(
        `select id, channel_id as channelId, phone, user_id as userId, name, last_inbound_at as lastInboundAt,
           merged_into as mergedInto, parent_user_id as parentId, username, state,
           idle_at as idleAt, waiting_since as waitingSince from contacts order by id`,
      ),
      keys: all<{ place: string; contactId: number }>(
        `select channel_id || ' ' || key as place, contact_id as contactId from contact_keys order by 1`,
      ).map(({ place, contactId }) => [place, contactId]),
      messages: all<Message>(
        `select channel_id as channelId, id, contact_id as contactId, direction, type, status, wamid, recipient, error,
           accepted_at as acceptedAt, sent_at as sentAt, delivered_at as deliveredAt, read_at as readAt,
           played_at as playedAt, failed_at as failedAt, pricing, conversation,
           case when substr(content, 1, 17) = '{"callback_data":' then content end as callbackContent,
           origin, changes
         from messages order by id`,
      ),
      events: all(
        `select seq, channel_id as channelId, contact_id as contactId, kind, message_id as messageId,
           audience, body
         from events order by seq`,
      ),
      lanes: all<Lane>(
        `select endpoint_id as endpointId, channel_id as channelId, contact_id as contactId, cursor, due_at as dueAt,
           holder, attempts, waiting_since as waitingSince from lanes order by endpoint_id, contact_id`,
      ),
      owed: all(
        `select endpoint_id as endpointId, seq, contact_id as contactId, attempts from owed_events
         order by endpoint_id, seq`,
      ),
      dead: all<Dead>(
        `select endpoint_id as endpointId, channel_id as channelId, contact_id as contactId, seq, attempts, at
         from dead_events order by endpoint_id, seq`,
      ),
      attempts: all<{ line: string }>(
        `select endpoint_id || ' ' || seq || ' ' || number || ' ' || outcome as line from attempts order by id`,
      ).map((row) => row.line),
      seen: all<{ place: string }>(`select channel_id || ' ' || key as place from seen order by 1`).map(
        (row) => row.place,
      ),
      counts: all(
        `select endpoint_id as endpointId, sum(pending) as pending, sum(dead) as dead from delivery_counts
         group by endpoint_id order by endpoint_id`,
      ),
      costs: all<{ line: string }>(
        `select channel_id || ' ' || day || ' ' || country || ' ' || category || ' ' || type || ': ' || sum(messages) as line
         from cost_sums group by channel_id, day, country, category, type having sum(messages) <> 0 order by 1`,
      ).map((row) => row.line),
      idempotency: all<{ line: string }>(
        `select channel_id || ' ' || key || ' ' || made_id || ' ' || state as line from idempotency order by 1`,
      ).map((row) => row.line),
    }
  }

  close(): void {
    this.#db.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
