import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'
import { systemClock } from '../../packages/runtime/src/clock.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { createSinks } from '../../packages/gateway/src/platform/sinks/sinks.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { startDeliveries, type Deliveries } from '../support/deliveries.ts'
import { adminQuery } from '../support/postgres-admin.ts'
import { startPostgres, type PostgresServer } from '../support/postgres.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'
import { startRedis } from '../support/redis.ts'
import { draft, inbound, notice, phone } from '../store/facts.ts'
import { LOCAL } from './support.ts'

let theirs: PostgresServer
before(async () => {
  theirs = await startPostgres()
})
after(() => theirs.remove())

const CHANNEL = 7

type Row = {
  event_id: string
  channel_id: string
  event: string
  contact: string | null
  created_at: Date
  body: string
}

/** The deliverer on a store of one engine; its channel's endpoint is the URL given. */
async function startOn(t: TestContext, engine: 'sqlite' | 'postgres', url: string): Promise<Deliveries> {
  const databaseUrl = engine === 'postgres' ? await freshDatabase() : undefined
  let store: Store | undefined
  if (databaseUrl !== undefined) store = await openStore({ dataDir: '', databaseUrl }, systemClock, silentLog)
  const sinks = createSinks({ installation: 'here', outbound: LOCAL })
  const world = await startDeliveries(
    { [CHANNEL]: url },
    {
      sinks,
      retryWaits: { firstMs: 50, longestMs: 200 },
      pollMs: 50,
      timeoutMs: 4000,
      leaseMs: 8000,
      ...(store && { store }),
    },
  )
  t.after(async () => {
    await world[Symbol.asyncDispose]()
    await sinks.close()
    await store?.close()
    if (databaseUrl !== undefined) await dropDatabase(databaseUrl)
  })
  return world
}

const rowsOf = (url: string): Promise<Row[]> =>
  adminQuery<Row>(url, 'select * from postern_events order by event_id').catch(() => [])

async function until<T>(look: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> {
  for (const end = Date.now() + 30_000; ;) {
    const found = await look()
    if (isThere(found)) return found
    if (Date.now() > end) throw new Error(`not there within 30 s: ${JSON.stringify(found).slice(0, 500)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

const pending = async (store: Store): Promise<number> =>
  Number((await store.sql.get<{ n: number }>('select count(*) as n from lanes where due_at is not null'))!.n)

async function take(world: Deliveries, facts: Parameters<Store['applyFacts']>[0]): Promise<void> {
  const offer = world.deliverer.offer(new Map([[CHANNEL, facts.length]]))
  const applied = await world.store.applyFacts(facts, offer)
  offer.end()
  world.deliverer.take(applied, offer)
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${engine}: events become rows of the customer’s database, in order, once, through an outage`, async (t) => {
    const url = await theirs.createDatabase()
    const world = await startOn(t, engine, url)
    const people = Array.from({ length: 8 }, (_, i) => ({ phone: phone(i + 1) }))
    const facts = [0, 1, 2, 3, 4].flatMap((round) =>
      people.map((who) => inbound(who, { body: JSON.stringify({ event: 'new_message', who: who.phone, round }) })),
    )
    await take(world, facts.slice(0, 16))
    await until(
      () => rowsOf(url),
      (rows) => rows.length === 16,
    )
    await theirs.stop('immediate')
    for (const fact of facts.slice(16)) await take(world, [fact])
    await until(
      async () => (await world.store.sql.all('select 1 from attempts where status is null limit 1')).length,
      (failures) => failures > 0,
    )
    await theirs.start()
    await take(world, [notice('one')])
    const rows = await until(
      () => rowsOf(url),
      (found) => found.length === facts.length + 1,
    )
    for (const { phone: contact } of people) {
      const own = rows.filter((row) => row.contact === contact)
      assert.deepEqual(
        own.map(({ body }) => (JSON.parse(body) as { round: number }).round),
        [0, 1, 2, 3, 4],
      )
    }
    const stored = await world.store.sql.all<{ seq: number; body: string; created_at: number }>(
      'select seq, body, created_at from events order by seq',
    )
    assert.deepEqual(
      rows.map(({ body, created_at: at }) => [body, at.getTime()]),
      stored.map(({ body, created_at: at }) => [body, at]),
    )
    assert.deepEqual(
      rows.filter(({ contact }) => contact === null).map(({ event }) => event),
      ['template_status_update'],
    )
    await until(
      () => pending(world.store),
      (waiting) => waiting === 0,
    )
  })

  test(`${engine}: a replay brings back the rows that were removed and doubles none`, async (t) => {
    const url = await theirs.createDatabase()
    const world = await startOn(t, engine, url)
    await take(
      world,
      [1, 2, 3, 4].map((n) => inbound({ phone: phone(n % 2) })),
    )
    const before = await until(
      () => rowsOf(url),
      (rows) => rows.length === 4,
    )
    await until(
      () => pending(world.store),
      (waiting) => waiting === 0,
    )
    await adminQuery(
      url,
      `delete from postern_events where event_id in ('${before[0]!.event_id}', '${before[3]!.event_id}')`,
    )
    const seqs = await world.store.sql.all<{ seq: number }>('select seq from events order by seq')
    await world.store.replayEvents(
      CHANNEL,
      CHANNEL,
      seqs.map(({ seq }) => seq),
    )
    world.deliverer.nudge(CHANNEL)
    assert.deepEqual(
      await until(
        () => rowsOf(url),
        (rows) => rows.length === 4,
      ),
      before,
    )
    await until(
      () => pending(world.store),
      (waiting) => waiting === 0,
    )
  })

  test(`${engine}: contacts that turn out to be one keep order and once`, async (t) => {
    const url = await theirs.createDatabase()
    const world = await startOn(t, engine, url)
    const [byPhone, byId] = [{ phone: phone(1) }, { userId: 'US.1' }]
    await take(world, [inbound(byPhone), inbound(byId), inbound(byPhone)])
    await until(
      () => rowsOf(url),
      (rows) => rows.length === 3,
    )
    await adminQuery(url, `alter table postern_events add constraint no_more check (event_id < '') not valid`)
    await take(world, [inbound(byId), inbound(byPhone), inbound(byId)])
    const message = draft(byPhone, { channelId: CHANNEL })
    await world.store.beginMessage(message)
    const { channelId, id, createdAt: at } = message
    await world.store.settleMessage({ channelId, id, at, status: 'accepted', wamid: 'wamid.1', ...byId })
    await take(world, [inbound({ ...byPhone, ...byId })])
    await adminQuery(url, 'alter table postern_events drop constraint no_more')
    const rows = await until(
      () => rowsOf(url),
      (found) => found.length === 7,
    )
    await until(
      () => pending(world.store),
      (waiting) => waiting === 0,
    )
    const stored = await world.store.sql.all<{ body: string }>('select body from events order by seq')
    assert.deepEqual(
      rows.map(({ body }) => body),
      stored.map(({ body }) => body),
    )
    // Rows are in the table in the order in which they were written: after the join, the one contact's.
    const written = await adminQuery<Row>(url, 'select * from postern_events order by ctid')
    const late = written.slice(3).map(({ event_id: eventId }) => eventId)
    assert.deepEqual(late, late.toSorted())
  })

  test(`${engine}: events become entries of a stream`, async (t) => {
    const redis = await startRedis()
    t.after(() => redis.remove())
    const world = await startOn(t, engine, `redis://127.0.0.1:${redis.port}?stream=orders`)
    await take(
      world,
      [1, 2, 1, 2, 1].map((n) => inbound({ phone: phone(n) })),
    )
    await until(
      () => redis.client.xlen('orders'),
      (length) => length === 5,
    )
    await redis.kill()
    await take(
      world,
      [1, 2].map((n) => inbound({ phone: phone(n) })),
    )
    await until(
      async () => (await world.store.sql.all('select 1 from attempts where status is null limit 1')).length,
      (failures) => failures > 0,
    )
    await redis.start()
    await until(
      () => redis.client.xlen('orders'),
      (length) => length >= 7,
    )
    const entries = (await redis.client.xrange('orders', '-', '+')) as [string, string[]][]
    const stored = await world.store.sql.all<{ body: string }>('select body from events order by seq')
    for (const n of [1, 2]) {
      const own = entries.filter(([, fields]) => fields[7] === phone(n)).map(([, fields]) => fields[1]!)
      assert.deepEqual(own, own.toSorted())
    }
    assert.deepEqual(entries.map(([, fields]) => fields[11]).toSorted(), stored.map(({ body }) => body).toSorted())
    await until(
      () => pending(world.store),
      (waiting) => waiting === 0,
    )
  })
}
