import assert from 'node:assert/strict'
import {
  attemptsOf,
  deliveries,
  deliveryCounts,
  deliveryBySeq,
  eventBySeq,
} from '../../packages/gateway/src/store/events.ts'
import { countReplay, replay } from '../../packages/gateway/src/store/replay.ts'
import { CHANNEL, onBothEngines, OTHER } from './engines.ts'
import { attemptAt, inbound, LEASE_MS, offerOf, phone, sent, status } from './facts.ts'

/** A replay of the channel's endpoint. */
const ALL = { channelId: CHANNEL, endpointId: CHANNEL }

onBothEngines(
  'a lane that fills is leased with the commit that fills it, its events in order',
  async ({ store, clock }) => {
    const now = clock.now()
    const facts = [inbound({ phone: phone(1) }), inbound({ phone: phone(2) }), inbound({ phone: phone(1) })]
    const applied = await store.applyFacts(facts, offerOf('n1'))
    assert.deepEqual(applied.nudge, [])
    assert.equal(applied.leased.length, 2)
    const bodies = applied.leased.map((lane) => lane.events.map((event) => event.body))
    assert.deepEqual(bodies.sort(), [[facts[0]!.body, facts[2]!.body], [facts[1]!.body]].sort())
    for (const lane of applied.leased) {
      assert.equal(lane.channelId, CHANNEL)
      for (const event of lane.events) assert.deepEqual([event.attempts, event.since], [0, now])
    }
    assert.deepEqual(await store.claimLanes(CHANNEL, 10, offerOf('n2')), [], 'nobody else gets them')
    const later = await store.applyFacts([inbound({ phone: phone(1) })], offerOf('n2'))
    assert.deepEqual([later.leased, later.nudge], [[], []], 'the holder will ask for it')
  },
)

onBothEngines('an offer takes what it wants; the rest is left for whoever looks', async ({ store }) => {
  const offer = offerOf('n1', 2)
  const facts = [1, 2, 3, 4].map((n) => inbound({ phone: phone(n) }))
  const applied = await store.applyFacts(facts, offer)
  assert.equal(applied.leased.length, 2)
  assert.deepEqual(applied.nudge, [CHANNEL])
  const claimed = await store.claimLanes(CHANNEL, 10, offerOf('n2'))
  assert.equal(claimed.length, 2)
  const told = [...applied.leased, ...claimed].flatMap((lane) => lane.events.map((event) => event.body))
  assert.deepEqual(told.sort(), facts.map((fact) => fact.body).sort())
})

onBothEngines('a status leases with the body that was stored', async ({ store }) => {
  const contact = { phone: phone(1) }
  const message = await sent(store, contact)
  const { leased } = await store.applyFacts([status('sent', message, contact)], offerOf('n1'))
  assert.equal(JSON.parse(leased[0]!.events[0]!.body).reference, message.id)
  const other = await store.applyFacts(
    [status('sent', { wamid: 'w.f', reference: message.id }, { phone: phone(2) })],
    offerOf('n1'),
  )
  const event = other.leased[0]!.events[0]!
  assert.equal(JSON.parse(event.body).reference, undefined)
  assert.equal((await eventBySeq(store.sql, event.seq))?.body, event.body)
})

onBothEngines('each record answers the next events, until the lane is empty and idle', async ({ store, clock }) => {
  const now = clock.now()
  const contact = { phone: phone(1) }
  const { leased } = await store.applyFacts([inbound(contact)], offerOf('n1'))
  const lane = leased[0]!
  const more = Array.from({ length: 20 }, () => inbound(contact))
  await store.applyFacts(more, offerOf('n1'))
  const heard = [lane.events[0]!.body]
  let events = await store.recordAttempt(attemptAt(lane, 'n1', now, 'delivered'))
  while (events.length > 0) {
    lane.events = events
    heard.push(events[0]!.body)
    const hasMore = events.length > 1
    const next = await store.recordAttempt(attemptAt(lane, 'n1', now, 'delivered', { more: hasMore }))
    events = hasMore ? events.slice(1) : next
    if (hasMore) assert.deepEqual(next, [])
  }
  assert.deepEqual(
    heard.slice(1),
    more.map((fact) => fact.body),
  )
  assert.deepEqual(await store.dueEndpoints(), { due: [], nextInMs: null })
  const again = await store.applyFacts([inbound(contact)], offerOf('n2'))
  assert.equal(again.leased.length, 1, 'an idle lane can be leased anew')
  assert.equal((await deliveryCounts(store.sql, now)).pending, 1)
})

onBothEngines('a failed attempt moves its own lane’s due time and no other’s', async ({ store, clock }) => {
  const now = clock.now()
  const facts = [inbound({ phone: phone(1) }), inbound({ phone: phone(1) }), inbound({ phone: phone(2) })]
  const { leased } = await store.applyFacts(facts, offerOf('n1'))
  const lane = leased.find((one) => one.events.length === 2)!
  const other = leased.find((one) => one.events.length === 1)!
  const answer = 'x'.repeat(5000)
  assert.deepEqual(await store.recordAttempt(attemptAt(lane, 'n1', now, 'retry', { retryInMs: 5000, answer })), [])
  await store.releaseLanes('n1', [other])
  assert.deepEqual(await store.dueEndpoints(), { due: [CHANNEL], nextInMs: null })
  assert.deepEqual(
    (await store.claimLanes(CHANNEL, 10, offerOf('n2'))).map((one) => one.contactId),
    [other.contactId],
  )
  assert.deepEqual(await store.dueEndpoints(), { due: [], nextInMs: 5000 })
  clock.advance(5000)
  const [again] = await store.claimLanes(CHANNEL, 10, offerOf('n2'))
  assert.deepEqual(
    again!.events.map((event) => [event.body, event.attempts, event.since]),
    [
      [facts[0]!.body, 1, now],
      [facts[1]!.body, 0, now],
    ],
    'in the same order',
  )
  await store.recordAttempt(attemptAt(again!, 'n2', clock.now(), 'delivered', { more: true }))
  const event = await deliveryBySeq(store.sql, again!.events[0]!.seq)
  assert.equal(event?.state, 'delivered')
  assert.equal(event.attempts, 2)
  assert.equal(event.done_at, clock.now())
  const attempts = await attemptsOf(store.sql, event)
  assert.deepEqual(
    attempts.map((attempt) => [attempt.number, attempt.outcome, attempt.status]),
    [
      [1, 'retry', 500],
      [2, 'delivered', 200],
    ],
  )
  assert.equal(attempts[0]!.answer?.length, 1024)
})

onBothEngines(
  'a dead event makes room for the next one and stays to be replayed in its place',
  async ({ store, clock }) => {
    const now = clock.now()
    const contact = { phone: phone(1) }
    const { leased } = await store.applyFacts([inbound(contact), inbound(contact)], offerOf('n1'))
    const lane = leased[0]!
    const [first, second] = lane.events
    const next = await store.recordAttempt(attemptAt(lane, 'n1', now, 'dead'))
    assert.deepEqual(
      next.map((event) => event.seq),
      [second!.seq],
    )
    await store.recordAttempt(attemptAt({ ...lane, events: next }, 'n1', now, 'delivered'))
    const dead = await deliveries(store.sql, { channelId: CHANNEL, state: 'dead', count: 10 })
    assert.deepEqual(
      dead.map((row) => row.seq),
      [first!.seq],
    )
    assert.equal((await deliveryCounts(store.sql, now)).dead, 1)

    clock.advance(1000)
    assert.equal(await replay(store, { ...ALL, seq: first!.seq }), 1)
    assert.equal(await replay(store, { ...ALL, seq: first!.seq }), 0, 'it is pending now')
    const [replayed] = await store.claimLanes(CHANNEL, 10, offerOf('n1'))
    assert.deepEqual(
      { ...replayed!.events[0] },
      { seq: first!.seq, body: first!.body, attempts: 0, since: clock.now(), owed: true },
    )
  },
)

onBothEngines('everything of a channel and of a span of time can be replayed, in order', async ({ store, clock }) => {
  const people = [1, 2, 3].map((n) => ({ phone: phone(n) }))
  const start = clock.now()
  for (let round = 0; round < 2; round++) {
    const { leased } = await store.applyFacts(
      people.map((contact) => inbound(contact)),
      offerOf('n1'),
    )
    for (const lane of leased) await store.recordAttempt(attemptAt(lane, 'n1', clock.now(), 'delivered'))
    clock.advance(1000)
  }
  const span = { ...ALL, state: 'delivered' as const, fromMs: start, toMs: start + 500 }
  assert.equal(await countReplay(store, span, 100), 3)
  assert.equal(await countReplay(store, span, 2), 2, 'it counts no further')
  assert.equal(await countReplay(store, { ...span, state: 'dead' }, 100), 0)
  assert.equal(await replay(store, span), 3, 'a count changed nothing')
  assert.equal(await replay(store, { channelId: OTHER, endpointId: OTHER, state: 'delivered' }), 0)
  assert.equal(await replay(store, { ...ALL, state: 'delivered' }), 3)
  const lanes = await store.claimLanes(CHANNEL, 10, offerOf('n1'))
  assert.equal(lanes.length, 3)
  for (const lane of lanes) {
    const seqs = lane.events.map((event) => event.seq)
    assert.equal(seqs.length, 2)
    assert.ok(seqs[0]! < seqs[1]!)
  }
})

onBothEngines(
  'a lease ends by itself; its late holder gets nothing more, but what it delivered counts',
  async ({ store, clock }) => {
    const contact = { phone: phone(1) }
    const { leased } = await store.applyFacts([inbound(contact), inbound(contact)], offerOf('n1'))
    const lane = leased[0]!
    clock.advance(LEASE_MS - 1)
    assert.deepEqual(await store.claimLanes(CHANNEL, 10, offerOf('n2')), [])
    clock.advance(2)
    const [taken] = await store.claimLanes(CHANNEL, 10, offerOf('n2'))
    assert.equal(taken?.events.length, 2)
    assert.deepEqual(await store.recordAttempt(attemptAt(lane, 'n1', clock.now(), 'delivered')), [])
    await store.releaseLanes('n1', [lane])
    assert.deepEqual(await store.claimLanes(CHANNEL, 10, offerOf('n3')), [], 'n2 holds it still')
    const rest = await store.recordAttempt(attemptAt(taken, 'n2', clock.now(), 'delivered'))
    assert.deepEqual(
      rest.map((event) => event.seq),
      [taken.events[1]!.seq],
    )
  },
)

onBothEngines(
  'a claim takes no more than its limit, the longest due first, of its channel alone',
  async ({ store, clock }) => {
    for (let n = 0; n < 6; n++) {
      await store.applyFacts([inbound({ phone: phone(n) }, { channelId: n === 5 ? OTHER : CHANNEL })], null)
      clock.advance(10)
    }
    assert.deepEqual((await store.dueEndpoints()).due, [CHANNEL, OTHER])
    const first = await store.claimLanes(CHANNEL, 2, offerOf('n1'))
    const rest = await store.claimLanes(CHANNEL, 10, offerOf('n2'))
    assert.deepEqual([first.length, rest.length], [2, 3])
    const oldest = Math.max(...first.map((lane) => lane.events[0]!.seq))
    assert.ok(rest.every((lane) => lane.events[0]!.seq > oldest))
    assert.equal((await store.claimLanes(OTHER, 10, offerOf('n2'))).length, 1)
  },
)

onBothEngines('a claim hands out a long lane in portions', async ({ store }) => {
  const contact = { phone: phone(1) }
  const facts = Array.from({ length: 100 }, () => inbound(contact))
  await store.applyFacts(facts, null)
  const [lane] = await store.claimLanes(CHANNEL, 1, offerOf('n1'))
  assert.ok(lane!.events.length >= 2 && lane!.events.length <= 32, String(lane!.events.length))
  assert.deepEqual(
    lane!.events.map((event) => event.body),
    facts.slice(0, lane!.events.length).map((fact) => fact.body),
  )
})

onBothEngines('the leases of a process that is gone end at the next start, or by themselves', async (world) => {
  const { engine, clock } = world
  await world.store.applyFacts([inbound({ phone: phone(1) })], offerOf('gone'))
  const store = await world.reopen()
  // Only one process can open SQLite, so no other can hold a lane. On PostgreSQL the holder may be alive elsewhere.
  const atOnce = await store.claimLanes(CHANNEL, 10, offerOf('new'))
  assert.equal(atOnce.length, engine === 'sqlite' ? 1 : 0)
  clock.advance(LEASE_MS + 1)
  const later = await store.claimLanes(CHANNEL, 10, offerOf('new'))
  assert.equal(later.length, 1)
})

onBothEngines(
  'an event stored in the commit that records the delivery before it is handed out once, to the lane’s holder',
  async ({ store, clock }) => {
    const now = clock.now()
    for (const [n, recorder] of ['n1', 'n2'].entries()) {
      const contact = { phone: phone(n) }
      const { leased } = await store.applyFacts([inbound(contact)], offerOf('n1'))
      const facts = [inbound(contact), inbound(contact)]
      const [, next, applied] = await Promise.all([
        // Alone in its commit, so that the two behind it share one.
        store.applyFacts([inbound({ phone: phone(90 + n) })], offerOf('n1')),
        store.recordAttempt(attemptAt(leased[0]!, recorder, now, 'delivered')),
        store.applyFacts(facts, offerOf('n1')),
      ])
      const told = [...next, ...applied.leased.flatMap((lane) => lane.events)].map((event) => event.body)
      // A node that does not hold the lane gets none of its events; the holder asks with its own record.
      assert.deepEqual(told, recorder === 'n1' ? facts.map((fact) => fact.body) : [])
      assert.deepEqual(await store.claimLanes(CHANNEL, 10, offerOf('n3')), [], 'held')
      const event = await deliveryBySeq(store.sql, leased[0]!.events[0]!.seq)
      assert.equal(event?.state, 'delivered')
    }
  },
)
