import { isMeant } from './audience.ts'
import type { Sql, Statement } from './sql.ts'
import { firstMessageIdAt } from '../platform/ids.ts'

/** One batch of old rows: how many went, and where to go on; undefined `next` when nothing older is left. */
export type Pruned = { gone: number; next: string | undefined }

/** `next` is what the batch before answered; '' at first. `before` is epoch ms. */
export type Prune = (sql: Sql, before: number, limit: number, next: string) => Promise<Pruned>

/** Message ids begin with the time, so old ones stand together in the index. `next` is the channel. */
export const pruneMessages: Prune = async (sql, before, limit, next) => {
  const channel = await sql.get<{ id: number }>('select id from channels where id >= $1 order by id limit 1', [
    Number(next || 0),
  ])
  if (!channel) return { gone: 0, next: undefined }
  const gone = await sql.run(
    `delete from messages where channel_id = $1 and id in (
       select id from messages where channel_id = $1 and id < $2 order by id limit $3)`,
    [channel.id, firstMessageIdAt(before), limit],
  )
  return { gone, next: String(gone < limit ? Number(channel.id) + 1 : channel.id) }
}

/** Events stand in the order of time. Those that still have to be delivered stay, however old. `next` is the last seq seen. */
export const pruneEvents: Prune = (sql, before, limit, next) =>
  pruneQueue(
    sql,
    { table: 'events', key: 'seq', time: 'created_at', only: NOT_WAITING, first: uncountDead },
    before,
    limit,
    next,
  )

const NOT_WAITING = `not exists (select 1 from owed_events o where o.seq = events.seq)
  and not exists (
    select 1 from endpoints n join lanes l on l.endpoint_id = n.id and l.contact_id = events.contact_id
    where n.channel_id = events.channel_id and events.seq > l.cursor and ${isMeant('events', 'n')})`

/** Dead events that go are no longer counted as dead: nobody could look at them or replay them. */
async function uncountDead(sql: Sql, from: number, last: number): Promise<Statement[]> {
  const params = [from, last]
  const range = 'seq > $1 and seq <= $2'
  if (!(await sql.get(`select 1 as found from dead_events where ${range} limit 1`, params))) return []
  const going = `exists (select 1 from events where events.seq = dead_events.seq and ${NOT_WAITING})`
  return [
    {
      sql: `insert into delivery_counts (endpoint_id, shard, pending, dead)
            select distinct endpoint_id, 0, 0, 0 from dead_events where ${range}
            on conflict (endpoint_id, shard) do nothing`,
      params,
    },
    {
      sql: `update delivery_counts set dead = dead - (
              select count(*) from dead_events
              where dead_events.endpoint_id = delivery_counts.endpoint_id and ${range} and ${going})
            where shard = 0 and endpoint_id in (select endpoint_id from dead_events where ${range})`,
      params,
    },
    { sql: `delete from dead_events where ${range} and ${going}`, params },
  ]
}

export const pruneAttempts: Prune = (sql, before, limit, next) =>
  pruneQueue(sql, { table: 'attempts', key: 'id', time: 'at' }, before, limit, next)

export const pruneQuarantine: Prune = (sql, before, limit, next) =>
  pruneQueue(sql, { table: 'quarantine', key: 'id', time: 'received_at' }, before, limit, next)

type Queue = {
  table: string
  key: string
  time: string
  only?: string
  /** What is written in the same commit, before the rows from one key to another go. */
  first?: (sql: Sql, from: number, last: number) => Promise<Statement[]>
}

/** Rows whose key grows with their time: read from the old end until they are young. */
async function pruneQueue(sql: Sql, queue: Queue, before: number, limit: number, next: string): Promise<Pruned> {
  const { table, key, time, only, first } = queue
  const from = Number(next || 0)
  const rows = await sql.all<{ key: number; time: number }>(
    `select ${key} as key, ${time} as time from ${table} where ${key} > $1 order by ${key} limit $2`,
    [from, limit],
  )
  const young = rows.findIndex((row) => Number(row.time) >= before)
  const last = (young < 0 ? rows : rows.slice(0, young)).at(-1)
  if (!last) return { gone: 0, next: undefined }
  const changed = await sql.atomically([
    ...((await first?.(sql, from, last.key)) ?? []),
    {
      sql: `delete from ${table} where ${key} > $1 and ${key} <= $2${only === undefined ? '' : ` and ${only}`}`,
      params: [from, last.key],
    },
  ])
  const gone = changed.at(-1)!
  return { gone, next: young < 0 && rows.length === limit ? String(last.key) : undefined }
}

export const pruneSeen: Prune = async (sql, before, limit) => {
  const gone = await sql.run(
    `delete from seen where (channel_id, key) in (select channel_id, key from seen where at < $1 order by at limit $2)`,
    [before, limit],
  )
  return { gone, next: gone < limit ? undefined : 'more' }
}

export const pruneKeys: Prune = async (sql, before, limit) => {
  const gone = await sql.run(
    `delete from idempotency where (channel_id, key) in (
       select channel_id, key from idempotency where created_at < $1 order by created_at limit $2)`,
    [before, limit],
  )
  return { gone, next: gone < limit ? undefined : 'more' }
}

/** Broadcasts that ended, their recipients first. Forgotten drafts end by this. */
export const pruneBroadcasts: Prune = async (sql, before, limit) => {
  const old = await sql.get<{ channel_id: number; id: string }>(
    'select channel_id, id from broadcasts where finished_at < $1 order by finished_at limit 1',
    [before],
  )
  if (!old) {
    const ended = await sql.run(
      `update broadcasts set state = 'cancelled', finished_at = updated_at
       where ${IS_DRAFT} and updated_at < $1 and (channel_id, id) in (
         select channel_id, id from broadcasts where ${IS_DRAFT} and updated_at < $1 order by updated_at limit $2)`,
      [before, limit],
    )
    return { gone: 0, next: ended > 0 ? 'more' : undefined }
  }
  const gone = await sql.run(
    `delete from broadcast_recipients where broadcast_id = $1 and n in (
       select n from broadcast_recipients where broadcast_id = $1 order by n limit $2)`,
    [old.id, limit],
  )
  if (gone < limit)
    await sql.atomically([
      { sql: 'delete from broadcast_failures where broadcast_id = $1', params: [old.id] },
      { sql: 'delete from broadcasts where channel_id = $1 and id = $2', params: [old.channel_id, old.id] },
    ])
  return { gone, next: 'more' }
}

/** `preparing` without a file: its recipients were still coming, or a retry was interrupted. */
const IS_DRAFT = `finished_at is null and (state in ('draft', 'checked') or (state = 'preparing' and file_id is null))`

/** Scheduled sends that ended. */
export const pruneScheduled: Prune = async (sql, before, limit) => {
  const gone = await sql.run(
    `delete from scheduled_sends where (channel_id, id) in (
       select channel_id, id from scheduled_sends
       where state not in ('scheduled', 'sending') and updated_at < $1 order by updated_at limit $2)`,
    [before, limit],
  )
  return { gone, next: gone < limit ? undefined : 'more' }
}
