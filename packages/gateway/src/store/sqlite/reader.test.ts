import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { StoreUnavailable } from '../../platform/errors.ts'
import { asStoreError, Database } from './database.ts'
import { openSqlite } from './engine.ts'
import { createReader } from './reader.ts'

/** A query that runs for about half a second and returns one row. */
const LONG = `with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000000) select count(*) as n from n`

async function inFolder(check: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-reader-'))
  try {
    await check(dataDir)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

test('a long read does not block the event loop, nor other reads and writes', () =>
  inFolder(async (dataDir) => {
    const store = await openSqlite({ dataDir, readBesideFrom: 0 })
    // Both threads run.
    await Promise.all([store.sql.get('select 1'), store.sql.get('select 1')])
    const ended: string[] = []
    const long = store.sql.get<{ n: number }>(LONG).then((row) => {
      ended.push('long')
      return row
    })
    await store.sql.run(`insert into meta (name, value) values ('a', 'b')`)
    ended.push('write')
    assert.deepEqual(await store.sql.get(`select value from meta where name = 'a'`), { value: 'b' })
    ended.push('short')
    assert.equal((await long)?.n, 3_000_000)
    assert.deepEqual(ended, ['write', 'short', 'long'])
    await store.close()
  }))

test('a read always sees earlier writes of its caller, and pending reads are answered before the store closes', () =>
  inFolder(async (dataDir) => {
    const store = await openSqlite({ dataDir, readBesideFrom: 0 })
    for (let i = 0; i < 300; i++) {
      const value = String(i)
      await store.sql.run(
        `insert into meta (name, value) values ('mine', $1) on conflict (name) do update set value = excluded.value`,
        [value],
      )
      assert.deepEqual(await store.sql.get(`select value from meta where name = $1`, ['mine']), { value })
    }
    const last = store.sql.all('select name from meta order by name')
    await store.close()
    assert.ok((await last).length >= 2)
    await assert.rejects(store.sql.get('select 1'), StoreUnavailable)
    const again = await openSqlite({ dataDir, readBesideFrom: 0 })
    assert.deepEqual(await again.sql.get(`select value from meta where name = 'mine'`), { value: '299' })
    await again.close()
  }))

test('errors keep their class between threads, and bytes stay bytes', () =>
  inFolder(async (dataDir) => {
    const store = await openSqlite({ dataDir, readBesideFrom: 0 })
    await assert.rejects(store.sql.all('select x from nowhere'), (error: Error & { errcode?: number }) => {
      assert.equal(error.errcode, 1)
      assert.match(error.message, /no such table: nowhere/)
      return !(error instanceof StoreUnavailable)
    })
    await assert.rejects(store.sql.get('select $1 as x, $2 as y', [1, [1] as never]), TypeError)
    await assert.rejects(store.sql.get(`insert into meta (name, value) values ('x', 'y')`), /readonly|read-only/)
    assert.deepEqual(
      [...(await store.sql.get<{ b: Uint8Array }>('select $1 as b', [new Uint8Array([0, 255])]))!.b],
      [0, 255],
    )
    const trouble = Object.assign(new Error('disk I/O error'), { errcode: 10 })
    assert.ok(asStoreError(trouble) instanceof StoreUnavailable)
    await store.close()
  }))

test('a thread that dies is replaced, and its reads are repeated once', () =>
  inFolder(async (dataDir) => {
    const path = join(dataDir, 'x.db')
    const db = new Database(path)
    db.raw.exec('create table t (n integer); insert into t values (7)')
    const started: { terminate(): Promise<number> }[] = []
    const reader = createReader(path, { onStart: (thread) => started.push(thread) })
    const long = reader.get(LONG)
    const behind = [reader.get('select n from t'), reader.get('select n from t')]
    await Promise.all(behind)
    await started[1]!.terminate()
    void started[0]!.terminate()
    assert.deepEqual(await long, { n: 3_000_000 })
    assert.deepEqual(await reader.get('select n from t'), { n: 7 })
    assert.equal(started.length, 3)
    await reader.close()
    db.close()
  }))

const OPENER = fileURLToPath(new URL('../../../../../test/support/open-sqlite.ts', import.meta.url))

/** A second process that opens the folder, and its output. */
async function openElsewhere(dataDir: string): Promise<{ child: ChildProcess; told: string }> {
  const child = fork(OPENER, [dataDir], { silent: true })
  const told = await Promise.race([
    once(child, 'message').then(([message]) => String(message)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code} and said nothing`))),
  ])
  return { child, told }
}

test('a second process on the folder is refused with a message, and the first one continues', () =>
  inFolder(async (dataDir) => {
    const store = await openSqlite({ dataDir })
    const { told } = await openElsewhere(dataDir)
    assert.match(told, /StoreUnavailable: another Postern runs on this folder and holds .*postern\.lock/)
    await store.ping()
    await store.close()
    const { child: third, told: opened } = await openElsewhere(dataDir)
    assert.equal(opened, 'open')
    // The kernel releases the lock with its process.
    third.kill('SIGKILL')
    await once(third, 'exit')
    const again = await openSqlite({ dataDir })
    await again.close()
  }))

test('reads use at most the allowed number of threads', () =>
  inFolder(async (dataDir) => {
    const path = join(dataDir, 'some.db')
    new Database(path).close()
    for (const threads of [1, 3]) {
      let started = 0
      const reader = createReader(path, { threads, onStart: () => started++ })
      await Promise.all(Array.from({ length: 6 }, () => reader.get('select 1')))
      assert.equal(started, threads)
      await reader.close()
    }
  }))
