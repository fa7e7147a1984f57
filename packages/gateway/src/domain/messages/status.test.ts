import assert from 'node:assert/strict'
import { test } from 'node:test'
import { climb, LADDER, type MessageStatus } from './status.ts'

const CASES: [now: MessageStatus, next: MessageStatus, then: MessageStatus][] = [
  ['sending', 'accepted', 'accepted'],
  ['sending', 'unknown', 'unknown'],
  ['unknown', 'sent', 'sent'],
  ['unknown', 'accepted', 'accepted'],
  ['accepted', 'sent', 'sent'],
  ['sent', 'accepted', 'sent'],
  ['sent', 'failed', 'failed'],
  ['failed', 'sent', 'failed'],
  ['failed', 'delivered', 'delivered'],
  ['delivered', 'failed', 'delivered'],
  ['read', 'delivered', 'read'],
  ['read', 'failed', 'read'],
  ['sent', 'read', 'read'],
  ['read', 'played', 'played'],
  ['played', 'read', 'played'],
]

for (const [now, next, then] of CASES) {
  test(`${now}, then ${next}: ${then}`, () => {
    assert.equal(climb(now, next), then)
  })
}

test('the order in which statuses arrive does not change the final status', () => {
  for (const a of LADDER) {
    for (const b of LADDER) assert.equal(climb(climb('sending', a), b), climb(climb('sending', b), a))
  }
})
