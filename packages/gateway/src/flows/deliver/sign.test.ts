import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifySignature } from '@kapso/whatsapp-cloud-api/server'
import { Webhook } from 'standardwebhooks'
import { hubSignature, signatureHeaders } from './sign.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const OLD = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
const BODY = '{"event":"new_message","text":"caf\u00e9 ✨"}'

test('the standardwebhooks package verifies our signatures', () => {
  const headers = signatureHeaders([SECRET], 'evt_1', Date.now(), BODY)
  assert.deepEqual(new Webhook(SECRET).verify(BODY, headers), JSON.parse(BODY))
})

test('during a rotation, both the new and the old secret verify', () => {
  const headers = signatureHeaders([SECRET, OLD], 'evt_1', Date.now(), BODY)
  assert.equal(headers['webhook-signature'].split(' ').length, 2)
  for (const secret of [SECRET, OLD]) new Webhook(secret).verify(BODY, headers)
})

test('another body, id or secret does not verify', () => {
  const headers = signatureHeaders([SECRET], 'evt_1', Date.now(), BODY)
  assert.throws(() => new Webhook(SECRET).verify(`${BODY} `, headers))
  assert.throws(() => new Webhook(SECRET).verify(BODY, { ...headers, 'webhook-id': 'evt_2' }))
  assert.throws(() => new Webhook(OLD).verify(BODY, headers))
})

test('a program for Meta’s webhooks verifies our signature, with the secret as its app secret', () => {
  const signatureHeader = hubSignature(SECRET, BODY)
  const verifies = (appSecret: string, rawBody: string): boolean =>
    verifySignature({ appSecret, rawBody: Buffer.from(rawBody), signatureHeader })
  assert.ok(verifies(SECRET, BODY))
  assert.ok(!verifies(OLD, BODY))
  assert.ok(!verifies(SECRET, `${BODY} `))
})
