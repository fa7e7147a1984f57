import type { Clock } from '@postern/runtime/clock'
import type { OpenLog } from '../open.ts'
import { randomInt } from 'node:crypto'
import { createBatcher, type Size } from '../batcher.ts'
import { sizeOfFacts, sizeOfMessage } from '../size.ts'
import type { Operation } from '../core/operations.ts'
import type { Applied, Replay, Store } from '../store.ts'
import { createConnect, type PATIENCE } from './connect.ts'
import { asStoreError } from './errors.ts'
import { createGathering } from './gathering.ts'
import { migrate } from './migrate.ts'
import { createTurn, dropMonths, keepMonths } from './months.ts'
import { openNotifications } from './notifications.ts'
import { createPool } from './pool.ts'
import { sqlOver } from './statements.ts'
import { readDatabaseUrl } from '../../platform/postgres-url.ts'
import { createWriter, SERVER_TIME } from './writer.ts'

/** How long the database's clock is extrapolated from one reading. */
const CLOCK_GOOD_FOR_MS = 5_000

/** Connections besides the writer's and the listener's. */
const READERS = 6
/** Number of rows for kept counts: nodes seldom share a row, and a sum adds few rows. */
const COUNT_SHARDS = 16

/**
 * The store that several nodes share. Hot writes go through the batcher, as one statement a commit. Reads and cold
 * writes use a few connections of their own. When the server is lost, everything rejects with StoreUnavailable, and the
 * next call looks for it again.
 */
export async function openPostgres(options: {
  url: string
  clock: Clock
  log: OpenLog
  /** The time for leases and retries, when it is not the server's: a test moves it. */
  storeTime?: (() => number) | undefined
  /** Timeouts for a silent server. Tests use shorter ones. */
  patience?: typeof PATIENCE
  /** Connections for reads and cold writes. */
  readers?: number | undefined
}): Promise<Store> {
  const { clock, log } = options
  const connect = createConnect(readDatabaseUrl(options.url), options.patience)
  const installation = await migrate(connect, clock, options.storeTime)
  const pool = createPool(connect, options.readers ?? READERS)
  const sql = sqlOver(pool)
  const gathering = createGathering(() => performance.now())
  // No reason to refuse anything: until it succeeds, events go to the previous partition, and the next commit tries
  // again.
  const turn = createTurn((at) =>
    keepMonths(pool, at).then(
      () => true,
      (error: unknown) => {
        log.debug({ err: asStoreError(error) }, 'store.months_failed')
        return false
      },
    ),
  )
  const writer = createWriter({
    connect,
    now: options.storeTime,
    shard: randomInt(COUNT_SHARDS),
    gathering,
    onTime: (at) => void turn(at),
  })
  const batcher = createBatcher<Operation>({ flush: (ops) => writer.flush(ops), pause: gathering.pause })
  const add = <T>(op: Operation, size?: Size): Promise<T> => batcher.add<T>(op, size)
  let seen: { now: number; at: number } | undefined

  async function now(): Promise<number> {
    if (options.storeTime) return options.storeTime()
    if (!seen || clock.monotonic() - seen.at >= CLOCK_GOOD_FOR_MS) {
      const row = await sql.get<{ now: number }>(SERVER_TIME)
      // Counted from the answer, so it is behind rather than ahead: no lease is taken for expired too early.
      seen = { now: row!.now, at: clock.monotonic() }
    }
    return Math.floor(seen.now + clock.monotonic() - seen.at)
  }

  await now()
    .then(turn)
    .catch(() => {})
  // Last, so that the caller gets the first notification as well.
  const notifications = openNotifications({ connect, pool, log })

  return {
    engine: 'postgres',
    installation,
    sql,
    get backlog() {
      return batcher.waiting
    },

    now,

    async ping() {
      // A read proves little: a standby, or a full disk, can still be read.
      await sql.run(
        `insert into meta (name, value) values ('ping', $1) on conflict (name) do update set value = excluded.value`,
        [String(clock.now())],
      )
      if (batcher.trouble) throw batcher.trouble
    },

    beginMessage: (message) => add({ kind: 'begin', message }, sizeOfMessage(message)),
    settleMessage: (settlement) => add({ kind: 'settle', settlement }),
    async applyFacts(facts, offer) {
      const applied = await add<Applied>({ kind: 'facts', facts, offer }, sizeOfFacts(facts))
      notifications.notifyLanes(applied.nudge)
      return applied
    },
    claimLanes: (endpointId, limit, offer) => add({ kind: 'claim', endpointId, limit, offer }),
    recordAttempt: (record) => add({ kind: 'attempt', record }),
    releaseLanes: (holder, lanes) => add({ kind: 'release', holder, lanes }),
    async replayEvents(channelId, endpointId, seqs) {
      const replayed = await add<Replay>({ kind: 'replay', channelId, endpointId, seqs })
      if (replayed.woken) notifications.notifyLanes([endpointId])
      return replayed
    },

    async dueEndpoints() {
      // Skips from endpoint to endpoint over the index, so that a million due lanes cost no more than one.
      const rows = await sql.all<{ id: number; ms: number }>(
        `with recursive hop (id) as (
           select min(endpoint_id) from lanes where due_at is not null
           union all
           select (select min(endpoint_id) from lanes where due_at is not null and endpoint_id > hop.id)
           from hop where hop.id is not null
         )
         select id, (select min(due_at) from lanes where endpoint_id = hop.id and due_at is not null)
           - coalesce($1::bigint, (extract(epoch from clock_timestamp()) * 1000)::bigint) as ms
         from hop where id is not null`,
        [options.storeTime?.() ?? null],
      )
      const later = rows.filter((row) => row.ms > 0).map((row) => row.ms)
      return {
        due: rows.filter((row) => row.ms <= 0).map((row) => row.id),
        nextInMs: later.length > 0 ? Math.min(...later) : null,
      }
    },

    keepMonths: async () => keepMonths(pool, await now()).catch(refuse),
    dropMonths: (before) => dropMonths(pool, before).catch(refuse),

    onNotification: notifications.onNotification,
    notify: notifications.notify,

    async close() {
      await batcher.close()
      notifications.close()
      writer.close()
      await pool.close()
    },
  }
}

function refuse(error: unknown): never {
  throw asStoreError(error)
}
