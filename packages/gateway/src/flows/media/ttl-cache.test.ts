import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import { TtlCache } from './ttl-cache.ts'

for (const step of [-90 * 60_000, 90 * 60_000]) {
  const set = step < 0 ? 'back' : 'ahead'

  test(`the lifetime of a cached value is not changed by a clock that is set ${set}`, () => {
    const clock = new ManualClock()
    const cache = new TtlCache<{ is: string }>(clock, { ms: 1_000, max: 10 })
    cache.set('key', { is: 'value' })
    clock.step(step)
    assert.deepEqual(cache.get('key'), { is: 'value' })
    clock.advance(999)
    assert.deepEqual(cache.get('key'), { is: 'value' })
    clock.advance(1)
    assert.equal(cache.get('key'), undefined)
  })
}

test('the least recently used value is removed first', () => {
  const cache = new TtlCache<{ is: number }>(new ManualClock(), { ms: 1_000, max: 2 })
  for (const key of [1, 2]) cache.set(String(key), { is: key })
  cache.get('1')
  cache.set('3', { is: 3 })
  assert.deepEqual(
    ['1', '2', '3'].map((key) => cache.get(key)?.is),
    [1, undefined, 3],
  )
})
