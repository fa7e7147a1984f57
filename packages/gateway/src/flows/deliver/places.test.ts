import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mostPlaces } from './places.ts'

const ALL = 2048
const MOST = 128

/** The places held by each of `hungry` endpoints that take all they may, one place at a time in turns. */
function fill(hungry: number): { held: number[]; free: number } {
  const held = Array<number>(hungry).fill(0)
  let free = ALL
  for (let grown = true; grown;) {
    grown = false
    for (let i = 0; i < hungry; i++) {
      if (held[i]! >= mostPlaces(free, MOST)) continue
      held[i]!++
      free--
      grown = true
    }
  }
  return { held, free }
}

test('a single endpoint may have the maximum for one', () => {
  assert.equal(fill(1).held[0], MOST)
})

test('however many endpoints hold their maximum, the next still finds a place', () => {
  for (const hungry of [2, 16, 17, 64, 300]) {
    const { held, free } = fill(hungry)
    assert.ok(free > 0, `${hungry} leave ${free} free`)
    assert.ok(mostPlaces(free, MOST) >= 4, `${hungry}`)
    assert.ok(Math.max(...held) - Math.min(...held) <= 1, `${hungry} hold the same`)
  }
  assert.ok(fill(16).free > 500)
})

test('with no place free, an endpoint still has the minimum of each', () => {
  assert.equal(mostPlaces(0, MOST), 4)
  assert.equal(mostPlaces(-500, MOST), 4)
})
