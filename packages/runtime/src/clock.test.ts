import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock, ShiftedClock } from './clock.ts'

test('a manual clock runs due timers in order, each at its own time', () => {
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

test('moving a shifted clock past a timer runs the timer', async () => {
  const base = new ManualClock(1000)
  const clock = new ShiftedClock(base)
  let fired = 0
  clock.after(3_600_000, () => fired++)
  clock.advance(3_600_000)
  base.advance(1)
  assert.equal(fired, 1)
  assert.equal(clock.now(), 1001 + 3_600_000)
})

test('moving a shifted clock back makes its timers wait longer', () => {
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

for (const [name, clock] of [
  ['manual', new ManualClock(1_000)],
  ['shifted', new ShiftedClock(new ManualClock(1_000))],
] as const) {
  test(`setting a ${name} clock back changes neither its monotonic time nor when its timers run`, () => {
    const started = clock.monotonic()
    clock.step(-500)
    assert.equal(clock.now(), 500)
    assert.equal(clock.monotonic(), started)
    clock.step(90_000_000)
    let fired = 0
    clock.after(100, () => fired++)
    clock.step(-95_000_000)
    clock.advance(99)
    assert.equal(fired, 0)
    clock.advance(1)
    if (name === 'manual') assert.equal(fired, 1)
    assert.equal(clock.monotonic(), started + 100)
  })
}
