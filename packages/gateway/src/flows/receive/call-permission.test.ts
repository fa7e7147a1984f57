import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callPermissionIn } from './call-permission.ts'

const DAY = 86_400_000
const AT = 1_795_604_300_000

test('a reply tells whether the business may call, and until when', () => {
  const after = (reply: unknown, type = 'call_permission_reply') => {
    const interactive = { type, call_permission_reply: reply }
    return callPermissionIn({ id: 'wamid.A', timestamp: '1', type: 'interactive', interactive }, AT)?.calls
  }
  const until = '1796209100'
  const week = { permission: 'temporary', until: 1_796_209_100_000, at: AT }
  assert.deepEqual(after({ response: 'accept', is_permanent: false, expiration_timestamp: until }), week)
  assert.deepEqual(after({ response: 'accept', expiration_timestamp: Number(until) }), week)
  assert.deepEqual(after({ response: 'accept' }), { permission: 'temporary', until: AT + 7 * DAY, at: AT })
  assert.deepEqual(after({ response: 'accept', expiration_timestamp: {} })?.until, AT + 7 * DAY)
  assert.deepEqual(after({ response: 'accept', is_permanent: true }), { permission: 'permanent', until: null, at: AT })
  assert.deepEqual(after({ response: 'reject' }), { permission: 'none', until: null, at: AT })
  for (const unknown of [{ response: 'later' }, {}, null, 'accept', []]) assert.equal(after(unknown), undefined)
  assert.equal(after({ response: 'accept' }, 'button_reply'), undefined)
})
