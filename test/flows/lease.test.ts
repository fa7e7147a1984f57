import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { inbound, phone } from '../store/facts.ts'
import { startDeliveries } from '../support/deliveries.ts'
import { startHeldEndpoint } from '../support/held-endpoint.ts'

const LEASE = { leaseMs: 60_000, timeoutMs: 10_000, pollMs: 1000 }

test('a lease counts from the offer: after a slow commit the rest is too short for an attempt', async () => {
  const clock = new ManualClock()
  await using endpoint = await startHeldEndpoint()
  await using world = await startDeliveries({ 1: endpoint.url }, { ...LEASE, clock })
  const { deliverer, store } = world
  const offer = deliverer.offer(new Map([[1, 1]]))
  const applied = await store.applyFacts([inbound({ phone: phone(1) }, { channelId: 1 })], offer)
  assert.equal(applied.leased.length, 1, 'the commit leased it')
  const held = () =>
    store.sql.get<{ holder: string | null; due_at: number }>('select holder, due_at from lanes where channel_id = 1')
  assert.equal((await held())!.due_at, clock.now() + offer.leaseMs)
  // The answer of the commit takes long.
  clock.advance(55_000)
  offer.end()
  deliverer.take(applied, offer)
  while ((await held())!.holder !== null) await after(5)
  assert.equal(endpoint.calls, 0, 'given back, not sent under a lease that another may soon have')
  // The control: with a lease of its own, the event is delivered.
  deliverer.nudge(1)
  await endpoint.holds(1)
  endpoint.answer(200)
})
