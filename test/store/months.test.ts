import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { deliveriesOfMessage } from '../../packages/gateway/src/store/deliveries-of.ts'
import { deliveryCounts } from '../../packages/gateway/src/store/events.ts'
import { eventsAfter } from '../support/feed.ts'
import { findMessage } from '../../packages/gateway/src/store/messages.ts'
import { migrationsFor } from '../../packages/gateway/src/store/migrate.ts'
import { openPostgres } from '../../packages/gateway/src/store/postgres/engine.ts'
import { firstPlaceOf, monthOf, tableOf } from '../../packages/gateway/src/store/postgres/months.ts'
import { replay } from '../../packages/gateway/src/store/replay.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { createRetention } from '../../packages/gateway/src/flows/maintenance/retention.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'
import { CHANNEL, inWorld } from './engines.ts'
import { explained, type Reading } from './explained.ts'
import { attemptAt, inbound, LEASE_MS, offerOf, phone, sent, status } from './facts.ts'

const timeout = 60_000
const DAY = 24 * 60 * 60_000
const keepAll = {
  messages: 0,
  events: 0,
  attempts: 0,
  quarantine: 0,
  broadcasts: 0,
  scheduled: 0,
  idempotency: 0,
  seen: 0,
  audit: 0,
}

const at = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day)

async function partitionsOf(store: Store): Promise<string[]> {
  const rows = await store.sql.all<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'events'::regclass order by substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''?(\\d+)')::bigint`,
  )
  return rows.map(({ name }) => name)
}

type Kept = { seq: number; partition: string; body: string }
const eventsOf = (store: Store): Promise<Kept[]> =>
  store.sql.all<Kept>('select seq, tableoid::regclass::text as partition, body from events order by seq')

const monthsOf = async (store: Store): Promise<string[]> => (await eventsOf(store)).map(({ partition }) => partition)

/** Moves the clock to a time, and runs the maintenance of months. */
async function on(store: Store, clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms - clock.now())
  await store.keepMonths!()
}

/** One event, delivered at once. */
async function told(store: Store, clock: ManualClock, contact = 1): Promise<number> {
  const { leased } = await store.applyFacts([inbound({ phone: phone(contact) })], offerOf('n1'))
  await store.recordAttempt(attemptAt(leased[0]!, 'n1', clock.now(), 'delivered'))
  return leased[0]!.events[0]!.seq
}

/** For a client of the test's own. */
async function urlOf(store: Store): Promise<string> {
  const row = await store.sql.get<{ url: string }>(
    `select 'postgres://postgres@127.0.0.1:' || current_setting('port') || '/' || current_database() as url`,
  )
  return row!.url
}

/** From now on a delete of any row of the partition fails. */
async function refuseDeletes(store: Store, partition: string): Promise<void> {
  await store.sql.run(
    `create or replace function no_delete() returns trigger language plpgsql as $$ begin raise 'a row is deleted'; end $$`,
  )
  await store.sql.run(
    `create trigger no_delete before delete on ${partition} for each row execute function no_delete()`,
  )
}

test('months have names, numbers and places', () => {
  assert.equal(monthOf(at(1970, 1, 31)), 0)
  assert.equal(monthOf(at(2026, 12, 31) + DAY - 1), 683)
  assert.equal(monthOf(at(2027, 1, 1)), 684)
  assert.equal(tableOf(683), 'events_2026_12')
  assert.equal(tableOf(684), 'events_2027_01')
  assert.ok(firstPlaceOf(monthOf(at(2199, 12, 1))) < 2 ** 48, 'the number of a lock has room for it')
})

test('partitions exist in advance, events go to their month, and one order goes through all of them', { timeout }, () =>
  inWorld('postgres', async ({ store, clock, reopen }) => {
    assert.deepEqual(await partitionsOf(store), ['events_first', 'events_2026_10', 'events_2026_11'])
    const message = await sent(store, { phone: phone(1) })
    await store.applyFacts([status('sent', message, { phone: phone(1) })], offerOf('n1'))
    await on(store, clock, at(2026, 10, 1))
    assert.deepEqual((await partitionsOf(store)).slice(1), ['events_2026_10', 'events_2026_11', 'events_2026_12'])
    await store.applyFacts([status('delivered', message, { phone: phone(1) })], offerOf('n1'))
    // Without maintenance: a start does it too.
    clock.advance(at(2026, 12, 3) - clock.now())
    const again = await reopen()
    await again.applyFacts([status('read', message, { phone: phone(1) })], offerOf('n1'))

    assert.deepEqual(await monthsOf(again), ['events_first', 'events_2026_10', 'events_2026_12'])
    assert.deepEqual((await partitionsOf(again)).slice(-2), ['events_2027_01', 'events_2027_02'])
    const seqs = (await eventsOf(again)).map(({ seq }) => seq)
    assert.equal(seqs[2], firstPlaceOf(monthOf(clock.now())) + 1)
    const feed = async (after: number) => (await eventsAfter(again.sql, CHANNEL, after, 10)).map(({ seq }) => seq)
    assert.deepEqual(await feed(0), seqs)
    assert.deepEqual(await feed(seqs[1]!), seqs.slice(2))
    const [lane] = await again.claimLanes(CHANNEL, 10, offerOf('n1'))
    assert.deepEqual(
      lane!.events.map(({ seq }) => seq),
      seqs,
      'a lane goes on over the turns of months',
    )
    const row = (await findMessage(again.sql, CHANNEL, message.id))!
    // The storage time by the clock of this test.
    const of = { ...row, id: `msg_00000000000000000000000000`, created_at: at(2026, 9, 1) }
    await again.sql.run('update events set message_id = $1', [of.id])
    assert.deepEqual(
      (await deliveriesOfMessage(again.sql, { ...of, id: of.id })).map(({ seq }) => seq),
      seqs.slice(0, 2),
      'the deliveries of a message go on over the turn of a month',
    )
  }),
)

test(
  'a month that is over is dropped as a whole, without deleting a row; a partly young one is removed by rows',
  { timeout },
  () =>
    inWorld('postgres', async ({ store, clock }) => {
      for (let i = 1; i <= 5; i++) await told(store, clock, i)
      await on(store, clock, at(2026, 10, 2))
      await told(store, clock)
      clock.advance(20 * DAY)
      await told(store, clock)
      await on(store, clock, at(2026, 11, 10))
      await told(store, clock)
      await store.sql.run('analyze')
      await refuseDeletes(store, 'events_first')
      const pruned: Record<string, number> = {}
      const retention = createRetention({
        store,
        clock,
        log: silentLog,
        days: { ...keepAll, events: 30 },
        onPruned: (kind, rows) => (pruned[kind] = (pruned[kind] ?? 0) + rows),
      })
      assert.equal((await retention.once()).events, 6)
      assert.deepEqual(pruned, { events: 6 })
      assert.deepEqual(await partitionsOf(store), [
        'events_2026_10',
        'events_2026_11',
        'events_2026_12',
        'events_2027_01',
      ])
      assert.equal(
        (await store.sql.get<{ it: string | null }>(`select to_regclass('events_first')::text as it`))!.it,
        null,
      )
      assert.deepEqual(await monthsOf(store), ['events_2026_10', 'events_2026_11'])

      // The current month stays, however old all its events are.
      clock.advance(200 * DAY)
      assert.equal((await retention.once()).events, 2)
      assert.deepEqual(await partitionsOf(store), ['events_2027_05', 'events_2027_06', 'events_2027_07'])
      await told(store, clock)
      assert.deepEqual(await monthsOf(store), ['events_2027_05'])
    }),
)

test(
  'a month with a waiting event stays until it is delivered; its other rows are removed one by one',
  { timeout },
  () =>
    inWorld('postgres', async ({ store, clock }) => {
      const replayed = await told(store, clock, 1)
      await told(store, clock, 2)
      // Delivered later, or never: one is ahead of a cursor, one is owed.
      await store.applyFacts([inbound({ phone: phone(3) })], null)
      assert.equal(await replay(store, { channelId: CHANNEL, endpointId: CHANNEL, seq: replayed }), 1)
      await on(store, clock, at(2026, 12, 10))
      const retention = createRetention({ store, clock, log: silentLog, days: { ...keepAll, events: 30 } })
      assert.equal((await retention.once()).events, 1)
      assert.equal((await eventsOf(store)).length, 2)
      assert.ok((await partitionsOf(store)).includes('events_first'))

      const deliver = async (contact: number) => {
        const lanes = await store.claimLanes(CHANNEL, 10, offerOf('n1'))
        for (const lane of lanes) {
          if (
            await store.sql.get('select 1 from contacts where id = $1 and phone = $2', [lane.contactId, phone(contact)])
          )
            await store.recordAttempt(attemptAt(lane, 'n1', clock.now(), 'delivered'))
        }
        clock.advance(LEASE_MS + 1)
      }
      await deliver(1)
      assert.equal((await retention.once()).events, 1)
      assert.deepEqual(await monthsOf(store), ['events_first'], 'what is ahead of a cursor waits as well')
      await deliver(3)
      await refuseDeletes(store, 'events_first')
      assert.equal((await retention.once()).events, 1)
      assert.ok(!(await partitionsOf(store)).includes('events_first'))
      assert.deepEqual(await deliveryCounts(store.sql, clock.now()).then(({ pending }) => pending), 0)
    }),
)

test('a dead event of a month that is dropped is no longer counted as dead', { timeout }, () =>
  inWorld('postgres', async ({ store, clock }) => {
    const { leased } = await store.applyFacts([inbound({ phone: phone(1) })], offerOf('n1'))
    await store.recordAttempt(attemptAt(leased[0]!, 'n1', clock.now(), 'dead'))
    await on(store, clock, at(2026, 12, 10))
    assert.equal((await deliveryCounts(store.sql, clock.now())).dead, 1)
    await refuseDeletes(store, 'events_first')
    assert.equal(await store.dropMonths!(clock.now()), 1)
    assert.equal((await deliveryCounts(store.sql, clock.now())).dead, 0)
    assert.equal(await store.sql.get('select 1 from dead_events'), undefined)
  }),
)

test('a drop does not wait long for a lock, and is repeated at the next round', { timeout }, () =>
  inWorld('postgres', async ({ store, clock }) => {
    await told(store, clock)
    await on(store, clock, at(2026, 12, 10))
    const reader = new pg.Client({ connectionString: await urlOf(store) })
    await reader.connect()
    try {
      await reader.query('begin; select * from postern.events')
      assert.equal(await store.dropMonths!(clock.now()), 0)
      assert.ok((await partitionsOf(store)).includes('events_first'))
      await told(store, clock)
      await reader.query('commit')
    } finally {
      await reader.end()
    }
    assert.equal(await store.dropMonths!(clock.now()), 1)
  }),
)

test('a replay during a drop keeps the month', { timeout }, () =>
  inWorld('postgres', async ({ store, clock, node }) => {
    const seq = await told(store, clock)
    await on(store, clock, at(2026, 12, 10))
    const other = await node()
    const reader = new pg.Client({ connectionString: await urlOf(store) })
    await reader.connect()
    try {
      await reader.query('begin; select * from postern.events')
      const dropping = store.dropMonths!(clock.now())
      const waiting = `select 1 from pg_locks where not granted and mode = 'AccessExclusiveLock' and relation = 'postern.events'::regclass`
      while ((await reader.query(waiting)).rowCount === 0) await new Promise((next) => setImmediate(next))
      // After the drop, which soon gives up and is repeated.
      assert.equal(await replay(other, { channelId: CHANNEL, endpointId: CHANNEL, seq }), 1)
      await reader.query('commit')
      assert.equal(await dropping, 0)
    } finally {
      await reader.end()
    }
    const [lane] = await store.claimLanes(CHANNEL, 10, offerOf('n1'))
    assert.deepEqual(
      lane!.events.map((event) => event.seq),
      [seq],
    )
  }),
)

test('several nodes create months at the same time while all of them write', { timeout }, () =>
  inWorld('postgres', async ({ store, clock, node }) => {
    const nodes = [store, await node(), await node(), await node()]
    const seqs: number[] = []
    for (let month = 10; month <= 14; month++) {
      clock.advance(at(2026, month, 1) - clock.now())
      await Promise.all(
        nodes.flatMap((one, i) => [
          one.keepMonths!(),
          one.applyFacts([inbound({ phone: phone(i) })], null),
          one.keepMonths!().then(() => one.applyFacts([inbound({ phone: phone(i) })], null)),
        ]),
      )
    }
    for (const { seq } of await eventsOf(store)) seqs.push(seq)
    assert.equal(new Set(seqs).size, 40)
    assert.deepEqual((await partitionsOf(store)).slice(-3), ['events_2027_02', 'events_2027_03', 'events_2027_04'])
    assert.ok(seqs.at(-1)! > firstPlaceOf(monthOf(clock.now())))
    const { rows } = { rows: await eventsAfter(store.sql, CHANNEL, 0, 100) }
    assert.deepEqual(
      rows.map(({ seq }) => seq),
      seqs,
    )
  }),
)

test('a clock that jumps a year, back, or out of all bounds stops nothing', { timeout }, () =>
  inWorld('postgres', async ({ store, clock }) => {
    const seqs = [await told(store, clock)]
    clock.step(366 * DAY)
    // Before any maintenance: they go to the previous partition.
    seqs.push(await told(store, clock))
    await store.keepMonths!()
    seqs.push(await told(store, clock))
    clock.step(-200 * DAY)
    await store.keepMonths!()
    seqs.push(await told(store, clock))
    for (const wrong of [at(9000, 1, 1), at(1971, 1, 1)]) {
      clock.step(wrong - clock.now())
      await store.keepMonths!()
      seqs.push(await told(store, clock))
    }
    assert.deepEqual(await monthsOf(store), ['events_first', 'events_first', ...Array(4).fill('events_2027_09')])
    assert.deepEqual(
      (await eventsOf(store)).map(({ seq }) => seq),
      seqs,
    )
    const all = await partitionsOf(store)
    assert.deepEqual(
      all,
      [
        'events_first',
        ...[10, 11].map((n) => `events_2026_${n}`),
        ...['02', '03', '04', '05'].map((n) => `events_2027_${n}`),
        ...['09', 10, 11].map((n) => `events_2027_${n}`),
      ].filter((name) => all.includes(name)),
    )
  }),
)

test('a month is entered with its first commit at the latest', { timeout }, () =>
  inWorld('postgres', async ({ store, clock }) => {
    await told(store, clock)
    clock.advance(at(2027, 3, 1) - clock.now())
    // The first commit of a month is still stored with those before it.
    for (let n = 0; !(await monthsOf(store)).includes('events_2027_03'); n++) {
      await told(store, clock)
      assert.ok(n < 500, 'entered without the maintenance')
    }
    const months = await monthsOf(store)
    assert.ok(months.lastIndexOf('events_first') < months.indexOf('events_2027_03'), String(months))
  }),
)

test('a lookup by place reads one month', { timeout }, () =>
  inWorld('postgres', async ({ store, clock, reopen }) => {
    for (let month = 10; month <= 12; month++) await on(store, clock, at(2026, month, 1))
    const readings: Reading[] = []
    const { end } = explained(readings, 10)
    try {
      // Over the same connections, so that the statements are prepared and explained.
      const here = await reopen()
      for (let round = 0; round < 3; round++) {
        readings.length = 0
        const seq = await told(here, clock)
        const { leased } = await here.applyFacts([inbound({ phone: phone(1) })], offerOf('n1'))
        await here.recordAttempt(attemptAt(leased[0]!, 'n1', clock.now(), 'delivered', { more: true }))
        await here.releaseLanes('n1', leased)
        assert.equal(await replay(here, { channelId: CHANNEL, endpointId: CHANNEL, seq }), 1)
        const [lane] = await here.claimLanes(CHANNEL, 10, offerOf('n1'))
        await here.recordAttempt(attemptAt(lane!, 'n1', clock.now(), 'delivered'))
      }
      const months = (name: string) => {
        const all = readings.filter((reading) => reading.name === name)
        assert.ok(all.length > 0, `${name} is asked`)
        return [...new Set(all.flatMap(({ tables }) => tables.filter((table) => table.startsWith('events_'))))].sort()
      }
      for (const name of ['owed', 'claimed_owed', 'replayed', 'make_attempts'])
        assert.deepEqual(months(name), ['events_2026_12'], name)
      for (const name of ['ahead', 'claimed_events'])
        assert.deepEqual(
          months(name),
          ['events_2026_12', 'events_2027_01', 'events_2027_02'],
          `${name}: none that is past`,
        )
    } finally {
      end()
    }
  }),
)

/** The store as the previous step left it, and a client of it: one contact with a lane. */
async function storeOfBefore(url: string): Promise<pg.Client> {
  const old = await clientOfBefore(url)
  await old.query('create schema postern')
  await old.query(
    'create table migrations (number integer primary key, name text not null, applied_at bigint not null)',
  )
  for (const { number, name, sql } of migrationsFor('postgres').filter((step) => step.number < 150)) {
    await old.query(sql)
    await old.query('insert into migrations values ($1, $2, 0)', [number, name])
  }
  await old.query(
    `insert into meta (name, value) values ('installation', 'OLD');
     insert into endpoints (id, channel_id, url, secret, updated_at) values (${CHANNEL}, ${CHANNEL}, 'https://customer.example/', '\\x01', 0);
     insert into contacts (id, channel_id, phone, created_at) values (101, ${CHANNEL}, '${phone(1)}', 0);
     insert into contact_keys (channel_id, key, contact_id) values (${CHANNEL}, 'p:${phone(1)}', 101);
     select setval('contacts_id_seq', 101);
     insert into lanes (endpoint_id, contact_id, channel_id, cursor, due_at, waiting_since) values (${CHANNEL}, 101, ${CHANNEL}, 997, 0, 0)`,
  )
  return old
}

async function clientOfBefore(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=postern' })
  await client.connect()
  return client
}

/** As a node of the previous version prepares it. */
const insertOfBefore = (body: string): pg.QueryConfig => ({
  name: 'make_events',
  text: `insert into events (channel_id, contact_id, kind, body, created_at) values (${CHANNEL}, 101, 'new_message', $1, 0) returning seq::text`,
  values: [body],
})

test('nodes of the previous version write during the whole upgrade', { timeout }, async () => {
  const url = await freshDatabase()
  const clock = new ManualClock()
  const clients = [await storeOfBefore(url), await clientOfBefore(url), await clientOfBefore(url)]
  const stored: number[][] = clients.map(() => [])
  let stopped = false
  // Reads events first, or marks the feed first, as batches do, so that both orders of locks occur.
  const write = async (client: pg.Client, n: number): Promise<void> => {
    while (!stopped) {
      try {
        await client.query('begin')
        if (n === 1) await client.query({ name: 'look', text: 'select seq from events order by seq desc limit 1' })
        await client.query({
          name: 'mark_feed',
          text: 'select pg_advisory_xact_lock_shared(5787125521171087360 | last_value) from events_seq_seq',
        })
        const { rows } = await client.query<{ seq: string }>(insertOfBefore(String(n)))
        await client.query('commit')
        stored[n]!.push(Number(rows[0]!.seq))
      } catch (error) {
        // Two in a deadlock: a node repeats its transaction.
        if ((error as { code?: string }).code !== '40P01') throw error
        await client.query('rollback')
      }
    }
  }
  const writing = Promise.all(clients.map(write))
  const twentyMore = async (): Promise<void> => {
    const were = stored.map(({ length }) => length)
    const go = async (): Promise<void> => {
      while (stored.some(({ length }, n) => length < were[n]! + 20)) await new Promise((next) => setImmediate(next))
    }
    await Promise.race([go(), writing])
  }
  try {
    await twentyMore()
    const store = await openPostgres({ url, clock, log: silentLog, storeTime: () => clock.now() })
    try {
      await twentyMore()
      stopped = true
      await writing
      assert.deepEqual(await partitionsOf(store), ['events_first', 'events_2026_10', 'events_2026_11'])
      for (const seqs of stored)
        assert.deepEqual(
          seqs,
          [...seqs].sort((a, b) => a - b),
        )
      assert.deepEqual(
        (await eventsOf(store)).map(({ seq }) => seq),
        stored.flat().sort((a, b) => a - b),
      )
    } finally {
      await store.close()
    }
  } finally {
    stopped = true
    await writing.catch(() => {})
    for (const client of clients) await client.end()
    await dropDatabase(url)
  }
})

test(
  'a store of the previous step is migrated, and a node of the previous version continues',
  { timeout },
  async () => {
    const url = await freshDatabase()
    const clock = new ManualClock()
    const stores: Store[] = []
    const old = await storeOfBefore(url)
    try {
      await old.query('grant select on events to pg_monitor')
      for (let i = 1; i <= 1000; i++) await old.query(insertOfBefore(String(i)))
      const before = await old.query<{ node: number }>(
        `select relfilenode::int as node from pg_class where oid = 'events'::regclass`,
      )

      const open = async () => {
        const store = await openPostgres({ url, clock, log: silentLog, storeTime: () => clock.now() })
        stores.push(store)
        return store
      }
      const [store] = await Promise.all([open(), open(), open()])
      assert.deepEqual(await partitionsOf(store), ['events_first', 'events_2026_10', 'events_2026_11'])
      const after = await old.query<{ node: number }>(
        `select relfilenode::int as node from pg_class where oid = 'events_first'::regclass`,
      )
      assert.deepEqual(after.rows, before.rows, 'the rows stay where they are')
      assert.equal(
        (await old.query(`select 1 from pg_constraint where conrelid = 'events_first'::regclass and contype = 'c'`))
          .rowCount,
        0,
      )

      assert.deepEqual((await old.query(`select has_table_privilege('pg_monitor', 'events', 'select') as may`)).rows, [
        { may: true },
      ])

      // With its prepared statement: a node of the previous version that still runs.
      assert.deepEqual((await old.query(insertOfBefore('1001'))).rows, [{ seq: '1001' }])
      await store.applyFacts([inbound({ phone: phone(1) })], null)
      const [lane] = await store.claimLanes(CHANNEL, 10, offerOf('n1'))
      assert.deepEqual(
        lane!.events.map(({ seq }) => seq),
        [998, 999, 1000, 1001, 1002],
      )
      clock.advance(at(2026, 10, 1) - clock.now())
      await store.keepMonths!()
      assert.deepEqual((await old.query(insertOfBefore('x'))).rows.length, 1)
      assert.equal((await monthsOf(store)).at(-1), 'events_2026_10')
    } finally {
      for (const store of stores) await store.close()
      await old.end()
      await dropDatabase(url)
    }
  },
)
