import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import { Remember } from './remember.ts'

for (const step of [-90 * 60_000, 90 * 60_000]) {
  const set = step < 0 ? 'back' : 'ahead'

  test(`what is remembered for a while is not kept longer or shorter by a clock that is set ${set}`, () => {
    const clock = new ManualClock()
    const remembered = new Remember<string>(clock, { ms: 1_000, max: 10 })
    remembered.set('key', 'value')
    clock.step(step)
    assert.equal(remembered.get('key'), 'value')
    clock.advance(999)
    assert.equal(remembered.get('key'), 'value')
    clock.advance(1)
    assert.equal(remembered.get('key'), undefined)
  })
}
