import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '../support/postgres.ts'
import { freePort, startProcess } from '../support/process.ts'
import { ADMIN_TOKEN } from '../support/world.ts'
import { until } from './cluster.ts'
import { childEnv } from '../support/child-env.ts'

const MAIN = fileURLToPath(new URL('../../packages/gateway/src/main.ts', import.meta.url))
const newKey = (): string => randomBytes(32).toString('base64')

test(
  'a gateway that starts before its PostgreSQL waits, reports it, and opens with it',
  { timeout: 120_000 },
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'postern-start-'))
    const server = await startPostgres()
    try {
      const databaseUrl = await server.createDatabase()
      await server.stop()
      const port = await freePort()
      const origin = `http://127.0.0.1:${port}`
      const env = {
        PORT: String(port),
        SANDBOX_PORT: '0',
        DATA_DIR: dataDir,
        DATABASE_URL: databaseUrl,
        MASTER_KEY: newKey(),
        ADMIN_TOKEN,
      }
      const starting = startProcess(env)
      await until(async () => (await fetch(`${origin}/healthz`)).status === 200, 'the startup server answers')
      const ready = await fetch(`${origin}/readyz`)
      assert.equal(ready.status, 503)
      const told = (await ready.json()) as { status: string; reason: string }
      assert.equal(told.status, 'not_ready')
      assert.match(told.reason, /127\.0\.0\.1:\d+: PostgreSQL: .*ECONNREFUSED/)
      const webhook = await fetch(`${origin}/webhooks/meta`, { method: 'POST', body: '{}' })
      assert.equal(webhook.status, 503, 'Meta comes again')
      const send = await fetch(`${origin}/external/messages/whatsapp`, { method: 'POST', body: 'x'.repeat(200_000) })
      assert.equal(send.status, 503)
      assert.ok(Number(send.headers.get('retry-after')) > 0, 'a time to come back')
      const envelope = (await send.json()) as { error: { reason: string; request_id?: string } }
      assert.equal(envelope.error.reason, 'store_unavailable')

      await server.start()
      const gateway = await starting
      try {
        assert.equal((await fetch(`${origin}/readyz`)).status, 200)
        assert.match(gateway.stderr(), /The store cannot be opened: .*ECONNREFUSED.* Check DATABASE_URL/)
        assert.equal(/ECONNREFUSED/g.exec(gateway.stderr())?.length, 1, 'one word for people for one reason')
      } finally {
        await gateway.terminate()
      }

      // During the wait, a signal ends it at once and in order.
      await server.stop()
      const again = spawn(process.execPath, [MAIN, 'serve'], {
        env: childEnv(env),
        stdio: 'ignore',
      })
      const ended = once(again, 'exit')
      await until(async () => (await fetch(`${origin}/readyz`)).status === 503, 'it waits again')
      again.kill('SIGTERM')
      assert.deepEqual(await ended, [0, null])
    } finally {
      await server.remove()
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
)

test('a MASTER_KEY other than the store’s stops the start with one line', { timeout: 60_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-start-'))
  const made = newKey()
  const env = (key: string) => ({ PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir, MASTER_KEY: key })
  try {
    await (await startProcess(env(made))).terminate()
    await assert.rejects(startProcess(env(newKey())), (error: Error) => {
      assert.match(error.message, /the gateway ended with 1/)
      assert.match(error.message, /MASTER_KEY is not the one it was sealed with\. Set MASTER_KEY/)
      assert.doesNotMatch(error.message, /\n {4}at /, 'no stack')
      assert.ok(!error.message.includes(made))
      return true
    })
    await (await startProcess(env(made))).terminate()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})
