import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WINDOW_MS, windowOf } from './window.ts'

const NOW = 1_788_300_000_000
const OLD = NOW - 30 * WINDOW_MS

test('a received message opens the window for 24 hours', () => {
  assert.deepEqual(windowOf({ lastInboundAt: NOW, channelCreatedAt: OLD }, NOW), {
    state: 'open',
    closesAt: NOW + WINDOW_MS,
  })
})

test('the last five seconds count as closed, because a send takes time to reach Meta', () => {
  const lastInboundAt = NOW
  const at = (time: number) => windowOf({ lastInboundAt, channelCreatedAt: OLD }, time).state
  assert.equal(at(NOW + WINDOW_MS - 5_001), 'open')
  assert.equal(at(NOW + WINDOW_MS - 5_000), 'closed')
  assert.equal(at(NOW + WINDOW_MS + 1), 'closed')
})

test('a closed window has the time when it closed', () => {
  assert.deepEqual(windowOf({ lastInboundAt: NOW - 2 * WINDOW_MS, channelCreatedAt: NOW }, NOW), {
    state: 'closed',
    closedAt: NOW - WINDOW_MS,
  })
})

test('a contact without messages is unknown on a young channel and closed on an old one', () => {
  assert.deepEqual(windowOf({ channelCreatedAt: NOW - WINDOW_MS + 1 }, NOW), { state: 'unknown' })
  assert.deepEqual(windowOf({ channelCreatedAt: NOW - WINDOW_MS }, NOW), { state: 'closed' })
})

test('a timestamp slightly ahead of our clock is an open window', () => {
  assert.equal(windowOf({ lastInboundAt: NOW + 3_000, channelCreatedAt: OLD }, NOW).state, 'open')
})
