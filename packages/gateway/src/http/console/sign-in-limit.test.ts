import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import { createSignInLimit } from './sign-in-limit.ts'

for (const step of [-90 * 60_000, 90 * 60_000]) {
  test(`a clock that is set ${step < 0 ? 'back' : 'ahead'} does not change how long wrong passwords count`, () => {
    const clock = new ManualClock()
    const limit = createSignInLimit(clock)
    for (let i = 0; i < 5; i++) limit.failed('10.0.0.1')
    assert.equal(limit.waitSeconds('10.0.0.1'), 60)
    clock.step(step)
    assert.equal(limit.waitSeconds('10.0.0.1'), 60)
    clock.advance(59_000)
    assert.equal(limit.waitSeconds('10.0.0.1'), 1)
    clock.advance(1_000)
    assert.equal(limit.waitSeconds('10.0.0.1'), 0)
  })
}
