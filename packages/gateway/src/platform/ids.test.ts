import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newMessageId, newSecret, ulid } from './ids.ts'

test('later ids sort later, also within one millisecond and when the clock is set back', () => {
  const ids = [
    ...Array.from({ length: 5000 }, () => ulid(1_800_000_000_000)),
    ulid(1_700_000_000_000),
    ulid(1_800_000_000_001),
  ]
  assert.deepEqual(ids, [...ids].sort())
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/)
})

test('the time of an id is its first ten characters', () => {
  assert.equal(ulid(2_000_000_000_000).slice(0, 10), ulid(2_000_000_000_000).slice(0, 10))
  assert.match(newMessageId(), /^msg_[0-9A-Z]{26}$/)
})

test('a secret has at least the promised number of bits', () => {
  const secret = newSecret('pc_')
  assert.equal(Buffer.from(secret.slice(3), 'base64url').length, 32)
  assert.notEqual(newSecret('pc_'), secret)
})
