import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  accepted,
  attempt,
  begin,
  Book,
  claim,
  facts,
  replayOf,
  settled,
  status,
  wrote,
} from '../../../../../test/support/core-book.ts'
import { costOf, DAY_MS } from '../../domain/costs/cost.ts'
import { LADDER } from '../../domain/messages/status.ts'
import type { Applied, Fact, LeasedLane, ContactIdentity } from '../store.ts'
import type { Operation } from './operations.ts'

const RUNS = 300

const people = fc.integer({ min: 1, max: 3 })
const phoneOf = (n: number): string => `1555000000${n}`
const names: fc.Arbitrary<ContactIdentity> = fc
  .tuple(people, fc.constantFrom('phone', 'id', 'both'))
  .map(([n, which]) => ({
    ...(which !== 'id' && { phone: phoneOf(n) }),
    ...(which !== 'phone' && { userId: `US.${n}` }),
  }))
const numbers = fc.integer({ min: 1, max: 4 })
const word = fc.constantFrom('sent', 'delivered', 'read', 'failed' as const)

/** Around midnight. */
const moments = fc.constantFrom(1, DAY_MS - 1, DAY_MS)

const fact: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(names, numbers).map(([identity, n]) => wrote(identity, `in.${n}`)) },
  fc.tuple(names, people).map(([identity, n]) =>
    wrote({ phone: identity.phone ?? phoneOf(n) }, `note.${n}`, {
      type: 'system',
      opensWindow: false,
      becomes: { phone: `155500001${n}0` },
    } as never),
  ),
  fc
    .tuple(word, numbers, names, moments)
    .map(([what, n, identity, at]) => status(what, `out.${n}`, `m${n}`, identity, at)),
  fc
    .tuple(word, fc.constantFrom('', '.', '..'), names, moments)
    .map(([what, n, identity, at]) => status(what, `other${n}`, undefined, identity, at)),
)

/** Any operation of a commit except claims: a claim sees what is due when its batch begins. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.array(fact, { minLength: 1, maxLength: 3 }).map((list) => facts(...list)) },
  fc
    .tuple(numbers, names)
    .map(([n, identity]) => begin(`m${n}`, identity.phone ? { phone: identity.phone } : identity)),
  fc.tuple(numbers, names).map(([n, identity]) =>
    accepted(`m${n}`, `out.${n}`, {
      ...(identity.phone !== undefined && { waId: identity.phone }),
      ...(identity.userId !== undefined && { userId: identity.userId }),
    }),
  ),
  numbers.map((n) => settled(`m${n}`, 'unknown')),
  fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 2 }).map((seqs) => replayOf(...new Set(seqs))),
)

/**
 * A scenario: some events are stored and leased already, then operations arrive, with records of leased events among
 * them.
 */
const story = fc.record({
  before: fc.array(fact, { maxLength: 6 }),
  operations: fc.array(operation, { minLength: 1, maxLength: 8 }),
  /** The positions of records of the leased events between the operations, and whether they report a failure. */
  records: fc.array(fc.tuple(fc.nat(8), fc.constantFrom('delivered', 'delivered', 'retry', 'dead' as const)), {
    maxLength: 5,
  }),
  cuts: fc.array(fc.nat(12), { maxLength: 4 }),
})

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

function begun({ before, operations, records }: Story): { book: Book; queue: Operation[] } {
  const book = new Book()
  if (before.length > 0) book.one(facts(...before))
  const lanes = book.one<LeasedLane[]>(claim('h'))
  const inHand = lanes.flatMap((lane) => lane.events.map((event) => ({ lane, event })))
  const queue = [...operations]
  // A holder records its events one after the other, and stops at the first that was not delivered.
  const stopped = new Set<LeasedLane>()
  let from = 0
  for (const [place, outcome] of records.toSorted(([a], [b]) => a - b)) {
    const next = inHand.shift()
    if (!next || stopped.has(next.lane)) continue
    const more = outcome === 'delivered'
    if (!more) stopped.add(next.lane)
    const at = Math.min(Math.max(from, place), queue.length)
    queue.splice(at, 0, attempt(next.lane, next.event, 'h', outcome, { more, retryInMs: 500 }))
    from = at + 1
  }
  return { book, queue }
}

/**
 * The parts that do not depend on how the queue is divided: an event of the batch that merges its contact is stored for
 * the other contact at once, while an event of an earlier batch is owed to it.
 */
function endOf(book: Book) {
  const { owed, lanes, events, contacts, messages, ...rest } = book.rows()
  const into = new Map(contacts.map((contact) => [contact.id, contact.mergedInto]))
  const rootOf = (id: number): number => (into.get(id) ? rootOf(into.get(id)!) : id)
  const isOwed = new Set(owed.map((row) => row.seq))
  const cursors = new Map(lanes.map((lane) => [lane.contactId, lane.cursor]))
  const isPending = (event: { seq: number; contactId: number }): boolean =>
    isOwed.has(event.seq) || event.seq > (cursors.get(event.contactId) ?? Infinity)
  // A batch that is loaded twice uses more of our ids.
  const isOurs = (id: string | null): boolean => id !== null && /^m\d/.test(id)
  return {
    ...rest,
    // The time is that of one of our ids.
    contacts: contacts.map((contact) => ({ ...contact, waitingSince: contact.waitingSince !== null })),
    messages: messages
      .map((row) => ({ ...row, id: isOurs(row.id) ? row.id : `${row.wamid}` }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    events: events.map(({ messageId, ...event }) => ({
      ...event,
      messageId: isOurs(messageId) && messageId,
      contactId: rootOf(event.contactId),
      pending: isPending(event),
    })),
    lanes: lanes.map((lane) => lane.contactId),
  }
}

/** The answer to a last record has the lane's next events, which a merge of the same batch takes back. */
const handsOut = (operation: Operation): boolean => operation.kind === 'attempt' && !operation.record.more

/**
 * A merge leaves the other lane with its holder only if nothing of the merged lane is under way, which it knows of
 * events that its own batch gave out. The holder's failures count, or are repeated: only `dead` and waiting may differ.
 */
function withoutDead({ dead, counts, events, ...rest }: ReturnType<typeof endOf>) {
  return {
    ...rest,
    counts: counts.map((count) => count.pending + count.dead),
    events: events.map(({ pending, ...event }) => ({
      ...event,
      left: pending || dead.some((d) => d.seq === event.seq),
    })),
  }
}

test('however a queue is divided into batches, it ends the same', () => {
  fc.assert(
    fc.property(story, (told) => {
      const one = begun(told)
      const answers = one.queue.map((each) => one.book.batch([each]).answers[0]!.ok)
      const other = begun(told)
      const cuts = [...new Set([0, ...told.cuts, other.queue.length])].filter((cut) => cut <= other.queue.length)
      cuts.sort((a, b) => a - b)
      let takesBack = false
      const inBatches = cuts.flatMap((cut, i) => {
        const batch = other.queue.slice(cut, cuts[i + 1])
        if (batch.length === 0 || i + 1 === cuts.length) return []
        const { answers: given, changes } = other.book.batch(batch)
        if (changes.lanesGone.length > 0 && batch.some(handsOut)) takesBack = true
        return given.map((answer) => answer.ok)
      })
      assert.deepEqual(inBatches, answers)
      const ends = [endOf(other.book), endOf(one.book)] as const
      if (takesBack) assert.deepEqual(withoutDead(ends[0]), withoutDead(ends[1]))
      else assert.deepEqual(ends[0], ends[1])
    }),
    { numRuns: RUNS },
  )
})

test('everything that is answered as done is in the changes', () => {
  fc.assert(
    fc.property(story, (told) => {
      const { book, queue } = begun(told)
      for (const each of queue) {
        const { answers, changes } = book.batch([each])
        const answer = answers[0]!
        if (!answer.ok) continue
        const value = answer.value
        if (each.kind === 'begin') assert(changes.messagesMade.some((row) => row.id === each.message.id))
        if (each.kind === 'settle' && value === true)
          assert(changes.messagesChanged.some((row) => row.id === each.settlement.id))
        if (each.kind === 'replay') assert.equal(changes.owedMade.length, (value as { replayed: number }).replayed)
        if (each.kind !== 'facts') continue
        const { events, duplicates } = value as Applied
        assert.equal(changes.eventsMade.length, events)
        assert.equal(events + duplicates, each.facts.length)
      }
    }),
    { numRuns: RUNS },
  )
})

test('kept counts equal a count over the rows, and every lane with a waiting event is due', () => {
  fc.assert(
    fc.property(story, (told) => {
      const { book, queue } = begun(told)
      book.batch(queue)
      const { events, lanes, owed, counts, dead, contacts } = book.rows()
      const isOwed = new Set(owed.map((row) => row.seq))
      const laneOf = new Map(lanes.map((lane) => [lane.contactId, lane]))
      const pending = events.filter(
        (event) => isOwed.has(event.seq) || event.seq > (laneOf.get(event.contactId)?.cursor ?? Infinity),
      )
      const counted = counts[0] ?? { pending: 0, dead: 0 }
      assert.deepEqual([counted.pending, counted.dead], [pending.length, dead.length])
      for (const lane of lanes) {
        const waits =
          owed.some((row) => row.contactId === lane.contactId) ||
          events.some((event) => event.contactId === lane.contactId && event.seq > lane.cursor)
        if (waits) assert.notEqual(lane.dueAt, null)
        assert.equal(contacts.find((contact) => contact.id === lane.contactId)?.mergedInto ?? null, null)
      }
    }),
    { numRuns: RUNS },
  )
})

test('kept sums of costs equal a count over the messages', () => {
  let counted = 0
  fc.assert(
    fc.property(story, (told) => {
      const { book, queue } = begun(told)
      book.batch(queue)
      const { messages, costs } = book.rows()
      const lines = new Map<string, number>()
      for (const row of messages) {
        const cost = costOf(row)
        if (!cost) continue
        const line = `${row.channelId} ${cost.day} ${cost.country} ${cost.category} ${cost.type}`
        lines.set(line, (lines.get(line) ?? 0) + 1)
      }
      counted += lines.size
      assert.deepEqual(costs, [...lines].map(([line, sum]) => `${line}: ${sum}`).sort())
    }),
    { numRuns: RUNS },
  )
  assert(counted > 0)
})

test('facts of different contacts may come in any order: each ends the same', () => {
  const own = fc.array(fc.tuple(people, word), { minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(own, fc.infiniteStream(fc.nat()), (list, order) => {
      const course = list.map(([n, what]): [n: number, operation: Operation] => [
        n,
        facts(
          status(what, `out.${n}`, `m${n}`, { phone: phoneOf(n) }),
          wrote({ phone: phoneOf(n) }, `in.${n}.${what}`),
        ),
      ])
      const keys = course.map(() => order.next().value as number)
      // Another order, in which the facts of one contact keep theirs.
      const mixed = course
        .map(([n, each], i) => ({ n, each, i }))
        .sort((a, b) => (a.n === b.n ? a.i - b.i : keys[a.n % keys.length]! - keys[b.n % keys.length]! || a.n - b.n))
      const run = (operations: Operation[]) => {
        const book = new Book()
        for (const n of [1, 2, 3]) book.batch([begin(`m${n}`, { phone: phoneOf(n) }), accepted(`m${n}`, `out.${n}`)])
        book.batch(operations)
        const { messages, events, contacts } = book.rows()
        const bodies = Map.groupBy(events, (event) => event.contactId)
        return {
          statuses: messages.filter((row) => row.direction === 'out').map((row) => [row.id, row.status]),
          told: contacts.map((contact) => (bodies.get(contact.id) ?? []).map((event) => event.body)),
        }
      }
      assert.deepEqual(run(mixed.map(({ each }) => each)), run(course.map(([, each]) => each)))
    }),
    { numRuns: RUNS },
  )
})

test('statuses of one message end at the highest, in any order and mixture', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.boolean(), (words, together) => {
      const book = new Book()
      book.batch([begin('m', { phone: phoneOf(1) }), accepted('m', 'w')])
      const all = words.map((what) => facts(status(what, 'w', 'm', { phone: phoneOf(1) })))
      if (together) book.batch(all)
      else for (const each of all) book.one(each)
      const highest = LADDER.findLast((one) => (words as string[]).includes(one))
      const { messages, events } = book.rows()
      assert.equal(messages[0]!.status, highest)
      assert.equal(events.length, new Set(words).size, 'each is told once')
    }),
    { numRuns: RUNS },
  )
})

test('a batch is always decided the same, and its operations are not changed', () => {
  fc.assert(
    fc.property(story, (told) => {
      const one = begun(told)
      const other = begun(told)
      const asTheyCame = structuredClone(one.queue)
      const { changes } = one.book.batch(one.queue.map(frozen))
      assert.deepEqual(one.queue, asTheyCame)
      assert.deepEqual(other.book.batch(other.queue).changes, changes)
    }),
    { numRuns: RUNS },
  )
})

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const each of Object.values(value)) frozen(each)
  }
  return value
}
