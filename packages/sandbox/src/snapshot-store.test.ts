import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox, type SandboxOptions } from './index.ts'
import { graph, startCallback, type Callback } from './testing.ts'

const SEND = '/v25.0/302702419599374/messages'
let dataDir: string
const running: (Sandbox | Callback)[] = []
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'))
})
afterEach(async () => {
  for (const thing of running.splice(0)) await thing.close()
  rmSync(dataDir, { recursive: true })
})
async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ dataDir, statusDelayMs: 0, ...options })
  running.push(sandbox)
  return sandbox
}
async function stop(sandbox: Sandbox): Promise<void> {
  running.splice(running.indexOf(sandbox), 1)
  await sandbox.close()
}

test('a restart restores the whole state, and ids continue', async () => {
  const first = await start()
  const phone = first.phone('16505551234')
  phone.is({ name: 'Pablo M.' })
  const said = await phone.says({ type: 'image', image: { bytes: Buffer.from('picture'), caption: 'look' } })
  const { number, token } = first.addNumber({ verifiedName: 'Second' })
  const sent = await graph(first.url, 'POST', SEND, {
    messaging_product: 'whatsapp',
    to: '16505551234',
    type: 'text',
    text: { body: 'one' },
  })
  await phone.sees('one')
  await first.settled()
  await stop(first)

  const second = await start()
  const again = second.phone('16505551234')
  assert.equal(again.contact.name, 'Pablo M.')
  assert.deepEqual(
    again.messages().map((m) => m.id),
    [said.id, sent.body.messages[0].id],
  )
  assert.equal((await graph(second.url, 'GET', `/v25.0/${number.id}`, undefined, token)).body.verified_name, 'Second')
  const media = await graph(second.url, 'GET', `/v25.0/${(said.content as { id: string }).id}`)
  const bytes = await fetch(media.body.url, { headers: { authorization: 'Bearer sandbox-token' } })
  assert.equal(await bytes.text(), 'picture')
  assert.notEqual((await again.says('hi')).id, said.id)
})

test('a restart continues pending statuses and unanswered webhooks', async () => {
  const first = await start({ statusDelayMs: 60_000 })
  const callback = await startCallback(first.verifyToken)
  running.push(callback)
  await first.subscribe(callback.url)
  callback.answers.push(500, 500, 500)
  await first.phone('16505551234').says('unheard')
  const { body } = await graph(first.url, 'POST', SEND, {
    messaging_product: 'whatsapp',
    to: '16505551234',
    type: 'text',
    text: { body: 'two' },
  })
  await stop(first)

  callback.answers.length = 0
  await start()
  await callback.until(() => callback.statuses(body.messages[0].id).length === 2, 'both statuses')
  await callback.until(
    () => callback.changes().some((c) => c.value.messages !== undefined),
    'the message of the person',
  )
})

test('an exported state can be imported into another sandbox', async () => {
  const first = await start()
  await first.phone('4915112345678').says('hallo')
  const state = JSON.parse(JSON.stringify(first.export())) as ReturnType<Sandbox['export']>
  const second = await startSandbox({ demo: false })
  running.push(second)
  second.import(state)
  assert.equal(second.phone('4915112345678').messages().length, 1)
  first.reset()
  assert.equal(first.phone('4915112345678').messages().length, 0)
})
