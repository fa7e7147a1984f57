import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FULL_PACE, paceNow, spent, throttled, untilNextMs } from './own-pace.ts'

test('a throttle halves the pace, the refusals of one second count once, and a quiet minute restores it', () => {
  let pace = FULL_PACE
  for (let i = 0; i < 30; i++) pace = throttled(pace, 5_000 + i)
  assert.deepEqual(paceNow(pace, 3, 5_000), { share: 0.5, slowedBy: 'throttled' })
  const shares = [30_000, 60_000].map((ms) => Math.round(paceNow(pace, 3, 5_000 + ms).share * 100))
  assert.deepEqual(shares, [75, 100])
  assert.equal(paceNow(pace, 3, 5_000 + 60_001).slowedBy, null)
  const again = throttled(pace, 6_001)
  assert(again.share < 0.26 && again.share >= 0.25, String(again.share))
})

test('however often WhatsApp throttles, some pace remains', () => {
  let pace = FULL_PACE
  for (let i = 0; i < 50; i++) pace = throttled(pace, i * 1_000)
  assert(paceNow(pace, 3, 50_000).share >= 1 / 64)
})

test('the quality of the number lowers the pace, and a better one restores it', () => {
  for (const [quality, share, slowedBy] of [
    [undefined, 1, null],
    [3, 1, null],
    [2, 0.5, 'quality'],
    [1, 0.1, 'quality'],
  ] as const)
    assert.deepEqual(paceNow(FULL_PACE, quality, 0), { share, slowedBy })
})

test('the stronger of two causes decides', () => {
  let pace = throttled(FULL_PACE, 0)
  assert.deepEqual(paceNow(pace, 1, 0), { share: 0.1, slowedBy: 'quality' })
  for (let i = 1; i < 5; i++) pace = throttled(pace, i * 1_000)
  assert.equal(paceNow(pace, 2, 4_000).slowedBy, 'throttled')
})

test('at a share of 1/10 of 20 per second, two messages go in one second', () => {
  let pace = FULL_PACE
  let sent = 0
  for (let now = 0; now < 10_000; now += 10)
    if (untilNextMs(pace, 20, 0.1, now) === 0) {
      pace = spent(pace, 20, 0.1, now)
      sent++
    }
  assert.equal(sent, 20)
})

test('at the full pace there is no limit of its own', () => {
  const pace = spent(FULL_PACE, 20, 1, 0)
  assert.equal(untilNextMs(pace, 20, 1, 0), 0)
})
