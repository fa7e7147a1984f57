import assert from 'node:assert/strict'
import { test } from 'node:test'
import { restOf } from './rest-of.ts'

test('what was written while a message went out stays', () => {
  const text = (words: string) => ({ type: 'text', text: words })
  assert.equal(restOf(text('hello'), text('hello')), undefined)
  assert.deepEqual(restOf(text('hello and more'), text('hello')), text('and more'))
  assert.deepEqual(restOf(text('other'), text('hello')), text('other'))
  assert.deepEqual(restOf({ type: 'image' }, text('hello')), { type: 'image' })
})
