import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bounded, numberLimit, PAIR_LIMIT, taken, waitMs, type RateLimit } from './token-bucket.ts'

const T0 = 1_800_000_000_000

/** Takes as many tokens as are free at each moment and returns their numbers. */
function tokensAt(limit: RateLimit, moments: number[]): number[] {
  let fullAt = 0
  return moments.map((moment) => {
    let tokens = 0
    while (waitMs(fullAt, limit, T0 + moment) === 0 && tokens < 1000) {
      fullAt = taken(fullAt, limit, T0 + moment)
      tokens++
    }
    return tokens
  })
}

const CASES: [what: string, limit: RateLimit, moments: number[], tokens: number[]][] = [
  ['a pair: 45 at once, then one every 6 s', PAIR_LIMIT, [0, 5_999, 6_000, 12_000, 18_000], [45, 0, 1, 1, 1]],
  ['a pair that was quiet for 2 minutes has 20 tokens back', PAIR_LIMIT, [0, 120_000], [45, 20]],
  [
    'a pair is whole again after 45 × 6 s, and not more than whole',
    PAIR_LIMIT,
    [0, 270_000, 100_000_000],
    [45, 45, 45],
  ],
  ['80 a second: four at once, then one every 12.5 ms', numberLimit(80), [0, 12, 13, 25, 1_000], [4, 0, 1, 1, 4]],
  ['1 a second has no burst', numberLimit(1), [0, 999, 1_000, 5_000], [1, 0, 1, 1]],
  ['1,000 a second: 50 at once', numberLimit(1000), [0, 1, 51], [50, 1, 50]],
]
for (const [what, limit, moments, tokens] of CASES) test(what, () => assert.deepEqual(tokensAt(limit, moments), tokens))

for (const perSecond of [1, 7, 20, 80, 1000, 100_000]) {
  test(`${perSecond} a second: at most a twentieth above it in any second`, () => {
    const limit = numberLimit(perSecond)
    const given: number[] = []
    let fullAt = 0
    for (let now = T0; now < T0 + 3_000; now++) {
      let tokens = 0
      while (waitMs(fullAt, limit, now) === 0) {
        fullAt = taken(fullAt, limit, now)
        tokens++
      }
      given.push(tokens)
    }
    const most = Math.max(...given.map((_, i) => given.slice(i, i + 1000).reduce((sum, n) => sum + n, 0)))
    assert(most <= Math.ceil(perSecond * 1.05) + 1, `${most} in one second`)
    const total = given.reduce((sum, n) => sum + n, 0)
    assert(total >= perSecond * 3, `only ${total} in three seconds`)
  })
}

test('a clock that is set back stops the rate for at most its burst', () => {
  const limit = numberLimit(80)
  const ahead = taken(0, limit, T0 + 3_600_000)
  assert(waitMs(ahead, limit, T0) > 3_000_000)
  assert.equal(Math.round(waitMs(bounded(ahead, limit, T0), limit, T0)), 13)
})

test('the whole burst is available at any fraction of a millisecond', () => {
  const limit: RateLimit = { everyMs: 5_000, burst: 100 }
  for (let now = 0.7; now < 200_000; now += 1_310.7) {
    let fullAt = 0
    let tokens = 0
    while (waitMs(fullAt, limit, now) === 0) {
      fullAt = taken(fullAt, limit, now)
      tokens++
    }
    assert.equal(tokens, 100, `at ${now}`)
  }
})
