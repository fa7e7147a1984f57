import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from './index.ts'
import { graph, startCallback, type Callback, type Loose } from './testing.ts'

const SEND = '/v25.0/302702419599374/messages'
const TO = '85268411234'

let sandbox: Sandbox
let callback: Callback
beforeEach(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0 })
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
})
afterEach(async () => {
  await sandbox.close()
  await callback.close()
})

const send = (body = 'hello', to = TO): Promise<{ status: number; body: Loose }> =>
  graph(sandbox.url, 'POST', SEND, { messaging_product: 'whatsapp', to, type: 'text', text: { body } })

const IN_THE_ANSWER: [code: number, status: number][] = [
  [130429, 400],
  [131056, 400],
  [80007, 400],
  [4, 400],
  [131000, 500],
  [131016, 500],
  [131057, 500],
  [2, 503],
  [133004, 503],
  [190, 401],
  [368, 403],
]
for (const [code, status] of IN_THE_ANSWER) {
  test(`fault with code ${code}: two answers have HTTP ${status}, the third is normal`, async () => {
    sandbox.fault({ on: 'messages', code, times: 2 })
    for (let i = 0; i < 2; i++) {
      const got = await send()
      assert.equal(got.status, status)
      assert.equal(got.body.error.code, code)
    }
    assert.equal((await send()).status, 200)
    await sandbox.settled()
    assert.equal(new Set(callback.statuses().map((s) => s.id)).size, 1)
  })
}

for (const code of [131026, 131049, 131050, 131053, 130472, 131048, 131042]) {
  test(`fault with code ${code}: the send is accepted, and a webhook reports the failure`, async () => {
    sandbox.fault({ on: 'messages', code })
    const { status, body } = await send()
    assert.equal(status, 200)
    await callback.until(() => callback.statuses().length === 1, 'the failure')
    const [failed] = callback.statuses(body.messages[0].id)
    assert.equal(failed!.status, 'failed')
    assert.equal(failed!.errors![0]!.code, code)
    assert.equal(callback.changes()[0]!.value.contacts, undefined)
  })
}

test('a connection that is cut before acceptance has no effect; cut afterwards, the message still arrives', async () => {
  sandbox.fault({ on: 'messages', drop: 'before' })
  await assert.rejects(send('first'))
  sandbox.fault({ on: 'messages', drop: 'after' })
  await assert.rejects(send('second'))
  await send('third')
  await sandbox.phone(TO).sees('third')
  const texts = sandbox
    .phone(TO)
    .messages()
    .map((m) => (m.content as { body: string }).body)
  assert.deepEqual(texts, ['second', 'third'])
})

test('a broken proxy answers with an HTML page, and a slow proxy answers late', async () => {
  sandbox.fault({ on: 'messages', httpStatus: 502 })
  const response = await fetch(sandbox.url + SEND, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token' },
  })
  assert.equal(response.status, 502)
  assert.match(await response.text(), /<html>/)
  sandbox.fault({ on: 'messages', latencyMs: 60 })
  const began = performance.now()
  assert.equal((await send()).status, 200)
  assert.ok(performance.now() - began >= 55)
})

test('an expired token is refused with code 190 and subcode 463', async () => {
  sandbox.addToken({ token: 'short', expiresAt: sandbox.clock.now() + 1_000 })
  assert.equal((await graph(sandbox.url, 'GET', '/v25.0/302702419599374', undefined, 'short')).status, 200)
  sandbox.clock.advance(2_000)
  const { status, body, headers } = await graph(sandbox.url, 'GET', '/v25.0/302702419599374', undefined, 'short')
  assert.equal(status, 401)
  assert.equal(body.error.error_subcode, 463)
  assert.match(headers.get('www-authenticate') ?? '', /invalid_token/)
})

test('faults make webhooks arrive twice, swapped, late, batched, or not at all', async () => {
  const phone = sandbox.phone(TO)
  const bodies = (): string[] =>
    callback.changes().flatMap((c) => (c.value.messages ?? []).map((m) => (m['text'] as { body: string }).body))

  sandbox.fault({ on: 'webhooks', copies: 2 })
  await phone.says('twice')
  await callback.until(() => bodies().length === 2, 'two copies')
  assert.deepEqual(bodies(), ['twice', 'twice'])

  sandbox.fault({ on: 'webhooks', reorder: true })
  const late = phone.says('a')
  await phone.says('b')
  await late
  await callback.until(() => bodies().length === 4, 'both')
  assert.deepEqual(bodies().slice(2), ['b', 'a'])

  sandbox.fault({ on: 'webhooks', outage: true })
  await phone.says('lost')
  await phone.says('after the outage')
  assert.deepEqual(bodies().slice(4), ['after the outage'])

  const requests = callback.got.length
  sandbox.fault({ on: 'webhooks', batch: 50 })
  await Promise.all(Array.from({ length: 50 }, (_, i) => phone.says(`n${i}`)))
  assert.equal(callback.got.length, requests + 1)
  assert.equal(callback.got.at(-1)!.body.entry[0]!.changes[0]!.value.messages!.length, 50)
})

test('a webhook that is down is tried again; a fault of webhooks can be aimed at a phone', async () => {
  const phone = sandbox.phone(TO)
  sandbox.fault({ on: 'webhooks', outage: true, match: { to: '16505551234' } })
  sandbox.fault({ on: 'webhooks', down: true, match: { to: TO } })
  await phone.says('the first try fails')
  await callback.until(() => callback.changes().length === 1, 'the second try')
  await sandbox.settled()
  assert.deepEqual(
    sandbox.webhooks().map(({ status, attempt, error }) => status ?? `${attempt}: ${error}`),
    ['1: the webhook is down (a fault)', 200],
  )
  await sandbox.phone('16505551234').says('lost')
  await phone.says('control')
  assert.equal(callback.changes().length, 2)
})

test('a skipped status is not sent, and read then carries the price', async () => {
  sandbox.fault({ on: 'statuses', skip: ['delivered'] })
  const { body } = await send()
  await sandbox.phone(TO).sees('hello')
  sandbox.phone(TO).reads()
  await callback.until(() => callback.statuses().length === 2, 'two statuses')
  assert.deepEqual(
    callback.statuses(body.messages[0].id).map((s) => s.status),
    ['sent', 'read'],
  )
})

test('a fault for one recipient does not affect other recipients', async () => {
  sandbox.fault({ on: 'messages', code: 131026, match: { to: '16505551234' }, times: null })
  assert.equal((await send('a')).status, 200)
  const other = await send('b', '16505551234')
  await sandbox.settled()
  assert.deepEqual(
    callback.statuses(other.body.messages[0].id).map((s) => s.status),
    ['failed'],
  )
  assert.equal(callback.statuses().filter((s) => s.status === 'delivered').length, 1)
})

test('the pauses between retries grow, and the sandbox stops after 7 days', async () => {
  callback.answers.push(...Array.from({ length: 60 }, () => 503))
  await sandbox.phone(TO).says('hi')
  const attempts = (): number => sandbox.webhooks().length
  for (const [seconds, count] of [
    [1, 2],
    [6, 3],
    [16, 4],
    [61, 5],
  ] as const) {
    sandbox.clock.advance(seconds * 1_000)
    const deadline = performance.now() + 2_000
    while (attempts() < count && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 2))
    assert.equal(attempts(), count)
  }
})
