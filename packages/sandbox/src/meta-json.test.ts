import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metaJson, signatureHeaders } from './meta-json.ts'

const value = {
  object: 'whatsapp_business_account',
  entry: [{ id: '1', changes: [{ value: { text: 'café / ok' }, field: 'messages' }] }],
}

test('escaping and both signatures match the published test vector', () => {
  const body = Buffer.from(metaJson(value))
  assert.equal(body.length, 127)
  assert.deepEqual(signatureHeaders('0123456789abcdef0123456789abcdef', body), {
    'x-hub-signature': 'sha1=cdbe317916009fc646b1977e62a697de3f42a2e0',
    'x-hub-signature-256': 'sha256=d6b980233f25c7a4624a67d1cde4557b339dd2da93b0ab3fad635170382f6054',
  })
})

test('a character beyond the basic plane becomes two escapes, and parsing restores it', () => {
  const text = metaJson({ a: '👍 /✨' })
  assert.equal(text, '{"a":"\\ud83d\\udc4d \\/\\u2728"}')
  assert.deepEqual(JSON.parse(text), { a: '👍 /✨' })
})
