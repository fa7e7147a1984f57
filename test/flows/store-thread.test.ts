import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startProcess } from '../support/process.ts'
import { ADMIN_TOKEN, caller } from '../support/world.ts'

const PRELOAD = fileURLToPath(new URL('../support/end-thread.mjs', import.meta.url))

test('a store whose thread ends, ends the process with a message, and acknowledged data is stored', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-store-thread-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  const env = { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir, ADMIN_TOKEN }
  const gateway = await startProcess({ ...env, NODE_OPTIONS: `--import ${PRELOAD}`, END_THREAD: 'store' })
  const call = caller(() => gateway.url)
  const sent = await call(
    'POST',
    '/external/messages/whatsapp',
    { to: DEMO.phones[0], type: 'template', template: { name: 'test_button_reply_1' } },
    { 'certification-code': DEMO.certificationCode },
  )
  assert.equal(sent.http, 200, sent.message)
  const gone = new Promise<number | null>((resolve) => gateway.child.once('exit', resolve))
  gateway.child.kill('SIGUSR2')
  assert.equal(await gone, 1)
  assert.match(gateway.stderr(), /the thread that has the store ended. No acknowledged message is lost/)

  const again = await startProcess(env)
  const { msg_id: id } = sent.data as { msg_id: string }
  const found = await caller(() => again.url)('GET', `/admin/messages/${encodeURIComponent(id)}`, undefined, {
    authorization: `Bearer ${ADMIN_TOKEN}`,
  })
  assert.equal(found.http, 200, found.message)
  assert.equal(await again.terminate(), 0)
})
