import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digitsOf, parseExact } from './exact-json.ts'

const BODY = '{"id":12345678901234567890,"list":[-9007199254740993],"small":9007199254740991,"half":1.5,"text":"1"}'

test('raw: JSON that is passed on keeps every digit and stays a number', () => {
  assert.equal(JSON.stringify(parseExact(BODY, 'raw')), BODY)
})

test('text: JSON that is only read has large integers as text, and all other numbers as numbers', () => {
  assert.deepEqual(parseExact(BODY, 'text'), {
    id: '12345678901234567890',
    list: ['-9007199254740993'],
    small: 9007199254740991,
    half: 1.5,
    text: '1',
  })
})

test('both forms and plain numbers give the same digits', () => {
  for (const as of ['raw', 'text'] as const) {
    const { id, small } = parseExact(BODY, as) as { id: unknown; small: unknown }
    assert.equal(digitsOf(id), '12345678901234567890')
    assert.equal(digitsOf(small), '9007199254740991')
  }
  for (const none of [1.5, 2 ** 60, null, undefined, {}, [], true, 'x'.repeat(65)])
    assert.equal(digitsOf(none), undefined)
})
