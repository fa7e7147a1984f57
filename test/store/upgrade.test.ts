import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import pg from 'pg'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { attemptsOf, deliveries, deliveryCounts } from '../../packages/gateway/src/store/events.ts'
import { migrationsFor } from '../../packages/gateway/src/store/migrate.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import { replay } from '../../packages/gateway/src/store/replay.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'
import { attemptAt, inbound, offerOf, phone } from './facts.ts'

const CHANNEL = 7

/** The store as left by the version before lanes had a cursor: one endpoint, two contacts, events in every state. */
function before(engine: 'sqlite' | 'postgres'): string[] {
  const steps = migrationsFor(engine).filter(({ number }) => number < 100)
  const event = (seq: number, contact: number, state: string, attempts: number, done: number | null): string =>
    `insert into events (seq, channel_id, contact_id, kind, body, created_at, since, state, attempts, done_at, last_status, last_ms, last_answer)
     values (${seq}, ${CHANNEL}, ${contact}, 'new_message', '{"n":${seq}}', ${seq}000, ${seq}000, '${state}', ${attempts}, ${done}, 200, 5, 'ok')`
  return [
    'create table migrations (number integer primary key, name text not null, applied_at bigint not null)',
    ...steps.map(({ sql }) => sql),
    ...steps.map(({ number, name }) => `insert into migrations values (${number}, '${name}', 0)`),
    `insert into meta (name, value) values ('installation', 'OLD')`,
    `insert into endpoints (channel_id, url, secret, updated_at) values (${CHANNEL}, 'https://customer.example/', ${engine === 'sqlite' ? "x'01'" : "'\\x01'"}, 0)`,
    `insert into contacts (id, channel_id, phone, created_at) values (101, ${CHANNEL}, '${phone(1)}', 0), (102, ${CHANNEL}, '${phone(2)}', 0)`,
    `insert into contact_keys (channel_id, key, contact_id) values (${CHANNEL}, 'p:${phone(1)}', 101), (${CHANNEL}, 'p:${phone(2)}', 102)`,
    event(1, 101, 'delivered', 1, 2000),
    event(2, 101, 'pending', 3, null),
    event(3, 101, 'dead', 9, 4000),
    event(4, 101, 'pending', 0, null),
    event(5, 102, 'delivered', 2, 6000),
    `insert into attempts (channel_id, seq, number, at, outcome, status, ms) values (${CHANNEL}, 5, 1, 5000, 'retry', 500, 7), (${CHANNEL}, 5, 2, 6000, 'delivered', 200, 5)`,
    `insert into lanes (channel_id, contact_id, due_at, holder) values (${CHANNEL}, 101, 1000, null), (${CHANNEL}, 102, null, null)`,
    ...(engine === 'postgres'
      ? [
          `select setval('events_seq_seq', 5)`,
          `select setval('contacts_id_seq', 102)`,
          'create function commit_batch(a bigint) returns bigint language sql as $$ select a $$',
        ]
      : []),
  ]
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(
    `${engine}: a store of the previous version is migrated: waiting events stay in order, and none is delivered twice`,
    {
      timeout: 120_000,
    },
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'postern-upgrade-'))
      const databaseUrl = engine === 'postgres' ? await freshDatabase() : undefined
      if (databaseUrl === undefined) {
        const old = new DatabaseSync(join(dataDir, 'postern.db'))
        for (const sql of before('sqlite')) old.exec(sql)
        old.close()
      } else {
        const old = new pg.Client({ connectionString: databaseUrl })
        await old.connect()
        for (const sql of before('postgres')) await old.query(sql)
        await old.end()
      }
      const clock = new ManualClock()
      const store = await openStore({ dataDir, databaseUrl }, clock, silentLog, () => clock.now())
      try {
        const states = (await deliveries(store.sql, { channelId: CHANNEL, count: 10 })).map((row) => [
          row.seq,
          row.state,
        ])
        assert.deepEqual(states, [
          [5, 'delivered'],
          [4, 'pending'],
          [3, 'dead'],
          [2, 'pending'],
          [1, 'delivered'],
        ])
        assert.deepEqual(
          await deliveryCounts(store.sql, clock.now()).then(({ pending, dead }) => [pending, dead]),
          [2, 1],
        )
        for (const [seq, tries] of [
          [1, 1],
          [5, 2],
        ] as const)
          assert.equal(
            (await attemptsOf(store.sql, { channel_id: CHANNEL, seq, endpoint_id: CHANNEL })).length,
            tries,
            `attempts of ${seq}`,
          )
        // A new event of the same contact comes after the waiting ones.
        const applied = await store.applyFacts([inbound({ phone: phone(1) })], offerOf('n1'))
        assert.deepEqual(applied.leased, [], 'the lane was waiting already')
        const [lane] = await store.claimLanes(CHANNEL, 10, offerOf('n1'))
        assert.deepEqual(
          lane!.events.map((event) => [event.seq, event.attempts]),
          [
            [2, 3],
            [4, 0],
            [6, 0],
          ],
        )
        for (let events = lane!.events; events.length > 0; events = events.slice(1))
          await store.recordAttempt(
            attemptAt({ ...lane!, events }, 'n1', clock.now(), 'delivered', { more: events.length > 1 }),
          )
        assert.deepEqual(await store.claimLanes(CHANNEL, 10, offerOf('n1')), [])
        assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 0)
        assert.equal(await replay(store, { channelId: CHANNEL, endpointId: CHANNEL, state: 'dead' }), 1)
        const second = await store.applyFacts([inbound({ phone: phone(2) })], offerOf('n1'))
        assert.deepEqual(
          second.leased.map((one) => one.events.map((event) => event.seq)),
          [[7]],
          'what was delivered before is not told again',
        )
      } finally {
        await store.close()
        rmSync(dataDir, { recursive: true, force: true })
        if (databaseUrl !== undefined) await dropDatabase(databaseUrl)
      }
    },
  )
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${engine}: a step whose number is below the newest one of the store is made up for`, async () => {
    const LATE = 310
    const dataDir = mkdtempSync(join(tmpdir(), 'postern-upgrade-'))
    const databaseUrl = engine === 'postgres' ? await freshDatabase() : undefined
    const steps = migrationsFor(engine).filter(({ number }) => number !== LATE)
    const statements = [
      'create table migrations (number integer primary key, name text not null, applied_at bigint not null)',
      ...steps.flatMap(({ number, name, sql }) => [sql, `insert into migrations values (${number}, '${name}', 0)`]),
    ]
    if (databaseUrl === undefined) {
      const old = new DatabaseSync(join(dataDir, 'postern.db'))
      for (const sql of statements) old.exec(sql)
      old.close()
    } else {
      const old = new pg.Client({ connectionString: databaseUrl })
      await old.connect()
      for (const sql of ['create schema postern', 'set search_path = postern', ...statements]) await old.query(sql)
      await old.end()
    }
    const clock = new ManualClock()
    const store = await openStore({ dataDir, databaseUrl }, clock, silentLog, () => clock.now())
    try {
      assert.deepEqual(await store.sql.all('select waiting_since from contacts'), [])
      const rows = await store.sql.all<{ number: number }>('select number from migrations order by number')
      assert.deepEqual(
        rows.map(({ number }) => Number(number)),
        migrationsFor(engine).map(({ number }) => number),
      )
    } finally {
      await store.close()
      rmSync(dataDir, { recursive: true, force: true })
      if (databaseUrl !== undefined) await dropDatabase(databaseUrl)
    }
  })
}
