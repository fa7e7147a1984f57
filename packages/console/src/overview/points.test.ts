import assert from 'node:assert/strict'
import { test } from 'node:test'
import { between, LAYERS, pointsOf, sumOf } from './points.ts'
import { isByDay, listSearch, periodOf } from './span.ts'

const HOUR = 3600
const hour = (from: number, counts: object) => ({
  from,
  ...{ received: 0, sent: 0, delivered: 0, read: 0, failed: 0, refused: 0 },
  ...counts,
})

test('a message stands in one layer of the chart, and the layers add up to all of them', () => {
  const hours = [
    hour(0, { received: 2, sent: 10, delivered: 6, read: 4, failed: 3, refused: 1 }),
    hour(HOUR, { sent: 1 }),
    hour(2 * HOUR, { sent: 2, failed: 5, refused: 5 }),
  ]
  const points = pointsOf(hours, (from) => (from < 2 * HOUR ? 'one' : 'other'))
  assert.deepEqual(points, [
    { at: 'one', from: 0, to: 2 * HOUR, sent: 11, received: 2, read: 4, delivered: 2, underway: 3, failed: 3 },
    { at: 'other', from: 2 * HOUR, to: 3 * HOUR, sent: 2, received: 0, read: 0, delivered: 0, underway: 2, failed: 5 },
  ])
  for (const [i, { sent, refused, received }] of [
    { sent: 11, refused: 1, received: 2 },
    { sent: 2, refused: 5, received: 0 },
  ].entries())
    assert.equal(
      LAYERS.reduce((sum, layer) => sum + points[i]![layer], 0),
      sent + refused + received,
    )
  assert.deepEqual(sumOf(between(points, 1, 0)), { sent: 13, received: 2, failed: 8 })
  assert.deepEqual(between(points, 1, 1), [points[1]])
})

test('the address holds a span of whole hours, and what is none counts as none', () => {
  const of = (search: string) => periodOf(new URLSearchParams(search))
  assert.deepEqual(of(`from=${HOUR + 1}&to=${2 * HOUR - 1}`), { from: HOUR, to: 2 * HOUR })
  assert.deepEqual(of(`from=0&to=${10_000 * HOUR}`), { from: 9_280 * HOUR, to: 10_000 * HOUR }, 'at most 30 days')
  for (const none of [
    '',
    'from=1',
    `to=${HOUR}`,
    'from=9&to=1',
    'from=-1&to=9',
    'from=1e3&to=99999',
    'from=<b>&to=<b>',
  ])
    assert.equal(of(none), undefined, none)
  assert.equal(isByDay(24), false)
  assert.equal(isByDay(168), true)
})

test('the list of messages gets the beginning, and the end of a span that has one', () => {
  const period = { from: 1_795_690_800, to: 1_795_698_000 }
  const search = (one: typeof period | undefined) => new URLSearchParams(listSearch(period, one))
  assert.deepEqual([...search(undefined).keys()], ['from'])
  assert.deepEqual([...search(period).keys()], ['from', 'to'])
  for (const name of ['from', 'to'] as const)
    assert.equal(new Date(search(period).get(name)!).getTime() / 1000, period[name], 'no second is lost')
})
