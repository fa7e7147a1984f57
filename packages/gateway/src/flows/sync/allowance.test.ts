import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import { Allowance } from './allowance.ts'

for (const step of [-90 * 60_000, 90 * 60_000]) {
  const set = step < 0 ? 'back' : 'ahead'

  test(`an allowance fills at its pace though the clock is set ${set}`, () => {
    const clock = new ManualClock()
    const allowance = new Allowance(clock, { most: 2, everyMs: 1_000 })
    assert.deepEqual([allowance.take('a'), allowance.take('a'), allowance.take('a')], [true, true, false])
    clock.step(step)
    assert.equal(allowance.take('a'), false)
    clock.advance(1_000)
    assert.deepEqual([allowance.take('a'), allowance.take('a')], [true, false])
  })
}
