import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { type Checkpointer, createCheckpointer } from './checkpointer.ts'
import { Database } from './database.ts'

const PAGE = 4_096

async function inFolder(
  check: (world: {
    db: Database
    path: string
    grow: (pages: number) => void
    logBytes: () => number
  }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-log-'))
  const path = join(folder, 'postern.db')
  const db = new Database(path)
  db.raw.exec('create table filler (n integer primary key, body blob)')
  let n = 0
  try {
    await check({
      db,
      path,
      // Writes the same rows again and again, so that the database stays small and only the WAL grows.
      grow: (pages) =>
        void db.run(
          'insert into filler values ($1, randomblob($2)) on conflict (n) do update set body = excluded.body',
          [n++ % 20, pages * PAGE],
        ),
      logBytes: () => statSync(`${path}-wal`).size,
    })
  } finally {
    db.close()
    rmSync(folder, { recursive: true })
  }
}

/** Threads need a moment to start; this waits for one pass. */
async function started(checkpointer: Checkpointer, grow: (pages: number) => void): Promise<void> {
  grow(1_000)
  checkpointer.look()
  await checkpointer.pause()
  checkpointer.resume()
}

test('under steady writes the WAL is copied concurrently and starts anew, and the writer never copies it', async () => {
  await inFolder(async ({ db, path, grow, logBytes }) => {
    const checkpointer = createCheckpointer(db, path)
    await started(checkpointer, grow)
    let most = 0
    // Twice the length at which SQLite would copy the WAL itself.
    for (let commits = 0; commits < 640; commits++) {
      const turn = checkpointer.turn()
      if (turn) await turn
      grow(50)
      checkpointer.look()
      most = Math.max(most, logBytes() / PAGE)
      // As a writer does while the disk syncs a commit.
      await new Promise((resolve) => setImmediate(resolve))
    }
    await checkpointer.close()
    assert.ok(most < 15_000, `the log grew to ${most} pages`)
  })
})

test('a reader does not cause a pass for each commit; after it, the writer pauses once and the WAL starts anew', async () => {
  await inFolder(async ({ db, path, grow }) => {
    let passes = 0
    const checkpointer = createCheckpointer(db, path, (thread) => thread.on('message', () => passes++))
    await started(checkpointer, grow)
    grow(1)
    const reader = new DatabaseSync(path, { readOnly: true })
    reader.exec('begin')
    reader.prepare('select count(*) from filler').get()
    passes = 0
    const commit = async (): Promise<boolean> => {
      const turn = checkpointer.turn()
      if (turn) await turn
      grow(50)
      checkpointer.look()
      await checkpointer.pause()
      checkpointer.resume()
      return turn !== undefined
    }
    for (let commits = 0; commits < 60; commits++) await commit()
    assert.ok(passes >= 2 && passes <= 4, `${passes} passes for 3,000 pages`)
    while (db.logLength().pages < 4_500) await commit()
    reader.exec('commit')
    reader.close()
    let pauses = 0
    while (db.logLength().pages > 3_000) if (await commit()) pauses++
    assert.ok(pauses <= 2, `${pauses} pauses`)
    await checkpointer.close()
  })
})

test('a thread that dies is replaced, and no caller waits for it for ever', async () => {
  await inFolder(async ({ db, path, grow }) => {
    const threads: Worker[] = []
    const checkpointer = createCheckpointer(db, path, (thread) => threads.push(thread))
    grow(1_100)
    checkpointer.look()
    const gone = new Promise((resolve) => threads[0]!.once('exit', resolve))
    await threads[0]!.terminate()
    await gone
    await checkpointer.pause()
    checkpointer.resume()
    grow(1_100)
    checkpointer.look()
    assert.equal(threads.length, 2)
    await checkpointer.pause()
    assert.equal(db.logLength().copied, db.logLength().pages)
    checkpointer.resume()
    await checkpointer.close()
  })
})

test('a failure to read the length of the WAL does not fail a commit, before a pass and after one', async () => {
  await inFolder(async ({ db, path, grow }) => {
    let failing = true
    const log = {
      logLength: () => {
        if (failing) throw Object.assign(new Error('disk I/O error'), { errcode: 10 })
        return db.logLength()
      },
    }
    const checkpointer = createCheckpointer(log, path)
    grow(1_100)
    assert.doesNotThrow(() => checkpointer.look())
    failing = false
    checkpointer.look()
    failing = true
    // The check after the pass fails too. It is not awaited, so an unhandled rejection would end the process.
    await checkpointer.pause()
    await new Promise((resolve) => setImmediate(resolve))
    checkpointer.resume()
    failing = false
    assert.equal(db.logLength().copied, db.logLength().pages)
    await checkpointer.close()
  })
})
