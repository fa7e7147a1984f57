import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Broadcast, duration, progressLine } from './broadcast-line.ts'

const going: Broadcast = {
  id: 'bc_1',
  name: null,
  state: 'running',
  reason: null,
  counts: { total: 10_000, waiting: 5_500, accepted: 4_497, failed: 3, unknown: 0 },
  progress: { rate: 78.2, allowed: 80, slowed_by: null, quiet_until: null, seconds_left: 71 },
  cost: null,
  retry_of: null,
  created_at: 0,
}

test('the line of a terminal has a bar, the rate and the time left', () => {
  assert.equal(
    progressLine(going, 120),
    '[###########-------------] 45 % · 4,500 of 10,000 · 78.2 per second · 1:11 left · 3 failed',
  )
})

test('the line is never wider than the terminal, so that it can be overwritten', () => {
  assert.equal(progressLine(going, 40).length, 39)
})

test('the line of a log has no bar', () => {
  assert.match(progressLine(going), /^45 % · 4,500 of 10,000 · /)
})

test('the line says why a broadcast is slow, and until when it waits', () => {
  const slow = { ...going, progress: { ...going.progress!, slowed_by: 'quality' as const } }
  assert.match(progressLine(slow), /78\.2 per second, slow: quality/)
  const quiet = { ...going, progress: { ...going.progress!, quiet_until: 1_800_000_000, seconds_left: null } }
  assert.match(progressLine(quiet), /quiet hours until 08:00 UTC/)
  assert.equal(
    progressLine({ ...going, counts: { ...going.counts, total: 0, waiting: 0, failed: 0 } }).slice(0, 5),
    '100 %',
  )
})

test('a duration', () => {
  assert.deepEqual([5, 71, 3_723].map(duration), ['0:05', '1:11', '1:02:03'])
})
