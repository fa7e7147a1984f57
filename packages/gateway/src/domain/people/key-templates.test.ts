import assert from 'node:assert/strict'
import { test } from 'node:test'
import { templateProblem } from './key-templates.ts'

const SEND = 'POST /external/messages/whatsapp'
const BROADCAST = 'POST /external/broadcasts'
const allowed = (route: string, body: unknown): boolean => templateProblem(['welcome'], route, body) === undefined

test('a key with templates sends messages of these templates, and nothing else', () => {
  const template = { name: 'welcome' }
  assert.ok(allowed(SEND, { to: '1', type: 'template', template }))
  assert.ok(allowed(BROADCAST, { name: 'a', template, recipients: ['1'] }))
  assert.ok(allowed(BROADCAST, { name: 'a', message: { type: 'template', template }, recipients: ['1'] }))
  const refused: [string, unknown][] = [
    [SEND, { to: '1', type: 'template', template: { name: 'other' } }],
    [SEND, { to: '1', type: 'text', text: 'hello' }],
    [SEND, { to: '1', type: 'text', text: 'hello', fallback: { template } }],
    [BROADCAST, { name: 'a', message: { type: 'text', text: 'hello' }, fallback: { template }, recipients: ['1'] }],
    [BROADCAST, { name: 'a', template, recipients: [{ to: '1', template: { name: 'other' } }] }],
    [BROADCAST, { name: 'a', template, file_id: 'f' }],
    ['POST /external/contacts/{to}/preferences', { template }],
  ]
  for (const [route, body] of refused) assert.ok(!allowed(route, body), JSON.stringify(body))
})
