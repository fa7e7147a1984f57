import assert from 'node:assert/strict'
import { newMessageId } from '../../packages/gateway/src/platform/ids.ts'
import { findContact, findMessage, listMessages } from '../../packages/gateway/src/store/messages.ts'
import { markAbandoned } from '../../packages/gateway/src/store/unsettled.ts'
import { CHANNEL, onBothEngines, OTHER } from './engines.ts'
import { draft, inbound, phone, sent, status } from './facts.ts'

onBothEngines('a message is there before WhatsApp hears of it, and remembers what WhatsApp said', async ({ store }) => {
  const message = draft({ phone: phone(1) })
  await store.beginMessage(message)
  const begun = await findMessage(store.sql, CHANNEL, message.id)
  assert.equal(begun?.status, 'sending')
  assert.equal(begun.direction, 'out')
  assert.equal(begun.wamid, null)
  assert.equal(begun.content, message.content)
  assert.equal(begun.created_at, message.createdAt)

  const changed = await store.settleMessage({
    channelId: CHANNEL,
    id: message.id,
    at: 1_800_000_000_123,
    status: 'accepted',
    wamid: 'wamid.A',
  })
  assert.equal(changed, true)
  const accepted = await findMessage(store.sql, CHANNEL, 'wamid.A')
  assert.equal(accepted?.id, message.id)
  assert.equal(accepted.status, 'accepted')
  assert.equal(accepted.accepted_at, 1_800_000_000_123)
})

onBothEngines('a refusal and a lost answer are kept with their reason', async ({ store }) => {
  for (const end of ['failed', 'unknown'] as const) {
    const message = draft({ phone: phone(1) })
    await store.beginMessage(message)
    const settlement = { channelId: CHANNEL, id: message.id, at: 5, status: end, error: '{"code":1}' }
    assert.equal(await store.settleMessage(settlement), true)
    const row = await findMessage(store.sql, CHANNEL, message.id)
    assert.equal(row?.status, end)
    assert.equal(row.error, '{"code":1}')
    assert.equal(row.failed_at, end === 'failed' ? 5 : null)
    assert.equal(await store.settleMessage(settlement), false, 'it has settled already')
  }
})

onBothEngines('an answer that comes after the statuses takes nothing back', async ({ store }) => {
  const message = draft({ phone: phone(1) })
  await store.beginMessage(message)
  const told = { wamid: 'wamid.B', reference: message.id }
  await store.applyFacts([status('sent', told, { phone: phone(1) }), status('read', told, { phone: phone(1) })], null)
  assert.equal(
    await store.settleMessage({ channelId: CHANNEL, id: message.id, at: 9, status: 'unknown', error: '{}' }),
    false,
  )
  await store.settleMessage({ channelId: CHANNEL, id: message.id, at: 10, status: 'accepted', wamid: 'wamid.B' })
  const row = await findMessage(store.sql, CHANNEL, message.id)
  assert.equal(row?.status, 'read')
  assert.equal(row.wamid, 'wamid.B')
  assert.equal(row.accepted_at, 10)
})

onBothEngines(
  'a status without our reference that comes before the answer is taken over by its message',
  async ({ store }) => {
    const identity = { phone: phone(1) }
    const message = draft(identity)
    await store.beginMessage(message)
    await store.applyFacts([status('sent', { wamid: 'wamid.C' }, identity)], null)
    await store.applyFacts([status('delivered', { wamid: 'wamid.C' }, identity)], null)
    assert.equal((await findMessage(store.sql, CHANNEL, 'wamid.C'))?.type, 'foreign')
    await store.settleMessage({ channelId: CHANNEL, id: message.id, at: 10, status: 'accepted', wamid: 'wamid.C' })
    const row = await findMessage(store.sql, CHANNEL, 'wamid.C')
    assert.equal(row?.id, message.id)
    assert.equal(row.status, 'delivered')
    assert.ok(row.sent_at !== null && row.delivered_at !== null)
    const again = await store.applyFacts([status('delivered', { wamid: 'wamid.C' }, identity)], null)
    assert.deepEqual([again.events, again.duplicates], [0, 1])
    assert.equal((await listMessages(store.sql, { channelId: CHANNEL, count: 10 })).length, 1)
  },
)

onBothEngines('the same id twice is refused, and the one that was there stays', async ({ store }) => {
  const message = draft({ phone: phone(1) })
  await store.beginMessage(message)
  await assert.rejects(store.beginMessage({ ...message, content: '{}' }))
  assert.equal((await findMessage(store.sql, CHANNEL, message.id))?.content, message.content)
  await store.beginMessage({ ...message, channelId: OTHER })
})

onBothEngines('hundreds at once are all there, each once, and every id differs', async ({ store }) => {
  const drafts = Array.from({ length: 700 }, (_, i) => draft({ phone: phone(i % 50) }))
  await Promise.all(drafts.map((message) => store.beginMessage(message)))
  const settled = await Promise.all(
    drafts.map((message, i) =>
      store.settleMessage({ channelId: CHANNEL, id: message.id, at: 7, status: 'accepted', wamid: `wamid.many.${i}` }),
    ),
  )
  assert.ok(settled.every(Boolean))
  const rows = await listMessages(store.sql, { channelId: CHANNEL, status: 'accepted', count: 1000 })
  assert.equal(new Set(rows.map((row) => row.id)).size, 700)
  assert.equal(new Set(rows.map((row) => row.contact_id)).size, 50)
  for (const [i, message] of drafts.entries()) {
    assert.equal(rows.find((row) => row.id === message.id)?.wamid, `wamid.many.${i}`)
  }
})

onBothEngines('a settlement of nothing changes nothing', async ({ store }) => {
  const id = newMessageId()
  assert.equal(await store.settleMessage({ channelId: CHANNEL, id, at: 1, status: 'failed', error: '{}' }), false)
  assert.equal(await store.settleMessage({ channelId: CHANNEL, id, at: 1, status: 'accepted', wamid: 'w' }), false)
})

onBothEngines('lists go newest first and page by id, filtered by person, direction and status', async ({ store }) => {
  const one = await sent(store, { phone: phone(1) })
  const two = await sent(store, { phone: phone(2) })
  await store.applyFacts([inbound({ phone: phone(1) })], null)
  await store.applyFacts([status('failed', two, { phone: phone(2) })], null)
  const ids = async (filter: Parameters<typeof listMessages>[1]): Promise<string[]> =>
    (await listMessages(store.sql, filter)).map((row) => row.id)
  const all = await ids({ channelId: CHANNEL, count: 10 })
  assert.deepEqual(all, [...all].sort().reverse())
  assert.equal(all.length, 3)
  assert.deepEqual(await ids({ channelId: CHANNEL, beforeId: all[0]!, count: 1 }), [all[1]])
  assert.deepEqual(await ids({ channelId: CHANNEL, status: 'failed', count: 10 }), [two.id])
  assert.deepEqual(await ids({ status: 'accepted', count: 10 }), [one.id])
  assert.equal((await ids({ direction: 'in', count: 10 })).length, 1)
  const contact = await findContact(store.sql, CHANNEL, { phone: `+${phone(1)}` })
  assert.equal((await ids({ channelId: CHANNEL, contactId: contact!.id, count: 10 })).length, 2)
  assert.deepEqual(await ids({ channelId: OTHER, count: 10 }), [])
})

onBothEngines('what a dead process left behind becomes unknown, and only that', async ({ store }) => {
  const old = draft({ phone: phone(1) }, { createdAt: 1000 })
  const young = draft({ phone: phone(1) }, { createdAt: 3000 })
  await store.beginMessage(old)
  await store.beginMessage(young)
  const done = await sent(store, { phone: phone(1) }, { createdAt: 1000 })
  assert.equal(await markAbandoned(store.sql, 2000, '{"title":"gone"}'), 1)
  assert.equal((await findMessage(store.sql, CHANNEL, old.id))?.status, 'unknown')
  assert.equal((await findMessage(store.sql, CHANNEL, young.id))?.status, 'sending')
  assert.equal((await findMessage(store.sql, CHANNEL, done.id))?.status, 'accepted')
})
