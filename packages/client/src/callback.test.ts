import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signatureHeaders } from '../../gateway/src/flows/deliver/sign.ts'
import { startWorld } from '../../../test/support/world.ts'
import { CallbackRefused, isOtherEvent, verifyCallback } from './index.ts'

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes len').toString('base64')}`
const OTHER = `whsec_${Buffer.from('another secret, just as long ...').toString('base64')}`
const BODY = '{"event":"test","channel_id":1,"business_phone":"6281519236680","received_at":1}'

test('verifyCallback reads a callback that the gateway signed', async () => {
  await using world = await startWorld()
  await world.sandbox.phone('85268411234').says('grüße 👋')
  const { raw, headers, id } = await world.receiver.gets({ event: 'new_message' })
  const callback = await verifyCallback(Buffer.from(raw), headers, world.receiver.secret!)
  assert.equal(callback.id, id)
  const { event } = callback
  assert.ok(!isOtherEvent(event))
  assert.ok(event.event === 'new_message')
  const message = event.message.messages?.[0]
  assert.deepEqual(message?.type === 'text' && message.text, { body: 'grüße 👋' })
})

test('verifyCallback refuses a callback that was changed, has another signature, is old, or is incomplete', async () => {
  const now = Date.now()
  const headers = signatureHeaders([SECRET], 'evt_1', now, BODY)
  assert.equal((await verifyCallback(BODY, headers, SECRET)).event.event, 'test')
  assert.equal((await verifyCallback(BODY, new Headers(headers), [OTHER, SECRET])).id, 'evt_1')
  const cases: [string, string, Record<string, string>, string | string[]][] = [
    ['another body', `${BODY} `, headers, SECRET],
    ['another secret', BODY, headers, OTHER],
    ['no secret', BODY, headers, []],
    ['another id', BODY, { ...headers, 'webhook-id': 'evt_2' }, SECRET],
    ['old', BODY, signatureHeaders([SECRET], 'evt_1', now - 6 * 60_000, BODY), SECRET],
    ['unsigned', BODY, {}, SECRET],
  ]
  for (const [name, body, given, secrets] of cases)
    await assert.rejects(verifyCallback(body, given, secrets), CallbackRefused, name)
})

test('verifyCallback accepts either secret during a rotation, when a callback has two signatures', async () => {
  const headers = signatureHeaders([OTHER, SECRET], 'evt_1', Date.now(), BODY)
  for (const secret of [SECRET, OTHER]) assert.equal((await verifyCallback(BODY, headers, secret)).id, 'evt_1')
})

test('verifyCallback returns an event of an unknown kind, and isOtherEvent recognises it', async () => {
  const body = '{"event":"account_update","channel_id":1,"business_phone":"1","value":{"event":"X"}}'
  const { event } = await verifyCallback(body, signatureHeaders([SECRET], 'evt_1', Date.now(), body), SECRET)
  assert.ok(isOtherEvent(event))
  assert.deepEqual(event.value, { event: 'X' })
})

test('verifyCallback names an empty secret before it checks the callback', async () => {
  for (const secrets of ['', ' ', ['', ' ']])
    await assert.rejects(
      verifyCallback('{}', {}, secrets),
      (error: Error) =>
        !(error instanceof CallbackRefused) && /webhook secret is empty: give the whsec_/.test(error.message),
    )
})
