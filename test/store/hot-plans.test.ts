import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { findContact } from '../../packages/gateway/src/store/messages.ts'
import { openPostgres } from '../../packages/gateway/src/store/postgres/engine.ts'
import { firstPlaceOf, monthOf } from '../../packages/gateway/src/store/postgres/months.ts'
import { openSqlite } from '../../packages/gateway/src/store/sqlite/engine.ts'
import { adminQuery } from '../support/postgres-admin.ts'
import { startPostgres } from '../support/postgres.ts'
import { CHANNEL } from './engines.ts'
import { explained, type Reading } from './explained.ts'
import { anotherAnswers, CLAIMED, everyWrite, HEAVY, muchOf } from './every-write.ts'
import { inbound, LEASE_MS, offerOf, phone } from './facts.ts'

/** Number of rows that one statement of PostgreSQL's hot path may read for each requested row, and in addition. */
const ROWS_EACH = 60
const PAGES_EACH = 150

/** The names of all statements in load.ts and write.ts. */
function hotStatements(): string[] {
  const source = ['load', 'write'].map((file) =>
    readFileSync(new URL(`../../packages/gateway/src/store/postgres/${file}.ts`, import.meta.url), 'utf8'),
  )
  const names = source.flatMap((text) => [
    ...text.matchAll(/(?:(?:\bask|\.query)(?:<[^(]*>)?\(\s*|\bput\(\s*|named\(ask, )'(\w+)'/g),
  ])
  // Ids are taken in advance from a sequence: not each time, and without reading a table.
  return [...new Set(names.map(([, name]) => name!))].filter((name) => name !== 'new_contacts').concat('due_endpoints')
}

test(
  'postgres: the rows that a hot statement reads are limited by its parameters, also with plans made when the tables were empty',
  { timeout: 120_000 },
  async () => {
    // A server of its own: transactions of other tests would keep dead entries in the indexes that are counted here.
    const server = await startPostgres({ settings: { autovacuum: 'off' } })
    const url = await server.createDatabase()
    const clock = new ManualClock()
    const open = () => openPostgres({ url, clock, log: silentLog, storeTime: () => clock.now() })
    const readings: Reading[] = []
    const { end, dropped } = explained(readings, CLAIMED)
    const stores = [await open()]
    try {
      await stores[0]!.sql.run(
        `insert into endpoints (id, channel_id, url, secret, updated_at) values ($1, $1, 'https://x.example', '', 0)`,
        [CHANNEL],
      )
      // Three months later, with the partitions of two more created.
      for (let i = 0; i < 3; i++) {
        clock.advance(31 * 24 * 60 * 60_000)
        await stores[0]!.keepMonths!()
      }
      await adminQuery(url, 'vacuum analyze')
      // The cached plans of a node are made here.
      await everyWrite(stores[0]!, clock)
      await everyWrite(stores[0]!, clock)
      const heavy = (await findContact(stores[0]!.sql, CHANNEL, HEAVY))!.id
      clock.advance(10 * LEASE_MS)
      await stores[0]!.sql.run('update lanes set due_at = null, holder = null')
      const [second, third, fourth] = [2, 1, 0].map((ago) => firstPlaceOf(monthOf(clock.now()) - ago))
      const months = [second!, third!, fourth!] as const
      for (const sql of muchOf({ heavy, dueAt: clock.now() + 2 * LEASE_MS, months })) {
        await adminQuery(url, `set search_path = postern; ${sql}`)
      }

      // Only the lanes of a round are due, and all others are due before it ends.
      const toRest = (): Promise<number> => {
        clock.advance(10 * LEASE_MS)
        return stores[0]!.sql.run('update lanes set due_at = $1, holder = null', [clock.now() + 2 * LEASE_MS])
      }
      // A node looks at the sizes once a second. Tables that grow from nothing in less than that exist in tests only.
      for (const before = dropped(); dropped() === before; await setTimeout(100)) {
        await stores[0]!.applyFacts([inbound({ phone: phone(1) })], offerOf('n1'))
      }
      const names = hotStatements()
      assert.ok(names.length > 30, String(names))
      for (const how of ['a plan from before', 'a plan that a new node makes', 'a plan after analyze']) {
        if (how === 'a plan after analyze') await adminQuery(url, 'vacuum analyze')
        if (how !== 'a plan from before') {
          stores.push(await open())
          await toRest()
          await everyWrite(stores.at(-1)!, clock)
        }
        await toRest()
        // Reading the dead index entries of `toRest` marks them, as any poll does.
        await stores.at(-1)!.dueEndpoints()
        readings.length = 0
        await everyWrite(stores.at(-1)!, clock)
        assert.deepEqual(
          names.filter((name) => !readings.some((reading) => reading.name === name)),
          [],
          'not asked',
        )
        const much = readings.filter(({ asked, rows, pages }) => rows > asked * ROWS_EACH || pages > asked * PAGES_EACH)
        assert.deepEqual(
          much.map(
            ({ name, asked, rows, pages, plan }) => `${name} of ${asked}: ${rows} rows, ${pages} pages\n${plan}`,
          ),
          [],
          how,
        )
      }
    } finally {
      end()
      for (const store of stores) await store.close()
      await server.remove()
    }
  },
)

/** Accesses by key: one row, or those of one contact, in order and as many as the statement takes. */
const BY_KEY = [
  /^\w+ (?:EXISTS )?USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
  /\((?:channel_id=\? AND (?:key|id|wamid)|endpoint_id=\? AND seq)=\?\)$/,
  /\((?:channel_id|endpoint_id)=\? AND contact_id=\?(?: AND seq>\?)?\)$/,
  // Due lanes, and the skips from one endpoint to the next.
  /^lanes USING COVERING INDEX lanes_due(?: \(endpoint_id(?:>\?|=\? AND due_at>\?(?: AND due_at<\?)?)\))?$/,
  /^endpoints USING INDEX endpoints_slot \(channel_id=\?\)$/,
]
const NOT_GROWING = ['hop', 'sqlite_sequence']

test('sqlite: hot statements use their keys, whatever ANALYZE has seen', { timeout: 60_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-plans-'))
  const path = join(dataDir, 'postern.db')
  const clock = new ManualClock()
  const prepare = DatabaseSync.prototype.prepare
  const asked = new Set<string>()
  const onFile = <T>(work: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(path)
    try {
      return work(db)
    } finally {
      db.close()
    }
  }
  const analyze = (): number =>
    onFile((db) => {
      db.exec('analyze')
      return prepare.call(db, 'select * from sqlite_stat1').all().length
    })
  const refused = (): string[] =>
    onFile((db) =>
      [...asked].flatMap((sql) => {
        const plan = prepare.call(db, `explain query plan ${sql}`).all() as { detail: string }[]
        const wrong = plan.filter(({ detail }) => {
          const [, how, what = ''] = /^(SCAN|SEARCH|USE TEMP B-TREE) (.*)/.exec(detail) ?? []
          if (how === 'SEARCH') return !BY_KEY.some((way) => way.test(what))
          return how !== undefined && !NOT_GROWING.includes(what)
        })
        return wrong.map(({ detail }) => `${detail}: ${sql}`)
      }),
    )
  try {
    await (await openSqlite({ dataDir, clock })).close()
    assert.ok(analyze() > 0)
    const store = await openSqlite({ dataDir, clock })
    await store.sql.run(
      `insert into endpoints (id, channel_id, url, secret, updated_at) values ($1, $1, 'https://x.example', '', 0)`,
      [CHANNEL],
    )
    DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string) {
      asked.add(sql)
      return prepare.call(this, sql)
    } as never
    await everyWrite(store, clock)
    await anotherAnswers(store)
    DatabaseSync.prototype.prepare = prepare
    const heavy = (await findContact(store.sql, CHANNEL, HEAVY))!.id
    await store.close()
    assert.deepEqual(
      statementsOf('sqlite').filter((start) => ![...asked].some((sql) => sql.startsWith(start))),
      [],
      'not asked',
    )

    assert.deepEqual(refused(), [], 'after ANALYZE of empty tables')
    analyze()
    assert.deepEqual(refused(), [], 'after ANALYZE of a few rows')
    onFile((db) => muchOf({ heavy, dueAt: clock.now() }).forEach((sql) => db.exec(sql)))
    assert.deepEqual(refused(), [], 'with much stored since')
    analyze()
    assert.deepEqual(refused(), [], 'after ANALYZE of much')

    asked.add(`select * from owed_events where endpoint_id = 1 and attempts = 1`)
    asked.add(`select * from messages where content = ''`)
    assert.equal(refused().length, 2, 'others are seen')
  } finally {
    DatabaseSync.prototype.prepare = prepare
    rmSync(dataDir, { recursive: true, force: true })
  }
})

/** The beginnings of the statements in an engine's load.ts and write.ts, up to the first inserted part. */
function statementsOf(engine: 'sqlite'): string[] {
  return ['load', 'write'].flatMap((file) => {
    const source = readFileSync(
      new URL(`../../packages/gateway/src/store/${engine}/${file}.ts`, import.meta.url),
      'utf8',
    )
    const texts = source.matchAll(/[`'"]((?:select|insert|update|delete) [^`'"$]*)/g)
    return [...texts].map(([, text]) => text!)
  })
}
