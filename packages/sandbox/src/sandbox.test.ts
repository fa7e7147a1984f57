import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from './index.ts'
import { graph, startCallback, type Callback } from './testing.ts'

const SEND = '/v25.0/302702419599374/messages'
const text = (to: string, body: string): object => ({ messaging_product: 'whatsapp', to, type: 'text', text: { body } })

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

test('a send is accepted, arrives and is read, and webhooks report every step in order', async () => {
  const phone = sandbox.phone('85268411234')
  const { status, body } = await graph(sandbox.url, 'POST', SEND, text('+852 6841 1234', 'hello'))
  assert.equal(status, 200)
  const id: string = body.messages[0].id
  assert.deepEqual(body, {
    messaging_product: 'whatsapp',
    contacts: [{ input: '+852 6841 1234', wa_id: '85268411234' }],
    messages: [{ id }],
  })
  assert.match(
    Buffer.from(id.slice(6), 'base64').toString('latin1'),
    /^\x1c\x18\x0b85268411234\x15\x02\x00\x11\x18\x12[0-9A-F]{18}\0$/,
  )
  await phone.sees('hello')
  phone.reads()
  await callback.until(() => callback.statuses(id).length === 3, 'three statuses')
  assert.deepEqual(
    callback.statuses(id).map((s) => s.status),
    ['sent', 'delivered', 'read'],
  )
})

test('webhooks are signed over their exact bytes', async () => {
  await sandbox.phone('85268411234').says('Is it 20 €/m²? 👍')
  const { raw, headers } = callback.got[0]!
  assert.match(raw.toString(), /20 \\u20ac\\\/m\\u00b2\? \\ud83d\\udc4d/)
  assert.equal(
    headers['x-hub-signature-256'],
    'sha256=' + createHmac('sha256', sandbox.appSecret).update(raw).digest('hex'),
  )
})

test('a free-form message to a person who never wrote is accepted and fails with 131047', async () => {
  const { status, body } = await graph(sandbox.url, 'POST', SEND, text('4915112345678', 'hello'))
  assert.equal(status, 200)
  await callback.until(() => callback.statuses(body.messages[0].id).length === 1, 'the failure')
  const [failed] = callback.statuses(body.messages[0].id)
  assert.equal(failed!.status, 'failed')
  assert.equal(failed!.errors![0]!.code, 131047)
})

test('a tap on a reply button arrives with the id of its message', async () => {
  const phone = sandbox.phone('16505551234')
  const { body } = await graph(sandbox.url, 'POST', SEND, {
    messaging_product: 'whatsapp',
    to: '16505551234',
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: 'Tomorrow at nine?' },
      action: { buttons: [{ type: 'reply', reply: { id: 'change-button', title: 'Change' } }] },
    },
  })
  await phone.taps('Change')
  const [message] = callback.changes().flatMap((c) => c.value.messages ?? [])
  assert.deepEqual(message!.context, { from: '6281519236680', id: body.messages[0].id })
  assert.deepEqual(message!['interactive'], {
    type: 'button_reply',
    button_reply: { id: 'change-button', title: 'Change' },
  })
})

test('a webhook is retried after a failed answer, and none is lost', async () => {
  callback.answers.push(500)
  await sandbox.phone('16505551234').says('hi')
  await callback.until(() => callback.got.length === 1, 'the second attempt')
  await sandbox.settled()
  assert.deepEqual(
    sandbox.webhooks().map((w) => w.status),
    [500, 200],
  )
})

test('the demo templates and the demo number exist', async () => {
  const list = await graph(sandbox.url, 'GET', '/v25.0/102290129340398/message_templates?limit=2')
  assert.equal(list.body.data.length, 2)
  assert.ok(list.body.paging.next)
  const number = await graph(sandbox.url, 'GET', '/v25.0/302702419599374?fields=display_phone_number,throughput')
  assert.deepEqual(number.body, {
    display_phone_number: '+62 815-1923-6680',
    throughput: { level: 'STANDARD' },
    id: '302702419599374',
  })
})

test('an unknown token is refused with 190, an unknown object with 100/33', async () => {
  const wrong = await graph(sandbox.url, 'POST', SEND, text('1', 'x'), 'nonsense')
  assert.equal(wrong.status, 401)
  assert.equal(wrong.body.error.code, 190)
  const missing = await graph(sandbox.url, 'POST', '/v25.0/999/messages', text('1', 'x'))
  assert.equal(missing.status, 400)
  assert.equal(missing.body.error.error_subcode, 33)
})
