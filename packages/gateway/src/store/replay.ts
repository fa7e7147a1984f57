import { setTimeout as after } from 'node:timers/promises'
import { type EndpointFilter, type EndpointFormat, EVERYTHING } from '../domain/channels/endpoint.ts'
import { looksInside, wantsStored } from '../domain/events/stored-event.ts'
import { firstSeqAt } from './deliveries-of.ts'
import type { DeliveryState } from './events.ts'
import type { Sql } from './sql.ts'
import type { Store } from './store.ts'
import { Where } from './where.ts'

/** Rows of one commit: few enough that other commits are not delayed. */
const AT_ONCE = 250
const PAUSE_MS = 5
/** A count writes nothing. */
const COUNTED_AT_ONCE = 2_000
/** Events are stored in order of time, as exactly as the clocks of the nodes agree. */
const CLOCKS_DIFFER_MS = 60_000

export type ReplayFilter = {
  channelId: number
  endpointId: number
  seq?: number
  /** From this place on. */
  fromSeq?: number
  /** Only events that this filter accepts. */
  filter?: EndpointFilter
  /** Only events that this format has. Default: all events. */
  format?: EndpointFormat
  state?: DeliveryState
  fromMs?: number
  toMs?: number
}

/** Makes events of an endpoint wait again, in their old places, and makes their lanes due. Returns their number. */
export async function replay(store: Store, filter: ReplayFilter): Promise<number> {
  const { channelId, endpointId } = filter
  if (filter.seq !== undefined) {
    if (filter.format === 'page' && !(await isOnPage(store.sql, filter.seq))) return 0
    return (await store.replayEvents(channelId, endpointId, [filter.seq])).replayed
  }
  let replayed = 0
  for await (const seqs of matching(store.sql, filter, AT_ONCE)) {
    if (seqs.length > 0) replayed += (await store.replayEvents(channelId, endpointId, seqs)).replayed
    await after(PAUSE_MS)
  }
  return replayed
}

/**
 * How many events a replay of many would make wait again, counted up to `most`. Of delivered events it is the highest
 * number: those among them that still wait are not replayed.
 */
export async function countReplay(store: Store, filter: ReplayFilter, most: number): Promise<number> {
  let count = 0
  for await (const seqs of matching(store.sql, filter, COUNTED_AT_ONCE)) {
    count += seqs.length
    if (count >= most) return most
  }
  return count
}

/** The events of a replay of many, oldest first, in parts. */
async function* matching(sql: Sql, filter: ReplayFilter, atOnce: number): AsyncGenerator<number[]> {
  const { channelId, endpointId, filter: wanted = EVERYTHING, format } = filter
  const from = filter.state === 'dead' ? 'dead_events d join events e on e.seq = d.seq' : 'events e'
  const where = new Where().and('e.channel_id = ?', channelId)
  const endpoint = where.param(endpointId)
  if (filter.state === 'dead') where.and(`d.endpoint_id = ${endpoint}`)
  else {
    const dead = `exists (select 1 from dead_events d where d.endpoint_id = ${endpoint} and d.seq = e.seq)`
    where.and(filter.state === 'delivered' ? `not ${dead}` : `cast(${endpoint} as bigint) is not null`)
  }
  if (filter.fromMs !== undefined) where.and('e.created_at >= ?', filter.fromMs)
  if (filter.toMs !== undefined) {
    where.and('e.created_at < ?', filter.toMs)
    where.and('e.seq < ?', await firstSeqAt(sql, filter.toMs + CLOCKS_DIFFER_MS))
  }
  const behind = `$${where.params.length + 1}`
  let last = (filter.fromSeq ?? 1) - 1
  if (filter.fromMs !== undefined) last = Math.max(last, (await firstSeqAt(sql, filter.fromMs - CLOCKS_DIFFER_MS)) - 1)
  const body = looksInside(wanted, format) ? 'e.body' : "'' as body"
  for (;;) {
    const rows = await sql.all<{ seq: number; kind: string; body: string }>(
      `select e.seq, e.kind, ${body} from ${from} ${where.clause} and e.seq > ${behind} order by e.seq limit ${atOnce}`,
      [...where.params, last],
    )
    yield rows.filter((row) => wantsStored(wanted, row.kind, row.body, format)).map((row) => row.seq)
    if (rows.length < atOnce) return
    last = rows.at(-1)!.seq
  }
}

async function isOnPage(sql: Sql, seq: number): Promise<boolean> {
  const row = await sql.get<{ kind: string; body: string }>('select kind, body from events where seq = $1', [seq])
  return row !== undefined && wantsStored(EVERYTHING, row.kind, row.body, 'page')
}
