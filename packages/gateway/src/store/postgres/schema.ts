import type { Client } from 'pg'
import { StoreNotOurs } from '../migrate.ts'
import { SCHEMA } from './connect.ts'
import { codeOf, isConflict } from './errors.ts'

// Versions up to step 110 created their tables on the role's search path: usually in `public`. Each step with its
// tables.
const TABLES_OF_STEP: Record<number, readonly string[]> = {
  // In the order in which the gateway locks them, so that the move waits for a running node and does not deadlock with
  // it.
  1: [
    ...['contacts', 'contact_keys', 'messages', 'endpoints', 'lanes', 'events', 'attempts', 'seen', 'meta', 'channels'],
    ...['certification_codes', 'templates', 'catalogs', 'quarantine', 'idempotency'],
  ],
  2: ['media'],
  10: ['pace_grants', 'broadcasts', 'broadcast_recipients', 'erasures'],
  21: ['console_sessions'],
  100: ['owed_events', 'dead_events', 'delivery_counts'],
}
/**
 * Functions that the program created at each start until step 100, which drops them. Functions of triggers are found by
 * their triggers.
 */
const FUNCTIONS_UNTIL_100 = [
  ...['learn_key', 'hold_contact', 'merge_contacts', 'resolve_contact', 'learn_user', 'learn_phone'],
  ...['message_of_status', 'next_events', 'ladder', 'settle_message', 'climb_message', 'record_attempt'],
  ...['claim_lanes', 'commit_batch', 'feed_end', 'store_now'],
]
const TRIES = 5

type Old = { schema: string; step: number }

/**
 * Creates the schema of our tables, and moves the tables of an earlier version into it, in one transaction. The caller
 * holds the lock of migrations, on a connection with the role's own search path.
 */
export async function settleIn(client: Client): Promise<void> {
  for (let i = 1; ; i++) {
    try {
      await client.query('begin')
      await makeOrMove(client)
      await client.query('commit')
      break
    } catch (error) {
      await client.query('rollback')
      // A running node of an earlier version locked in another order.
      if (i >= TRIES || !isConflict(error)) throw error
    }
  }
  await client.query(`set search_path = ${SCHEMA}`)
}

async function makeOrMove(client: Client): Promise<void> {
  const exists = await schemaExists(client)
  if (exists) {
    if (await isMigrations(client, SCHEMA)) return
    const strangers = await relationsOf(client, SCHEMA)
    if (strangers.length > 0) throw notOurs(strangers)
  } else await allowed(client, () => client.query(`create schema ${SCHEMA}`))
  const old = await findOld(client)
  if (old) await move(client, old)
  else
    await allowed(client, () =>
      client.query(
        `create table ${SCHEMA}.migrations (number integer primary key, name text not null, applied_at bigint not null)`,
      ),
    )
}

async function schemaExists(client: Client): Promise<boolean> {
  const { rows } = await client.query('select 1 from pg_namespace where nspname = $1', [SCHEMA])
  return rows.length > 0
}

async function relationsOf(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = $1::regnamespace order by relkind = 'r' desc, 1 limit 3`,
    [schema],
  )
  return rows.map(({ name }) => name)
}

/** True when the schema has our table of migrations. */
async function isMigrations(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ columns: string }>(
    `select string_agg(a.attname || ' ' || format_type(a.atttypid, null), ', ' order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = quote_ident($1)::regnamespace and c.relname = 'migrations' and c.relkind = 'r'`,
    [schema],
  )
  return rows[0]!.columns === 'number integer, name text, applied_at bigint'
}

/** The tables of an earlier version, found in the way that version did. */
async function findOld(client: Client): Promise<Old | undefined> {
  const { rows } = await client.query<{ schema: string; own: string }>(
    `select relnamespace::regnamespace::text as own, nspname as schema
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass('migrations')`,
  )
  const found = rows[0]
  if (!found || !(await isMigrations(client, found.schema))) return undefined
  const steps = await client.query<{ number: number; name: string }>(
    `select number, name from ${found.own}.migrations order by number`,
  )
  const first = steps.rows[0]
  if (first && !(first.number === 1 && first.name === 'first')) return undefined
  return { schema: found.schema, step: steps.rows.at(-1)?.number ?? 0 }
}

async function move(client: Client, old: Old): Promise<void> {
  const ident = client.escapeIdentifier(old.schema)
  const ours = Object.entries(TABLES_OF_STEP).flatMap(([step, names]) => (Number(step) <= old.step ? names : []))
  const tables = [...ours, 'migrations']
  await client.query(`lock table ${tables.map((name) => `${ident}.${name}`).join(', ')} in access exclusive mode`)
  // Before the tables, while the triggers still identify their functions.
  const functions = await client.query<{ signature: string }>(
    `select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as signature
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = $1 and (p.proname = any ($3::text[]) or p.oid in (
       select t.tgfoid from pg_trigger t join pg_class c on c.oid = t.tgrelid
       where c.relnamespace = n.oid and c.relname = any ($2::text[])))`,
    [old.schema, tables, old.step < 100 ? FUNCTIONS_UNTIL_100 : []],
  )
  await allowed(client, async () => {
    for (const { signature } of functions.rows) await client.query(`alter function ${signature} set schema ${SCHEMA}`)
    // Indexes, constraints, triggers and the sequences of columns move with their table.
    for (const name of tables) await client.query(`alter table ${ident}.${name} set schema ${SCHEMA}`)
    // An earlier version that is started here later must not create an empty store beside this one: it looks for this
    // name first, finds unknown steps, and refuses with a message. Where we may not create tables, it may not either.
    const may = await client.query<{ create: boolean }>(`select has_schema_privilege($1, 'create') as create`, [
      old.schema,
    ])
    if (!may.rows[0]!.create) return
    await client.query(`create view ${ident}.migrations as select * from ${SCHEMA}.migrations`)
    await client.query(
      `comment on view ${ident}.migrations is 'Tells older versions of Postern that its tables are in the schema ${SCHEMA} now. Drop it once none of them is started here any more.'`,
    )
  })
}

function notOurs(strangers: readonly string[]): StoreNotOurs {
  return new StoreNotOurs(
    `The schema ${SCHEMA} of this database holds what is not Postern's (${strangers.join(', ')}). Postern keeps its tables ` +
      'in a schema of that name: give it a database of its own, or rename that schema; then start again.',
  )
}

/** Runs work that needs rights in the schema. Names the missing rights in its error. */
async function allowed<T>(client: Client, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (codeOf(error) !== '42501') throw error
    const says = (error as Error).message
    const user = client.user === undefined ? '<role>' : client.escapeIdentifier(client.user)
    const database = client.database === undefined ? '<database>' : client.escapeIdentifier(client.database)
    throw new StoreNotOurs(
      `The database's role may not make the schema ${SCHEMA} of Postern's tables (${says}). ` +
        `Run "grant create on database ${database} to ${user}", or make it beforehand: "create schema ${SCHEMA} authorization ${user}". ` +
        'Tables that an older version made must belong to the role. Then start again.',
    )
  }
}
