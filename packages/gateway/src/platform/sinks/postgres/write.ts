import type pg from 'pg'
import type { SinkEvent } from '../sink.ts'
import type { LaneEvents } from '../write-queue.ts'
import { EVENT_COLUMNS, type Shape } from './tables.ts'
import { type PostgresTarget, quoteIdentifier, tablesOf } from './url.ts'

/** The owner of these cursors. */
export type Owner = { installation: string; endpointId: string }

/** A lock of the customer's own work delays a lane at most this long: then the write fails and is retried. */
const LOCK_MS = 2_000

/**
 * Begins a transaction. Its settings end with it, because a pooler may give the session to others afterwards.
 * Acknowledged data must be on the customer's disk, also when the server is set to answer earlier.
 */
export const beginSql = (timeoutMs: number): string =>
  `begin;
   set local lock_timeout = ${Math.min(LOCK_MS, Math.max(1, Math.round(timeoutMs / 2)))};
   set local statement_timeout = ${Math.max(1, Math.round(timeoutMs * 0.9))};
   set local idle_in_transaction_session_timeout = ${Math.max(1, Math.round(timeoutMs))};
   select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') in ('off', 'local')`

/**
 * One statement for rows and cursors. The upsert of a lane's cursor locks it and returns its old value, also when
 * another process has just moved it; only later events are inserted. Owed events are inserted whatever the cursor is: a
 * replay restores removed rows, and finds existing ones.
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

/** How far these events move the cursor. Owed ones are before it, or another contact's. */
function positionOf(events: readonly SinkEvent[]): number {
  return events.reduce((most, { seq, owed }) => (owed ? most : Math.max(most, seq)), 0)
}
