import type { Sql, SqlValue } from './sql.ts'

export type DeliveryState = 'pending' | 'delivered' | 'dead' | 'none'

export type EventRow = {
  seq: number
  channel_id: number
  contact_id: number
  kind: string
  message_id: string | null
  body: string
  created_at: number
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

/** The events of one channel after `afterSeq`, oldest first. Who asks for those after the last one misses none. */
export async function eventsAfter(sql: Sql, channelId: number, afterSeq: number, count: number): Promise<EventRow[]> {
  // Asked first: what is committed between the two is then shown at the next look.
  const end = (await sql.feedEnd?.()) ?? Number.MAX_SAFE_INTEGER
  return sql.all<EventRow>(
    'select * from events where channel_id = $1 and seq > $2 and seq <= $3 order by seq limit $4',
    [channelId, afterSeq, end, count],
  )
}

export function eventBySeq(sql: Sql, seq: number): Promise<EventRow | undefined> {
  return sql.get<EventRow>('select * from events where seq = $1', [seq])
}

/** Newest first, narrowed by channel and state. */
export function deliveries(
  sql: Sql,
  filter: { channelId?: number; state?: DeliveryState; beforeSeq?: number; count: number },
): Promise<EventRow[]> {
  const where = [`state <> 'none'`]
  const params: SqlValue[] = []
  const and = (clause: string, value: SqlValue): void => {
    params.push(value)
    where.push(clause.replace('?', `$${params.length}`))
  }
  if (filter.channelId !== undefined) and('channel_id = ?', filter.channelId)
  if (filter.state !== undefined) and('state = ?', filter.state)
  if (filter.beforeSeq !== undefined) and('seq < ?', filter.beforeSeq)
  params.push(filter.count)
  return sql.all<EventRow>(
    `select * from events where ${where.join(' and ')} order by seq desc limit $${params.length}`,
    params,
  )
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

/** All attempts of one event, the first one first. */
export async function attemptsOf(sql: Sql, event: EventRow): Promise<AttemptRow[]> {
  const rows = await sql.all<AttemptRow>(
    'select seq, number, at, outcome, status, ms, answer from attempts where channel_id = $1 and seq = $2 order by number, id',
    [event.channel_id, event.seq],
  )
  // A delivery that ended at its first try has its only attempt on the event itself.
  if (rows.length === 0 && event.attempts > 0) {
    return [
      {
        seq: event.seq,
        number: event.attempts,
        at: event.done_at ?? event.created_at,
        outcome: event.state,
        status: event.last_status,
        ms: event.last_ms ?? 0,
        answer: event.last_answer,
      },
    ]
  }
  return rows
}

export async function deliveryCounts(
  sql: Sql,
  now: number,
): Promise<{ pending: number; dead: number; oldestPendingMs: number | null }> {
  const row = await sql.get<{ pending: number; oldest: number | null }>(
    `select count(*) as pending, min(created_at) as oldest from events where state = 'pending'`,
  )
  const dead = await sql.get<{ dead: number }>(`select count(*) as dead from events where state = 'dead'`)
  return {
    pending: Number(row?.pending ?? 0),
    dead: Number(dead?.dead ?? 0),
    oldestPendingMs: row === undefined || row.oldest === null ? null : now - Number(row.oldest),
  }
}
