import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Database } from './database.ts'
import { openSqlite } from './engine.ts'
import { lockFolder } from './folder-lock.ts'
import { filledSlackOf, slackOf } from './slack.ts'

const WORD = 'Wildschweinbraten'

/** A database whose pages and WAL contain deleted rows, as a version without secure_delete leaves them. */
function soiled(t: TestContext): { db: Database; found: () => number } {
  const folder = mkdtempSync(join(tmpdir(), 'postern-overwrite-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'x.db')
  const db = new Database(path)
  db.raw.exec(`
    pragma secure_delete = off;
    create table notes (id integer primary key, own integer, words text);
    create table names (name text primary key, own integer) without rowid;
  `)
  db.raw.exec('begin')
  for (let i = 0; i < 4_000; i++) {
    const own = i % 3 === 0 ? 1 : 0
    // Some rows are longer than a page.
    const words = own ? `${WORD} `.repeat(i % 300 === 0 ? 1_000 : (i % 17) + 1) : 'o'.repeat(i % 400)
    db.run('insert into notes (own, words) values ($1, $2)', [own, words])
    db.run('insert into names (name, own) values ($1, $2)', [`${(i * 7919) % 4_001}${own ? WORD : 'other'}`, own])
  }
  db.raw.exec('commit')
  db.raw.exec('delete from notes where own = 1; delete from names where own = 1; pragma secure_delete = on')
  const found = (): number =>
    [path, `${path}-wal`]
      .filter((one) => existsSync(one))
      .map((one) => readFileSync(one).toString('latin1').split(WORD).length - 1)
      .reduce((sum, count) => sum + count, 0)
  return { db, found }
}

test('deleted data is overwritten, and no page in memory restores it', async (t) => {
  const { db, found } = soiled(t)
  const rows = db.all('select * from notes order by id')
  assert.ok(found() > 1_000, 'there is something to overwrite')
  assert.equal(await db.overwrite(), true)
  assert.equal(found(), 0)
  assert.deepEqual(db.all('select * from notes order by id'), rows, 'what stays is as it was')
  // Every page is written once more, from memory.
  db.run('update notes set own = 2')
  db.run('update names set own = 2')
  db.raw.exec('pragma wal_checkpoint(passive)')
  assert.equal(found(), 0)
  assert.deepEqual(
    db.all('pragma integrity_check').map((row) => ({ ...(row as object) })),
    [{ integrity_check: 'ok' }],
  )
  db.close()
})

test('the lock on the folder survives it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-overwrite-'))
  const store = await openSqlite({ dataDir })
  try {
    assert.equal(await store.overwriteDeleted!(), true)
    assert.throws(() => lockFolder(dataDir), /another Postern runs on this folder/)
  } finally {
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('it ends when the store closes', async (t) => {
  const { db } = soiled(t)
  const ending = db.overwrite()
  db.endOverwriting()
  assert.equal(await ending, false)
  db.close()
})

test('a malformed page is not changed', () => {
  const page = Buffer.alloc(4096, 0xff)
  page[0] = 13
  assert.deepEqual(slackOf(page, 2), [])
  // A free block that points back would cause an endless loop.
  const round = Buffer.alloc(4096, 1)
  round.writeUInt8(13, 0)
  round.writeUInt16BE(3000, 1)
  round.writeUInt16BE(0, 3)
  round.writeUInt16BE(2000, 5)
  round.writeUInt16BE(3000, 3000)
  round.writeUInt16BE(10, 3002)
  assert.deepEqual(slackOf(round, 2), [])
  // An overflow page begins with the number of the next.
  assert.deepEqual(slackOf(Buffer.from([0, 0, 0, 13, ...Buffer.alloc(4092, 7)]), 2), [])
  const empty = Buffer.alloc(4096)
  empty[0] = 10
  empty.writeUInt16BE(4096, 5)
  assert.deepEqual(slackOf(empty, 2), [[8, 4096]])
  assert.deepEqual(filledSlackOf(empty, 2), [])
})
