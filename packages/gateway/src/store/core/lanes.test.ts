import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accepted,
  attempt,
  begin,
  Book,
  CHANNEL,
  claim,
  facts,
  LEASE_MS,
  offered,
  release,
  replayOf,
  wrote,
} from '../../../../../test/support/core-book.ts'
import type { Applied, LeasedLane, PendingEvent } from '../store.ts'
import type { Lane } from './rows.ts'

const CONTACT = { phone: '15550000001' }
const write = (...wamids: string[]) => facts(...wamids.map((wamid) => wrote(CONTACT, wamid)))
const seqsOf = (events: readonly PendingEvent[]): number[] => events.map((event) => event.seq)

/** Three events of one contact, all leased by `h`. */
function inHand(): { book: Book; lane: LeasedLane } {
  const book = new Book()
  book.one(write('a', 'b', 'c'))
  return { book, lane: book.one<LeasedLane[]>(claim('h'))[0]! }
}

// The end of an attempt at the first of three events: the holder's next events, the lane's state, the counts.
type End = { next: number[]; lane: Partial<Lane>; pending: number; dead: number }
const NOW = 1_000_000
const HELD = NOW + LEASE_MS
const ENDS: [title: string, record: Parameters<typeof attempt>[3], by: string, more: boolean, end: End][] = [
  [
    'delivered',
    'delivered',
    'h',
    false,
    { next: [2, 3], lane: { cursor: 1, holder: 'h', dueAt: HELD }, pending: 2, dead: 0 },
  ],
  [
    'delivered, while the holder has more events',
    'delivered',
    'h',
    true,
    { next: [], lane: { cursor: 1, holder: 'h', dueAt: HELD }, pending: 2, dead: 0 },
  ],
  [
    'given up',
    'dead',
    'h',
    false,
    { next: [2, 3], lane: { cursor: 1, holder: 'h', dueAt: HELD }, pending: 2, dead: 1 },
  ],
  [
    'to be tried again',
    'retry',
    'h',
    false,
    { next: [], lane: { cursor: 0, holder: null, dueAt: NOW + 500, attempts: 1 }, pending: 3, dead: 0 },
  ],
  [
    'delivered by another node',
    'delivered',
    'other',
    false,
    { next: [], lane: { cursor: 1, holder: 'h', dueAt: HELD }, pending: 2, dead: 0 },
  ],
  [
    'marked as dead by another node',
    'dead',
    'other',
    false,
    { next: [], lane: { cursor: 0, holder: 'h', dueAt: HELD }, pending: 3, dead: 0 },
  ],
  [
    'failed at another node',
    'retry',
    'other',
    false,
    { next: [], lane: { cursor: 0, holder: 'h', dueAt: HELD, attempts: 0 }, pending: 3, dead: 0 },
  ],
]
for (const [title, outcome, by, more, end] of ENDS)
  test(`an attempt that is ${title}`, () => {
    const { book, lane } = inHand()
    const next = book.one<PendingEvent[]>(attempt(lane, lane.events[0]!, by, outcome, { more, retryInMs: 500 }))
    const { lanes, counts, attempts } = book.rows()
    const { cursor, holder, dueAt, attempts: failures } = lanes[0]!
    assert.deepEqual(seqsOf(next), end.next)
    assert.deepEqual({ attempts: 0, ...end.lane }, { cursor, holder, dueAt, attempts: failures })
    assert.deepEqual(counts, [{ endpointId: 1, pending: end.pending, dead: end.dead }])
    assert.equal(attempts.length, 1, 'each is kept')
  })

test('a repeated record counts once', () => {
  for (const outcome of ['delivered', 'dead'] as const) {
    const { book, lane } = inHand()
    const record = attempt(lane, lane.events[0]!, 'h', outcome, { more: true })
    book.batch([record, record])
    book.one(record)
    assert.deepEqual(book.rows().counts, [{ endpointId: 1, pending: 2, dead: outcome === 'dead' ? 1 : 0 }])
  }
})

test('a lane that fills goes to the offer, as far as it has room; otherwise it is due for any holder', () => {
  const book = new Book()
  const offer = { holder: 'h', leaseMs: LEASE_MS, capacities: [[1, 1]] as const }
  const two = offered(offer, wrote(CONTACT, 'a'), wrote({ phone: '15550000002' }, 'b'), wrote(CONTACT, 'c'))
  const { leased, nudge } = book.one<Applied>(two)
  assert.deepEqual([leased.map((lane) => seqsOf(lane.events)), nudge], [[[1, 3]], [1]])
  assert.deepEqual(
    book.one<LeasedLane[]>(claim('other')).map((lane) => seqsOf(lane.events)),
    [[2]],
  )
})

test('another node gets a lane only when its lease is over, or was given back', () => {
  const { book, lane } = inHand()
  assert.deepEqual(book.one(claim('other')), [])
  book.one(release('stranger', lane))
  assert.deepEqual(book.one(claim('other')), [], 'a node cannot give back a lane that it does not hold')
  book.now += LEASE_MS
  assert.equal(book.one<LeasedLane[]>(claim('other')).length, 1)
  book.one(release('h', lane))
  assert.deepEqual(book.one(claim('third')), [], 'it is not theirs any more')
  book.one(release('other', lane))
  assert.equal(book.one<LeasedLane[]>(claim('third')).length, 1)
})

test('a holder gets sixteen events at once, and the next ones with the last record', () => {
  const book = new Book()
  book.one(write(...Array.from({ length: 40 }, (_, i) => `in.${i}`)))
  const [lane] = book.one<LeasedLane[]>(claim('h'))
  const told = [...lane!.events]
  for (let i = 0; i < told.length; i++) {
    const more = i + 1 < told.length
    told.push(...book.one<PendingEvent[]>(attempt(lane!, told[i]!, 'h', 'delivered', { more })))
  }
  assert.deepEqual(
    seqsOf(told),
    Array.from({ length: 40 }, (_, i) => i + 1),
  )
  assert.equal(lane!.events.length, 16)
  const [row] = book.rows().lanes
  assert.deepEqual([row!.dueAt, row!.holder, row!.waitingSince, row!.cursor], [null, null, null, 40])
})

test('a replayed event comes in its old place, once, whether it was delivered or dead', () => {
  const { book, lane } = inHand()
  const [a, b, c] = lane.events as [PendingEvent, PendingEvent, PendingEvent]
  book.one(attempt(lane, a, 'h', 'dead', { more: true }))
  book.one(attempt(lane, b, 'h', 'delivered', { more: true }))
  assert.deepEqual(book.one(replayOf(1, 2, 3)), { replayed: 2, woken: false }, 'the third is waiting anyway')
  assert.deepEqual(book.one(replayOf(1, 2)), { replayed: 0, woken: false })
  const next = book.one<PendingEvent[]>(attempt(lane, c, 'h', 'delivered'))
  assert.deepEqual(seqsOf(next), [1, 2])
  for (const event of next) book.one(attempt(lane, event, 'h', 'delivered'))
  const { counts, dead, owed, lanes } = book.rows()
  assert.deepEqual([counts, dead, owed], [[{ endpointId: 1, pending: 0, dead: 0 }], [], []])
  assert.deepEqual([lanes[0]!.cursor, lanes[0]!.dueAt], [3, null])
  assert.deepEqual(book.one(replayOf(2)), { replayed: 1, woken: true }, 'an idle lane is woken')
})

test('an event that died and is replayed in one commit is owed, and not dead any more', () => {
  const { book, lane } = inHand()
  book.batch([attempt(lane, lane.events[0]!, 'h', 'dead', { more: true }), replayOf(1)])
  const { counts, dead, owed } = book.rows()
  assert.deepEqual(
    [counts, dead.length, owed.map((row) => row.seq)],
    [[{ endpointId: 1, pending: 3, dead: 0 }], 0, [1]],
  )
})

test('two endpoints of a channel have separate lanes, and one that begins later gets later events only', () => {
  const book = new Book([[1, CHANNEL]])
  book.one(write('a'))
  book.beginEndpoint(2, CHANNEL)
  book.one(write('b'))
  const told = (endpointId: number) =>
    book.one<LeasedLane[]>(claim('h', 10, endpointId)).map((lane) => seqsOf(lane.events))
  assert.deepEqual([told(1), told(2)], [[[1, 2]], [[2]]])
  assert.deepEqual(book.rows().counts, [
    { endpointId: 1, pending: 2, dead: 0 },
    { endpointId: 2, pending: 1, dead: 0 },
  ])
  const stay = book.rows().lanes.find((lane) => lane.endpointId === 2)!
  book.one(attempt(stay, { seq: 2 }, 'h', 'delivered'))
  assert.equal(book.rows().lanes.find((lane) => lane.endpointId === 1)!.cursor, 0, 'what one took, the other has not')
})

test('merged contacts have one lane on each endpoint', () => {
  const book = new Book([
    [1, CHANNEL],
    [2, CHANNEL],
  ])
  book.one(facts(wrote(CONTACT, 'a'), wrote({ userId: 'US.1' }, 'b')))
  book.one(facts(wrote({ ...CONTACT, userId: 'US.1' }, 'c')))
  for (const endpointId of [1, 2])
    assert.deepEqual(
      book.one<LeasedLane[]>(claim('h', 10, endpointId)).map((lane) => seqsOf(lane.events)),
      [[1, 2, 3]],
    )
})

test('an event that was delivered before one merge is replayed in the commit of the next', () => {
  const book = new Book()
  book.one(facts(wrote(CONTACT, 'a'), wrote({ userId: 'US.1' }, 'b')))
  const second = book.one<LeasedLane[]>(claim('h'))[1]!
  book.one(attempt(second, second.events[0]!, 'h', 'delivered', { more: true }))
  book.one(facts(wrote({ ...CONTACT, userId: 'US.1' }, 'c')))
  book.one(begin('m1', { phone: '15550000002' }))
  const { answers } = book.batch([accepted('m1', 'out.1', { waId: CONTACT.phone, userId: 'US.1' }), replayOf(2)])
  assert.deepEqual(answers[1], { ok: true, value: { replayed: 1, woken: false } })
  assert.deepEqual(book.rows().counts, [{ endpointId: 1, pending: 3, dead: 0 }])
})
