import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock, ShiftedClock } from './clock.ts'

test('a manual clock fires what falls due, in order, at its own time', () => {
  const clock = new ManualClock(0)
  const seen: [string, number][] = []
  clock.after(30, () => seen.push(['c', clock.now()]))
  clock.after(10, () => {
    seen.push(['a', clock.now()])
    clock.after(5, () => seen.push(['b', clock.now()]))
  })
  const cancel = clock.after(20, () => seen.push(['never', 0]))
  cancel()
  clock.advance(30)
  assert.deepEqual(seen, [
    ['a', 10],
    ['b', 15],
    ['c', 30],
  ])
  assert.equal(clock.waiting, 0)
})

test('a shifted clock that is moved past a timer fires it', async () => {
  const base = new ManualClock(1000)
  const clock = new ShiftedClock(base)
  let fired = 0
  clock.after(3_600_000, () => fired++)
  clock.advance(3_600_000)
  base.advance(1)
  assert.equal(fired, 1)
  assert.equal(clock.now(), 1001 + 3_600_000)
})

test('a shifted clock that is moved back waits longer', () => {
  const base = new ManualClock(0)
  const clock = new ShiftedClock(base)
  let fired = 0
  clock.after(100, () => fired++)
  clock.advance(-1000)
  base.advance(100)
  assert.equal(fired, 0)
  base.advance(1000)
  assert.equal(fired, 1)
})
