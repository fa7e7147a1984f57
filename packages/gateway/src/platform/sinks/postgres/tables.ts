import type pg from 'pg'
import { type PostgresTarget, quoteIdentifier, tablesOf } from './url.ts'

/** The columns of the table of events, in the order of the insert. */
export const EVENT_COLUMNS = ['event_id', 'channel_id', 'event', 'contact', 'created_at', 'body'] as const
const CURSOR_COLUMNS = ['installation', 'endpoint_id', 'lane', 'position', 'previous_position', 'updated_at'] as const

/** The SQL that creates both tables, for people to read and for us to run when they are missing. */
export function migrationSql(target: Pick<PostgresTarget, 'schema' | 'table'>): string {
  const { events, cursor } = tablesOf(target)
  // Removes unnecessary quotes, for people.
  const plain = (name: string): string => name.replace(/(^|\.)"(postern_[a-z]+)"$/, '$1$2')
  return `-- One row for each event.
create table if not exists ${plain(events)} (
  event_id text primary key,
  channel_id bigint not null,
  event text not null,
  -- The contact's phone number or business-scoped id; null when the event is about the channel.
  contact text,
  created_at timestamptz not null,
  -- The callback's body, byte for byte.
  body text not null
);

-- How far each contact's events have come: what makes a second write of the same events do nothing.
create table if not exists ${plain(cursor)} (
  installation text not null,
  endpoint_id text not null,
  lane text not null,
  position bigint not null,
  previous_position bigint not null,
  updated_at timestamptz not null default now(),
  primary key (installation, endpoint_id, lane)
) with (fillfactor = 80);
`
}

/** The structure of the tables: the type of each column of the table of events. */
export type Shape = { types: string[] }

/** A problem of the database that a person must fix before events can be written. */
export class TablesNotReady extends Error {}

const PERMISSION_DENIED = '42501'

/** Reads the structure of the tables, and creates missing ones. In the caller's transaction. */
export async function prepareTables(client: pg.Client, target: PostgresTarget): Promise<Shape> {
  let columns = await readColumns(client, target)
  if (columns.events.size === 0 || columns.cursor.size === 0) {
    await makeTables(client, target, columns)
    columns = await readColumns(client, target)
  }
  mustHave(columns.events, EVENT_COLUMNS, target.table)
  mustHave(columns.cursor, CURSOR_COLUMNS, 'postern_cursor')
  return { types: EVENT_COLUMNS.map((name) => columns.events.get(name)!) }
}

type Columns = { events: Map<string, string>; cursor: Map<string, string> }

async function readColumns(client: pg.Client, target: PostgresTarget): Promise<Columns> {
  const { events, cursor } = tablesOf(target)
  // Without a type's length: a cast to varchar(5) would cut the value, while the insert reports that it is too long.
  const { rows } = await client.query<{ is_events: boolean; name: string; type: string }>(
    `select attrelid = to_regclass($1) as is_events, attname as name, format_type(atttypid, null) as type
     from pg_catalog.pg_attribute
     where attrelid in (to_regclass($1), to_regclass($2)) and attnum > 0 and not attisdropped`,
    [events, cursor],
  )
  const named = (isEvents: boolean) =>
    new Map(rows.filter((row) => row.is_events === isEvents).map(({ name, type }) => [name, type]))
  return { events: named(true), cursor: named(false) }
}

async function makeTables(client: pg.Client, target: PostgresTarget, found: Columns): Promise<void> {
  const missing = [
    ...(found.events.size === 0 ? [target.table] : []),
    ...(found.cursor.size === 0 ? ['postern_cursor'] : []),
  ]
  try {
    // Of two concurrent processes, the second waits and finds the tables.
    await client.query(`select pg_advisory_xact_lock(hashtext('postern: tables of an endpoint'))`)
    await client.query(migrationSql(target))
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code !== PERMISSION_DENIED && code !== '3F000') throw error
    throw new TablesNotReady(
      `${missing.map((name) => `table ${quoteIdentifier(name)}`).join(' and ')} missing, and user ` +
        `${quoteIdentifier(target.user)} cannot make what is missing (${message}): run the SQL that "postern endpoint migration" prints`,
    )
  }
}

function mustHave(found: ReadonlyMap<string, string>, columns: readonly string[], table: string): void {
  const missing = columns.filter((name) => !found.has(name))
  if (missing.length === 0) return
  throw new TablesNotReady(
    `table ${quoteIdentifier(table)} has no column ${missing.join(', ')}: it needs ${columns.join(', ')}`,
  )
}
