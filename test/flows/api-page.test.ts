import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { startWorld } from '../support/world.ts'
import { post, sign } from '../support/meta.ts'

const VENDOR = new URL('../fixtures/vendor/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, VENDOR), 'utf8')
const SENDS = readdirSync(VENDOR).filter((name) => name.startsWith('send_'))

test('every request of the API page is accepted unchanged, and reaches the phone that it names', async () => {
  assert.equal(SENDS.length, 15)
  await using world = await startWorld()
  for (const name of SENDS) {
    const body = JSON.parse(read(name)) as { to: string; type: string }
    const answer = await world.customer('POST', '/external/messages/whatsapp', read(name))
    assert.deepEqual(
      {
        name,
        http: answer.http,
        status: answer.status,
        code: answer.code,
        message: answer.message,
        error: answer.error,
      },
      { name, http: 200, status: 'success', code: 200, message: '', error: {} },
    )
    const { msg_id: wamid } = answer.data as { msg_id: string }
    assert.deepEqual(Object.keys(answer.data), ['msg_id'])
    const seen = await world.sandbox.phone(body.to).sees((message) => message.id === wamid)
    assert.equal(seen.type, body.type)
    await world.receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'delivered' })
  }
})

for (const name of ['callback_new_message_button_reply.json', 'callback_new_message_list_reply.json']) {
  test(`${name}: Meta’s webhook becomes the page’s callback, byte for byte`, async () => {
    const page = JSON.parse(read(name)) as { channel_id: number; message: unknown }
    await using world = await startWorld()
    const answer = await post(world, {
      object: 'whatsapp_business_account',
      entry: [{ id: '102290129340398', changes: [{ value: page.message, field: 'messages' }] }],
    })
    assert.equal(answer.status, 200)
    const callback = await world.receiver.gets({ event: 'new_message' })
    // The page's channel has another number in its installation. Everything else is equal, in the same order.
    assert.equal(callback.raw, JSON.stringify({ ...page, channel_id: 1 }))
    assert.equal(callback.headers['content-type'], 'application/json')
    assert.match(String(callback.headers['user-agent']), /^Postern\/\d/)
    for (const header of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
      assert.ok(callback.headers[header], header)
  })
}

test("the page's refusal: parameters that do not fit the template give 10002 with Meta's error", async () => {
  await using world = await startWorld()
  const answer = await world.customer('POST', '/external/messages/whatsapp', {
    to: '85268411234',
    type: 'template',
    template: {
      name: 'test_header_image_5',
      components: [{ type: 'header', parameters: [{ type: 'text', text: 'no image' }] }],
    },
  })
  const page = JSON.parse(read('response_error_132012.json')) as { status: string; code: number; message: string }
  assert.equal(answer.http, 400)
  assert.equal(answer.status, page.status)
  assert.equal(answer.code, page.code)
  assert.equal(answer.message, page.message)
  assert.deepEqual(answer.data, {})
})

test('the signature helper of these tests signs as Meta does', () => {
  // The test vector of Meta's documentation: key and body as ASCII.
  const body = String.raw`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"text":"caf\u00e9 \/ ok"},"field":"messages"}]}]}`
  assert.equal(
    sign(body, '0123456789abcdef0123456789abcdef'),
    'sha256=d6b980233f25c7a4624a67d1cde4557b339dd2da93b0ab3fad635170382f6054',
  )
})
