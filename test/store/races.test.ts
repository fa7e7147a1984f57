import assert from 'node:assert/strict'
import { deliveries, deliveryCounts } from '../../packages/gateway/src/store/events.ts'
import { eventsAfter } from '../support/feed.ts'
import { findContact, findMessage } from '../../packages/gateway/src/store/messages.ts'
import type { Fact, LeasedLane, Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines, OTHER } from './engines.ts'
import { attemptAt, draft, inbound, notice, offerOf, phone, sent, status } from './facts.ts'

/** A small repeatable random generator. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 2147483648
  }
}

onBothEngines('the same webhook thrice at once, at several nodes, is stored and told once', async ({ store, node }) => {
  const nodes = [store, await node(), await node()]
  const contact = { phone: phone(1) }
  const message = await sent(store, contact)
  const facts: Fact[] = [
    inbound({ phone: phone(2), userId: 'u2' }),
    status('sent', message, contact),
    status('delivered', message, contact),
    status('sent', { wamid: 'wamid.foreign' }, { phone: phone(3) }),
    notice('same'),
  ]
  for (let round = 0; round < 5; round++) {
    const fresh = facts.map((fact) =>
      fact.kind === 'message'
        ? { ...fact, wamid: `${fact.wamid}.${round}` }
        : fact.kind === 'notice'
          ? { ...fact, key: `same ${round}` }
          : fact,
    )
    const before = (await eventsAfter(store.sql, CHANNEL, 0, 1000)).length
    const applied = await Promise.all(nodes.map((one) => one.applyFacts(fresh, null)))
    const events = applied.reduce((sum, one) => sum + one.events, 0)
    assert.equal(events, round === 0 ? 5 : 2)
    assert.equal((await eventsAfter(store.sql, CHANNEL, 0, 1000)).length, before + events)
  }
  assert.equal((await store.sql.all('select id from contacts where channel_id = $1', [CHANNEL])).length, 3)
})

onBothEngines('nodes that meet a person at once make one contact', async ({ store, node }) => {
  const nodes = [store, await node()]
  for (let round = 0; round < 20; round++) {
    const contact = { phone: phone(round), userId: `u${round}` }
    await Promise.all([
      nodes[0]!.applyFacts([inbound(contact)], null),
      nodes[1]!.applyFacts([inbound({ userId: contact.userId })], null),
      nodes[1]!.beginMessage(draft({ phone: contact.phone })),
      nodes[0]!.beginMessage(draft({ phone: contact.phone })),
    ])
    const byPhone = await findContact(store.sql, CHANNEL, { phone: contact.phone })
    assert.equal((await findContact(store.sql, CHANNEL, { userId: contact.userId }))?.id, byPhone?.id)
    const rows = await store.sql.all<{ n: number }>('select count(*) as n from messages where contact_id = $1', [
      byPhone!.id,
    ])
    assert.equal(rows[0]!.n, 4)
  }
})

onBothEngines(
  'names that turn out to be one, told to two nodes at once in every way, end as one contact',
  async ({ store, node }) => {
    const nodes = [store, await node()]
    for (let round = 0; round < 15; round++) {
      const names = { phone: phone(round), userId: `u${round}` }
      await store.applyFacts([inbound({ phone: names.phone }), inbound({ userId: names.userId })], null)
      const message = await sent(store, { phone: names.phone })
      await Promise.all([
        nodes[0]!.applyFacts([inbound(names)], null),
        nodes[1]!.applyFacts([status('sent', message, names)], null),
        nodes[1]!.applyFacts([inbound({ phone: names.phone })], null),
        nodes[0]!.applyFacts([inbound({ userId: names.userId })], null),
      ])
      const one = await findContact(store.sql, CHANNEL, { phone: names.phone })
      assert.equal((await findContact(store.sql, CHANNEL, { userId: names.userId }))?.id, one?.id)
    }
  },
)

onBothEngines('two nodes that claim at once share the lanes, and none goes to both', async ({ store, node }) => {
  const nodes = [store, await node(), await node()]
  await store.applyFacts(
    Array.from({ length: 300 }, (_, i) => inbound({ phone: phone(i) })),
    null,
  )
  const taken: LeasedLane[] = []
  for (let round = 0; taken.length < 300; round++) {
    assert.ok(round < 100, `only ${taken.length} lanes after ${round} rounds`)
    const claims = nodes.flatMap((one, i) => [0, 1].map(() => one.claimLanes(CHANNEL, 17, offerOf(`n${i}`))))
    taken.push(...(await Promise.all(claims)).flat())
  }
  assert.equal(new Set(taken.map((lane) => lane.contactId)).size, 300)
  assert.equal(taken.length, 300)
})

onBothEngines(
  'answers and statuses of the same messages, at different nodes, always end well',
  async ({ store, node }) => {
    const nodes = [store, await node()]
    const random = chance(3)
    for (let round = 0; round < 6; round++) {
      const drafts = Array.from({ length: 40 }, (_, i) => draft({ phone: phone(i) }))
      await Promise.all(drafts.map((message, i) => nodes[i % 2]!.beginMessage(message)))
      const work: (() => Promise<unknown>)[] = []
      for (const [i, message] of drafts.entries()) {
        const wamid = `wamid.race.${round}.${i}`
        const told = i % 3 === 0 ? { wamid } : { wamid, reference: message.id }
        const contact = { phone: message.contact.phone!, userId: `u${i}` }
        work.push(() =>
          nodes[0]!.settleMessage({
            channelId: CHANNEL,
            id: message.id,
            at: 1,
            status: 'accepted',
            wamid,
            userId: `u${i}`,
          }),
        )
        for (const word of ['sent', 'delivered', 'read'] as const) {
          work.push(() => nodes[1]!.applyFacts([status(word, told, contact)], null))
          work.push(() => nodes[0]!.applyFacts([status(word, told, contact)], null))
        }
      }
      work.sort(() => random() - 0.5)
      await Promise.all(work.map((go) => go()))
      for (const [i, message] of drafts.entries()) {
        const row = await findMessage(store.sql, CHANNEL, message.id)
        assert.deepEqual([row?.status, row?.wamid], ['read', `wamid.race.${round}.${i}`])
      }
      assert.equal((await eventsAfter(store.sql, CHANNEL, 0, 10_000)).length, (round + 1) * 40 * 3)
    }
  },
)

/** Delivers as a deliverer does, and records the order of the events. */
async function deliverAll(store: Store, holder: string, now: number, told: string[], done: () => boolean) {
  for (;;) {
    const finished = done()
    const lanes = await store.claimLanes(CHANNEL, 8, offerOf(holder))
    await Promise.all(lanes.map((lane) => deliverLane(store, holder, now, lane, told)))
    if (lanes.length === 0 && finished) return
    if (lanes.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

async function deliverLane(store: Store, holder: string, now: number, lane: LeasedLane, told: string[]): Promise<void> {
  while (lane.events.length > 0) {
    told.push(lane.events[0]!.body)
    const more = lane.events.length > 1
    const next = await store.recordAttempt(attemptAt(lane, holder, now, 'delivered', { more }))
    lane.events = more ? lane.events.slice(1) : next
  }
}

onBothEngines(
  'while nodes write and deliver, every person hears everything once, in the order of writing',
  async ({ store, node, clock }) => {
    const nodes = [store, await node()]
    const now = clock.now()
    const told: string[] = []
    let writing = true
    const writers = nodes.map(async (one, w) => {
      for (let i = 0; i < 60; i++) {
        // Each writer has contacts of its own, so that the order of its writes is the stored order.
        const facts = [0, 1, 2].map((p) => {
          const contact = { phone: phone(w * 10 + ((i + p) % 5)) }
          return inbound(contact, { body: JSON.stringify({ contact: contact.phone, w, i }) })
        })
        const applied = await one.applyFacts(facts, offerOf(`n${w}`, i % 2 === 0 ? 1_000 : 0))
        void Promise.all(applied.leased.map((lane) => deliverLane(one, `n${w}`, now, lane, told)))
      }
    })
    const deliverers = nodes.map((one, w) => deliverAll(one, `n${w}`, now, told, () => !writing))
    await Promise.all(writers)
    writing = false
    await Promise.all(deliverers)
    assert.equal((await deliveryCounts(store.sql, now)).pending, 0)
    assert.deepEqual(await deliveries(store.sql, { state: 'pending', count: 1 }), [])
    assert.equal(told.length, 2 * 60 * 3)
    const last = new Map<string, number>()
    for (const text of told) {
      const { contact, i } = JSON.parse(text) as { contact: string; i: number }
      assert.ok(i > (last.get(contact) ?? -1), `${contact} heard ${i} after ${last.get(contact)}`)
      last.set(contact, i)
    }
  },
)

onBothEngines('who polls the feed misses nothing while nodes write', async ({ store, node }) => {
  const nodes = [store, await node(), await node()]
  let writing = true
  const seen: number[] = []
  const poll = async (): Promise<void> => {
    let last = 0
    for (;;) {
      const finished = !writing
      const rows = await eventsAfter(nodes[0]!.sql, CHANNEL, last, 50)
      for (const row of rows) seen.push(row.seq)
      last = rows.at(-1)?.seq ?? last
      if (rows.length === 0 && finished) return
      // An engine that answers at once would otherwise starve the writers.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const poller = poll()
  await Promise.all(
    nodes.map(async (one, w) => {
      for (let i = 0; i < 40; i++) {
        const people = Array.from({ length: 1 + ((i * 7 + w) % 9) }, (_, p) => ({ phone: phone(w * 100 + p) }))
        await one.applyFacts(
          people.map((contact) => inbound(contact, { channelId: channelOf(i) })),
          null,
        )
      }
    }),
  )
  writing = false
  await poller
  const all = await store.sql.all<{ seq: number }>('select seq from events where channel_id = $1 order by seq', [
    CHANNEL,
  ])
  assert.ok(all.length > 300)
  assert.deepEqual(
    seen,
    all.map((row) => row.seq),
  )
})

const channelOf = (i: number): number => (i % 5 === 4 ? OTHER : CHANNEL)

onBothEngines(
  'work of every kind at once, from several nodes, ends without an error',
  async ({ store, node, clock }) => {
    const nodes = [store, await node(), await node()]
    const random = chance(11)
    const now = clock.now()
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
    const messages = await Promise.all(Array.from({ length: 30 }, (_, i) => sent(store, { phone: phone(i) })))
    const acts: (() => Promise<unknown>)[] = [
      () => pick(nodes).beginMessage(draft({ phone: phone(Math.floor(random() * 60)) })),
      () => sent(pick(nodes), { userId: `u${Math.floor(random() * 20)}` }),
      () => {
        const n = Math.floor(random() * 30)
        return pick(nodes).applyFacts(
          [0, 1, 2, 3].map(() => inbound(random() < 0.5 ? { phone: phone(n) } : { phone: phone(n), userId: `u${n}` })),
          random() < 0.5 ? offerOf('n') : null,
        )
      },
      () => {
        const facts = [0, 1, 2].map(() => {
          const i = Math.floor(random() * 30)
          return status(pick(['sent', 'delivered', 'read'] as const), messages[i]!, {
            phone: phone(i),
            userId: `u${i}`,
          })
        })
        return pick(nodes).applyFacts(facts, null)
      },
      async () => {
        const one = pick(nodes)
        const lanes = await one.claimLanes(CHANNEL, 5, offerOf('c'))
        const [first, ...rest] = lanes
        if (first) await one.recordAttempt(attemptAt(first, 'c', now, pick(['delivered', 'retry', 'dead'] as const)))
        await one.releaseLanes('c', rest)
      },
    ]
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        for (let i = 0; i < 40; i++) await pick(acts)()
      }),
    )
    const twice = await store.sql.all(
      'select wamid from messages where wamid is not null group by channel_id, wamid having count(*) > 1',
    )
    assert.deepEqual(twice, [])
  },
)
