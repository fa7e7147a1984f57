import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counted, newMeter, type PaceNote, rateOf, secondsLeft } from './rate.ts'

test('the rate is that of the last ten seconds', () => {
  let meter = newMeter(0)
  for (let now = 0; now < 20_000; now += 100) meter = counted(meter, now < 10_000 ? 1 : 8, now)
  assert(Math.abs(rateOf(meter, 20_000) - 80) < 4, String(rateOf(meter, 20_000)))
  assert.equal(rateOf(meter, 40_000), 0)
  assert(meter.marks.length <= 21, String(meter.marks.length))
})

test('in the first seconds, it is that of the time so far', () => {
  const meter = counted(newMeter(0), 100, 1_900)
  assert.equal(rateOf(meter, 2_000), 50)
})

const going: PaceNote = { rate: 20, allowed: 80, slowed_by: null, quiet_until: null }
test('the time left', () => {
  assert.equal(secondsLeft(1_000, going), 50)
  assert.equal(secondsLeft(1_000, { ...going, rate: 0 }), 13)
  assert.equal(secondsLeft(0, going), 0)
  assert.equal(secondsLeft(1_000, { ...going, quiet_until: 5 }), null)
  assert.equal(secondsLeft(1_000, undefined), null)
})
