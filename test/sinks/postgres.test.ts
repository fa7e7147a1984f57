import assert from 'node:assert/strict'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, test, type TestContext } from 'node:test'
import pg from 'pg'
import { createOutbound } from '../../packages/gateway/src/platform/outbound/guard.ts'
import { migrationSql } from '../../packages/gateway/src/platform/sinks/postgres/tables.ts'
import type { Sink } from '../../packages/gateway/src/platform/sinks/sink.ts'
import { makeCertificates } from '../support/certificates.ts'
import { adminQuery } from '../support/postgres-admin.ts'
import { startPostgres, type PostgresServer } from '../support/postgres.ts'
import { postgresSink, sinkEvent } from './support.ts'

type Row = { event_id: string; contact: string; body: string }

let server: PostgresServer
before(async () => {
  server = await startPostgres()
})
after(() => server.remove())

async function startSink(
  t: TestContext,
  options: { url?: (url: string) => string; sink?: Parameters<typeof postgresSink>[1] } = {},
): Promise<{ url: string; sink: Sink; ids: () => Promise<string[]> }> {
  const url = await server.createDatabase()
  const sink = postgresSink(options.url?.(url) ?? url, options.sink)
  t.after(() => sink.close())
  return {
    url,
    sink,
    ids: async () =>
      (await adminQuery<Row>(url, 'select event_id from postern_events order by event_id')).map((row) => row.event_id),
  }
}

const idsOf = (...seqs: number[]): string[] => seqs.map((seq) => sinkEvent(seq).id)

test('rows have the event, and the body byte for byte; the tables are made by themselves', async (t) => {
  const { sink, url } = await startSink(t)
  const body = '{"event":"new_message",  "text":"\\u0000 \\ud83c 1e400 \'\\"  漢"}'
  const answer = await sink.write('7', [sinkEvent(1, { body }), sinkEvent(2, { contact: null, event: 'calls' })], 5000)
  assert.deepEqual({ ...answer, ms: 0 }, { status: 200, ms: 0, text: 'committed', written: 2 })
  const rows = await adminQuery<Record<string, unknown>>(url, 'select * from postern_events order by event_id')
  assert.deepEqual(rows[0], {
    event_id: 'evt_test_000000000001',
    channel_id: '1',
    event: 'new_message',
    contact: '85268411234',
    created_at: new Date(Date.UTC(2026, 10, 26, 12, 0, 0, 1)),
    body,
  })
  assert.equal(rows[1]!.contact, null)
  assert.equal(rows[1]!.event, 'calls')
})

test('a write that comes again does nothing, also when its rows were removed meanwhile', async (t) => {
  const { sink, url, ids } = await startSink(t)
  await sink.write('7', [sinkEvent(1), sinkEvent(2)], 5000)
  assert.equal((await sink.write('7', [sinkEvent(1), sinkEvent(2), sinkEvent(3)], 5000)).written, 3)
  assert.deepEqual(await ids(), idsOf(1, 2, 3))
  await adminQuery(url, 'delete from postern_events')
  assert.equal((await sink.write('7', [sinkEvent(3), sinkEvent(4)], 5000)).status, 200)
  assert.deepEqual(await ids(), idsOf(4))
})

test('what is owed comes back where it was removed, and not twice where it is', async (t) => {
  const { sink, url, ids } = await startSink(t)
  await sink.write('7', [sinkEvent(1), sinkEvent(2), sinkEvent(3)], 5000)
  await adminQuery(url, `delete from postern_events where event_id like '%2'`)
  await sink.write('7', [sinkEvent(1, { owed: true }), sinkEvent(2, { owed: true }), sinkEvent(4)], 5000)
  assert.deepEqual(await ids(), idsOf(1, 2, 3, 4))
  // Another contact's events, which a merge brought: behind this lane's cursor, and new.
  await sink.write('7', [sinkEvent(5), sinkEvent(9)], 5000)
  await sink.write('7', [sinkEvent(8, { owed: true }), sinkEvent(10)], 5000)
  assert.deepEqual(await ids(), idsOf(1, 2, 3, 4, 5, 8, 9, 10))
})

test('two processes with the same events write them once', async (t) => {
  const { url, ids, sink } = await startSink(t)
  await sink.write('0', [sinkEvent(1000)], 5000)
  const others = Array.from({ length: 4 }, () => postgresSink(url))
  t.after(() => Promise.all(others.map((one) => one.close())))
  const events = Array.from({ length: 16 }, (_, i) => sinkEvent(i + 1))
  const answers = await Promise.all(
    others.flatMap((one) => [0, 4, 8].map((from) => one.write('7', events.slice(0, from + 8), 10_000))),
  )
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  assert.deepEqual(await ids(), idsOf(...events.map(({ seq }) => seq), 1000))
})

test('lanes that wait are committed together, one that comes alone at once', async (t) => {
  const { sink, url } = await startSink(t, { sink: { connections: 1 } })
  await sink.write('0', [sinkEvent(1)], 5000)
  const lanes = Array.from({ length: 60 }, (_, i) => String(i + 1))
  await Promise.all(lanes.map((lane, i) => sink.write(lane, [sinkEvent(10 + i)], 5000)))
  const [{ transactions }] = (await adminQuery<{ transactions: string }>(
    url,
    'select count(distinct xmin::text) as transactions from postern_events',
  )) as [{ transactions: string }]
  // The first alone, the next one at once, and the 59 that waited for it.
  assert.equal(transactions, '3')
})

test('batches are bounded in rows and bytes', async (t) => {
  const { sink, url } = await startSink(t, { sink: { connections: 1, mostRows: 10, mostBytes: 5000 } })
  const big = 'x'.repeat(2000)
  await Promise.all(Array.from({ length: 41 }, (_, i) => sink.write(String(i), [sinkEvent(i + 1)], 5000)))
  await Promise.all(
    Array.from({ length: 9 }, (_, i) => sink.write(String(i), [sinkEvent(i + 101, { body: `"${big}"` })], 5000)),
  )
  const sizes = await adminQuery<{ rows: string; bytes: string }>(
    url,
    'select count(*) as rows, sum(length(body)) as bytes from postern_events group by xmin::text',
  )
  assert.ok(
    sizes.every(({ rows, bytes }) => Number(rows) <= 10 && Number(bytes) <= 5000),
    JSON.stringify(sizes),
  )
  assert.equal(sizes.length, 5 + 1 + 4)
})

test('a row that is refused holds up its own lane alone, and is told without its values', async (t) => {
  const { sink, url, ids } = await startSink(t, { sink: { connections: 1 } })
  await sink.write('0', [sinkEvent(1)], 5000)
  await adminQuery(url, `alter table postern_events add constraint no_poison check (body not like '%poison%')`)
  const [first, bad, good] = await Promise.all([
    sink.write('1', [sinkEvent(2)], 5000),
    sink.write('2', [sinkEvent(3), sinkEvent(4, { body: '"poison"', contact: '999' }), sinkEvent(5)], 5000),
    sink.write('3', [sinkEvent(6)], 5000),
  ])
  assert.deepEqual([first.status, first.written, good.status, good.written], [200, 1, 200, 1])
  assert.deepEqual(
    { ...bad, ms: 0 },
    {
      status: null,
      ms: 0,
      written: 1,
      text: 'PostgreSQL 23514: a check of the table refuses the row (constraint no_poison, table postern_events)',
    },
  )
  assert.deepEqual(await ids(), idsOf(1, 2, 3, 6))
  await adminQuery(url, 'alter table postern_events drop constraint no_poison')
  assert.equal((await sink.write('2', [sinkEvent(4), sinkEvent(5)], 5000)).written, 2)
})

test('a lock that somebody holds fails one lane after a while, and no other', async (t) => {
  const { sink, url, ids } = await startSink(t, { sink: { connections: 1 } })
  await Promise.all([sink.write('1', [sinkEvent(1)], 5000), sink.write('2', [sinkEvent(2)], 5000)])
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  t.after(() => holder.end())
  await holder.query('begin')
  await holder.query(`select 1 from postern_cursor where lane = '1' for update`)
  const [held, free] = await Promise.all([sink.write('1', [sinkEvent(3)], 8000), sink.write('2', [sinkEvent(4)], 8000)])
  assert.equal(held.status, null)
  assert.match(held.text, /55P03.*another transaction holds a lock/)
  assert.equal(free.status, 200)
  await holder.query('rollback')
  assert.equal((await sink.write('1', [sinkEvent(3)], 5000)).status, 200)
  assert.deepEqual(await ids(), idsOf(1, 2, 3, 4))
})

test('a table of the customer’s own has the columns in types of its own', async (t) => {
  const { sink, url } = await startSink(t, { url: (own) => `${own}?table=crm.${encodeURIComponent('My "events"')}` })
  await adminQuery(
    url,
    `create schema crm;
     create table crm."My ""events""" (n serial, event_id varchar(80) unique, channel_id int, event text, contact numeric,
       created_at timestamp, body jsonb, done boolean default false)`,
  )
  assert.equal((await sink.write('7', [sinkEvent(1)], 5000)).text, 'committed')
  const rows = await adminQuery<Record<string, unknown>>(url, `select * from crm."My ""events""` + '"')
  assert.deepEqual(
    [rows[0]!.contact, rows[0]!.body, rows[0]!.done],
    ['85268411234', { event: 'new_message', n: 1 }, false],
  )
  const bad = await sink.write('7', [sinkEvent(2, { contact: 'secret-name' })], 5000)
  assert.equal(bad.text, 'PostgreSQL 22P02: a value does not fit the type of its column')
})

test('what is missing is said: rights, tables, columns, an index', async (t) => {
  const { url } = await startSink(t)
  await adminQuery(
    url,
    `drop role if exists guest; create role guest login; revoke create on schema public from public`,
  )
  t.after(() => adminQuery(url, 'drop owned by guest; drop role guest'))
  const asGuest = url.replace('postgres@', 'guest@')
  const guest = postgresSink(asGuest)
  t.after(() => guest.close())
  const missing = await guest.write('7', [sinkEvent(1)], 5000)
  assert.equal(missing.status, null)
  assert.match(
    missing.text,
    /^table "postern_events" and table "postern_cursor" missing, and user "guest" cannot make what is missing \(permission denied for schema public\): run the SQL that "postern endpoint migration" prints$/,
  )
  // The SQL that people read, run by their own hands.
  await adminQuery(url, migrationSql({ schema: undefined, table: 'postern_events' }))
  const denied = await guest.write('7', [sinkEvent(1)], 5000)
  assert.match(denied.text, /42501: permission denied for table postern_/)
  await adminQuery(
    url,
    'grant insert, select on postern_events to guest; grant insert, select, update on postern_cursor to guest',
  )
  assert.equal((await guest.write('7', [sinkEvent(1)], 5000)).status, 200)

  await adminQuery(url, 'create table short (event_id text primary key, body text)')
  const short = postgresSink(`${url}?table=short`)
  t.after(() => short.close())
  assert.equal(
    (await short.write('7', [sinkEvent(1)], 5000)).text,
    'table "short" has no column channel_id, event, contact, created_at: it needs event_id, channel_id, event, contact, created_at, body',
  )
  await adminQuery(url, 'create table bare (like postern_events)')
  const bare = postgresSink(`${url}?table=bare`)
  t.after(() => bare.close())
  assert.match((await bare.write('7', [sinkEvent(1)], 5000)).text, /42P10.*unique index on event_id/)
  await adminQuery(url, 'drop table postern_events')
  assert.equal((await guest.write('7', [sinkEvent(2)], 5000)).status, null)
})

test('a test writes and rolls back', async (t) => {
  const { sink, ids } = await startSink(t)
  const answer = await sink.test(sinkEvent(1, { id: 'test_1', event: 'test' }), 5000)
  assert.deepEqual([answer.status, answer.text], [200, 'a row and a cursor were written and rolled back'])
  assert.deepEqual(await ids(), [])
})

test('a private address is not reached, and a password is not told', async (t) => {
  const url = (await server.createDatabase()).replace('postgres@', 'postgres:sesame@')
  for (const host of ['127.0.0.1', 'localhost', '127.1']) {
    const sink = postgresSink(url.replace('127.0.0.1', host), { outbound: createOutbound({ allow: [] }) })
    t.after(() => sink.close())
    const answer = await sink.write('7', [sinkEvent(1)], 5000)
    assert.equal(answer.status, null)
    assert.match(answer.text, /is not reached from here: .*loopback.*OUTBOUND_ALLOW/)
    assert.doesNotMatch(answer.text, /sesame/)
  }
})

test('TLS proves what libpq’s words say', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-tls-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const { ca, otherCa, cert, key } = await makeCertificates(folder)
  const url = (await server.createDatabase()).replace('127.0.0.1', 'localhost')
  const write = async (query: string, at = url): Promise<string> => {
    const sink = postgresSink(`${at}${query}`)
    t.after(() => sink.close())
    const answer = await sink.write('7', [sinkEvent(1)], 5000)
    if (answer.status === null) return answer.text
    const uses = await adminQuery<{ ssl: boolean }>(
      url,
      `select bool_or(ssl) as ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'postern'`,
    )
    await sink.close()
    return uses[0]!.ssl ? 'TLS' : 'plain'
  }
  assert.equal(await write(''), 'plain')
  assert.match(await write('?sslmode=require'), /does not support SSL/)
  // The server's own words for its files, in its own folder.
  const [certFile, keyFile] = ['tls.pem', 'tls.key'].map((name) => join(server.dataDir, name))
  copyFileSync(cert, certFile!)
  copyFileSync(key, keyFile!)
  const { uid, gid } = statSync(server.dataDir)
  chownSync(keyFile!, uid, gid)
  chownSync(certFile!, uid, gid)
  chmodSync(keyFile!, 0o600)
  for (const [name, value] of [
    ['ssl_cert_file', 'tls.pem'],
    ['ssl_key_file', 'tls.key'],
    ['ssl', 'on'],
  ])
    await server.query(`alter system set ${name} = '${value}'`)
  await server.query('select pg_reload_conf()')
  while ((await server.query<{ ssl: string }>('show ssl'))[0]!.ssl !== 'on') await sleep(20)
  assert.equal(await write(''), 'TLS')
  assert.equal(await write('?sslmode=disable'), 'plain')
  assert.equal(await write('?sslmode=require'), 'TLS')
  assert.equal(await write(`?sslmode=verify-full&sslrootcert=${ca}`), 'TLS')
  assert.match(await write('?sslmode=verify-full'), /certificate/)
  assert.match(await write(`?sslmode=require&sslrootcert=${otherCa}`), /certificate/)
  const byAddress = url.replace('localhost', '127.0.0.1')
  assert.equal(await write(`?sslmode=verify-ca&sslrootcert=${ca}`, byAddress), 'TLS')
  assert.match(await write(`?sslmode=verify-full&sslrootcert=${ca}`, byAddress), /does not match|ALTNAME/)
  const none = join(folder, 'none.pem')
  assert.equal(await write(`?sslmode=require&sslrootcert=${none}`), `sslrootcert: ${none} cannot be read (ENOENT)`)
})

test('a server that says nothing costs the time of one attempt', async (t) => {
  const { sink, ids } = await startSink(t)
  await sink.write('7', [sinkEvent(1)], 5000)
  await server.signalAll('SIGSTOP')
  const startedAt = performance.now()
  const answers = await Promise.all([sink.write('7', [sinkEvent(2)], 1000), sink.write('8', [sinkEvent(3)], 1000)])
  const took = performance.now() - startedAt
  await server.signalAll('SIGCONT')
  assert.deepEqual(
    answers.map(({ text }) => text),
    ['no answer within 1000 ms', 'no answer within 1000 ms'],
  )
  assert.ok(took < 5000, String(took))
  assert.equal((await sink.write('7', [sinkEvent(2)], 5000)).status, 200)
  assert.equal((await sink.write('8', [sinkEvent(3)], 5000)).status, 200)
  assert.deepEqual(await ids(), idsOf(1, 2, 3))
})
