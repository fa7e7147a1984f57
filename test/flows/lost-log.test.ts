import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startProcess } from '../support/process.ts'
import { ADMIN_TOKEN, caller } from '../support/world.ts'
import { childEnv } from '../support/child-env.ts'

const MAIN = fileURLToPath(new URL('../../packages/gateway/src/main.ts', import.meta.url))

test('a store whose WAL was lost before it was copied is refused and not created anew', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-lost-log-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  const env = { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir, ADMIN_TOKEN }
  const first = await startProcess(env)
  await first.kill()
  const log = join(dataDir, 'postern.db-wal')
  renameSync(log, join(dataDir, 'kept'))

  const refused = spawnSync(process.execPath, [MAIN, 'serve'], {
    env: childEnv(env),
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.equal(refused.status, 1, refused.stdout)
  assert.match(refused.stderr, /postern\.db is empty.*postern\.db-wal/)
  assert.doesNotMatch(refused.stderr, /\n\s+at /, 'in one line')

  renameSync(join(dataDir, 'kept'), log)
  const again = await startProcess(env)
  const call = caller(() => again.url)
  const channels = await call('GET', '/admin/channels', undefined, { authorization: `Bearer ${ADMIN_TOKEN}` })
  assert.equal((channels.data as unknown[]).length, 1, 'the log was put back, and everything is there')
  assert.equal(await again.terminate(), 0)
})
