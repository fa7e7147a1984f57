import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deliverySettings } from '../../packages/gateway/src/flows/deliver/settings.ts'
import { RETRY_SPAN_MS, retryDelayMs } from '../../packages/gateway/src/flows/deliver/schedule.ts'
import { readConfig } from '../../packages/gateway/src/platform/config.ts'
import { startHeldEndpoint } from '../support/held-endpoint.ts'
import { startWorld, type World } from '../support/world.ts'

const PHONES = Array.from({ length: 12 }, (_, i) => String(15_550_000_000 + i))

/** The due times of the lanes that are leased (`holder` is set) or wait. */
async function lanes(world: World, held: boolean): Promise<{ due_at: number }[]> {
  return world.gateway.store.sql.all(
    `select due_at from lanes where due_at is not null and holder is ${held ? 'not null' : 'null'}`,
  )
}

test('connections, places and the lease of an endpoint follow the settings', async () => {
  await using endpoint = await startHeldEndpoint()
  await using world = await startWorld({
    webhook: false,
    env: {
      WEBHOOK_CONNECTIONS_PER_ENDPOINT: '2',
      WEBHOOK_PLACES_PER_ENDPOINT: '5',
      WEBHOOK_LEASE_SECONDS: '600',
    },
  })
  await world.admin('PUT', '/admin/channels/1/webhook', { url: endpoint.url })
  const before = Date.now()
  for (const phone of PHONES) await world.sandbox.phone(phone).says('hello')
  await endpoint.holds(2)
  await world.receiver.until(() => world.gateway.store.backlog === 0, 'all is kept')
  const held = await lanes(world, true)
  assert.equal(held.length, 5)
  for (const { due_at } of held) assert.ok(due_at >= before + 600_000, `${due_at - before} ms`)
  assert.equal(endpoint.calls, 2)
  // Events that waited for a connection or a place are sent as these become free.
  for (let answered = 0; answered < PHONES.length; answered += 2) {
    await endpoint.holds(2)
    endpoint.answer(200)
  }
  assert.equal(endpoint.calls, PHONES.length)
})

test('all endpoints together hold at most the configured number of lanes', async () => {
  await using endpoint = await startHeldEndpoint()
  await using world = await startWorld({ webhook: false, env: { WEBHOOK_MOST_LANES: '24' } })
  await world.admin('PUT', '/admin/channels/1/webhook', { url: endpoint.url })
  for (const phone of PHONES) await world.sandbox.phone(phone).says('hello')
  // An eighth of the free places, and at least 4: with the default of 2,048, all 12 would be held.
  await endpoint.holds(4)
  await world.receiver.until(() => world.gateway.store.backlog === 0, 'all is kept')
  assert.equal((await lanes(world, true)).length, 4)
  for (let answered = 0; answered < PHONES.length; answered += 4) {
    await endpoint.holds(4)
    endpoint.answer(200)
  }
  assert.equal(endpoint.calls, PHONES.length)
})

test('an endpoint without an answer within the configured timeout has failed, and is retried as configured', async () => {
  await using world = await startWorld({
    env: { WEBHOOK_TIMEOUT_SECONDS: '1', WEBHOOK_RETRY_FIRST_MS: '3000000', WEBHOOK_RETRY_LONGEST_SECONDS: '3600' },
  })
  const { receiver } = world
  receiver.behaviour = () => 'hang'
  const before = Date.now()
  await world.sandbox.phone(PHONES[0]!).says('hello')
  let attempts: { answer: string }[] = []
  while (attempts.length === 0) {
    await receiver.until(() => receiver.calls > 0 && world.gateway.store.backlog === 0, 'the attempt')
    const { data } = await world.admin('GET', '/admin/deliveries')
    ;[{ attempts }] = data as [{ attempts: { answer: string }[] }]
  }
  assert.equal(attempts[0]!.answer, 'no answer within 1000 ms')
  const [waiting] = await lanes(world, false)
  assert.ok(waiting!.due_at >= before + 0.8 * 3_000_000, `${waiting!.due_at - before} ms`)
})

test('without settings, deliveries use the defaults; workers share the limits', () => {
  const usual = deliverySettings(readConfig({}))
  assert.deepEqual(usual, {
    timeoutMs: 10_000,
    perEndpoint: 64,
    placesPerEndpoint: 128,
    maxLanes: 2048,
    leaseMs: 60_000,
    retrySpanMs: RETRY_SPAN_MS,
    retryWaits: usual.retryWaits,
  })
  for (let number = 1; number <= 25; number++)
    assert.equal(
      retryDelayMs(number, () => 0.5, undefined, usual.retryWaits),
      retryDelayMs(number, () => 0.5),
    )
  const quarter = deliverySettings(readConfig({ WEBHOOK_RETRY_HOURS: '1', WEBHOOK_CONNECTIONS_PER_ENDPOINT: '2' }), 4)
  assert.deepEqual(
    [quarter.perEndpoint, quarter.placesPerEndpoint, quarter.maxLanes, quarter.retrySpanMs],
    [1, 32, 512, 3_600_000],
  )
})
