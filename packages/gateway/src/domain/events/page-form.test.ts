import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOnPage } from '../channels/page-kinds.ts'
import { pageBody } from './page-form.ts'

const HEAD = { channel_id: 30058, business_phone: '6281519236680' }

test('a status has the keys of the page alone', () => {
  const page = { event: 'message_status_update', ...HEAD, message_id: 'wamid.A', message_status: 'failed' }
  const error = { code: 131047, title: 'Re-engagement message' }
  const body = { ...page, error: { ...error, details: 'd' }, received_at: 1, recipient: '8', errors: [], pricing: {} }
  assert.equal(pageBody(JSON.stringify(body)), JSON.stringify({ ...page, error, received_at: 1 }))
  const without = { ...page, message_status: 'read', error: null, received_at: 1 }
  assert.equal(pageBody(JSON.stringify({ ...without, reference: 'msg_1' })), JSON.stringify(without))
})

test('an update of a template has the keys of the page alone', () => {
  const template = { template_id: '1', template_name: 'n', new_value: 'APPROVED', reason: 'NONE', received_at: 1 }
  const page = { event: 'template_status_update', ...HEAD, ...template }
  assert.equal(pageBody(JSON.stringify({ ...page, language: 'en', value: { a: 1 } })), JSON.stringify(page))
})

test('a message and a test event stay as they are', () => {
  for (const body of [
    `{"event":"new_message","channel_id":1,"message":{"id":12345678901234567891}}`,
    JSON.stringify({ event: 'test', ...HEAD, received_at: 1 }),
  ])
    assert.equal(pageBody(body), body)
})

const KINDS: [Parameters<typeof isOnPage>[0], boolean][] = [
  [{ event: 'new_message', type: 'text' }, true],
  [{ event: 'new_message', type: 'text', standby: true }, false],
  [{ event: 'message_status_update', status: 'read' }, true],
  [{ event: 'message_status_update', status: 'played' }, false],
  [{ event: 'template_quality_update' }, true],
  [{ event: 'message_echo' }, false],
  [{ event: 'message_scheduled_update', ours: true }, false],
  [{ event: 'history' }, false],
]

for (const [what, wanted] of KINDS)
  test(`on the page: ${JSON.stringify(what)} ${wanted}`, () => assert.equal(isOnPage(what), wanted))
