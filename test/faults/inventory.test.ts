import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longestWait, explainMissing, type Counted } from './inventory.ts'

const NOW = 1_800_000_000_000
const event = (name: string, more: Partial<Counted>): Counted => ({
  body: { name },
  contact: 7,
  state: 'pending',
  attempts: 5,
  dueAt: NOW + 12_000,
  holder: null,
  ...more,
})
const nameOf = (body: Record<string, unknown>): string => String(body.name)

test('an event whose lane has a due time is late; dead, forgotten or absent events are lost', () => {
  const counted = [
    event('waits', {}),
    event('leased', { holder: 'n_1', dueAt: NOW + 60_000 }),
    event('forgotten', { dueAt: null }),
    event('ended', { state: 'delivered', dueAt: null }),
    event('dead', { state: 'dead', dueAt: null }),
    event('arrived', { state: 'delivered', dueAt: null }),
  ]
  const missing = new Set(['waits', 'leased', 'forgotten', 'ended', 'dead', 'absent'])
  assert.deepEqual(explainMissing(missing, counted, nameOf, NOW), {
    late: ['waits: 5 tries, lane 7 due in 12.0 s', 'leased: 5 tries, lane 7 due in 60.0 s, leased by n_1'],
    lost: [
      'forgotten: pending, and its lane 7 is never looked at',
      'ended: delivered says the store',
      'dead: dead says the store',
      'absent: not in the store',
    ],
  })
})

test('the longest wait is that of the lanes with waiting events', () => {
  const idle = event('arrived', { state: 'delivered', dueAt: NOW + 90_000 })
  assert.equal(longestWait([event('waits', {}), idle], NOW), 12_000)
  assert.equal(longestWait([event('overdue', { dueAt: NOW - 5_000 })], NOW), 0)
  assert.equal(longestWait([], NOW), 0)
})
