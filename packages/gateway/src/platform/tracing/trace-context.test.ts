import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newMessageId } from '../ids.ts'
import { newSpanId, placeOf, readReference, readTraceparent, referenceWith, writeTraceparent } from './trace-context.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

const HEADERS: [given: unknown, sampled: boolean | undefined][] = [
  [`00-${TRACE}-${SPAN}-01`, true],
  [`00-${TRACE}-${SPAN}-00`, false],
  // Other flags than the first are not ours to judge.
  [`00-${TRACE}-${SPAN}-03`, true],
  [`00-${TRACE}-${SPAN}-02`, false],
  // A later version may say more; this one may not.
  [`cc-${TRACE}-${SPAN}-01-what-comes`, true],
  [`cc-${TRACE}-${SPAN}-01.what`, undefined],
  [`00-${TRACE}-${SPAN}-01-what`, undefined],
  [`ff-${TRACE}-${SPAN}-01`, undefined],
  [`00-${TRACE.toUpperCase()}-${SPAN}-01`, undefined],
  [`00-${'0'.repeat(32)}-${SPAN}-01`, undefined],
  [`00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
  [`00-${TRACE}-${SPAN}`, undefined],
  [`cc-${TRACE}-${SPAN}-01-${'x'.repeat(10_000)}`, undefined],
  ['', undefined],
  [undefined, undefined],
  [[`00-${TRACE}-${SPAN}-01`], undefined],
]
for (const [given, sampled] of HEADERS)
  test(`traceparent ${String(given).slice(0, 90)} is ${sampled === undefined ? 'none' : `sampled: ${sampled}`}`, () =>
    assert.equal(readTraceparent(given)?.sampled, sampled))

test('what is written is read again', () => {
  const place = { traceId: TRACE, spanId: newSpanId() }
  assert.deepEqual(readTraceparent(writeTraceparent(place)), { ...place, sampled: true })
})

test('the place of a message follows from its id, and neighbours are far apart', () => {
  const ids = Array.from({ length: 1000 }, () => newMessageId(1_760_000_000_000))
  assert.equal(new Set(ids.map((id) => placeOf(id).traceId.slice(0, 8))).size, 1000)
  assert.deepEqual(placeOf(ids[0]!), placeOf(ids[0]!))
  assert.match(placeOf(ids[0]!).spanId, /^[0-9a-f]{16}$/)
})

test('a caller’s trace travels with our reference, and comes back with it', () => {
  const id = newMessageId()
  for (const trace of [TRACE, null]) assert.deepEqual(readReference(referenceWith(id, trace)), { reference: id, trace })
  assert.deepEqual(readReference(referenceWith(id, undefined)), { reference: id })
  for (const other of ['msg_1', `${id} ${TRACE.slice(1)}`, `${id}x${TRACE}`, `${id} `])
    assert.deepEqual(readReference(other), { reference: other })
})
