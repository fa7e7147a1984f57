import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Channel } from '../domain/channels/channel.ts'
import { ManualClock } from '../../../runtime/src/clock.ts'
import { GatewayError } from '../platform/errors.ts'
import { createAdmission, createCounters } from './admission.ts'

function start(callsPerSecond = 200) {
  const clock = new ManualClock()
  const admission = createAdmission({ counters: createCounters(clock), load: { admit: () => {} }, callsPerSecond })
  return { clock, admission }
}

/** Number of the `tries` that are admitted. */
function through(tries: number, call: () => unknown): number {
  let count = 0
  for (let i = 0; i < tries; i++) {
    try {
      call()
      count++
    } catch (error) {
      assert(error instanceof GatewayError)
      assert.equal(error.reason, 'rate_limited')
      assert(error.retryAfterSeconds! >= 1)
    }
  }
  return count
}

const CALLS: [perSecond: number, messagesPerSecond: number, atOnce: number, aSecondLater: number][] = [
  [200, 1, 400, 200],
  [200, 80, 640, 320],
  [1000, 80, 2_000, 1_000],
]
for (const [perSecond, messagesPerSecond, atOnce, later] of CALLS) {
  test(`${perSecond} calls a second, a number of ${messagesPerSecond}: ${atOnce} at once`, () => {
    const { clock, admission } = start(perSecond)
    const channel = { messagesPerSecond } as Channel
    const call = () => admission.call('code', channel, true)
    assert.equal(through(5_000, call), atOnce)
    clock.advance(1_000)
    assert.equal(through(5_000, call), later)
    assert.equal(
      through(1, () => admission.call('another code', channel, true)),
      1,
    )
  })
}

test('the limit on calls does not delay a fast number', () => {
  const { admission } = start()
  const channel = { messagesPerSecond: 100_000 } as Channel
  assert.equal(
    through(100_000, () => admission.call('code', channel, true)),
    100_000,
  )
})

test('while the node is overloaded, reads continue and sends are refused', () => {
  const admission = createAdmission({
    counters: createCounters(new ManualClock()),
    load: {
      admit: () => {
        throw new GatewayError('overloaded', { seconds: 2 })
      },
    },
    callsPerSecond: 10,
  })
  const channel = { messagesPerSecond: 80 } as Channel
  void admission.call('code', channel, false)
  assert.throws(() => admission.call('code', channel, true), { reason: 'overloaded' })
})

test('a hundred wrong credentials of a kind, then 429 to that address alone, until a minute has passed', () => {
  const { clock, admission } = start()
  assert.equal(
    through(150, () => admission.wrong('code', '10.0.0.1')),
    100,
  )
  assert.equal(
    through(1, () => admission.wrong('code', '10.0.0.1')),
    0,
  )
  assert.equal(
    through(1, () => admission.wrong('code', '10.0.0.2')),
    1,
  )
  assert.equal(
    through(150, () => admission.wrong('bearer', '10.0.0.1')),
    100,
    'counted by itself',
  )
  clock.advance(60_000)
  assert.equal(
    through(150, () => admission.wrong('code', '10.0.0.1')),
    100,
  )
})

test('of a million addresses at most ten thousand stay in memory', () => {
  const { admission } = start()
  for (let i = 0; i < 100; i++) void admission.wrong('code', 'first')
  for (let i = 0; i < 10_000; i++) void admission.wrong('code', `address ${i}`)
  assert.equal(
    through(1, () => admission.wrong('code', 'first')),
    1,
    'forgotten for the sake of memory',
  )
})

for (const step of [-90 * 60_000, 90 * 60_000]) {
  test(`a clock that is set ${step < 0 ? 'back' : 'ahead'} neither refuses calls nor grants more of them`, () => {
    const { clock, admission } = start()
    const channel = { messagesPerSecond: 1 } as Channel
    const call = () => admission.call('code', channel, true)
    const guess = () => admission.wrong('bearer', '10.0.0.1')
    assert.equal(through(1_000, call), 400)
    assert.equal(through(1_000, guess), 100)
    clock.step(step)
    assert.equal(through(1_000, call), 0)
    assert.equal(through(1_000, guess), 0)
    clock.advance(1_000)
    assert.equal(through(1_000, call), 200)
    assert.equal(through(1_000, guess), 1)
  })
}
