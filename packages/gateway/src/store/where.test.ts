import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Where } from './where.ts'

test('conditions are joined by and, and their values become numbered parameters in order', () => {
  const where = new Where().and('channel_id = ?', 7).and('deleted_at is null').and('id > ? and id < ?', 'a', 'z')
  const limit = where.param(50)
  assert.equal(where.clause, 'where channel_id = $1 and deleted_at is null and id > $2 and id < $3')
  assert.equal(limit, '$4')
  assert.deepEqual(where.params, [7, 'a', 'z', 50])
})

test('without conditions there is no clause, and null is a value like any other', () => {
  assert.equal(new Where().clause, '')
  assert.deepEqual(new Where().and('name = ?', null).params, [null])
})
