import { type EndpointHealth, type HealthEvent, next } from '../domain/channels/endpoint-health.ts'
import { DIRECTORY_CHANGED } from './directory-version.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

export const HEALTH_COLUMNS =
  'version, epoch, state, paused_by, reason, since, rests, resting_until, probe, probe_until' as const

export type HealthRow = {
  version: number
  epoch: number
  state: EndpointHealth['state']
  paused_by: EndpointHealth['pausedBy']
  reason: string | null
  since: number
  rests: number
  resting_until: number | null
  probe: number | null
  probe_until: number | null
}

/** More tries than this would mean that a writer does not read first. */
const TRIES = 50
/** Lanes of one commit: few enough that other commits are not delayed. */
const LANES_AT_ONCE = 250

export function healthOf(row: HealthRow): EndpointHealth {
  return {
    version: row.version,
    epoch: row.epoch,
    state: row.state,
    pausedBy: row.paused_by,
    reason: row.reason,
    since: row.since,
    rests: row.rests,
    restingUntil: row.resting_until,
    probe: row.probe,
    probeUntil: row.probe_until,
  }
}

/** The values of `HEALTH_COLUMNS`. */
export function healthValues(health: EndpointHealth): SqlValue[] {
  return [
    health.version,
    health.epoch,
    health.state,
    health.pausedBy,
    health.reason,
    health.since,
    health.rests,
    health.restingUntil,
    health.probe,
    health.probeUntil,
  ]
}

export async function readHealth(sql: Sql, endpointId: number): Promise<EndpointHealth | undefined> {
  const row = await sql.get<HealthRow>(`select ${HEALTH_COLUMNS} from endpoints where id = $1`, [endpointId])
  return row && healthOf(row)
}

/** Writes `to` if the row still equals `from`. */
function compareAndSet(endpointId: number, from: EndpointHealth, to: EndpointHealth, now: number): Statement {
  return {
    sql: `update endpoints set version = $3, epoch = $4, state = $5, paused_by = $6, reason = $7, since = $8, rests = $9,
            resting_until = $10, probe = $11, probe_until = $12, updated_at = $13
          where id = $1 and version = $2`,
    params: [endpointId, from.version, ...healthValues(to), now],
  }
}

/**
 * Applies an event to the row, with concurrent changes. Returns the new health and whether the event changed it;
 * undefined when the endpoint is gone.
 */
export async function applyHealthEvent(
  sql: Sql,
  endpointId: number,
  event: HealthEvent,
  now: number,
): Promise<{ health: EndpointHealth; changed: boolean } | undefined> {
  return withCompareAndSet<{ health: EndpointHealth; changed: boolean } | undefined>(async () => {
    const from = await readHealth(sql, endpointId)
    if (!from) return { done: undefined }
    const to = next(from, event)
    if (to === from) return { done: { health: from, changed: false } }
    const set = compareAndSet(endpointId, from, to, now)
    // The begin and the return of a probe matter only to nodes that read the row.
    const told = to.state !== from.state || to.epoch !== from.epoch || to.restingUntil !== from.restingUntil
    const [changed] = await sql.atomically(told ? [set, DIRECTORY_CHANGED] : [set])
    return changed === 1 ? { done: { health: to, changed: true } } : undefined
  })
}

/** Runs `attempt`, which reads and then writes on a condition, until no other write came in between. */
export async function withCompareAndSet<T>(attempt: () => Promise<{ done: T } | undefined>): Promise<T> {
  for (let i = 1; i <= TRIES; i++) {
    const ended = await attempt()
    if (ended) return ended.done
    // Concurrent writers would collide again; a random wait separates them.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4 * i))
  }
  throw new Error(`a row changed under ${TRIES} attempts to change it`)
}

/** Whether events wait for the endpoint. */
export async function hasWaiting(sql: Sql, endpointId: number): Promise<boolean> {
  const row = await sql.get('select 1 as one from lanes where endpoint_id = $1 and due_at is not null limit 1', [
    endpointId,
  ])
  return row !== undefined
}

/**
 * Makes some lanes that wait for their next attempt due at once, without those in progress. Returns their number; call
 * it again until it is 0.
 */
export function hastenLanes(sql: Sql, endpointId: number, now: number): Promise<number> {
  // 0 is due by every clock.
  return sql.run(
    `update lanes set due_at = 0 where holder is null and due_at > $2 and (endpoint_id, contact_id) in (
       select endpoint_id, contact_id from lanes
       where endpoint_id = $1 and due_at > $2 and holder is null
       order by due_at limit ${LANES_AT_ONCE})`,
    [endpointId, now],
  )
}
