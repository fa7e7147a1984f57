import assert from 'node:assert/strict'
import { test } from 'node:test'
import { objectOf, redacted } from './audit.ts'

test('secrets, what people wrote and their numbers are not kept; settings are', () => {
  const kept = redacted({
    name: 'Shop',
    access_token: 'EAAB',
    certification_code: 'pc_x',
    webhook_url: 'https://user:pass@hooks.example.com/T0/B0/secret?token=1',
    headers: { authorization: 'Basic x' },
    smtp_url: 'smtps://u:p@mail',
    phone_number_id: '301234567890123',
    to: '16505551234',
    text: { body: 'my password is 123' },
    remark: 'call 16505551234 please',
    note: 'call 16505551234 please',
    messages_per_second: 80,
    stop_words: ['STOP'],
    quiet_hours: null,
    nested: [{ secret: 'whsec_x', state: 'paused' }],
  })
  assert.deepEqual(kept, {
    name: 'Shop',
    access_token: '(secret)',
    certification_code: '(secret)',
    webhook_url: 'https://hooks.example.com',
    headers: '(secret)',
    smtp_url: '(secret)',
    phone_number_id: '301234567890123',
    to: '…34',
    text: '(hidden)',
    remark: 'call …34 please',
    note: '(hidden)',
    messages_per_second: 80,
    stop_words: ['STOP'],
    quiet_hours: null,
    nested: [{ secret: '(secret)', state: 'paused' }],
  })
})

test('a long body is left out, and none is null', () => {
  assert.deepEqual(redacted(Array.from({ length: 90 }, () => 'x'.repeat(100))), { left_out: 'too long' })
  assert.equal(redacted(undefined), null)
})

test('an id that holds a person’s number is shortened', () => {
  assert.deepEqual(objectOf({ reference: 'wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTND' }, undefined), {
    reference: 'wamid.…QTND',
  })
})

test('the object has the ids of the path and of what was made', () => {
  const object = objectOf({ channel_id: '1', contact: '16505551234' }, { endpoint_id: 'ep_1', secret: 'x', name: 'y' })
  assert.deepEqual(object, { channel_id: '1', contact: '…34', endpoint_id: 'ep_1' })
})
