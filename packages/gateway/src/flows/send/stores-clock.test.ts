import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { byStoresClock } from './stores-clock.ts'

const MOMENT = 1_795_852_080_000

test('clocks that agree leave a moment as it is, however late our own is read', () => {
  const now = MOMENT - 10_800_000
  assert.equal(byStoresClock(MOMENT, now, { before: now, after: now }), MOMENT)
  // The store answered at once, and our clock was read a millisecond later: not 999 ms of the second before.
  assert.equal(byStoresClock(MOMENT, now, { before: now, after: now + 1 }), MOMENT)
  assert.equal(byStoresClock(MOMENT, now, { before: now - 700, after: now + 900 }), MOMENT)
})

test('on a clock of its own a moment is never early, and late by no more than the answer took', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -5_000_000, max: 5_000_000 }),
      fc.nat(3_000),
      fc.nat(3_000),
      (ahead, untilRead, untilAnswer) => {
        const before = MOMENT - 50_000
        const now = before + untilRead + ahead
        const after = before + untilRead + untilAnswer
        const took = after - before
        const got = byStoresClock(MOMENT, now, { before, after })
        const exact = MOMENT + ahead
        // Clocks that differ by less than the answer took cannot be told apart from clocks that agree.
        if (Math.abs(ahead) <= took) assert.ok(Math.abs(got - exact) <= took)
        else assert.ok(got >= exact && got <= exact + took)
      },
    ),
  )
})
