import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createConnect } from '../../packages/gateway/src/store/postgres/connect.ts'
import { readDatabaseUrl } from '../../packages/gateway/src/platform/postgres-url.ts'

/** The state of one event in the store, and of its lane. */
export type Counted = {
  body: Record<string, unknown>
  contact: number
  state: 'pending' | 'delivered' | 'dead' | 'none'
  attempts: number
  /** The next due time of its lane, in epoch milliseconds. Null without one. */
  dueAt: number | null
  /** The holder of the lane's lease until then. */
  holder: string | null
}

type EventRow = { contact_id: number; state: Counted['state']; attempts: number; body: string }
type LaneRow = { contact_id: number; due_at: number | string | null; holder: string | null }

// The gateway's own definition (packages/gateway/src/store/events.ts), written independently so that a mistake there is
// found here.
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

/**
 * Every event of a store with one channel, in stored order. The gateway must not run: SQLite belongs to one process.
 */
export function countSqlite(dataDir: string): Counted[] {
  const db = new DatabaseSync(join(dataDir, 'postern.db'))
  try {
    const read = (sql: string): unknown[] => db.prepare(sql).all()
    return joined(read(EVENTS) as EventRow[], read(LANES) as LaneRow[])
  } finally {
    db.close()
  }
}

/** The same on PostgreSQL, while the gateways run. */
export async function countPostgres(databaseUrl: string): Promise<Counted[]> {
  const connection = await createConnect(readDatabaseUrl(databaseUrl))('reader')
  try {
    // One snapshot for both, otherwise an event that is delivered between the reads would seem to have no lane.
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

/** Time in ms until every lane with waiting events is due. */
export function longestWait(counted: readonly Counted[], now: number): number {
  const due = counted.filter(({ state }) => state === 'pending').map(({ dueAt }) => (dueAt ?? now) - now)
  return Math.max(0, ...due)
}

/**
 * Explains the events that a customer has not got. Late: the store has them and a due time, which is returned with the
 * number of attempts. Every other state breaks a promise: pending without a due time, dead, or missing.
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
