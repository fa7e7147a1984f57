import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import { KeyedLimiter } from './keyed-limiter.ts'

for (const step of [-90 * 60_000, 90 * 60_000]) {
  const set = step < 0 ? 'back' : 'ahead'

  test(`a limiter refills at its rate though the clock is set ${set}`, () => {
    const clock = new ManualClock()
    const limiter = new KeyedLimiter(clock, { most: 2, everyMs: 1_000 })
    assert.deepEqual([limiter.take('a'), limiter.take('a'), limiter.take('a')], [true, true, false])
    clock.step(step)
    assert.equal(limiter.take('a'), false)
    clock.advance(1_000)
    assert.deepEqual([limiter.take('a'), limiter.take('a')], [true, false])
  })
}
