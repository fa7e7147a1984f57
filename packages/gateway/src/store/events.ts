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
    when o.seq is not null or e.seq > l.cursor then 'pending'
    when a.id is not null or e.seq > n.begins_after and l.endpoint_id is not null then 'delivered'
    else 'none' end`
const WITH_DELIVERY = `from events e
  left join endpoints n on n.channel_id = e.channel_id
  left join lanes l on l.endpoint_id = n.id and l.contact_id = e.contact_id
  left join owed_events o on o.endpoint_id = n.id and o.seq = e.seq
  left join dead_events d on d.endpoint_id = n.id and d.seq = e.seq
  left join attempts a on a.id = (
    select max(id) from attempts where channel_id = e.channel_id and seq = e.seq and endpoint_id = n.id)`
const DELIVERY = `select e.seq, e.channel_id, e.contact_id, e.kind, e.message_id, e.body, e.created_at, n.id as endpoint_id,
    ${STATE} as state, coalesce(o.attempts, d.attempts, a.number, 0) as attempts,
    case when ${STATE} <> 'pending' then a.at end as done_at, a.status as last_status, a.ms as last_ms, a.answer as last_answer
  ${WITH_DELIVERY}`

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

/** An event with its delivery; where the channel has no endpoint, it has none. */
export async function deliveryBySeq(sql: Sql, seq: number): Promise<DeliveryRow | undefined> {
  return sql.get<DeliveryRow>(`${DELIVERY} where e.seq = $1`, [seq])
}

const STATES = `select e.seq, ${STATE} as state ${WITH_DELIVERY} where e.seq in`
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

export type DeliveryFilter = { channelId?: number; state?: DeliveryState; beforeSeq?: number; count: number }

/** Newest first, narrowed by channel and state. */
export async function deliveries(sql: Sql, filter: DeliveryFilter): Promise<DeliveryRow[]> {
  if (filter.state === 'dead') return bySeqs(sql, await deadSeqs(sql, filter))
  if (filter.state === 'pending' && (await pendingCount(sql, filter.channelId)) <= FEW_PENDING)
    return bySeqs(sql, await pendingSeqs(sql, filter))
  return walk(sql, filter)
}

async function walk(sql: Sql, filter: DeliveryFilter): Promise<DeliveryRow[]> {
  const found: DeliveryRow[] = []
  let before = filter.beforeSeq ?? Number.MAX_SAFE_INTEGER
  for (let walked = 0; walked < MOST_WALKED; walked += WALK_PAGE) {
    const page = await sql.all<DeliveryRow>(
      filter.channelId === undefined
        ? `${DELIVERY} where e.seq < $1 order by e.seq desc limit $2`
        : `${DELIVERY} where e.seq < $1 and e.channel_id = $3 order by e.seq desc limit $2`,
      filter.channelId === undefined ? [before, WALK_PAGE] : [before, WALK_PAGE, filter.channelId],
    )
    for (const row of page) {
      if (row.state !== 'none' && (filter.state === undefined || row.state === filter.state)) found.push(row)
      if (found.length === filter.count) return found
    }
    if (page.length < WALK_PAGE) break
    before = page.at(-1)!.seq
  }
  return found
}

async function bySeqs(sql: Sql, seqs: readonly number[]): Promise<DeliveryRow[]> {
  const rows = await Promise.all(seqs.map((seq) => deliveryBySeq(sql, seq)))
  return rows.filter((row) => row !== undefined)
}

const endpointIn = (channelId: number | undefined, place: string): string =>
  `and endpoint_id in (select id from endpoints${channelId === undefined ? '' : ` where channel_id = ${place}`})`

async function deadSeqs(sql: Sql, { channelId, beforeSeq, count }: DeliveryFilter): Promise<number[]> {
  const params: SqlValue[] = [beforeSeq ?? Number.MAX_SAFE_INTEGER, count]
  if (channelId !== undefined) params.push(channelId)
  const rows = await sql.all<{ seq: number }>(
    `select seq from dead_events where seq < $1 ${endpointIn(channelId, '$3')} order by seq desc limit $2`,
    params,
  )
  return rows.map((row) => row.seq)
}

async function pendingSeqs(sql: Sql, { channelId, beforeSeq, count }: DeliveryFilter): Promise<number[]> {
  const params: SqlValue[] = [beforeSeq ?? Number.MAX_SAFE_INTEGER, count]
  if (channelId !== undefined) params.push(channelId)
  const own = endpointIn(channelId, '$3')
  const rows = await sql.all<{ seq: number }>(
    `select seq from (
       select e.seq from lanes l
       join events e on e.channel_id = l.channel_id and e.contact_id = l.contact_id and e.seq > l.cursor
       where l.due_at is not null ${own}
       union
       select seq from owed_events where 1 = 1 ${own}
     ) p where seq < $1 order by seq desc limit $2`,
    params,
  )
  return rows.map((row) => row.seq)
}

async function pendingCount(sql: Sql, channelId: number | undefined): Promise<number> {
  const row = await sql.get<{ pending: number | null }>(
    `select sum(pending) as pending from delivery_counts where 1 = 1 ${endpointIn(channelId, '$1')}`,
    channelId === undefined ? [] : [channelId],
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
