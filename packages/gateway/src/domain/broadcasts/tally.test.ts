import assert from 'node:assert/strict'
import { test } from 'node:test'
import { added, moved, NO_SUMS, undeliveredError } from './tally.ts'

const MOVES: [before: string | null, after: string | null, sums: number[]][] = [
  [null, 'accepted', [0, 0, 0, 0]],
  [null, 'sent', [1, 0, 0, 0]],
  [null, 'read', [1, 1, 1, 0]],
  ['sent', 'delivered', [0, 1, 0, 0]],
  ['delivered', 'read', [0, 0, 1, 0]],
  ['read', 'played', [0, 0, 0, 0]],
  [null, 'failed', [0, 0, 0, 1]],
  ['sent', 'failed', [-1, 0, 0, 1]],
  ['failed', 'delivered', [1, 1, 0, -1]],
  ['delivered', 'delivered', [0, 0, 0, 0]],
]
for (const [before, after, sums] of MOVES)
  test(`from ${before ?? 'nothing'} to ${after ?? 'nothing'}`, () => {
    assert.deepEqual(Object.values(moved(before, after)), sums)
  })

test('whatever the way, the sums are those of the last status', () => {
  const way = [null, 'sent', 'failed', 'delivered', 'read', 'played']
  const sums = way.slice(1).reduce((all, status, i) => added(all, moved(way[i]!, status)), NO_SUMS)
  assert.deepEqual(sums, moved(null, 'played'))
})

test('the error of a message that did not arrive has WhatsApp’s code and words', () => {
  const kept = JSON.stringify({
    code: 131049,
    title: 'Short',
    error_data: { details: 'Not delivered, to keep it healthy.' },
  })
  assert.deepEqual(undeliveredError(kept), {
    reason: 'undelivered',
    message: 'Not delivered, to keep it healthy.',
    code: 131049,
  })
  assert.equal(undeliveredError(null).message, 'WhatsApp could not deliver the message.')
})
