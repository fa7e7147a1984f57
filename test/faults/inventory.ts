import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createConnect } from '../../packages/gateway/src/store/postgres/connect.ts'
import { readDatabaseUrl } from '../../packages/gateway/src/platform/postgres-url.ts'

/** What the store says of one event, and of the lane it stands in. */
export type Counted = {
  body: Record<string, unknown>
  contact: number
  state: 'pending' | 'delivered' | 'dead' | 'none'
  attempts: number
  /** When its lane is looked at next, in epoch milliseconds; null where nobody means to look. */
  dueAt: number | null
  /** Who has the lane leased until then. */
  holder: string | null
}

type EventRow = { contact_id: number; state: Counted['state']; attempts: number; body: string }
type LaneRow = { contact_id: number; due_at: number | string | null; holder: string | null }

// As the gateway tells it (packages/gateway/src/store/events.ts), written apart so that a mistake there is seen here.
const EVENTS = `select coalesce(o.contact_id, e.contact_id) as contact_id, e.body,
    case when d.seq is not null then 'dead' when o.seq is not null or e.seq > l.cursor then 'pending'
      when l.endpoint_id is null and a.tries is null then 'none' else 'delivered' end as state,
    coalesce(a.tries, 0) as attempts
  from events e
  left join lanes l on l.channel_id = e.channel_id and l.contact_id = e.contact_id
  left join owed_events o on o.seq = e.seq
  left join dead_events d on d.seq = e.seq
  left join (select channel_id, seq, max(number) as tries from attempts group by channel_id, seq) a
    on a.channel_id = e.channel_id and a.seq = e.seq
  order by e.seq`
const LANES = 'select contact_id, due_at, holder from lanes'

/** Every event of a store with one channel, in stored order. The gateway must not run: SQLite belongs to one process. */
export function countSqlite(dataDir: string): Counted[] {
  const db = new DatabaseSync(join(dataDir, 'postern.db'))
  try {
    const read = (sql: string): unknown[] => db.prepare(sql).all()
    return joined(read(EVENTS) as EventRow[], read(LANES) as LaneRow[])
  } finally {
    db.close()
  }
}

/** The same of PostgreSQL, while the gateways run. */
export async function countPostgres(databaseUrl: string): Promise<Counted[]> {
  const connection = await createConnect(readDatabaseUrl(databaseUrl))('reader')
  try {
    // One moment for both, or an event that is delivered between them would seem to have lost its lane.
    await connection.client.query('begin isolation level repeatable read read only')
    const events = await connection.client.query<EventRow>(EVENTS)
    const lanes = await connection.client.query<LaneRow>(LANES)
    return joined(events.rows, lanes.rows)
  } finally {
    connection.close()
  }
}

function joined(events: EventRow[], lanes: LaneRow[]): Counted[] {
  const laneOf = new Map(lanes.map((lane) => [Number(lane.contact_id), lane]))
  return events.map(({ contact_id, state, attempts, body }) => {
    const lane = laneOf.get(Number(contact_id))
    return {
      body: JSON.parse(body) as Record<string, unknown>,
      contact: Number(contact_id),
      state,
      attempts: Number(attempts),
      dueAt: lane === undefined || lane.due_at === null ? null : Number(lane.due_at),
      holder: lane?.holder ?? null,
    }
  })
}

/** How long until every lane with something to deliver has been looked at, in ms: at least until its due time. */
export function longestWait(counted: readonly Counted[], now: number): number {
  const due = counted.filter(({ state }) => state === 'pending').map(({ dueAt }) => (dueAt ?? now) - now)
  return Math.max(0, ...due)
}

/**
 * What became of the events that a customer has not got. Late: the store has them and a time to try again, which stands
 * here with the tries so far. Everything else is a promise broken for good: pending with no time, ended, or not there.
 */
export function explainMissing(
  missing: ReadonlySet<string>,
  counted: readonly Counted[],
  nameOf: (body: Record<string, unknown>) => string,
  now: number,
): { late: string[]; lost: string[] } {
  const late: string[] = []
  const lost: string[] = []
  const seen = new Set<string>()
  for (const { body, contact, state, attempts, dueAt, holder } of counted) {
    const name = nameOf(body)
    if (!missing.has(name)) continue
    seen.add(name)
    if (state !== 'pending') lost.push(`${name}: ${state} says the store`)
    else if (dueAt === null) lost.push(`${name}: pending, and its lane ${contact} is never looked at`)
    else {
      const when = `lane ${contact} due in ${((dueAt - now) / 1000).toFixed(1)} s`
      late.push(`${name}: ${attempts} tries, ${when}${holder === null ? '' : `, leased by ${holder}`}`)
    }
  }
  for (const name of missing) if (!seen.has(name)) lost.push(`${name}: not in the store`)
  return { late, lost }
}
