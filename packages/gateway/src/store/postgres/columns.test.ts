import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { columns } from './columns.ts'

/** The elements of a one-dimensional array literal, as PostgreSQL reads them: a backslash makes the next character plain. */
function read(literal: string): (string | null)[] {
  assert.match(literal, /^\{[^]*\}$/)
  const elements: (string | null)[] = []
  const element = /(?:"((?:[^"\\]|\\[^])*)"|([^,"]+))(?:,|$)/gy
  const inner = literal.slice(1, -1)
  while (element.lastIndex < inner.length) {
    const match = element.exec(inner)
    assert.ok(match, `not an element in ${literal}`)
    elements.push(
      match[1] === undefined ? (match[2] === 'null' ? null : match[2]!) : match[1].replace(/\\([^])/g, '$1'),
    )
  }
  return elements
}

test('any text is written as PostgreSQL reads it; NUL and nothing else is replaced', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('"', '\\', '\n', '\t', '\0', '\u007f', '\u2028', '{', '}', ',', 'é', '👍', 'null'),
    }),
    fc.json(),
  )
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      const [literal] = columns(words, (one) => one)
      assert.deepEqual(
        read(literal!),
        words.map((one) => one.replaceAll('\0', '\ufffd')),
      )
    }),
  )
})

test('half a surrogate pair is left to the encoding of the connection', () => {
  assert.deepEqual(read(columns(['a\ud83d"b'], (one) => one)[0]!), ['a\ud83d"b'])
})

test('the word null is text, and nothing is null', () => {
  assert.deepEqual(read(columns(['null', null, undefined], (one) => one)[0]!), ['null', null, null])
  assert.equal(columns([1, true, null], (one) => one)[0], '{1,true,null}')
})
