import { setTimeout as after } from 'node:timers/promises'
import type { Client } from 'pg'
import { isMeant } from '../audience.ts'
import { codeOf } from './errors.ts'
import type { Pool } from './pool.ts'

// Events are partitioned by their place in the stored order, and a month begins at a place of its own: the sequence is
// set there when the month has come. So the bounds of months to come are known, a place alone says where its row is, and
// there is no moment without a partition: places go on in the month before until the next one is made and entered.

/** Room for the events of a month. With this many to a month, places stay below 2^48 until the year 2200 (see `MARK_FEED`). */
const PLACES = 100_000_000_000
const LAST_MONTH = 2_800
/** Besides the present one. */
const MONTHS_AHEAD = 2
/** Any number will do that nothing else in this database locks. */
const LOCK = 4_702_111_234_474_984

/** Months since 1970. */
export function monthOf(ms: number): number {
  const date = new Date(ms)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}

export const firstPlaceOf = (month: number): number => month * PLACES

/** `events_2026_12` */
export const tableOf = (month: number): string =>
  `events_${1970 + Math.floor(month / 12)}_${String((month % 12) + 1).padStart(2, '0')}`

type Partition = { name: string; from: number; to: number }

/** The partitions of events, oldest first. */
async function partitions(client: Client): Promise<Partition[]> {
  const { rows } = await client.query<{ name: string; bounds: string }>({
    name: 'partitions',
    text: `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
           from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'events'::regclass`,
  })
  const place = (text: string): number => (text === 'MINVALUE' ? -Infinity : Number(text))
  return rows
    .map(({ name, bounds }) => {
      const [, from, to] = /^FOR VALUES FROM \('?(MINVALUE|-?\d+)'?\) TO \('?(\d+)'?\)$/.exec(bounds)!
      return { name, from: place(from!), to: place(to!) }
    })
    .sort((a, b) => a.to - b.to)
}

const covering = (all: readonly Partition[], month: number): Partition | undefined =>
  all.find(({ from, to }) => from <= firstPlaceOf(month) && firstPlaceOf(month) < to)

async function lastPlace(client: Client): Promise<number> {
  const { rows } = await client.query<{ seq: number }>('select last_value as seq from events_seq_seq')
  return rows[0]!.seq
}

async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const value = await work()
    await client.query('commit')
    return value
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/** One node at a time: the others find what it made. */
const alone = <T>(client: Client, work: () => Promise<T>): Promise<T> =>
  inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1)', [LOCK])
    return work()
  })

/** Makes the partitions of this month and the next ones where they are missing, and enters this month. */
export async function keepMonths(pool: Pool, now: number): Promise<void> {
  const month = monthOf(now)
  // A clock that is that far ahead is wrong: events go on where they are.
  if (!(month >= 0 && month + MONTHS_AHEAD < LAST_MONTH)) return
  const wanted = Array.from({ length: MONTHS_AHEAD + 1 }, (_, i) => month + i)
  await pool.use(async ({ client }) => {
    const missing = async (): Promise<number[]> => {
      const all = await partitions(client)
      return wanted.filter((one) => !covering(all, one))
    }
    if ((await missing()).length > 0)
      await alone(client, async () => {
        for (const one of await missing()) await make(client, one)
      })
    const { from } = covering(await partitions(client), month)!
    if ((await lastPlace(client)) >= from) return
    // After the commit above: a place is never given out before everybody can see the partition that it belongs to.
    await alone(client, () =>
      client.query(`select setval('events_seq_seq', $1) from events_seq_seq where last_value < $1`, [from]),
    )
  })
}

/** When a turn failed, the next commits are left alone for this long. */
const AGAIN_MS = 60_000

/**
 * Enters a month as soon as a commit is in it; the maintenance alone would be up to an hour late. Hears the time of each
 * commit. `keep` is `keepMonths`, and answers whether it did.
 */
export function createTurn(keep: (now: number) => Promise<boolean>): (now: number) => Promise<void> {
  let due = -Infinity
  return async (now) => {
    if (now < due) return
    due = now + AGAIN_MS
    if (await keep(now)) due = Date.UTC(1970, monthOf(now) + 1)
  }
}

/** Attached rather than made in place, which waits for nobody and holds nobody up. */
async function make(client: Client, month: number): Promise<void> {
  const name = tableOf(month)
  await client.query(
    `create table ${name} (like events including defaults)
     with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,
  )
  await client.query(
    `alter table events attach partition ${name} for values from (${firstPlaceOf(month)}) to (${firstPlaceOf(month + 1)})`,
  )
}

/** How long those that read and write may be kept waiting for a drop, which waits for those at work meanwhile. */
const DROP_WAIT_MS = 250
const DROP_TRIES = 3
const DROP_PAUSE_MS = 500

/**
 * Drops the partitions that hold nothing younger than `before` and nothing that still waits. Answers how many rows went,
 * as near as the database knows without counting them.
 */
export async function dropMonths(pool: Pool, before: number): Promise<number> {
  return pool.use(async ({ client }) => {
    let gone = 0
    for (const partition of await partitions(client)) {
      // Nothing comes into it any more.
      if ((await lastPlace(client)) < partition.to) break
      if (!(await isOld(client, partition, before))) break
      if (await waits(client, partition, before)) continue
      gone += await drop(client, partition, before)
    }
    return gone
  })
}

/** Events stand in the order of time, so the last one is the youngest. */
async function isOld(client: Client, { name }: Partition, before: number): Promise<boolean> {
  const { rows } = await client.query<{ at: number }>(`select created_at as at from ${name} order by seq desc limit 1`)
  return rows.length === 0 || rows[0]!.at < before
}

/** Nodes agree on the time, but a lane may have begun to wait in the same moment. */
const MOMENT_MS = 60_000

/**
 * True when an event of the partition is still to be delivered: owed, or ahead of the cursor of its lane, which has then
 * been waiting since the event was stored or longer.
 */
async function waits(client: Client, { name, from, to }: Partition, before: number): Promise<boolean> {
  const { rows } = await client.query<{ waits: boolean }>(
    `select exists (select 1 from owed_events where seq >= $1 and seq < $2)
       or exists (
         select 1 from lanes l join endpoints n on n.id = l.endpoint_id
         where l.waiting_since < $3 and l.cursor < $2
           and exists (select 1 from ${name} e
             where e.channel_id = l.channel_id and e.contact_id = l.contact_id and e.seq + 0 > l.cursor
               and ${isMeant('e', 'n')})) as waits`,
    [Math.max(from, 0), to, before + MOMENT_MS],
  )
  return rows[0]!.waits
}

/** Answers the rows that went: none when the others gave no moment for it, or something in it waits again. */
async function drop(client: Client, partition: Partition, before: number): Promise<number> {
  const { name } = partition
  const rows = await rowsOf(client, name)
  for (let i = 0; i < DROP_TRIES; i++) {
    try {
      return await inTransaction(client, async () => {
        await client.query(
          `set local lock_timeout = ${DROP_WAIT_MS}; set local statement_timeout = ${2 * DROP_WAIT_MS}`,
        )
        await client.query('lock table events in access exclusive mode')
        // Asked again now that nobody is at work: a replay may have come between.
        const exists = (await partitions(client)).some((one) => one.name === name)
        if (!exists || (await waits(client, partition, before))) return 0
        await client.query(UNCOUNT_DEAD, [Math.max(partition.from, 0), partition.to])
        await client.query(`drop table ${name}`)
        return rows
      })
    } catch (error) {
      if (!BUSY.has(codeOf(error) ?? '')) throw error
      if (i + 1 < DROP_TRIES) await after(DROP_PAUSE_MS)
    }
  }
  return 0
}

/** As where events are deleted row by row: those that go are no longer counted as dead. */
const UNCOUNT_DEAD = `with gone as (delete from dead_events where seq >= $1 and seq < $2 returning endpoint_id)
  insert into delivery_counts as c (endpoint_id, shard, pending, dead)
  select endpoint_id, 0, 0, -count(*) from gone group by endpoint_id
  on conflict (endpoint_id, shard) do update set dead = c.dead + excluded.dead`

/** A lock was not to be had in time, or in the wrong order; the check took too long to let others wait for it. */
const BUSY = new Set(['55P03', '40P01', '57014'])

/** Counting all rows of a month would take minutes. */
const COUNTED = 100_000

/** Exactly where they are few, as the database's statistics know it where they are many. */
async function rowsOf(client: Client, name: string): Promise<number> {
  const { rows } = await client.query<{ counted: number; known: number }>(
    `select (select count(*) from (select 1 from ${name} limit ${COUNTED + 1}) few) as counted,
       pg_stat_get_live_tuples('${name}'::regclass) as known`,
  )
  const { counted, known } = rows[0]!
  return counted > COUNTED ? Math.max(counted, known) : counted
}
