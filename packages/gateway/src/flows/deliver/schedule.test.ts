import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRetryAfter, retryDelayMs, RETRY_SPAN_MS } from './schedule.ts'

const middle = () => 0.5
const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('retries begin within a second and grow to hours', () => {
  const delays = Array.from({ length: 30 }, (_, i) => retryDelayMs(i + 1, middle))
  assert.equal(delays[0], 500)
  const firstMinute = delays.slice(0, 9).reduce((sum, delay) => sum + delay)
  assert.ok(firstMinute < 60_000, 'ten attempts within the first minute')
  for (let i = 1; i < delays.length; i++) assert.ok(delays[i]! >= delays[i - 1]!, `step ${i}`)
  assert.equal(delays.at(-1), 6 * HOUR)
})

test('three days have some twenty attempts, not two thousand', () => {
  let attempts = 1
  for (let elapsed = 0; ; attempts++) {
    elapsed += retryDelayMs(attempts, middle)
    if (elapsed > RETRY_SPAN_MS) break
  }
  assert.ok(attempts > 15 && attempts < 40, `${attempts} attempts`)
})

test('jitter stays within a fifth, so that contacts that failed together are not retried together', () => {
  assert.equal(
    retryDelayMs(10, () => 0),
    24_000,
  )
  assert.equal(
    retryDelayMs(10, () => 0.999999),
    36_000,
  )
})

test('Retry-After lengthens a delay, never shortens it, up to six hours', () => {
  assert.equal(retryDelayMs(1, middle, 90_000), 90_000)
  assert.equal(retryDelayMs(16, middle, 1000), HOUR)
  assert.equal(retryDelayMs(1, middle, 365 * 24 * HOUR), 6 * HOUR)
})

test('Retry-After is seconds or a date; any other text is ignored', () => {
  const now = Date.UTC(2026, 0, 1)
  assert.equal(readRetryAfter('120', now), 120_000)
  assert.equal(readRetryAfter(['7', '9'], now), 7000)
  assert.equal(readRetryAfter(new Date(now + 5000).toUTCString(), now), 5000)
  assert.equal(readRetryAfter(new Date(now - 5000).toUTCString(), now), 0)
  for (const odd of [undefined, '', 'soon', '-5', '1e9', '99999999999'])
    assert.equal(readRetryAfter(odd, now), undefined, odd)
})

test('the shortest and the longest pause can be set; the steps between them stay', () => {
  const waits = { firstMs: 3_000, longestMs: 60_000 }
  const delays = Array.from({ length: 25 }, (_, i) => retryDelayMs(i + 1, middle, undefined, waits))
  assert.deepEqual(delays.slice(0, 6), [3_000, 3_000, 3_000, 3_000, 5_000, 5_000])
  assert.ok(delays.slice(10).every((delay) => delay === 60_000))
  assert.equal(retryDelayMs(25, middle, undefined, { firstMs: 500, longestMs: 24 * HOUR }), 24 * HOUR)
})
