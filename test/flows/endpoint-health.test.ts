import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { startHeldEndpoint } from '../support/held-endpoint.ts'
import { post, text, webhook } from '../support/meta.ts'
import { Receiver } from '../support/receiver.ts'
import { startWorld, type World } from '../support/world.ts'

const HOUR = 3_600_000
const SIX_HOURS = { 'retry-after': '21600' }
const people = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => String(15_550_030_000 + from + i))

/** Each contact writes once. */
async function writes(world: World, contacts: string[], word = 'hi'): Promise<void> {
  const values = contacts.map((from) => text(from, `wamid.${word}.${from}`, word))
  assert.equal((await post(world, webhook(...values))).status, 200)
}

type Shown = {
  webhook_state: 'active' | 'resting' | 'paused'
  webhook_state_reason: string | null
  webhook_next_attempt_at: number | null
}
const channel = async (world: World): Promise<Shown> =>
  (await world.admin('GET', '/admin/channels/1')).data as unknown as Shown

async function becomes(world: World, state: Shown['webhook_state']): Promise<Shown> {
  for (let i = 0; i < 500; i++) {
    const shown = await channel(world)
    if (shown.webhook_state === state) return shown
    await after(20)
  }
  throw new Error(`the webhook is ${(await channel(world)).webhook_state} and not ${state}`)
}

const setTo = async (world: World, url: string): Promise<string> => {
  const { http, data } = await world.admin('PUT', '/admin/channels/1/webhook', { url })
  assert.equal(http, 200)
  return (data as { webhook_secret: string }).webhook_secret
}
const setState = (world: World, webhook_state: string) => world.admin('PATCH', '/admin/channels/1', { webhook_state })

for (const [title, status, headers] of [
  ['succeed', 200, {}],
  ['fail', 500, {}],
  ['fail and ask for hours', 503, SIX_HOURS],
  ['are told 410', 410, {}],
] as const) {
  test(`an operator’s pause survives attempts in progress that ${title}`, async () => {
    await using world = await startWorld()
    await using endpoint = await startHeldEndpoint()
    await setTo(world, endpoint.url)
    await writes(world, people(12))
    await endpoint.holds(12)
    assert.equal((await setState(world, 'paused')).http, 200)
    endpoint.answer(status, headers)
    // The control: all their results are recorded, and other events are delivered meanwhile.
    await attempts(world, 12)
    const shown = await channel(world)
    assert.deepEqual([shown.webhook_state, shown.webhook_state_reason], ['paused', 'paused by an operator'])
    await writes(world, people(3, 100))
    await after(1200)
    assert.equal(endpoint.calls, 12, 'a paused endpoint is not asked')
    assert.equal((await channel(world)).webhook_state, 'paused')
    // The pause holds nothing back after its end.
    world.receiver.secret = await setTo(world, world.receiver.url)
    await world.receiver.until(() => world.receiver.received.length === (status === 200 ? 3 : 15), 'what waited')
  })
}

test('another URL ends a rest, and removes the Retry-After of the old URL', async () => {
  await using world = await startWorld()
  world.receiver.behaviour = () => ({ status: 503, headers: SIX_HOURS })
  await writes(world, people(8))
  const shown = await becomes(world, 'resting')
  assert.ok(shown.webhook_next_attempt_at! > Date.now() / 1000 + 20_000)
  const repaired = await Receiver.start()
  try {
    repaired.secret = await setTo(world, repaired.url)
    assert.equal((await channel(world)).webhook_state, 'active')
    await repaired.until(() => repaired.received.length === 8, 'all that waited')
  } finally {
    await repaired.close()
  }
})

test('answers of the old URL after the change hold nothing back and pause nothing', async () => {
  for (const [status, headers] of [
    [503, SIX_HOURS],
    [410, {}],
  ] as const) {
    await using world = await startWorld()
    await using old = await startHeldEndpoint()
    await setTo(world, old.url)
    await writes(world, people(8))
    await old.holds(8)
    world.receiver.secret = await setTo(world, world.receiver.url)
    old.answer(status, headers)
    await world.receiver.until(() => world.receiver.received.length === 8, `all, after ${status} of the old URL`)
    assert.equal((await channel(world)).webhook_state, 'active')
  }
})

test('another URL ends a pause by 410', async () => {
  await using world = await startWorld()
  world.receiver.behaviour = 410
  await writes(world, people(1))
  assert.match((await becomes(world, 'paused')).webhook_state_reason!, /410/)
  const other = await Receiver.start()
  try {
    other.secret = await setTo(world, other.url)
    await other.until(() => other.received.length === 1, 'what waited')
    assert.equal((await channel(world)).webhook_state, 'active')
  } finally {
    await other.close()
  }
})

test('pause and resume never show a failing endpoint as healthy; an endpoint is healthy once it has answered', async () => {
  await using world = await startWorld()
  world.receiver.behaviour = 503
  // Fewer contacts than a rest needs: only the waiting event shows the problem.
  await writes(world, people(2))
  await attempts(world, 2)
  await setState(world, 'paused')
  const resumed = await setState(world, 'active')
  assert.equal((resumed.data as unknown as Shown).webhook_state, 'resting')
  const calls = world.receiver.calls
  await world.receiver.until(() => world.receiver.calls > calls + 1, 'two probes', 20_000)
  assert.equal((await channel(world)).webhook_state, 'resting')
  // Setting the same URL again does not make it healthy.
  world.receiver.secret = await setTo(world, world.receiver.url)
  assert.equal((await channel(world)).webhook_state, 'resting')
  world.receiver.behaviour = 200
  await setState(world, 'active')
  await becomes(world, 'active')
  await world.receiver.until(() => world.receiver.received.length === 2, 'both')
  // Nothing waits and there is no known problem.
  await setState(world, 'paused')
  assert.equal(((await setState(world, 'active')).data as unknown as Shown).webhook_state, 'active')
})

test('retry ends a rest and probes at once; for a paused endpoint it says how to continue', async () => {
  await using world = await startWorld()
  const retry = () => world.admin('POST', '/admin/channels/1/webhook/retry')
  world.receiver.behaviour = () => ({ status: 503, headers: SIX_HOURS })
  await writes(world, people(8))
  await becomes(world, 'resting')
  await attempts(world, 8)
  const calls = world.receiver.calls
  const retried = await retry()
  assert.equal(retried.http, 200)
  assert.equal((retried.data as unknown as Shown).webhook_state, 'resting', 'no evidence yet')
  await world.receiver.until(() => world.receiver.calls === calls + 1, 'one probe')
  for (let i = 0; (await channel(world)).webhook_next_attempt_at! < Date.now() / 1000 + 20_000; i++) {
    assert.ok(i < 500, 'the probe failed, so it rests again')
    await after(20)
  }
  world.receiver.behaviour = 200
  await retry()
  await world.receiver.until(() => world.receiver.received.length === 8, 'all that waited')
  await becomes(world, 'active')
  await setState(world, 'paused')
  const refused = await retry()
  assert.equal(refused.http, 409)
  assert.match(refused.message, /paused.*resume/)
})

test('retry of a resting endpoint without waiting events sends a test event', async () => {
  await using world = await startWorld()
  world.receiver.behaviour = () => ({ status: 503, headers: SIX_HOURS })
  await writes(world, people(5))
  await becomes(world, 'resting')
  await attempts(world, 5)
  // As after the waiting events were erased or died.
  await world.gateway.store.sql.run('update lanes set due_at = null, holder = null')
  world.receiver.behaviour = 500
  await world.admin('POST', '/admin/channels/1/webhook/retry')
  assert.equal((await channel(world)).webhook_state, 'resting')
  world.receiver.behaviour = 200
  const { data } = await world.admin('POST', '/admin/channels/1/webhook/retry')
  assert.equal((data as unknown as Shown).webhook_state, 'active')
  assert.deepEqual(
    world.receiver.received.map(({ body }) => body.event),
    ['test'],
  )
})

test('an acknowledged test event ends a rest', async () => {
  await using world = await startWorld()
  world.receiver.behaviour = () => ({ status: 503, headers: SIX_HOURS })
  await writes(world, people(5))
  await becomes(world, 'resting')
  world.receiver.behaviour = 200
  const tested = await world.admin('POST', '/admin/channels/1/webhook/test')
  assert.equal((tested.data as unknown as { delivered: boolean }).delivered, true)
  assert.equal((await channel(world)).webhook_state, 'active')
  await world.admin('POST', '/admin/channels/1/webhook/retry')
  await world.receiver.until(() => world.receiver.received.length === 6, 'the test and all that waited')
})

test('a rest survives a restart, with its length', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-rest-'))
  const receiver = await Receiver.start()
  const clock = new ShiftedClock()
  receiver.anyTime = true
  try {
    {
      await using world = await startWorld({ dataDir, receiver, gateway: { clock } })
      receiver.behaviour = () => ({ status: 503, headers: { 'retry-after': '3600' } })
      await writes(world, people(6))
      await becomes(world, 'resting')
    }
    receiver.behaviour = 200
    const calls = receiver.calls
    await using world = await startWorld({ dataDir, receiver, webhook: false, gateway: { clock } })
    assert.equal((await channel(world)).webhook_state, 'resting')
    await writes(world, people(6, 50))
    await after(1500)
    assert.equal(receiver.calls, calls, 'a resting endpoint is not asked')
    clock.advance(2 * HOUR)
    await receiver.until(() => receiver.received.length === 12, 'everything, once the rest is over')
    await becomes(world, 'active')
  } finally {
    await receiver.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('setting the wall clock moves no rest', async () => {
  const clock = new ShiftedClock()
  await using world = await startWorld({ gateway: { clock } })
  world.receiver.anyTime = true
  world.receiver.behaviour = 503
  await writes(world, people(6))
  await becomes(world, 'resting')
  clock.step(-24 * HOUR)
  world.receiver.behaviour = 200
  await writes(world, people(1, 50))
  // Within the rest's own seconds; by the wall clock it would be a day.
  await becomes(world, 'active')
})

test('Retry-After as a date is that date', async () => {
  await using world = await startWorld()
  const at = Math.ceil(Date.now() / 1000) + 1800
  world.receiver.behaviour = () => ({ status: 503, headers: { 'retry-after': new Date(at * 1000).toUTCString() } })
  await writes(world, people(6))
  const { webhook_next_attempt_at: next } = await becomes(world, 'resting')
  assert.ok(Math.abs(next! - at) <= 1, `${next} and not ${at}`)
})

/** Waits until the store has the results of this many first attempts. */
async function attempts(world: World, count: number): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const deliveries = (await world.admin('GET', '/admin/deliveries?count=100')).data as { attempts: unknown[] }[]
    if (deliveries.filter((delivery) => delivery.attempts.length > 0).length >= count) return
    await after(20)
  }
  throw new Error(`fewer than ${count} attempts`)
}
