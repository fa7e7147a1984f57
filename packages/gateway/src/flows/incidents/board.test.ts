import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '@postern/runtime/clock'
import { createBoard, listOf } from './board.ts'

test('a list of incidents is shown for a minute: after that nobody knows, and "none" is not said', () => {
  const clock = new ManualClock()
  const board = createBoard(clock)
  assert.equal(board.open(), undefined)
  clock.advance(60_001)
  assert.equal(board.open(), 'lost', 'no look has succeeded since the start')
  board.publish([])
  assert.deepEqual(board.open(), [])
  clock.advance(60_000)
  assert.deepEqual(board.open(), [])
  clock.advance(1)
  assert.equal(board.open(), 'lost')
  assert.deepEqual(listOf(board.open()), [])
})
