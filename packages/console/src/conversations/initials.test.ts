import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialsOf } from './initials.ts'

test('initials are of the first and the last word, whole signs, and the end of a number', () => {
  const cases = [
    ['Ann Lee', 'AL'],
    ['ann', 'A'],
    ['María del Carmen', 'MC'],
    ['陈 美', '陈'],
    ['👩‍🍳 Chef', '👩‍🍳C'],
    ['+852 6841 1234', '34'],
    ['', ''],
  ]
  for (const [name, wanted] of cases) assert.equal(initialsOf(name!), wanted, name)
})
