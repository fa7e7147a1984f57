import { MOST_ENDPOINTS } from '../domain/channels/endpoint.ts'
import { isMeant } from './audience.ts'
import type { Sql, SqlValue } from './sql.ts'

export type DeliveryState = 'pending' | 'delivered' | 'dead' | 'none'

/** What customers are told, as it was stored. Never changed. */
export type EventRow = {
  seq: number
  channel_id: number
  contact_id: number
  kind: string
  message_id: string | null
  body: string
  created_at: number
}

/** An event and how its delivery to an endpoint goes. The last attempt's times and answer, where there was one. */
export type DeliveryRow = EventRow & {
  /** Null where the channel has no endpoint. */
  endpoint_id: number | null
  /** Its id outside. */
  endpoint_public_id: string | null
  state: DeliveryState
  attempts: number
  done_at: number | null
  last_status: number | null
  last_ms: number | null
  last_answer: string | null
}

/** The id of an event, stable over all attempts: the installation and its place in the stored order. */
export function eventIdOf(installation: string, seq: number): string {
  return `evt_${installation}_${String(seq).padStart(12, '0')}`
}

/** The place in the stored order that an id names; undefined when it is no id of this installation. */
export function seqOf(installation: string, id: string): number | undefined {
  const match = /^evt_([A-Za-z0-9]+)_(\d{12,16})$/.exec(id)
  return match && match[1] === installation ? Number(match[2]) : undefined
}

// An event is pending when it is owed, or ahead of its lane's cursor; one that has neither a place in a lane nor an
// attempt was never meant for the endpoint.
const STATE = `case
    when d.seq is not null then 'dead'
    when o.seq is not null or e.seq > l.cursor and ${isMeant('e', 'n')} then 'pending'
    when a.id is not null or e.seq > n.begins_after and l.endpoint_id is not null and ${isMeant('e', 'n')} then 'delivered'
    else 'none' end`
/** Events and their deliveries to endpoints: a row for each. `from` are the events, `endpoint` the endpoints. */
const withDeliveries = (from: string, endpoint: string): string => `from ${from} e
  left join endpoints n on ${endpoint}
  left join lanes l on l.endpoint_id = n.id and l.contact_id = e.contact_id
  left join owed_events o on o.endpoint_id = n.id and o.seq = e.seq
  left join dead_events d on d.endpoint_id = n.id and d.seq = e.seq
  left join attempts a on a.id = (
    select max(id) from attempts where channel_id = e.channel_id and seq = e.seq and endpoint_id = n.id)`
const deliveriesOf = (from: string, endpoint: string): string => `select e.seq, e.channel_id, e.contact_id, e.kind,
    e.message_id, e.body, e.created_at, n.id as endpoint_id, n.public_id as endpoint_public_id,
    ${STATE} as state, coalesce(o.attempts, d.attempts, a.number, 0) as attempts,
    case when ${STATE} <> 'pending' then a.at end as done_at, a.status as last_status, a.ms as last_ms, a.answer as last_answer
  ${withDeliveries(from, endpoint)}`

const EACH = 'n.channel_id = e.channel_id'
/** The endpoint that `webhook_url` means. */
const FIRST = 'n.id = (select min(id) from endpoints where channel_id = e.channel_id)'
const TO_EACH = deliveriesOf('events', EACH)
const TO_FIRST = deliveriesOf('events', FIRST)

export function eventBySeq(sql: Sql, seq: number): Promise<EventRow | undefined> {
  return sql.get<EventRow>('select * from events where seq = $1', [seq])
}

/** What of a lane's events stands beside their bodies. `contact`: the number or id of the person; null where there is none. */
export type Heads = { contact: string | null; events: Map<number, { kind: string; createdAt: number }> }

export async function headsOf(sql: Sql, contactId: number, seqs: readonly number[]): Promise<Heads> {
  const places = seqs.map((_, i) => `$${i + 1}`).join(', ')
  const [contact, rows] = await Promise.all([
    sql.get<{ phone: string | null; user_id: string | null }>('select phone, user_id from contacts where id = $1', [
      contactId,
    ]),
    sql.all<{ seq: number; kind: string; created_at: number }>(
      `select seq, kind, created_at from events where seq in (${places})`,
      seqs,
    ),
  ])
  return {
    contact: contact?.phone ?? contact?.user_id ?? null,
    events: new Map(rows.map(({ seq, kind, created_at: createdAt }) => [seq, { kind, createdAt }])),
  }
}

/** An event with its delivery to the channel's first endpoint; where the channel has none, it has none. */
export async function deliveryBySeq(sql: Sql, seq: number): Promise<DeliveryRow | undefined> {
  return sql.get<DeliveryRow>(`${TO_FIRST} where e.seq = $1`, [seq])
}

/** An event with all its deliveries, those to the oldest endpoint first; one that nobody gets stands there once. */
export async function deliveriesOfEvent(sql: Sql, seq: number): Promise<DeliveryRow[]> {
  const rows = await sql.all<DeliveryRow>(`${TO_EACH} where e.seq = $1 order by n.id`, [seq])
  const made = rows.filter((row) => row.state !== 'none')
  return made.length > 0 ? made : rows.slice(0, 1)
}

const STATES = `select e.seq, ${STATE} as state ${withDeliveries('events', EACH)} where e.seq in`
/** Lists of these lengths, filled up with their last one, so that there are few statements. */
const LIST_LENGTHS = [1, 10, 100]

/** Of several endpoints the first of these counts. */
const TOLD_FIRST: readonly DeliveryState[] = ['pending', 'dead', 'delivered', 'none']

/** How the deliveries of up to 100 events go, by the places of the events. */
export async function deliveryStates(sql: Sql, seqs: readonly number[]): Promise<Map<number, DeliveryState>> {
  if (seqs.length === 0) return new Map()
  const length = LIST_LENGTHS.find((most) => seqs.length <= most)!
  const filled = Array.from({ length }, (_, i) => seqs[Math.min(i, seqs.length - 1)]!)
  const rows = await sql.all<Pick<DeliveryRow, 'seq' | 'state'>>(
    `${STATES} (${filled.map((_, i) => `$${i + 1}`).join(', ')})`,
    filled,
  )
  const states = new Map<number, DeliveryState>()
  for (const { seq, state } of rows) {
    const other = states.get(seq) ?? 'none'
    states.set(
      seq,
      TOLD_FIRST.find((one) => one === state || one === other)!,
    )
  }
  return states
}

/** Below this many, what waits is found lane by lane; above it, a walk from the newest event soon meets enough. */
const FEW_PENDING = 5_000
const WALK_PAGE = 500
/** A walk ends here with what it has found. */
const MOST_WALKED = 100_000

export type DeliveryFilter = {
  channelId?: number
  endpointId?: number
  state?: DeliveryState
  beforeSeq?: number
  count: number
}

/**
 * Newest first, narrowed by channel or endpoint and by state. The deliveries of one event stand together: none of them is left
 * for the next page, which begins behind an event.
 */
export async function deliveries(sql: Sql, filter: DeliveryFilter): Promise<DeliveryRow[]> {
  if (filter.state === 'dead') return byPlaces(sql, await deadPlaces(sql, filter))
  if (filter.state === 'pending' && (await pendingCount(sql, filter)) <= FEW_PENDING)
    return byPlaces(sql, await pendingPlaces(sql, filter))
  return walk(sql, filter)
}

async function walk(sql: Sql, filter: DeliveryFilter): Promise<DeliveryRow[]> {
  const found: DeliveryRow[] = []
  let before = filter.beforeSeq ?? Number.MAX_SAFE_INTEGER
  for (let walked = 0; walked < MOST_WALKED; walked += WALK_PAGE) {
    const params: SqlValue[] = [before, WALK_PAGE]
    const param = (value: number): string => `$${params.push(value)}`
    const { channelId, endpointId } = filter
    const ofChannel = channelId === undefined ? '' : ` and channel_id = ${param(channelId)}`
    const each = endpointId === undefined ? EACH : `n.id = ${param(endpointId)} and ${EACH}`
    const events = `(select * from events where seq < $1${ofChannel} order by seq desc limit $2)`
    const page = await sql.all<DeliveryRow>(`${deliveriesOf(events, each)} order by e.seq desc, n.id`, params)
    found.push(
      ...page.filter((row) => row.state !== 'none' && (filter.state === undefined || row.state === filter.state)),
    )
    if (found.length >= filter.count + MOST_ENDPOINTS) break
    if (new Set(page.map((row) => row.seq)).size < WALK_PAGE) break
    before = page.at(-1)!.seq
  }
  return wholeEvents(found, filter.count)
}

/** As many as are wanted, but no part of an event's. */
function wholeEvents<T extends { seq: number }>(rows: readonly T[], count: number): T[] {
  if (rows.length <= count) return [...rows]
  let end = count
  while (end > 0 && rows[end - 1]!.seq === rows[end]!.seq) end--
  // One event that has more of them than are wanted.
  if (end === 0) while (rows[end]?.seq === rows[0]!.seq) end++
  return rows.slice(0, end)
}

type Place = { seq: number; endpoint_id: number }

async function byPlaces(sql: Sql, places: readonly Place[]): Promise<DeliveryRow[]> {
  const one = deliveriesOf('events', 'n.id = $2 and n.channel_id = e.channel_id')
  const rows = await Promise.all(
    places.map((place) => sql.get<DeliveryRow>(`${one} where e.seq = $1`, [place.seq, place.endpoint_id])),
  )
  return rows.filter((row) => row !== undefined)
}

/** A condition on `endpoint_id`; its value, where it has one, stands in `params`. */
function endpointIn({ channelId, endpointId }: Pick<DeliveryFilter, 'channelId' | 'endpointId'>, params: SqlValue[]) {
  if (endpointId !== undefined) return `and endpoint_id = $${params.push(endpointId)}`
  if (channelId === undefined) return 'and endpoint_id in (select id from endpoints)'
  return `and endpoint_id in (select id from endpoints where channel_id = $${params.push(channelId)})`
}

async function deadPlaces(sql: Sql, filter: DeliveryFilter): Promise<Place[]> {
  const params: SqlValue[] = [filter.beforeSeq ?? Number.MAX_SAFE_INTEGER, filter.count + MOST_ENDPOINTS]
  const own = endpointIn(filter, params)
  const places = await sql.all<Place>(
    `select seq, endpoint_id from dead_events where seq < $1 ${own} order by seq desc, endpoint_id limit $2`,
    params,
  )
  return wholeEvents(places, filter.count)
}

async function pendingPlaces(sql: Sql, filter: DeliveryFilter): Promise<Place[]> {
  const params: SqlValue[] = [filter.beforeSeq ?? Number.MAX_SAFE_INTEGER, filter.count + MOST_ENDPOINTS]
  const own = endpointIn(filter, params)
  const places = await sql.all<Place>(
    `select seq, endpoint_id from (
       select e.seq, l.endpoint_id from lanes l
       join endpoints n on n.id = l.endpoint_id
       join events e on e.channel_id = l.channel_id and e.contact_id = l.contact_id and e.seq > l.cursor
         and ${isMeant('e', 'n')}
       where l.due_at is not null ${own}
       union
       select seq, endpoint_id from owed_events where 1 = 1 ${own}
     ) p where seq < $1 order by seq desc, endpoint_id limit $2`,
    params,
  )
  return wholeEvents(places, filter.count)
}

async function pendingCount(sql: Sql, filter: DeliveryFilter): Promise<number> {
  const params: SqlValue[] = []
  const own = endpointIn(filter, params)
  const row = await sql.get<{ pending: number | null }>(
    `select sum(pending) as pending from delivery_counts where 1 = 1 ${own}`,
    params,
  )
  return Number(row?.pending ?? 0)
}

export type AttemptRow = {
  seq: number
  number: number
  at: number
  outcome: string
  status: number | null
  ms: number
  answer: string | null
}

/** All attempts of one delivery, the first one first. */
export function attemptsOf(
  sql: Sql,
  event: { channel_id: number; seq: number; endpoint_id: number | null },
): Promise<AttemptRow[]> {
  return sql.all<AttemptRow>(
    `select seq, number, at, outcome, status, ms, answer from attempts
     where channel_id = $1 and seq = $2 and endpoint_id = $3 order by number, id`,
    [event.channel_id, event.seq, event.endpoint_id],
  )
}

export type DeliveryCounts = { pending: number; dead: number; oldestPendingMs: number | null }

export async function deliveryCounts(sql: Sql, now: number): Promise<DeliveryCounts> {
  const row = await sql.get<{ pending: number | null; dead: number | null }>(
    'select sum(pending) as pending, sum(dead) as dead from delivery_counts',
  )
  const waiting = await sql.get<{ since: number | null }>(
    'select min(waiting_since) as since from lanes where waiting_since is not null',
  )
  const since = waiting?.since ?? null
  return {
    pending: Number(row?.pending ?? 0),
    dead: Number(row?.dead ?? 0),
    oldestPendingMs: since === null ? null : now - Number(since),
  }
}
