import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { post, text, webhook } from '../support/meta.ts'
import type { ReceivedCallback } from '../support/receiver.ts'
import { startWorld, type World } from '../support/world.ts'

const HOUR = 3_600_000
const A = '15550010001'
const B = '15550010002'

const senderOf = ({ body }: Pick<ReceivedCallback, 'body'>): string =>
  (body.message as { messages: { from: string }[] } | undefined)?.messages[0]?.from ?? ''
const idOf = ({ body }: Pick<ReceivedCallback, 'body'>): string =>
  (body.message as { messages: { id: string }[] } | undefined)?.messages[0]?.id ?? ''

const write = async (world: World, from: string, id: string): Promise<void> => {
  assert.equal((await post(world, webhook(text(from, id, id)))).status, 200)
}
const ids = (world: World): string[] => world.receiver.received.map(idOf).filter((id) => id !== '')
const has = (world: World, id: string): Promise<void> => world.receiver.until(() => ids(world).includes(id), id)

test('a contact whose deliveries fail waits alone, and keeps its order', async () => {
  await using world = await startWorld()
  let broken = true
  world.receiver.behaviour = (_call, callback) => (broken && senderOf(callback) === A ? 500 : 200)
  for (let i = 0; i < 3; i++) await write(world, A, `wamid.a${i}`)
  for (let i = 0; i < 3; i++) await write(world, B, `wamid.b${i}`)
  await has(world, 'wamid.b2')
  assert.deepEqual(ids(world), ['wamid.b0', 'wamid.b1', 'wamid.b2'])
  broken = false
  await has(world, 'wamid.a2')
  assert.deepEqual(ids(world).slice(3), ['wamid.a0', 'wamid.a1', 'wamid.a2'])
})

test('a hanging endpoint is a failed attempt after the timeout, and a redirect is not followed', async () => {
  await using world = await startWorld({ gateway: { deliver: { timeoutMs: 300 } } })
  let told = 0
  world.receiver.behaviour = () => {
    told++
    if (told === 1) return 'hang'
    if (told === 2) return { status: 307, headers: { location: `${world.receiver.url}/elsewhere` } }
    return 200
  }
  await write(world, A, 'wamid.slow')
  await has(world, 'wamid.slow')
  assert.equal(world.receiver.calls, 3)
  await attempted(world, 3)
  const [delivery] = (await world.admin('GET', '/admin/deliveries?count=1')).data as {
    state: string
    attempts: { outcome: string; status: number | null; answer: string }[]
  }[]
  assert.equal(delivery!.state, 'delivered')
  assert.deepEqual(
    delivery!.attempts.map((attempt) => [attempt.outcome, attempt.status]),
    [
      ['retry', null],
      ['retry', 307],
      ['delivered', 200],
    ],
  )
  assert.match(delivery!.attempts[0]!.answer, /no answer within 300 ms/)
})

test('a delivery waits for Retry-After', async () => {
  const clock = new ShiftedClock()
  await using world = await startWorld({ gateway: { clock } })
  world.receiver.anyTime = true
  let calls = 0
  world.receiver.behaviour = () => (++calls === 1 ? { status: 503, headers: { 'retry-after': '3600' } } : 200)
  await write(world, A, 'wamid.later')
  await world.receiver.until(() => calls === 1, 'the first attempt')
  await attempted(world, 1)
  clock.advance(HOUR / 2)
  // The control proves that the deliverer works: another contact's event is delivered while this one waits.
  await write(world, B, 'wamid.control')
  await has(world, 'wamid.control')
  assert.ok(!ids(world).includes('wamid.later'))
  clock.advance(HOUR)
  await has(world, 'wamid.later')
})

test('after three days an event is dead, is kept, and can be replayed; later events continue', async () => {
  const clock = new ShiftedClock()
  await using world = await startWorld({ gateway: { clock, deliver: { pollMs: 20 } } })
  world.receiver.anyTime = true
  world.receiver.behaviour = (_call, callback) => (idOf(callback) === 'wamid.poison' ? 500 : 200)
  await write(world, A, 'wamid.poison')
  await write(world, A, 'wamid.next')
  for (let i = 0; i < 60 && !ids(world).includes('wamid.next'); i++) {
    const calls = world.receiver.calls
    clock.advance(7 * HOUR)
    await world.receiver.until(() => world.receiver.calls > calls, 'a further attempt')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await has(world, 'wamid.next')
  const dead = (await world.admin('GET', '/admin/deliveries?state=dead')).data as { id: string; attempts: unknown[] }[]
  assert.equal(dead.length, 1)
  assert.ok(dead[0]!.attempts.length >= 10, `${dead[0]!.attempts.length} attempts`)
  world.receiver.behaviour = 200
  const replayed = await world.admin('POST', `/admin/deliveries/${dead[0]!.id}/replay`)
  assert.deepEqual(replayed.data, { replayed: 1 })
  await has(world, 'wamid.poison')
  const [first, again] = [
    dead[0]!.id,
    world.receiver.received.find((callback) => idOf(callback) === 'wamid.poison')!.id,
  ]
  assert.equal(again, first, 'the webhook-id stays the same over all attempts')
})

test('410 pauses the endpoint until an operator resumes it, and no event is lost', async () => {
  await using world = await startWorld()
  world.receiver.behaviour = 410
  await write(world, A, 'wamid.gone')
  await attempted(world, 1)
  type Shown = { webhook_state: string; webhook_state_reason: string }
  const shown = async () => (await world.admin('GET', '/admin/channels/1')).data as Shown
  // The endpoint's state and the attempt are written separately.
  const deadline = Date.now() + 10_000
  while ((await shown()).webhook_state !== 'paused') {
    assert.ok(Date.now() < deadline, (await shown()).webhook_state)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.match((await shown()).webhook_state_reason, /410/)
  world.receiver.behaviour = 200
  await write(world, B, 'wamid.meanwhile')
  const calls = world.receiver.calls
  await new Promise((resolve) => setTimeout(resolve, 1500))
  assert.equal(world.receiver.calls, calls, 'a paused endpoint is not asked')
  await world.admin('PATCH', '/admin/channels/1', { webhook_state: 'active' })
  await has(world, 'wamid.gone')
  await has(world, 'wamid.meanwhile')
})

test('a dead endpoint gets one request per probe and not one per contact, and gets all events when it is back', async () => {
  await using world = await startWorld()
  world.receiver.behaviour = 503
  const people = 200
  const values = Array.from({ length: people }, (_, i) => text(String(15_550_020_000 + i), `wamid.r${i}`, 'hi'))
  assert.equal((await post(world, webhook(...values))).status, 200)
  const state = async () =>
    ((await world.admin('GET', '/admin/channels/1')).data as { webhook_state: string }).webhook_state
  const { sql } = world.gateway.store
  const over = async () => Number((await sql.get<{ n: number }>('select count(*) as n from attempts'))!.n)
  const deadline = Date.now() + 20_000
  // Attempts that were in progress when the endpoint's rest began have ended.
  while ((await state()) !== 'resting' || (await over()) !== world.receiver.calls) {
    assert.ok(Date.now() < deadline, `${world.receiver.calls} requests, ${await over()} over, ${await state()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const together = world.receiver.calls
  // As many as a channel has sockets (64), and those that took a freed one before there were enough failures for a
  // rest.
  assert.ok(together < people / 2, `${together} requests before it rested`)
  // From here on one request at a time, each after a rest.
  const probes: number[] = []
  world.receiver.behaviour = () => {
    probes.push(performance.now())
    return 503
  }
  await world.receiver.until(() => probes.length >= 2, 'two probes', 30_000)
  const rest = probes[1]! - probes[0]!
  assert.ok(rest > 500, `asked again after ${rest} ms of rest`)
  assert.equal(await state(), 'resting')
  world.receiver.behaviour = 200
  await world.receiver.until(() => new Set(ids(world)).size === people, 'all of them', 30_000)
  assert.equal(ids(world).length, people, 'none twice')
})

test('during a rotation, deliveries verify with the old and with the new secret', async () => {
  await using world = await startWorld()
  const old = world.receiver.secret!
  const { data } = await world.admin('POST', '/admin/channels/1/webhook/rotate-secret')
  const fresh = (data as { webhook_secret: string }).webhook_secret
  assert.notEqual(fresh, old)
  await write(world, A, 'wamid.rotated')
  await has(world, 'wamid.rotated')
  const { raw, headers } = world.receiver.received[0]!
  for (const secret of [old, fresh]) new Webhook(secret).verify(raw, headers as Record<string, string>)
})

test('an endpoint with a private address is refused when it is set, with the reason and the next step', async () => {
  await using world = await startWorld({ webhook: false })
  for (const url of [
    'http://10.0.0.1/hook',
    'http://169.254.169.254/latest',
    'http://[fd00::1]/',
    'ftp://example.com/',
    'nonsense',
  ]) {
    const answer = await world.admin('PUT', '/admin/channels/1/webhook', { url })
    assert.equal(answer.http, 422, url)
    assert.equal((answer.error.fields as unknown as { path: string }[])[0]!.path, 'url')
  }
})

test('a channel without an endpoint keeps its events for polling', async () => {
  await using world = await startWorld({ webhook: false })
  for (let i = 0; i < 3; i++) await write(world, A, `wamid.p${i}`)
  const first = (await world.customer('GET', '/external/events?count=2')).data as {
    id: string
    delivery: string
    body: { event: string }
  }[]
  assert.equal(first.length, 2)
  assert.equal(first[0]!.delivery, 'none')
  const rest = (await world.customer('GET', `/external/events?last_id=${first[1]!.id}`)).data as unknown[]
  assert.equal(rest.length, 1)
  const test = await world.admin('POST', '/admin/channels/1/webhook/test')
  assert.equal(test.http, 422)
})

test('a test event is sent at once, outside the queue, and its result is returned', async () => {
  await using world = await startWorld()
  const tested = await world.admin('POST', '/admin/channels/1/webhook/test')
  assert.equal(tested.http, 200)
  const { event_id: id, ms, ...said } = tested.data as { event_id: string; ms: number }
  assert.deepEqual(said, { delivered: true, status: 200, answer: 'ok' })
  assert.ok(ms >= 0)
  const callback = await world.receiver.gets({ event: 'test' })
  assert.equal(callback.id, id)
  assert.deepEqual(Object.keys(callback.body), ['event', 'channel_id', 'business_phone', 'received_at'])
  assert.deepEqual((await world.admin('GET', '/admin/deliveries')).data, [])
  world.receiver.behaviour = 500
  const refused = await world.admin('POST', '/admin/channels/1/webhook/test')
  const { delivered, status, answer } = refused.data as Record<string, unknown>
  assert.deepEqual([refused.http, delivered, status, answer], [200, false, 500, 'not now'])
  await world.admin('PATCH', '/admin/channels/1', { webhook_state: 'paused' })
  world.receiver.behaviour = 200
  assert.equal((await world.admin('POST', '/admin/channels/1/webhook/test')).http, 200)
  const channel = (await world.admin('GET', '/admin/channels/1')).data as { webhook_state: string }
  assert.equal(channel.webhook_state, 'paused', 'a test ends no pause')
  assert.equal(world.receiver.badSignatures, 0)
})

/** Waits until the store has at least this many attempts of the newest delivery. */
async function attempted(world: World, count: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const [delivery] = (await world.admin('GET', '/admin/deliveries?count=1')).data as { attempts: unknown[] }[]
    if ((delivery?.attempts.length ?? 0) >= count) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`fewer than ${count} attempts`)
}
