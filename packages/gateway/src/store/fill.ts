import { setTimeout as after } from 'node:timers/promises'
import { type EndpointFilter, type EndpointFormat, EVERYTHING } from '../domain/channels/endpoint.ts'
import { wantsStored } from '../domain/events/stored-event.ts'
import { DIRECTORY_CHANGED } from './directory-version.ts'
import type { Sql } from './sql.ts'
import type { Store } from './store.ts'

/** Rows of one commit: few enough that nobody who waits behind it notices. */
const AT_ONCE = 250
const PAUSE_MS = 5
const LOOK_AGAIN_MS = 50
/** A transaction that is older than this is no batch of ours. */
const LONGEST_BATCH_MS = 60_000

/**
 * Brings the stored events that an endpoint with a place to begin at wants, and lets its deliveries go when all are there.
 * Goes on where one before it ended. Answers how many were brought; undefined when another does it, or the endpoint is gone.
 */
export async function fillEndpoint(
  store: Store,
  endpointId: number,
  isStopping: () => boolean,
): Promise<number | undefined> {
  const { sql } = store
  const endpoint = await sql.get<{
    channel_id: number
    fill_from: number | null
    filter: string | null
    format: EndpointFormat
  }>('select channel_id, fill_from, filter, format from endpoints where id = $1', [endpointId])
  if (!endpoint || endpoint.fill_from === null) return undefined
  const { channel_id: channelId, format } = endpoint
  const filter = endpoint.filter === null ? EVERYTHING : (JSON.parse(endpoint.filter) as EndpointFilter)
  const end = await endOfThoseBefore(sql, isStopping)
  let from = endpoint.fill_from
  let brought = 0
  while (!isStopping()) {
    const rows = await sql.all<{ seq: number; kind: string; body: string }>(
      `select seq, kind, body from events where channel_id = $1 and seq >= $2 and seq <= $3 order by seq limit ${AT_ONCE}`,
      [channelId, from, end],
    )
    const seqs = rows.filter(({ kind, body }) => wantsStored(filter, kind, body, format)).map(({ seq }) => seq)
    if (seqs.length > 0) brought += (await store.replayEvents(channelId, endpointId, seqs)).replayed
    const isDone = rows.length < AT_ONCE
    const next = isDone ? null : rows.at(-1)!.seq + 1
    const [changed] = await sql.atomically([
      {
        sql: 'update endpoints set fill_from = $3 where id = $1 and fill_from = $2',
        params: [endpointId, from, next],
      },
      ...(isDone ? [DIRECTORY_CHANGED] : []),
    ])
    if (changed !== 1) return undefined
    if (next === null) return brought
    from = next
    await after(PAUSE_MS)
  }
  return undefined
}

/**
 * The end of the stored order, where everything below it knows of the endpoint or can be read: a batch of another node that
 * was loaded before the endpoint was there is waited for. It may be stored behind the place that the endpoint begins at.
 */
async function endOfThoseBefore(sql: Sql, isStopping: () => boolean): Promise<number> {
  if (!sql.feedEnd) return newest(sql)
  const { now } = (await sql.get<{ now: string }>('select clock_timestamp()::text as now'))!
  for (const until = performance.now() + LONGEST_BATCH_MS; performance.now() < until && !isStopping();) {
    const older = await sql.get(
      `select 1 as one from pg_stat_activity where datname = current_database() and usename = current_user
         and backend_type = 'client backend' and pid <> pg_backend_pid() and xact_start < $1::timestamptz limit 1`,
      [now],
    )
    if (!older) break
    await after(LOOK_AGAIN_MS)
  }
  return newest(sql)
}

async function newest(sql: Sql): Promise<number> {
  return (await sql.get<{ seq: number | null }>('select max(seq) as seq from events'))?.seq ?? 0
}
