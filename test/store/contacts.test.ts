import assert from 'node:assert/strict'
import { contactNamed } from '../../packages/gateway/src/store/contacts.ts'
import { findContact, findMessage } from '../../packages/gateway/src/store/messages.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines, OTHER } from './engines.ts'
import { attemptAt, draft, inbound, LEASE_MS, notice, offerOf, phone, sent, status } from './facts.ts'

async function idOf(store: Store, name: { phone?: string; userId?: string }, channelId = CHANNEL): Promise<number> {
  const found = await findContact(store.sql, channelId, name)
  assert.ok(found, `no contact has the name ${JSON.stringify(name)}`)
  return found.id
}

onBothEngines('a person is one contact by number, by id, and by both, on each channel', async ({ store }) => {
  const both = { phone: phone(1), userId: 'u1' }
  await store.applyFacts([inbound(both)], null)
  await store.applyFacts([inbound({ userId: 'u1' }), inbound({ phone: `+${phone(1)}` })], null)
  await store.beginMessage(draft({ phone: phone(1) }))
  const id = await idOf(store, { phone: phone(1) })
  assert.equal(await idOf(store, { userId: 'u1' }), id)
  const rows = await store.sql.all<{ contact_id: number }>('select contact_id from messages')
  assert.deepEqual(
    rows.map((row) => row.contact_id),
    [id, id, id, id],
  )
  await store.applyFacts([inbound(both, { channelId: OTHER })], null)
  assert.notEqual(await idOf(store, both, OTHER), id)
})

onBothEngines('a second name is learned from a message, from an answer, and from a status', async ({ store }) => {
  await store.applyFacts([inbound({ phone: phone(1) })], null)
  await store.applyFacts([inbound({ phone: phone(1), userId: 'u1' })], null)
  assert.equal(await idOf(store, { userId: 'u1' }), await idOf(store, { phone: phone(1) }))

  const message = draft({ phone: phone(2) })
  await store.beginMessage(message)
  await store.settleMessage({
    channelId: CHANNEL,
    id: message.id,
    at: 1,
    status: 'accepted',
    wamid: 'wamid.a',
    waId: phone(222),
    userId: 'u2',
  })
  assert.equal(await idOf(store, { userId: 'u2' }), await idOf(store, { phone: phone(2) }))
  assert.equal(await idOf(store, { phone: phone(222) }), await idOf(store, { phone: phone(2) }))

  const other = await sent(store, { phone: phone(3) })
  await store.applyFacts([status('sent', other, { phone: phone(3), userId: 'u3' })], null)
  assert.equal(await idOf(store, { userId: 'u3' }), await idOf(store, { phone: phone(3) }))
})

onBothEngines('two that turn out to be one become one, with everything either had', async ({ store }) => {
  await store.applyFacts([inbound({ phone: phone(1) }, { at: 9000 })], null)
  await store.applyFacts([inbound({ userId: 'u1' }, { at: 5000 })], null)
  assert.notEqual(await idOf(store, { phone: phone(1) }), await idOf(store, { userId: 'u1' }))
  await store.applyFacts([inbound({ phone: phone(1), userId: 'u1' }, { at: 7000 })], null)
  const id = await idOf(store, { phone: phone(1) })
  assert.equal(await idOf(store, { userId: 'u1' }), id)
  assert.equal((await findContact(store.sql, CHANNEL, { userId: 'u1' }))?.lastInboundAt, 9000)
  const rows = await store.sql.all<{ contact_id: number }>('select contact_id from messages')
  assert.ok(rows.every((row) => row.contact_id === id))
  const lanes = await store.claimLanes(CHANNEL, 10, offerOf('n1'))
  assert.equal(lanes.length, 1)
  assert.equal(lanes[0]!.events.length, 3, 'what was due to either goes out in one lane, in order')
  const seqs = lanes[0]!.events.map((event) => event.seq)
  assert.deepEqual(
    seqs,
    [...seqs].sort((a, b) => a - b),
  )
})

onBothEngines(
  'what a merged lane had in hand is not lost, and its holder learns that it is over',
  async ({ store, clock }) => {
    const now = clock.now()
    const held = await store.applyFacts([inbound({ userId: 'u1' }), inbound({ userId: 'u1' })], offerOf('n1'))
    assert.equal(held.leased.length, 1)
    await store.applyFacts([inbound({ phone: phone(1) })], offerOf('n1'))
    await store.applyFacts([inbound({ phone: phone(1), userId: 'u1' })], offerOf('n1'))
    const rest = await store.recordAttempt(attemptAt(held.leased[0]!, 'n1', now, 'delivered'))
    assert.deepEqual(rest, [], 'the lane is another one now')
    clock.advance(LEASE_MS + 1)
    const lanes = await store.claimLanes(CHANNEL, 10, offerOf('n2'))
    assert.equal(lanes.length, 1)
    assert.equal(lanes[0]!.events.length, 3, 'the delivered one is not told again')
  },
)

onBothEngines('a number that changed names the same person from then on', async ({ store }) => {
  await store.applyFacts([inbound({ phone: phone(1), userId: 'u1' })], null)
  const id = await idOf(store, { phone: phone(1) })
  const system = inbound(
    { phone: phone(1) },
    { type: 'system', opensWindow: false, becomes: { phone: phone(2), userId: 'u2' } },
  )
  const applied = await store.applyFacts([system, inbound({ phone: phone(2) }), inbound({ userId: 'u2' })], null)
  assert.equal(applied.events, 3)
  for (const name of [{ phone: phone(1) }, { phone: phone(2) }, { userId: 'u1' }, { userId: 'u2' }]) {
    assert.equal(await idOf(store, name), id)
  }
  const rows = await store.sql.all<{ contact_id: number }>('select contact_id from messages')
  assert.ok(rows.every((row) => row.contact_id === id))
  const row = await store.sql.get<{ phone: string }>('select phone from contacts where id = $1', [id])
  assert.equal(row?.phone, phone(2))
})

onBothEngines('a new number that was somebody already joins the two', async ({ store }) => {
  await store.applyFacts([inbound({ phone: phone(1) }), inbound({ phone: phone(2) })], null)
  await store.applyFacts([notice('moved', { contact: { phone: phone(1) }, becomes: { phone: phone(2) } })], null)
  assert.equal(await idOf(store, { phone: phone(1) }), await idOf(store, { phone: phone(2) }))
})

onBothEngines('statuses follow their message to the contact it was merged into', async ({ store }) => {
  const message = await sent(store, { userId: 'u1' })
  await store.applyFacts([inbound({ phone: phone(1) })], null)
  await store.applyFacts([inbound({ phone: phone(1), userId: 'u1' })], null)
  await store.applyFacts([status('delivered', message, { phone: phone(1) })], null)
  const id = await idOf(store, { phone: phone(1) })
  assert.equal((await findMessage(store.sql, CHANNEL, message.id))?.contact_id, id)
  const events = await store.sql.all<{ contact_id: number }>('select contact_id from events')
  assert.ok(events.every((event) => event.contact_id === id))
})

onBothEngines('many strangers in one commit, some of them the same, each become one contact', async ({ store }) => {
  const under = store.beginMessage(draft({ phone: phone(99) }))
  const people = [phone(1), phone(2), phone(2), phone(3), phone(1), phone(4)]
  const begun = people.map((to) => draft({ phone: to }))
  await Promise.all([
    under,
    ...begun.map((message) => store.beginMessage(message)),
    store.applyFacts([inbound({ phone: phone(5), userId: 'u5' }), inbound({ phone: phone(6), userId: 'u5' })], null),
    store.applyFacts([inbound({ userId: 'u4', phone: phone(4) }), inbound({ userId: 'u7' })], null),
  ])
  const contactOf = async (to: string): Promise<number> => idOf(store, { phone: to })
  for (const message of begun) {
    const row = await findMessage(store.sql, CHANNEL, message.id)
    assert.equal(row?.contact_id, await contactOf(message.recipient))
  }
  assert.equal(await idOf(store, { userId: 'u4' }), await contactOf(phone(4)))
  assert.equal(await idOf(store, { userId: 'u5' }), await contactOf(phone(5)))
  const living = await store.sql.all('select id from contacts where merged_into is null and channel_id = $1', [CHANNEL])
  assert.equal(living.length, 7, 'five sent to, and two who wrote')
  const numbers = await Promise.all([1, 2, 3, 4, 5, 99].map((n) => contactOf(phone(n))))
  assert.equal(new Set(numbers).size, 6)
})

onBothEngines('statuses of one commit teach names, to several people and twice to one', async ({ store }) => {
  const sentTo = await Promise.all([1, 2, 3, 1, 4].map((n) => sent(store, { phone: phone(n) })))
  await store.applyFacts([inbound({ userId: 'u4' })], null)
  const teaching = [...sentTo.entries()].map(([i, message]) => {
    const n = [1, 2, 3, 1, 4][i]!
    return status('sent', message, { phone: phone(n), userId: `u${n}` })
  })
  const again = [status('delivered', sentTo[1]!, { phone: phone(2), userId: 'u2b' })]
  await Promise.all([
    store.beginMessage(draft({ phone: phone(98) })),
    ...teaching.map((fact) => store.applyFacts([fact], null)),
    store.applyFacts(again, null),
  ])
  for (const n of [1, 2, 3, 4]) {
    assert.equal(await idOf(store, { userId: `u${n}` }), await idOf(store, { phone: phone(n) }))
  }
  assert.equal(await idOf(store, { userId: 'u2b' }), await idOf(store, { phone: phone(2) }))
})

onBothEngines('all shown names of a contact and its state are stored, changed, and joined', async ({ store }) => {
  const wish = (state: 'allowed' | 'stopped', at: number) => ({ marketing: { state, at, by: 'contact' as const } })
  const at = Date.UTC(2026, 8, 1)
  await store.applyFacts(
    [
      inbound({ userId: 'US.a', parentId: 'US.ENT.a', username: 'noor' }, { at, state: wish('stopped', at) }),
      inbound({ phone: phone(1) }, { at: at + 1_000, state: wish('allowed', at + 1_000) }),
    ],
    null,
  )
  const shown = async (name: string) => {
    const { userId, parentId, username, state } = (await contactNamed(store.sql, CHANNEL, name))!
    return { userId, parentId, username, state }
  }
  const first = { userId: 'US.a', parentId: 'US.ENT.a', username: 'noor', state: wish('stopped', at) }
  for (const name of ['US.a', 'US.ENT.a']) assert.deepEqual(await shown(name), first)
  await store.applyFacts(
    [inbound({ userId: 'US.a', phone: phone(1), username: 'noor.reads' }, { at: at + 2_000 })],
    null,
  )
  const joined = { ...first, username: 'noor.reads', state: wish('allowed', at + 1_000) }
  for (const name of ['US.a', 'US.ENT.a', phone(1)]) assert.deepEqual(await shown(name), joined)
  const note = { type: 'system', opensWindow: false, becomes: { userId: 'US.b', parentId: 'US.ENT.b' } } as const
  await store.applyFacts([inbound({ userId: 'US.a' }, { ...note, at: at + 3_000 })], null)
  const contact = (await contactNamed(store.sql, CHANNEL, 'US.b'))!
  assert.deepEqual([contact.userId, contact.parentId, contact.phone], ['US.b', 'US.ENT.b', phone(1)])
  assert.deepEqual(
    [contact.earlier.userIds, contact.earlier.parentIds, contact.earlier.phones],
    [['US.a'], ['US.ENT.a'], []],
  )
  assert.equal(await contactNamed(store.sql, CHANNEL, 'US.c'), undefined)
})
