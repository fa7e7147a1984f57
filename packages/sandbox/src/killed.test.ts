import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startSandbox } from './index.ts'
import { graph, startCallback } from './testing.ts'

test('after a kill right after its answers, the sandbox has every message and sends their statuses', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'))
  const code = `
    import { startSandbox } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    const sandbox = await startSandbox({ dataDir: ${JSON.stringify(dataDir)}, statusDelayMs: 60_000 })
    process.stdout.write(sandbox.url + '\\n')
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
  )
  const sends = Array.from({ length: 50 }, (_, i) =>
    graph(url, 'POST', '/v25.0/302702419599374/messages', {
      messaging_product: 'whatsapp',
      to: '16505551234',
      type: 'text',
      text: { body: `n${i}` },
    }),
  )
  const ids = (await Promise.all(sends)).map((s) => s.body.messages[0].id as string)
  child.kill('SIGKILL')
  await exited

  const sandbox = await startSandbox({ dataDir, statusDelayMs: 0 })
  const callback = await startCallback(sandbox.verifyToken)
  t.after(async () => {
    await sandbox.close()
    await callback.close()
    rmSync(dataDir, { recursive: true })
  })
  await sandbox.subscribe(callback.url)
  await sandbox.settled()
  const known = new Set(
    sandbox
      .phone('16505551234')
      .messages()
      .map((m) => m.id),
  )
  assert.deepEqual(
    ids.filter((id) => !known.has(id)),
    [],
  )
  assert.equal(known.size, 50)
})
