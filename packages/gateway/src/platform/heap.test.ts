import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '@postern/runtime/clock'
import { whenQuiet } from './heap.ts'

test('what may block a thread waits for a second without work', () => {
  const clock = new ManualClock()
  let active = 0
  const utilization = (before?: { active: number }) => {
    const idle = 1000
    return { idle, active, utilization: before === undefined ? 0 : (active - before.active) / 1000 }
  }
  let calls = 0
  whenQuiet(clock, () => calls++, utilization)
  for (let second = 0; second < 5; second++) {
    active += 50
    clock.advance(1000)
  }
  assert.equal(calls, 0)
  active += 10
  clock.advance(1000)
  assert.equal(calls, 1)
  clock.advance(10_000)
  assert.equal(calls, 1)
})
