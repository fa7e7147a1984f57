import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { MOST_DEPTH, outOfBounds } from './bounds.ts'
import { chooseBy } from './choose.ts'
import { listOf } from './lists.ts'
import { problemsOf } from './problem.ts'
import { across, anyCaseOf, oneOfTwo, text, whole } from './schema.ts'
import { codePoints } from './text.ts'

function problems(schema: z.ZodType, value: unknown) {
  const read = schema.safeParse(value, { reportInput: true })
  return read.success ? [] : problemsOf(read.error.issues).map((one) => `${one.path} ${one.rule}`)
}

test('code points are counted as iteration counts them', () => {
  for (const words of ['', 'abc', 'é', '👍', '👩‍👩‍👧', 'a👍b', '字字']) assert.equal(codePoints(words), [...words].length)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (words) => {
      assert.equal(codePoints(words), [...words].length)
    }),
  )
})

suite('schemas report the field and the rule', () => {
  const shape = across((_, report) => {
    report(['b'], { rule: 'consistent', says: 'never right' })
  })(z.strictObject({ a: text(1, 3), n: whole(1, 5), w: z.literal('x') }))

  test('a check across fields runs although single fields are wrong', () => {
    assert.deepEqual(problems(shape, { a: 'long', n: 9, w: 'y', z: 1 }), [
      'a maxLength',
      'n maximum',
      'w enum',
      'z unknownKey',
      'b consistent',
    ])
    assert.deepEqual(problems(shape, 7), [' type', 'b consistent'])
  })

  test('null, fractions and missing fields have their own messages', () => {
    assert.deepEqual(problems(shape, { a: null, n: 1.5 }), ['a type', 'n type', 'w required', 'b consistent'])
  })

  test('a union reports the field and not its branches', () => {
    const union = chooseBy('type', {
      a: z.strictObject({ type: z.literal('a'), x: text(1, 2) }),
      b: z.strictObject({ type: z.literal('b') }),
    })
    assert.deepEqual(problems(union, { type: 'a', x: '' }), ['x minLength'])
    assert.deepEqual(problems(union, { type: 'toString' }), ['type enum'])
    assert.deepEqual(problems(union, { type: 1 }), ['type type'])
    assert.deepEqual(problems(union, {}), ['type required'])
    assert.deepEqual(problems(union, null), [' type'])
  })

  test('the items of a list that is slightly too long are checked', () => {
    const list = listOf(text(1, 1), 1, 2)
    assert.deepEqual(problems(list, ['a', 'bb', 'c']), ['1 maxLength', ' maxItems'])
    assert.deepEqual(problems(list, []), [' minItems'])
    assert.deepEqual(problems(list, Array(500).fill('bb')), [' maxItems'])
    assert.deepEqual(problems(list, 'a'), [' type'])
    assert.deepEqual(problems(list.optional(), undefined), [])
  })

  test('exactly one of two keys', () => {
    const either = oneOfTwo(
      'a',
      'b',
      'is required',
    )(z.strictObject({ a: text(1, 1).optional(), b: text(1, 1).optional() }))
    assert.deepEqual(problems(either, { a: 'x' }), [])
    assert.deepEqual(problems(either, {}), ['a required'])
    assert.deepEqual(problems(either, { a: 'x', b: 'x' }), [' exclusive'])
  })

  test('fixed words in upper and lower case', () => {
    const word = anyCaseOf(['MARKETING'])
    for (const value of ['MARKETING', 'marketing', 'Marketing']) assert.deepEqual(problems(word, value), [])
    assert.deepEqual(problems(word, 'x'), [' enum'])
  })
})

suite('limits of a body', () => {
  test('depth is counted from the body', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
    assert.equal(outOfBounds(nested(MOST_DEPTH)), undefined)
    assert.equal(outOfBounds(nested(MOST_DEPTH + 1))?.rule, 'maxDepth')
  })

  test('texts and keys that cannot be stored', () => {
    assert.equal(outOfBounds({ a: [{ b: '\ud800' }] })?.path, 'a.0.b')
    assert.equal(outOfBounds({ 'a\0': 1 })?.rule, 'pattern')
    assert.equal(outOfBounds({ a: '👍', b: null, c: [1, true] }), undefined)
  })
})
