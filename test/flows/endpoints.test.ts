import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, afterEach, before, test } from 'node:test'
import { Receiver } from '../support/receiver.ts'
import { startWorld, type Answer, type World } from '../support/world.ts'

/* What the admin API makes of endpoints: each has its own filter, secret, state and replay. */

type Shown = {
  endpoint_id: string
  name: string
  url: string
  format: string
  events: string[] | null
  types: string[] | null
  headers: string[]
  state: string
  state_reason: string | null
  waiting: number
  oldest_waiting_at: number | null
  last_answer: { status: number | null; outcome: string; problem: string | null } | null
  last_hour: { attempts: number; success_rate: number | null; latency_ms: { p50: number; p95: number } | null }
}

const PATH = '/admin/channels/1/endpoints'

let world: World
const receivers: Receiver[] = []
before(async () => {
  world = await startWorld()
})
after(async () => {
  await world.stop()
  for (const receiver of receivers) await receiver.close()
})

afterEach(async () => {
  const [, ...others] = (await world.admin('GET', PATH)).data as Shown[]
  for (const { endpoint_id: id } of others) await world.admin('DELETE', `${PATH}/${id}`)
})

async function receiverOf(): Promise<Receiver> {
  const receiver = await Receiver.start()
  receivers.push(receiver)
  return receiver
}

/** An endpoint with a receiver of its own that verifies its signatures. */
async function added(fields: Record<string, unknown> = {}): Promise<{ id: string; path: string; receiver: Receiver }> {
  const receiver = await receiverOf()
  const answer = await world.admin('POST', PATH, { name: 'One', url: receiver.url, ...fields })
  assert.equal(answer.http, 201, JSON.stringify(answer))
  const { endpoint_id: id, secret } = answer.data as { endpoint_id: string; secret: string }
  assert.match(id, /^ep_[0-9A-Z]{26}$/)
  receiver.secret = secret
  return { id, path: `${PATH}/${id}`, receiver }
}

const shown = async (path: string): Promise<Shown> => (await world.admin('GET', path)).data as Shown
const remove = async (...paths: string[]): Promise<void> => {
  for (const path of paths) assert.equal((await world.admin('DELETE', path)).http, 200)
}
const phone = () => world.sandbox.phone('85268411234')
const fieldsOf = (answer: Answer): string[] =>
  (answer.error as unknown as { fields: { path: string }[] }).fields.map(({ path }) => path)

test('each endpoint gets the events that it wants, with its own headers, under its own secret', async () => {
  const bot = await added({ events: ['new_message'], types: ['text'], headers: { Authorization: 'Bearer n8n' } })
  const warehouse = await added({ statuses: ['failed', 'delivered'] })
  await phone().says('first')
  await phone().says({ type: 'location', location: { latitude: 1, longitude: 2 } })
  const wamid = await world.send({ to: '85268411234', type: 'text', text: 'an answer' })
  await phone().says('last')
  await bot.receiver.until(() => JSON.stringify(bot.receiver.received).includes('"last"'), 'the last message')
  await warehouse.receiver.gets({ message_id: wamid, message_status: 'delivered' })
  await warehouse.receiver.until(
    () => warehouse.receiver.received.filter(({ body }) => body.event === 'new_message').length === 3,
    'three messages',
  )
  const types = (receiver: Receiver) =>
    receiver.received
      .filter(({ body }) => body.event === 'new_message')
      .map(({ body }) => (body.message as { messages: { type: string }[] }).messages[0]!.type)
  assert.deepEqual(types(bot.receiver), ['text', 'text'])
  assert.deepEqual(types(warehouse.receiver), ['text', 'location', 'text'])
  assert.ok(bot.receiver.received.every(({ headers }) => headers.authorization === 'Bearer n8n'))
  assert.ok(!warehouse.receiver.received.some(({ body }) => body.message_status === 'sent'))
  assert.deepEqual([bot.receiver.badSignatures, warehouse.receiver.badSignatures], [0, 0])
  const { headers, events, types: ofTypes, ...rest } = await shown(bot.path)
  assert.deepEqual([headers, events, ofTypes], [['authorization'], ['new_message'], ['text']])
  assert.ok(!JSON.stringify(rest).includes('n8n'))
})

test('webhook_url means the first endpoint, and the list shows it as all others', async () => {
  const one = await added()
  const list = (await world.admin('GET', PATH)).data as Shown[]
  assert.deepEqual(
    list.map(({ url }) => url),
    [world.receiver.url, one.receiver.url],
  )
  const channel = (await world.admin('GET', '/admin/channels/1')).data as { webhook_url: string }
  assert.equal(channel.webhook_url, world.receiver.url)
  await remove(one.path)
  assert.equal((await world.admin('GET', one.path)).http, 404)
  assert.equal((await world.admin('DELETE', one.path)).http, 404)
})

test('a paused endpoint gets nothing, is not retried, and gets all of it when it is active again', async () => {
  const one = await added()
  const paused = await world.admin('PATCH', one.path, { state: 'paused' })
  assert.equal((paused.data as Shown).state, 'paused')
  await phone().says('while paused')
  await world.receiver.until(() => JSON.stringify(world.receiver.received).includes('while paused'), 'the first one')
  const waiting = await shown(one.path)
  assert.deepEqual([waiting.waiting > 0, waiting.oldest_waiting_at !== null], [true, true])
  assert.equal((await world.admin('POST', `${one.path}/retry`)).http, 409)
  const tested = (await world.admin('POST', `${one.path}/test`)).data as { delivered: boolean }
  assert.equal(tested.delivered, true)
  assert.equal((await shown(one.path)).state, 'paused', 'a test ends no pause')
  await one.receiver.gets({ event: 'test' })
  assert.equal(one.receiver.received.length, 1)
  await world.admin('PATCH', one.path, { state: 'active' })
  await one.receiver.gets({ event: 'new_message' })
})

test('how the last hour went is told: attempts, their success and how long they took', async () => {
  const one = await added()
  one.receiver.behaviour = (call) => ({ status: call === 1 ? 500 : 200, delayMs: 100 })
  await phone().says('again, please')
  await one.receiver.gets({ event: 'new_message' })
  let told = await shown(one.path)
  for (let i = 0; i < 100 && told.last_hour.attempts < 2; i++) told = await shown(one.path)
  assert.deepEqual([told.last_hour.attempts, told.last_hour.success_rate], [2, 0.5])
  assert.ok(told.last_hour.latency_ms!.p50 >= 95, JSON.stringify(told.last_hour))
  assert.deepEqual([told.last_answer!.status, told.last_answer!.outcome], [200, 'delivered'])
})

test('a resting endpoint says since when, why and until when; a retry tries it now', async () => {
  const one = await added()
  one.receiver.behaviour = 503
  for (let i = 0; i < 6; i++) await world.sandbox.phone(`8526841200${i}`).says('hello')
  let told = await shown(one.path)
  for (let i = 0; i < 200 && told.state !== 'resting'; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    told = await shown(one.path)
  }
  assert.equal(told.state, 'resting')
  assert.match(told.state_reason!, /HTTP 503/)
  assert.equal(told.last_answer!.status, 503)
  one.receiver.behaviour = 200
  assert.equal((await world.admin('POST', `${one.path}/retry`)).http, 200)
  await one.receiver.until(() => new Set(one.receiver.received.map(({ id }) => id)).size === 6, 'the six messages')
})

test('a replay brings what the filter wants, from an event or a moment on', async () => {
  const early = world.receiver.received.length
  await phone().says('old one')
  await phone().says({ type: 'location', location: { latitude: 1, longitude: 2 } })
  await world.receiver.until(() => world.receiver.received.length === early + 2, 'two messages')
  const [first] = world.receiver.received.slice(early)
  const one = await added({ events: ['new_message'], types: ['location'] })
  const replayed = await world.admin('POST', `${one.path}/replay`, { from_event_id: first!.id })
  assert.deepEqual(replayed.data, { replayed: 1 })
  await one.receiver.gets({ event: 'new_message' })
  assert.equal(one.receiver.received[0]!.id, world.receiver.received[early + 1]!.id)
  const since = new Date(Date.now() - 600_000).toISOString()
  const all = await world.admin('POST', `${one.path}/replay`, { since, state: 'delivered' })
  assert.ok((all.data as { replayed: number }).replayed >= 1)
  for (const body of [{}, { from_event_id: 'evt_1' }, { from_event_id: first!.id, since: 1 }, { since: 'soon' }])
    assert.equal((await world.admin('POST', `${one.path}/replay`, body)).http, 422, JSON.stringify(body))
})

test('a changed filter, name, URL and header count from now on; the rest stays', async () => {
  const one = await added({ headers: { 'x-a': '1', 'x-b': '2' } })
  const other = await receiverOf()
  const patch = { name: 'Two', url: other.url, events: ['new_message'], headers: { 'X-A': null, 'x-c': '3' } }
  const patched = (await world.admin('PATCH', one.path, patch)).data as Shown
  assert.deepEqual([patched.name, patched.url, patched.events], ['Two', other.url, ['new_message']])
  assert.deepEqual(patched.headers, ['x-b', 'x-c'])
  await phone().says('to the other')
  const { headers } = await other.gets({ event: 'new_message' })
  assert.deepEqual([headers['x-a'], headers['x-b'], headers['x-c']], [undefined, '2', '3'])
  assert.equal(((await world.admin('PATCH', one.path, { events: null })).data as Shown).events, null)
})

test('metrics tell of each endpoint: its state, what waits, and its attempts', async () => {
  const one = await added()
  await phone().says('counted')
  await one.receiver.gets({ event: 'new_message' })
  await world.admin('PATCH', one.path, { state: 'paused' })
  await phone().says('waiting')
  const wanted = (metric: string, more = '') => `postern_endpoint_${metric}{channel="1",endpoint="${one.id}"${more}}`
  const facts = [
    `${wanted('state', ',state="paused"')} 1`,
    `${wanted('pending')} 1`,
    `${wanted('attempts_total', ',outcome="delivered"')} 1`,
  ]
  let text = ''
  // What the store holds may be some seconds old.
  for (const until = Date.now() + 15_000; !facts.every((fact) => text.includes(fact)) && Date.now() < until;) {
    text = await (await fetch(`${world.gateway.url}/metrics`)).text()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  for (const fact of facts)
    assert.ok(text.includes(fact), `${fact}\n${text.match(/^postern_endpoint.*$/gm)?.join('\n')}`)
})

test('a rotated secret signs beside the old one', async () => {
  const one = await added()
  const { secret } = (await world.admin('POST', `${one.path}/rotate-secret`)).data as { secret: string }
  await phone().says('under the old secret')
  const { headers } = await one.receiver.gets({ event: 'new_message' })
  assert.equal(String(headers['webhook-signature']).split(' ').length, 2)
  one.receiver.secret = secret
  await phone().says('under the new secret')
  await one.receiver.until(() => one.receiver.received.length === 2, 'the second message')
  assert.equal(one.receiver.badSignatures, 0)
})

const REFUSED: [what: string, body: Record<string, unknown>, field: string][] = [
  ['no name', { name: undefined }, 'name'],
  ['a scheme that nobody knows', { url: 'ftp://a.example/' }, 'url'],
  ['a password in a web address', { url: 'https://u:p@a.example/' }, 'url'],
  ['a private address', { url: 'http://10.0.0.1/' }, 'url'],
  ['events that are no list', { events: 'new_message' }, 'events'],
  ['an event that is no word', { events: [7] }, 'events.0'],
  ['no events at all', { events: [] }, 'events'],
  ['types that are no list', { types: { text: true } }, 'types'],
  ['a header of the connection', { headers: { Connection: 'close' } }, 'headers.Connection'],
  ['a header of ours', { headers: { 'webhook-id': '1' } }, 'headers.webhook-id'],
  ['a signature of ours', { headers: { 'X-Hub-Signature-256': '1' } }, 'headers.X-Hub-Signature-256'],
  ['a header with a line end', { headers: { 'x-a': 'b\r\nx-c: d' } }, 'headers.x-a'],
  ['a header that is a number', { headers: { 'x-a': 1 } }, 'headers.x-a'],
  ['a header without a name', { headers: { 'x a': 'b' } }, 'headers.x a'],
  [
    'too many headers',
    { headers: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`x-${i}`, 'a'])) },
    'headers',
  ],
  ['an unknown format', { format: 'xml' }, 'format'],
  ['a place that is no event', { from: 'yesterday' }, 'from'],
  ['an unknown key', { filter: {} }, 'filter'],
  ['a short secret', { secret: 'short' }, 'secret'],
  ['a secret that callbacks cannot have', { secret: 'a-secret-of-my-own' }, 'secret'],
]
for (const [what, body, field] of REFUSED) {
  test(`refused with the field's name: ${what}`, async () => {
    const answer = await world.admin('POST', PATH, { name: 'X', url: 'https://a.example/', ...body })
    assert.equal(answer.http, 422, JSON.stringify(answer))
    assert.ok(fieldsOf(answer).includes(field), JSON.stringify(answer.error))
  })
}

test('a channel has at most 20 endpoints', async () => {
  const answers = await Promise.all(
    Array.from({ length: 21 }, (_, i) =>
      world.admin('POST', PATH, { name: `${i}`, url: `${world.receiver.url}/${i}` }),
    ),
  )
  assert.equal(answers.filter(({ http }) => http === 201).length, 19)
  const refused = answers.filter(({ http }) => http !== 201)
  assert.ok(refused.every(({ http, message }) => http === 409 && /at most 20 endpoints/.test(message)))
})

test('an endpoint in Meta’s format answers the handshake first, else it is not added', async (t) => {
  const asked: URLSearchParams[] = []
  let answers = true
  const server = createServer((request, response) => {
    const query = new URL(request.url!, 'http://x').searchParams
    asked.push(query)
    response.end(answers ? query.get('hub.challenge') : 'hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as { port: number }
  const url = `http://127.0.0.1:${port}/meta`
  const made = await world.admin('POST', PATH, { name: 'Meta', url, format: 'meta', secret: 'my-app-secret-and-token' })
  assert.equal(made.http, 201, JSON.stringify(made))
  const { endpoint_id: id, secret } = made.data as { endpoint_id: string; secret: string }
  assert.equal(secret, 'my-app-secret-and-token')
  assert.deepEqual([asked[0]!.get('hub.mode'), asked[0]!.get('hub.verify_token')], ['subscribe', secret])
  const own = (await world.admin('POST', PATH, { name: 'Meta', url, format: 'meta' })).data as {
    secret: string
    endpoint_id: string
  }
  assert.equal(asked[1]!.get('hub.verify_token'), own.secret)
  answers = false
  for (const answer of [
    await world.admin('POST', PATH, { name: 'Meta', url, format: 'meta' }),
    await world.admin('PATCH', `${PATH}/${id}`, { url: `${url}/other` }),
  ]) {
    assert.equal(answer.http, 422)
    assert.deepEqual(fieldsOf(answer), ['url'])
    assert.match(answer.message, /hub\.challenge/)
  }
  assert.equal((await shown(`${PATH}/${id}`)).url, url)
})
