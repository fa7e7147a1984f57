import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pairClosedMs, shareAt, slowed, UNSLOWED } from './slowdown.ts'

const T0 = 1_800_000_000_000

test('a throttle halves the rate, and thirty quiet seconds restore it', () => {
  const once = slowed(UNSLOWED, T0, 130429, undefined)
  assert.equal(once.share, 0.5)
  assert.equal(once.code, 130429)
  const later = [0, 15_000, 30_000, 60_000].map((ms) => Math.round(shareAt(once, T0 + ms) * 100))
  assert.deepEqual(later, [50, 75, 100, 100])
})

test('concurrent refusals halve it once; those of the next second halve it again', () => {
  let slowdown = slowed(UNSLOWED, T0, 130429, undefined)
  for (let i = 0; i < 50; i++) slowdown = slowed(slowdown, T0 + i, 130429, undefined)
  assert.equal(slowdown.share, 0.5)
  slowdown = slowed(slowdown, T0 + 1_000, 130429, undefined)
  assert(Math.abs(slowdown.share - 0.258) < 0.001, String(slowdown.share))
})

test('however often it is halved, some rate remains, and it recovers', () => {
  let slowdown = UNSLOWED
  for (let i = 0; i < 100; i++) slowdown = slowed(slowdown, T0 + i * 1_000, 4, undefined)
  assert(slowdown.share >= 1 / 64 && slowdown.share < 1 / 50, String(slowdown.share))
  assert.equal(shareAt(slowdown, slowdown.at + 60_000), 1)
})

const CLOSED: [what: string, retryAfterMs: number | undefined, closedForMs: number][] = [
  ['no time named', undefined, 0],
  ['the next second', 1_000, 1_000],
  ['maintenance', 60_000, 60_000],
  ['days, which is asked again after five minutes', 72 * 3_600_000, 300_000],
]
for (const [what, retryAfterMs, closedForMs] of CLOSED) {
  test(`closed: ${what}`, () => {
    const { closedUntil } = slowed(UNSLOWED, T0, 131057, retryAfterMs)
    assert.equal(Math.max(0, closedUntil - T0), closedForMs)
  })
}

test('a shorter time does not shorten a longer closing', () => {
  const long = slowed(UNSLOWED, T0, 131057, 60_000)
  assert.equal(slowed(long, T0 + 10, 130429, 1_000).closedUntil, T0 + 60_000)
})

test('a pair: 4^X seconds, at most an hour', () => {
  assert.deepEqual([0, 1, 2, 3, 9, 500].map(pairClosedMs), [1_000, 4_000, 16_000, 64_000, 3_600_000, 3_600_000])
})
