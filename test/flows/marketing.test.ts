import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld } from '../support/world.ts'

const world = await startWorld()
after(() => world.stop())
const { sandbox, receiver } = world
const [phone] = DEMO.phones

sandbox.addTemplate({ name: 'autumn_sale', category: 'MARKETING', components: [{ type: 'BODY', text: 'Our sale.' }] })
sandbox.addTemplate({ name: 'parcel', category: 'UTILITY', components: [{ type: 'BODY', text: 'Your parcel.' }] })
const sale = { to: phone, type: 'template', template: { name: 'autumn_sale', language: 'en_US' } }
const parcel = { to: phone, type: 'template', template: { name: 'parcel', language: 'en_US' } }

const change = async (settings: object): Promise<void> => {
  const { http } = await world.admin('PATCH', `/admin/channels/${DEMO.channelId}`, settings)
  assert.equal(http, 200)
}
const account = (settings: object) =>
  fetch(`${sandbox.url}/sandbox/accounts/${DEMO.wabaId}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ settings }),
  }).then((response) => assert.equal(response.status, 200))
/** The endpoints that a send called, in order. */
const paths = (): string[] =>
  sandbox
    .received()
    .filter(({ method, path }) => method === 'POST' && /messages$/.test(path))
    .map(({ path }) => path.split('/').at(-1)!)
let seen = 0
const called = (): string[] => paths().slice(seen)

await world.admin('POST', `/admin/channels/${DEMO.channelId}/templates/sync`)
beforeEach(async () => {
  await change({ marketing: 'cloud', direct_send: false })
  await account({ disable_marketing_messages_on_cloud_api: false, direct_send: false })
  seen = paths().length
})

const priceOf = async (id: string): Promise<unknown> => {
  const { body } = await receiver.gets({
    event: 'message_status_update',
    message_id: id,
    message_status: 'delivered',
  })
  return (body.pricing as { category: string }).category
}

test('marketing templates go through the Marketing Messages API when the channel says so, all others do not', async () => {
  assert.equal(await priceOf(await world.send(sale)), 'marketing')
  await change({ marketing: 'marketing_messages' })
  assert.equal(await priceOf(await world.send({ ...sale, product_policy: 'STRICT' })), 'marketing_lite')
  assert.equal(await priceOf(await world.send(parcel)), 'utility')
  assert.deepEqual(called(), ['messages', 'marketing_messages', 'messages'])
  const shown = (await world.admin('GET', `/admin/channels/${DEMO.channelId}`)).data as Record<string, unknown>
  assert.deepEqual([shown.marketing, shown.direct_send], ['marketing_messages', false])
})

test('a template that has become one of marketing goes to the other endpoint, once', async () => {
  await change({ marketing: 'auto' })
  const made = sandbox.addTemplate({ name: 'news', category: 'UTILITY', components: [{ type: 'BODY', text: 'News.' }] })
  await world.admin('POST', `/admin/channels/${DEMO.channelId}/templates/sync`)
  await account({ disable_marketing_messages_on_cloud_api: true })
  // Without a webhook, so that the gateway's catalog is old.
  made.category = 'MARKETING'
  const id = await world.send({ ...sale, template: { name: 'news', language: 'en_US' } })
  assert.deepEqual(called(), ['messages', 'marketing_messages'])
  assert.equal(await priceOf(id), 'marketing_lite')
})

test('a template that is not one of marketing any more goes to /messages', async () => {
  await change({ marketing: 'marketing_messages' })
  const made = sandbox.addTemplate({
    name: 'bill',
    category: 'MARKETING',
    components: [{ type: 'BODY', text: 'Bill.' }],
  })
  await world.admin('POST', `/admin/channels/${DEMO.channelId}/templates/sync`)
  made.category = 'UTILITY'
  const id = await world.send({ ...sale, template: { name: 'bill', language: 'en_US' } })
  assert.deepEqual(called(), ['marketing_messages', 'messages'])
  assert.equal(await priceOf(id), 'utility')
})

test('with marketing cloud WhatsApp’s refusal is answered with advice, and keys of the other API are refused', async () => {
  await account({ disable_marketing_messages_on_cloud_api: true })
  const { http, code, message, error } = await world.customer('POST', '/external/messages/whatsapp', sale)
  assert.deepEqual([http, code], [400, 10002])
  assert.match(message, /^\(#131063\)/)
  assert.match((error as unknown as { upstream: { advice: string } }).upstream.advice, /marketing of the channel/)
  assert.deepEqual(called(), ['messages'])
  const wrong = await world.customer('POST', '/external/messages/whatsapp', { ...sale, product_policy: 'STRICT' })
  assert.deepEqual([wrong.http, wrong.message.split(':')[0]], [422, 'product_policy'])
})

const direct = { to: '85268411299', type: 'text', text: 'Order 8812 has shipped.', category: 'utility' }

test('Direct Send passes a closed window where the channel allows it', async () => {
  const stranger = sandbox.phone('85268411299')
  await world.gateway.store.sql.run('update channels set created_at = 0 where id = $1', [DEMO.channelId])
  await change({ direct_send: true })
  const { category: _, ...plain } = direct
  const closed = await world.customer('POST', '/external/messages/whatsapp', plain)
  assert.equal((closed.error as unknown as { reason: string }).reason, 'window_closed')
  await account({ direct_send: true })
  const id = await world.send({ ...direct, direct_send_config: { template_name: 'order_shipped' } })
  await stranger.sees('Order 8812 has shipped.')
  const { body: told } = await receiver.gets({
    event: 'message_status_update',
    message_id: id,
    message_status: 'delivered',
  })
  assert.match(String(told.template_id), /^\d+$/)
  assert.equal((told.pricing as { category: string }).category, 'utility')
  const kept = (await world.customer('GET', `/external/messages/${id}`)).data as { content: { category: string } }
  assert.equal(kept.content.category, 'utility')
})

test('Direct Send is refused where the channel does not allow it, and WhatsApp’s error 100 is explained', async () => {
  const off = await world.customer('POST', '/external/messages/whatsapp', direct)
  assert.deepEqual([off.http, off.code, off.message.split(':')[0]], [422, 422, 'category'])
  assert.equal((off.error as unknown as { reason: string }).reason, 'direct_send_not_allowed')
  assert.deepEqual(called(), [])
  await change({ direct_send: true })
  const refused = await world.customer('POST', '/external/messages/whatsapp', direct)
  assert.deepEqual([refused.http, refused.code], [400, 10002])
  assert.match(
    (refused.error as unknown as { upstream: { advice: string } }).upstream.advice,
    /not enabled Direct Send/,
  )
})

for (const [what, body, path] of [
  ['a template', { ...sale, category: 'utility' }, 'category'],
  [
    'a location',
    { to: phone, type: 'location', location: { latitude: '1', longitude: '1' }, category: 'utility' },
    'category',
  ],
  ['category marketing', { ...direct, category: 'marketing' }, 'category'],
  [
    'a config without a category',
    { to: phone, type: 'text', text: 'x', direct_send_config: { template_name: 'a' } },
    'direct_send_config',
  ],
  ['a wrong name', { ...direct, direct_send_config: { template_name: 'A b' } }, 'direct_send_config.template_name'],
] as const)
  test(`Direct Send with ${what} is refused by its field`, async () => {
    const { http, error } = await world.customer('POST', '/external/messages/whatsapp', body)
    assert.equal(http, 422)
    assert.equal((error as unknown as { fields: { path: string }[] }).fields[0]!.path, path)
  })
