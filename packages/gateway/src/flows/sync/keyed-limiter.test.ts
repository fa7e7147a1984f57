import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import { KeyedLimiter } from './keyed-limiter.ts'

for (const step of [-90 * 60_000, 90 * 60_000]) {
  const set = step < 0 ? 'back' : 'ahead'

  test(`a limiter refills at its rate though the clock is set ${set}`, () => {
    const clock = new ManualClock()
    const limiter = new KeyedLimiter(clock, { burst: 2, everyMs: 1_000 })
    assert.deepEqual([limiter.take('a'), limiter.take('a'), limiter.take('a')], [true, true, false])
    clock.step(step)
    assert.equal(limiter.take('a'), false)
    clock.advance(1_000)
    assert.deepEqual([limiter.take('a'), limiter.take('a')], [true, false])
  })
}

test('a key has its whole burst at any fraction of a millisecond', () => {
  const clock = new ManualClock()
  const limiter = new KeyedLimiter(clock, { burst: 100, everyMs: 5_000 })
  for (let i = 0; i < 200; i++) {
    clock.advance(1_310.7)
    const key = `key ${i}`
    const given = Array.from({ length: 101 }, () => limiter.take(key))
    assert.equal(given.filter(Boolean).length, 100, `at ${clock.monotonic()}`)
    assert.equal(limiter.has(key), false)
  }
})

test('the key that was unused for longest is removed first', () => {
  const limiter = new KeyedLimiter(new ManualClock(), { burst: 1, everyMs: 1_000 })
  for (let i = 0; i <= 10_000; i++) limiter.take(`key ${i}`)
  assert.deepEqual([limiter.has('key 0'), limiter.has('key 1'), limiter.has('key 10000')], [true, false, false])
})
