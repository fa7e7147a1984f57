import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { startFailure } from '../../packages/gateway/src/cli/start-failure.ts'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { migrationsFor } from '../../packages/gateway/src/store/migrate.ts'
import { openPostgres } from '../../packages/gateway/src/store/postgres/engine.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { adminQuery } from '../support/postgres-admin.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'
import { inbound, phone, sent } from './facts.ts'

/** The last step of versions with tables in `public`. */
const LAST_IN_PUBLIC = 110
const CHANNEL = 7

let url: string
const clock = new ManualClock()
const clients: pg.Client[] = []
const stores: Store[] = []

async function inDatabase(check: () => Promise<void>): Promise<void> {
  url = await freshDatabase()
  try {
    await check()
  } finally {
    for (const store of stores.splice(0)) await store.close()
    for (const client of clients.splice(0)) await client.end()
    await dropDatabase(url)
    const server = Object.assign(new URL(url), { pathname: '/postgres' }).href
    for (const role of roles.splice(0)) await adminQuery(server, `drop role ${role}`)
  }
}

async function open(at = url): Promise<Store> {
  const store = await openPostgres({ url: at, clock, log: silentLog, storeTime: () => clock.now() })
  stores.push(store)
  return store
}

async function connected(at = url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: at })
  await client.connect()
  clients.push(client)
  return client
}

const roles: string[] = []
/** A role without special rights. */
async function plainRole(): Promise<{ role: string; as: string; database: string }> {
  const parsed = new URL(url)
  const database = parsed.pathname.slice(1)
  const role = `r_${database}`
  await adminQuery(url, `create role ${role} login`)
  roles.push(role)
  parsed.username = role
  return { role, as: parsed.href, database }
}

/** The tables of the last version that used `public`, created by the role of `client`. */
async function oldInstallation(client: pg.Client, upTo = LAST_IN_PUBLIC): Promise<void> {
  const steps = migrationsFor('postgres').filter(({ number }) => number <= upTo)
  await client.query(
    'create table migrations (number integer primary key, name text not null, applied_at bigint not null)',
  )
  for (const { number, name, sql } of steps) {
    await client.query(sql)
    await client.query('insert into migrations values ($1, $2, 0)', [number, name])
  }
  await client.query(`insert into meta (name, value) values ('installation', 'OLD')`)
  const id = upTo < 100 ? '' : 'id, '
  await client.query(
    `insert into endpoints (${id}channel_id, url, secret, updated_at) values (${id && `${CHANNEL}, `}${CHANNEL}, 'https://customer.example/', '\\x01', 0)`,
  )
  await client.query(`insert into contacts (channel_id, phone, created_at) values (${CHANNEL}, '${phone(1)}', 0)`)
  await client.query(`insert into contact_keys values (${CHANNEL}, 'p:${phone(1)}', 1)`)
}

type Thing = { kind: string; name: string; schema: string }
/** Everything that was created in a schema of this database. */
const things = (client: pg.Client): Promise<Thing[]> =>
  client
    .query<Thing>(
      `select relkind::text as kind, relname as name, relnamespace::regnamespace::text as schema from pg_class
       union all select 'function', proname, pronamespace::regnamespace::text from pg_proc
       union all select 'type', typname, typnamespace::regnamespace::text from pg_type where typrelid = 0 and typelem = 0`,
    )
    .then(({ rows }) => rows.filter(({ schema }) => !/^(pg_|information_schema)/.test(schema)))

/** The start of a program of that version: the tables that it creates, and the step that it finds. */
async function startAsBefore(client: pg.Client): Promise<number> {
  await client.query(
    'create table if not exists migrations (number integer primary key, name text not null, applied_at bigint not null)',
  )
  const { rows } = await client.query<{ number: number | null }>('select max(number) as number from migrations')
  return rows[0]!.number ?? 0
}

const timeout = 60_000

test('tables in public move to a schema of their own, once, with everything that belongs to them', { timeout }, () =>
  inDatabase(async () => {
    const client = await connected()
    await oldInstallation(client)
    const before = await things(client)
    const insert = { name: 'old', text: `insert into contacts (channel_id, created_at) values (${CHANNEL}, 0)` }
    await client.query(insert)

    const opened = await Promise.all([open(), open(), open()])
    assert.deepEqual(
      opened.map((store) => store.installation),
      ['OLD', 'OLD', 'OLD'],
    )
    const now = await things(client)
    const sign = now.filter(({ schema }) => schema !== 'postern')
    assert.deepEqual(sign, [{ kind: 'v', name: 'migrations', schema: 'public' }], 'what tells older versions')
    // A table, or an index, that is partitioned since is the same one.
    const names = (all: Thing[]) =>
      all
        .filter(({ kind }) => kind !== 'v')
        .map(({ kind, name }) => `${({ p: 'r', I: 'i' } as Record<string, string>)[kind] ?? kind} ${name}`)
    assert.deepEqual(
      names(before).filter((name) => !names(now).includes(name)),
      ['i endpoints_channel'],
      'a channel has several endpoints since; endpoints_slot finds them',
    )

    const [store] = opened
    await sent(store!, { phone: phone(1) })
    await store!.applyFacts([inbound({ phone: phone(2) })], null)
    const people = await store!.sql.all<{ id: number }>('select id from contacts order by id')
    assert.deepEqual(
      people.slice(0, 2).map(({ id }) => id),
      [1, 2],
      'those from before',
    )
    assert.ok(people.length === 3 && people[2]!.id > 2, 'and the numbers go on')
    const steps = await store!.sql.all<{ number: number }>('select number from migrations')
    assert.equal(new Set(steps.map(({ number }) => number)).size, steps.length)

    // A running program of the earlier version gets an error from its prepared statements, and stores nothing.
    await assert.rejects(client.query(insert), /relation "contacts" does not exist/)
    assert.ok((await startAsBefore(client)) > LAST_IN_PUBLIC, 'one that starts finds a step that it does not know')
    assert.deepEqual(await things(client), now, 'and makes nothing')
  }),
)

test('the move waits for a node that writes, and its data is kept', { timeout }, () =>
  inDatabase(async () => {
    const client = await connected()
    await oldInstallation(client)
    await client.query('begin')
    await client.query(`insert into contacts (channel_id, created_at) values (${CHANNEL}, 0)`)
    const opening = open()
    const watcher = await connected()
    for (;;) {
      const { rows } = await watcher.query(`select 1 from pg_locks where not granted and locktype = 'relation'`)
      if (rows.length > 0) break
    }
    await client.query('commit')
    const store = await opening
    assert.equal((await store.sql.all('select id from contacts')).length, 2)
  }),
)

test('an installation of many steps ago is moved, and its old functions are dropped', { timeout }, () =>
  inDatabase(async () => {
    const client = await connected()
    await oldInstallation(client, 22)
    await client.query('create function commit_batch(a bigint) returns bigint language sql as $$ select a $$')
    // We had no such table at that step.
    await client.query('create table owed_events (of_others text)')
    const store = await open()
    assert.equal((await store.sql.all('select id from contacts')).length, 1)
    const left = (await things(client)).filter(({ schema, kind }) => schema === 'public' && kind !== 'v')
    assert.deepEqual(
      left.map(({ name }) => name),
      ['owed_events'],
    )
  }),
)

test('tables of other programs with our names are neither read nor changed', { timeout }, () =>
  inDatabase(async () => {
    const client = await connected()
    for (const name of ['messages', 'events', 'migrations', 'meta'])
      await client.query(
        `create table ${name} (number integer, note text); insert into ${name} values (9999, 'theirs')`,
      )
    const before = await things(client)
    const store = await open()
    await sent(store, { phone: phone(1) })
    assert.equal((await store.sql.all('select id from messages')).length, 1)
    const elsewhere = (await things(client)).filter(({ schema }) => schema !== 'postern')
    assert.deepEqual(elsewhere, before)
    for (const name of ['messages', 'events', 'migrations', 'meta'])
      assert.deepEqual((await client.query(`select * from ${name}`)).rows, [{ number: 9999, note: 'theirs' }])
  }),
)

test('a search path in the URL has no effect', { timeout }, () =>
  inDatabase(async () => {
    await (await connected()).query('create table messages (of_others text)')
    const store = await open(`${url}?options=${encodeURIComponent('-c search_path=public')}`)
    await sent(store, { phone: phone(1) })
    assert.equal((await store.sql.all('select id from messages')).length, 1)
  }),
)

test('another program’s schema of the same name is refused with a message, and not changed', { timeout }, () =>
  inDatabase(async () => {
    const client = await connected()
    await oldInstallation(client)
    await client.query('create schema postern create table letters (of_others text)')
    const before = await things(client)
    await assert.rejects(open(), (error: Error) => {
      const said = startFailure(error, { databaseUrl: url }) as Error
      assert.match(said.message, /The schema postern .* holds what is not Postern's \(letters\).*rename that schema/)
      return true
    })
    assert.deepEqual(await things(client), before)
  }),
)

test('a role needs the right to create in the database, or a schema created for it, and no more', { timeout }, () =>
  inDatabase(async () => {
    const { role, as, database } = await plainRole()
    await assert.rejects(open(as), (error: Error) => {
      const said = startFailure(error, { databaseUrl: as }) as Error
      assert.match(said.message, /may not make the schema postern/)
      assert.ok(said.message.includes(`grant create on database "${database}" to "${role}"`), said.message)
      assert.ok(said.message.includes(`create schema postern authorization "${role}"`), said.message)
      return true
    })
    await adminQuery(url, 'create schema postern')
    await assert.rejects(open(as), /may not make the schema postern.*permission denied for schema postern/)
    await adminQuery(url, 'drop schema postern')
    await adminQuery(url, `create schema postern authorization ${role}`)
    await sent(await open(as), { phone: phone(1) })
  }),
)

test('a role that may create in the database moves its own tables from public', { timeout }, () =>
  inDatabase(async () => {
    const { role, as, database } = await plainRole()
    await adminQuery(url, `grant create on schema public to ${role}`)
    await oldInstallation(await connected(as))
    await adminQuery(
      url,
      `revoke create on schema public from ${role}; grant create on database ${database} to ${role}`,
    )
    await sent(await open(as), { phone: phone(1) })
    const client = await connected(as)
    assert.deepEqual(
      (await things(client)).filter(({ schema }) => schema !== 'postern'),
      [],
    )
    await assert.rejects(startAsBefore(client), /permission denied/)
  }),
)
