import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { startWorld } from '../support/world.ts'

type Shown = {
  method: string
  url: string
  headers: { name: string; value: string | null }[]
  body: string
  attempt: number | null
  signed_at: number
}
const given = ({ headers }: Shown): Record<string, string> =>
  Object.fromEntries(headers.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])))

test('the request of a delivery is what the endpoint got, without its secrets', async () => {
  await using world = await startWorld()
  const { data: endpoints } = await world.admin('GET', '/admin/channels/1/endpoints')
  const [{ endpoint_id }] = endpoints as [{ endpoint_id: string }]
  const at = `/admin/channels/1/endpoints/${endpoint_id}`
  const hidden = { authorization: 'Bearer hidden-value', 'x-shop': 'hidden-too' }
  assert.equal((await world.admin('PATCH', at, { headers: hidden })).http, 200)

  world.receiver.behaviour = (call) => (call === 1 ? 500 : 200)
  await world.sandbox.phone('85268411234').says('Grüße, "quoted" 你好')
  const got = await world.receiver.gets({ event: 'new_message' })
  const ask = async (query = '') =>
    (await world.admin('GET', `/admin/deliveries/${got.id}/request${query}`)).data as unknown as Shown
  const shown = await ask()
  assert.equal(shown.attempt, 2)
  assert.equal(shown.body, got.raw)
  const { 'webhook-signature': signature, 'webhook-timestamp': timestamp, ...rest } = given(shown)
  for (const [name, value] of Object.entries(rest)) assert.equal(got.headers[name], value, name)
  assert.equal(rest['webhook-id'], got.id)
  assert.ok(Math.abs(Number(timestamp) - Number(got.headers['webhook-timestamp'])) <= 1)
  assert.equal(String(shown.signed_at), timestamp)
  // It is a signature that a receiver takes.
  const headers = { 'webhook-id': got.id, 'webhook-timestamp': timestamp!, 'webhook-signature': signature! }
  new Webhook(world.receiver.secret!).verify(shown.body, headers)
  assert.throws(() => new Webhook(world.receiver.secret!).verify(`${shown.body} `, headers))
  assert.deepEqual(
    shown.headers.filter(({ value }) => value === null).map(({ name }) => name),
    ['authorization', 'x-shop'],
  )
  assert.doesNotMatch(JSON.stringify(shown), /hidden/)

  // Another endpoint has its own secret, format and URL; what may be a token in the URL is not shown.
  const second = { name: 'second', url: `${world.receiver.url}/other?token=hidden&shop=north`, events: ['test'] }
  const { data: added } = await world.admin('POST', '/admin/channels/1/endpoints', second)
  const other = await ask(`?endpoint_id=${(added as { endpoint_id: string }).endpoint_id}`)
  assert.match(other.url, /\/other\?token=\*{3}&shop=\*{3}$/)
  assert.deepEqual([other.attempt, other.body], [null, got.raw], 'never sent there: as it would be now')
  assert.notEqual(given(other)['webhook-signature'], signature)
  assert.equal((await world.admin('GET', `/admin/deliveries/${got.id}/request?endpoint_id=ep_none`)).http, 404)
  assert.equal((await world.admin('GET', '/admin/deliveries/evt_none_000000000001/request')).http, 404)

  // A stream gets no request.
  const stream = { name: 'stream', url: 'redis://127.0.0.1:6379/0?stream=events' }
  const { data: made, http } = await world.admin('POST', '/admin/channels/1/endpoints', stream)
  assert.equal(http, 201)
  const none = await world.admin(
    'GET',
    `/admin/deliveries/${got.id}/request?endpoint_id=${(made as { endpoint_id: string }).endpoint_id}`,
  )
  assert.equal(none.http, 400)
  assert.match(none.message, /without a request/)
})
