import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Callback, Received, SentWebhook } from '../../packages/phones/src/control.ts'
import { messagesIn, stepsOf, titleOf } from '../../packages/phones/src/wire-steps.ts'

const webhook = (at: number, value: object): SentWebhook => ({
  at,
  url: 'http://127.0.0.1/webhooks/meta',
  body: JSON.stringify({ object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] }),
  status: 200,
  attempt: 1,
  tookMs: 1,
})
const callback = (id: string, body: object): Callback => ({ id, event: 'any', state: 'delivered', body, attempts: [] })
const call = (at: number): Received => ({ at, method: 'POST', path: '/messages', body: {}, status: 200, answer: {} })

const sent = webhook(2, { statuses: [{ id: 'a', status: 'sent' }] })
const both = webhook(4, { statuses: [{ id: 'a', status: 'read' }], messages: [{ id: 'b', type: 'text' }] })
const ofSent = callback('1', { event: 'message_status_update', message_id: 'a', message_status: 'sent' })
const ofRead = callback('2', { event: 'message_status_update', message_id: 'a', message_status: 'read' })
const ofText = callback('3', { event: 'new_message', message: { messages: [{ id: 'b' }] } })
const lone = callback('4', { event: 'message_status_update', message_id: 'z', message_status: 'sent' })

test('calls and webhooks are in order of time, and each callback follows its webhook', () => {
  const steps = stepsOf([call(3), call(1)], [both, sent], [lone, ofText, ofRead, ofSent])
  const names = steps.map((step) =>
    step.kind === 'callback' ? `callback ${step.callback.id}` : `${step.kind} ${step.at}`,
  )
  assert.deepEqual(names, [
    'call 1',
    'webhook 2',
    'callback 1',
    'call 3',
    'webhook 4',
    'callback 3',
    'callback 2',
    'callback 4',
  ])
})

test('the title of a webhook names its content, and its messages are found', () => {
  assert.equal(titleOf(both), 'messages · read · text')
  assert.deepEqual(messagesIn([sent, both]), ['b'])
})

test('a callback without a webhook of Meta’s is shown too', () => {
  for (const body of ['', 'no JSON', 'null', '{"entry":[null,7,{"changes":{}}]}']) {
    const odd = { ...sent, body }
    assert.deepEqual(
      stepsOf([], [odd], [ofSent]).map((step) => step.kind),
      ['webhook', 'callback'],
    )
    assert.deepEqual(messagesIn([odd]), [])
    assert.equal(titleOf(odd), '')
  }
})
