import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addCounts, answeredWithin, countAttempt, noAttempts, successRate } from './attempt-counts.ts'

test('durations are exact to a tenth, and slow ones count by their share', () => {
  const counts = noAttempts()
  for (let i = 0; i < 90; i++) countAttempt(counts, true, 100)
  for (let i = 0; i < 10; i++) countAttempt(counts, true, 4_000)
  const [half, most] = [answeredWithin(counts, 0.5)!, answeredWithin(counts, 0.95)!]
  assert.ok(half >= 100 && half <= 110, String(half))
  assert.ok(most >= 4_000 && most <= 4_400, String(most))
})

test('the success rate counts every attempt, durations only answered ones', () => {
  const counts = noAttempts()
  countAttempt(counts, true, 0)
  countAttempt(counts, false, 20)
  countAttempt(counts, false, null)
  assert.equal(successRate(counts), 0.3333)
  assert.equal(answeredWithin(counts, 0.1), 1)
  assert.ok(answeredWithin(counts, 1)! <= 22)
})

test('no attempts give no figures, and counts of two processes add up', () => {
  const [one, other] = [noAttempts(), noAttempts()]
  assert.deepEqual([successRate(one), answeredWithin(one, 0.5)], [null, null])
  countAttempt(one, true, 50)
  countAttempt(other, false, 50)
  addCounts(one, JSON.parse(JSON.stringify(other)) as typeof other)
  assert.equal(successRate(one), 0.5)
  assert.equal(Object.values(one.answered)[0], 2)
})
