import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startProcess } from '../support/process.ts'

/** More lines than a pipe and its reader hold, so that a process that waited for the reader would block. */
const LINES = 4_000

test('a send is answered while nothing reads the log, and after SIGTERM the last lines are there', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'log-'))
  const gateway = await startProcess({ DATA_DIR: dataDir, PORT: '0', SANDBOX_PORT: '0' })
  try {
    const { stdout } = gateway.child
    stdout!.pause()
    stdout!.removeAllListeners('data')
    const unsigned = async (): Promise<void> => {
      const answer = await fetch(`${gateway.url}/webhooks/meta`, { method: 'POST', body: '{}' })
      assert.equal(answer.status, 401, await answer.text())
    }
    for (let n = 0; n < LINES; n += 50) await Promise.all(Array.from({ length: 50 }, unsigned))
    const answer = await fetch(`${gateway.url}/external/messages/whatsapp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'certification-code': DEMO.certificationCode },
      body: JSON.stringify({ to: DEMO.phones[0], type: 'template', template: { name: 'test_button_reply_1' } }),
    })
    assert.equal(answer.status, 200, await answer.text())

    let text = ''
    const all = (async () => {
      for await (const chunk of stdout!.setEncoding('utf8')) text += String(chunk)
    })()
    assert.equal(await gateway.terminate(), 0)
    await all
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string })
    const said = lines.map(({ msg }) => msg)
    assert.equal(said.filter((msg) => msg === 'webhook.bad_signature').length, LINES)
    assert.ok(said.includes('message.sent'))
    assert.equal(said.at(-1), 'gateway.stopped')
  } finally {
    await gateway.kill()
    rmSync(dataDir, { recursive: true })
  }
})
