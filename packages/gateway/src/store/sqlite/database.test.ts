import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { StoreUnavailable } from '../../platform/errors.ts'
import { Database } from './database.ts'

test('after a failed sync, the next one is not trusted until the whole WAL was copied', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-sync-'))
  let fails = true
  const db = new Database(join(folder, 'x.db'), async () => {
    if (fails) throw new Error('EIO: i/o error, fdatasync')
  })
  try {
    db.raw.exec('create table t (n integer)')
    const write = (): number => db.run('insert into t values (1)')
    const exec = db.raw.exec.bind(db.raw)
    db.raw.exec = () => {
      throw new Error('disk I/O error')
    }
    write()
    // It is committed, and may be durable or not.
    await assert.rejects(db.sync(), (error) => error instanceof StoreUnavailable && error.outcomeUnknown)
    // The kernel reports an error once; later syncs succeed.
    fails = false
    write()
    await assert.rejects(db.sync(), StoreUnavailable)
    db.raw.exec = exec
    await db.sync()
    write()
    await db.sync()
  } finally {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
