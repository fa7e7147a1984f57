import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdOf, LONGEST_HOLD_MS } from '../support/loop-watch.ts'
import { fuzzMedia } from './media.ts'

// A short version of `npm run test:fuzz`.
test('mutated media files: no check throws, and none blocks the event loop', { timeout: 120_000 }, async (t) => {
  const { longestHoldMs, held, taken, refused } = await fuzzMedia(300, 20261125)
  t.diagnostic(`${taken} taken, ${refused} refused; the longest hold was ${longestHoldMs.toFixed(1)} ms`)
  assert.deepEqual(held, [])
  assert.ok(taken > 30 && refused > 30, 'some stay right, most are not')
})

test('the monitor finds an input that blocks the event loop, and no wait without processor time', async () => {
  const busy = (ms: number): void => {
    const before = process.threadCpuUsage()
    for (;;) {
      const { user, system } = process.threadCpuUsage(before)
      if (user + system >= ms * 1000) return
    }
  }
  assert.ok((await holdOf(async () => busy(80))) >= 80)
  assert.ok((await holdOf(() => new Promise((resolve) => setTimeout(resolve, 120)))) < LONGEST_HOLD_MS)
})
