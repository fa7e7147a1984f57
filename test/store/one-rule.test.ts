import assert from 'node:assert/strict'
import { createVault } from '../../packages/gateway/src/platform/secrets.ts'
import { deleteChannel, insertChannel } from '../../packages/gateway/src/store/channels.ts'
import { setWebhook } from '../../packages/gateway/src/store/endpoints.ts'
import { deliveries, deliveryCounts } from '../../packages/gateway/src/store/events.ts'
import { eventsAfter } from '../support/feed.ts'
import { findContact } from '../../packages/gateway/src/store/messages.ts'
import { pruneEvents } from '../../packages/gateway/src/store/retention.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { attemptAt, inbound, offerOf, phone } from './facts.ts'

const vault = createVault(new Uint8Array(32).fill(7))

onBothEngines(
  'a failure told by somebody who does not hold the lane changes nothing of it',
  async ({ store, clock }) => {
    const applied = await store.applyFacts([inbound({ phone: phone(1) })], offerOf('holder'))
    const [lane] = applied.leased
    const now = clock.now()
    for (const outcome of ['dead', 'retry'] as const)
      assert.deepEqual(await store.recordAttempt(attemptAt(lane!, 'other', now, outcome)), [])
    assert.deepEqual(
      (await deliveries(store.sql, { count: 10 })).map((row) => row.state),
      ['pending'],
    )
    assert.equal((await deliveryCounts(store.sql, now)).dead, 0)
    await store.recordAttempt(attemptAt(lane!, 'holder', now, 'dead'))
    assert.deepEqual(
      (await deliveries(store.sql, { count: 10 })).map((row) => row.state),
      ['dead'],
    )
  },
)

onBothEngines('a duplicate that names a person more fully teaches the id', async ({ store }) => {
  const first = inbound({ phone: phone(1) })
  await store.applyFacts([first], null)
  const again = await store.applyFacts([{ ...first, contact: { phone: phone(1), userId: 'u1' } }], null)
  assert.equal(again.duplicates, 1)
  const byPhone = await findContact(store.sql, CHANNEL, { phone: phone(1) })
  assert.equal((await findContact(store.sql, CHANNEL, { userId: 'u1' }))?.id, byPhone?.id)
})

onBothEngines('what a deleted channel had pending is nobody’s to wait for, and is pruned', async ({ store, clock }) => {
  const { sql } = store
  const id = (await insertChannel(
    sql,
    vault,
    { name: 'Gone', business_phone: '1', phone_number_id: '2', waba_id: '3', access_token: 't' },
    clock.now(),
  ))!
  await setWebhook(sql, vault, id, 'https://a.example/', clock.now())
  await store.applyFacts([inbound({ phone: phone(1) }, { channelId: id })], null)
  assert.equal((await deliveryCounts(sql, clock.now())).pending, 1)
  const later = clock.now() + 365 * 86_400_000
  await pruneEvents(sql, later, 100, '')
  assert.equal((await eventsAfter(sql, id, 0, 10)).length, 1, 'kept for as long as it waits')
  await deleteChannel(sql, id, clock.now())
  assert.equal((await deliveryCounts(sql, clock.now())).pending, 0)
  await pruneEvents(sql, later, 100, '')
  assert.equal((await eventsAfter(sql, id, 0, 10)).length, 0)
  assert.deepEqual((await store.dueEndpoints()).due, [])
})
