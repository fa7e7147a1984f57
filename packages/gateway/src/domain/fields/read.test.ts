import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { readBy } from './read.ts'

const schema = z.strictObject({ list: z.array(z.unknown()).max(5).optional(), word: z.string().min(1).optional() })

test('an object whose length is not a number is refused and does not throw', () => {
  const odd = { length: { toString: 1 } }
  for (const body of [{ list: odd }, { word: odd }]) {
    const read = readBy(schema, body)
    assert.ok(!read.ok)
    assert.match(read.problems[0]!.message, /length/)
  }
  assert.deepEqual(readBy(schema, { list: [1] }), { ok: true, data: { list: [1] } })
})

test('an error of a schema is thrown on', () => {
  const broken = z.string().transform(() => {
    throw new TypeError('x is not a function')
  })
  assert.throws(() => readBy(broken, 'x'), /x is not a function/)
})
