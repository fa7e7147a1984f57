import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EndpointHealth } from './endpoint-health.ts'

const middle = () => 0.5

function failing(lanes: number): EndpointHealth {
  const health = new EndpointHealth(middle)
  for (let lane = 1; lane <= lanes; lane++) health.failed(lane, 0)
  return health
}

test('an endpoint that works is asked without limit', () => {
  assert.equal(new EndpointHealth(middle).allowance(0), Number.POSITIVE_INFINITY)
})

test('one contact that fails again and again does not put the endpoint to rest', () => {
  const health = new EndpointHealth(middle)
  for (let i = 0; i < 50; i++) assert.equal(health.failed(7, 0), false)
  assert.equal(health.restingUntil, null)
})

test('the fifth contact in a row does; a success between them starts the count again', () => {
  assert.equal(failing(4).restingUntil, null)
  assert.equal(failing(5).restingUntil, 2000)
  const health = failing(4)
  health.succeeded()
  assert.equal(health.failed(5, 0), false)
})

test('a rest allows nothing, then one probe at a time', () => {
  const health = failing(5)
  assert.equal(health.allowance(1999), 0)
  assert.equal(health.allowance(2000), 1)
  health.probes()
  assert.equal(health.allowance(2000), 0)
})

test('a probe that fails lengthens the rest, one that succeeds ends it', () => {
  const health = failing(5)
  health.probes()
  assert.equal(health.failed(1, 2000), true)
  assert.equal(health.restingUntil, 6000)
  health.probes()
  assert.equal(health.succeeded(), true)
  assert.equal(health.allowance(6000), Number.POSITIVE_INFINITY)
  // And the next rest begins short again.
  for (let lane = 1; lane <= 5; lane++) health.failed(lane, 10_000)
  assert.equal(health.restingUntil, 12_000)
})

test('attempts that were on their way when the rest began do not lengthen it', () => {
  const health = failing(5)
  assert.equal(health.failed(9, 500), false)
  assert.equal(health.restingUntil, 2000)
})

test('a probe that found nothing to send leaves the way free for the next', () => {
  const health = failing(5)
  health.probes()
  health.probeUnused()
  assert.equal(health.allowance(2000), 1)
})
