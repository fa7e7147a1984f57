import type pg from 'pg'
import type { SinkEvent } from '../sink.ts'
import type { LaneEvents } from '../write-queue.ts'
import { EVENT_COLUMNS, type Shape } from './tables.ts'
import { type PostgresTarget, quoteIdentifier, tablesOf } from './url.ts'

/** Whose cursors these are. */
export type Owner = { installation: string; endpointId: string }

/** No lock of the customer's own work holds a lane for longer: the write fails and is tried again. */
const LOCK_MS = 2_000

/**
 * Begins a transaction. Settings are for it alone, since a pooler may give the session to others after it. What is
 * acknowledged is on their disk, also where the server is set to answer before.
 */
export const beginSql = (timeoutMs: number): string =>
  `begin;
   set local lock_timeout = ${Math.min(LOCK_MS, Math.max(1, Math.round(timeoutMs / 2)))};
   set local statement_timeout = ${Math.max(1, Math.round(timeoutMs * 0.9))};
   set local idle_in_transaction_session_timeout = ${Math.max(1, Math.round(timeoutMs))};
   select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') in ('off', 'local')`

/**
 * One statement for rows and cursors. The upsert of a lane's cursor locks it and answers where it was before, also when
 * another process has just moved it; only events behind that place are inserted. Those that are owed come whatever the
 * cursor says: a replay brings back rows that were removed, and finds those that are there.
 */
export async function writeEvents(
  client: pg.Client,
  { owner, target, shape }: { owner: Owner; target: PostgresTarget; shape: Shape },
  batch: readonly LaneEvents[],
): Promise<void> {
  const tables = tablesOf(target)
  const columns = EVENT_COLUMNS.map(quoteIdentifier).join(', ')
  const values = EVENT_COLUMNS.map((name, i) => `e.${name}::${shape.types[i]}`).join(', ')
  const lanes = batch.map(({ lane, events }) => ({ lane, position: positionOf(events) }))
  const rows = batch.flatMap(({ lane, events }) => events.map((event) => ({ lane, event })))
  const column = (read: (event: SinkEvent) => string | null): (string | null)[] => rows.map(({ event }) => read(event))
  await client.query(
    `with moved as (
       insert into ${tables.cursor} as c (installation, endpoint_id, lane, position, previous_position, updated_at)
       select $1, $2, l.lane, l.position, 0, now() from unnest($3::text[], $4::bigint[]) as l (lane, position) order by 3
       on conflict (installation, endpoint_id, lane) do update set
         position = greatest(c.position, excluded.position), previous_position = c.position, updated_at = now()
       returning c.lane, c.previous_position
     )
     insert into ${tables.events} (${columns})
     select ${values}
     from unnest($5::text[], $6::bigint[], $7::boolean[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
       as e (lane, place, owed, ${EVENT_COLUMNS.join(', ')})
     join moved on moved.lane = e.lane
     where e.owed or e.place > moved.previous_position
     order by e.place
     on conflict (event_id) do nothing`,
    [
      owner.installation,
      owner.endpointId,
      lanes.map(({ lane }) => lane),
      lanes.map(({ position }) => position),
      rows.map(({ lane }) => lane),
      rows.map(({ event }) => event.seq),
      rows.map(({ event }) => event.owed),
      column(({ id }) => id),
      column(({ channelId }) => String(channelId)),
      column(({ event }) => event),
      column(({ contact }) => contact),
      column(({ createdAt }) => new Date(createdAt).toISOString()),
      column(({ body }) => body),
    ],
  )
}

/** How far these events bring the cursor. Owed ones are behind it, or another contact's. */
function positionOf(events: readonly SinkEvent[]): number {
  return events.reduce((most, { seq, owed }) => (owed ? most : Math.max(most, seq)), 0)
}
