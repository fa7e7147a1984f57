import assert from 'node:assert/strict'
import { createBroadcastFollower } from '../../packages/gateway/src/flows/send/broadcast-follow.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { settleRecipients } from '../../packages/gateway/src/store/broadcast-run.ts'
import { failuresOf, followBroadcast } from '../../packages/gateway/src/store/broadcast-tally.ts'
import {
  addRecipients,
  createBroadcast,
  findBroadcast,
  leaseBroadcast,
  listRecipients,
  listUndelivered,
  moveBroadcast,
} from '../../packages/gateway/src/store/broadcasts.ts'
import { newestPlace } from '../../packages/gateway/src/store/feed.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { takeNext } from './broadcast-runs.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { draft, inbound, phone, status } from './facts.ts'

const ID = 'bc_1'
const DAY_MS = 24 * 3_600_000

/** A broadcast whose messages WhatsApp has accepted. */
async function accepted(store: Store, people: number, now: number): Promise<string[]> {
  const { sql } = store
  await createBroadcast(sql, { channelId: CHANNEL, id: ID, name: null, message: '{}', now })
  const recipients = Array.from({ length: people }, (_, i) => ({ contact: phone(i), own: null }))
  await addRecipients(sql, CHANNEL, ID, recipients)
  await moveBroadcast(sql, CHANNEL, ID, ['preparing'], 'running', now)
  await leaseBroadcast(sql, CHANNEL, ID, { holder: 'a', until: now + 1000, now })
  await followBroadcast(sql, {
    channelId: CHANNEL,
    id: ID,
    place: await newestPlace(sql),
    now,
    until: now + 7 * DAY_MS,
  })
  let serial = 0
  const taken = await takeNext(sql, ID, people, () => `msg_${++serial}`, now)
  for (const [i, { messageId: id }] of taken.entries()) {
    await store.beginMessage({ ...draft({ phone: phone(i) }), id, recipient: phone(i), createdAt: now })
    await store.settleMessage({ channelId: CHANNEL, id, at: now, status: 'accepted', wamid: `wamid.${id}` })
  }
  const endings = taken.map(({ n, tries }) => ({ n, tries, error: null, state: 'accepted' as const }))
  await settleRecipients(sql, { channelId: CHANNEL, id: ID, holder: 'a' }, endings, now)
  return taken.map(({ messageId }) => messageId)
}

const sums = async (store: Store): Promise<number[]> => {
  const { sent, delivered, read, undelivered, answered, stopped } = (await findBroadcast(store.sql, CHANNEL, ID))!
  return [sent, delivered, read, undelivered, answered, stopped].map(Number)
}

const followers = (stores: readonly Store[], clock: { now(): number }) =>
  stores.map((store) => createBroadcastFollower({ store, clock: clock as never, log: silentLog, rateCard: undefined }))

onBothEngines('statuses are in the sums once, whoever reads them and in whatever order they come', async (given) => {
  const { store, clock, node } = given
  const ids = await accepted(store, 60, clock.now())
  const all = followers([store, await node(), await node()], clock)
  const told = (word: string, i: number) =>
    status(word as never, { wamid: `wamid.${ids[i]!}`, reference: ids[i]! }, { phone: phone(i) })
  await store.applyFacts(
    ids.flatMap((_, i) => (i % 2 ? [told('sent', i)] : [told('delivered', i), told('sent', i)])),
    null,
  )
  await Promise.all(all.map((one) => one.catchUp()))
  assert.deepEqual(await sums(store), [60, 30, 0, 0, 0, 0])
  await store.applyFacts([told('read', 0), told('failed', 1), told('failed', 3), told('delivered', 3)], null)
  await Promise.all([...all, ...all].map((one) => one.catchUp()))
  assert.deepEqual(await sums(store), [59, 31, 1, 1, 0, 0])
  const undelivered = await listUndelivered(store.sql, CHANNEL, ID, 10)
  assert.deepEqual(
    undelivered.map((row) => [Number(row.n), (JSON.parse(row.error!) as { reason: string }).reason]),
    [[1, 'undelivered']],
  )
  assert.deepEqual(
    (await failuresOf(store.sql, ID)).map((row) => [row.reason, Number(row.recipients)]),
    [['undelivered', 1]],
  )
  // A proof of delivery overrules the failure.
  await store.applyFacts([told('delivered', 1)], null)
  await all[0]!.catchUp()
  assert.deepEqual(await sums(store), [60, 32, 1, 0, 0, 0])
  assert.deepEqual(await failuresOf(store.sql, ID), [])
  assert.equal((await listUndelivered(store.sql, CHANNEL, ID, 10)).length, 0)
})

onBothEngines('an answer counts once, within seven days, and only after the message', async ({ store, clock }) => {
  await store.applyFacts([inbound({ phone: phone(0) })], null)
  await accepted(store, 3, clock.now())
  const [follower] = followers([store], clock)
  await follower!.catchUp()
  assert.deepEqual(await sums(store), [0, 0, 0, 0, 0, 0])
  clock.advance(1_000)
  await store.applyFacts([inbound({ phone: phone(1) }), inbound({ phone: phone(99) })], null)
  await store.applyFacts([inbound({ phone: phone(1) })], null)
  await follower!.catchUp()
  assert.deepEqual(await sums(store), [0, 0, 0, 0, 1, 0])
  clock.advance(7 * DAY_MS - 2_000)
  await store.applyFacts([inbound({ phone: phone(2) })], null)
  await follower!.catchUp()
  assert.deepEqual(await sums(store), [0, 0, 0, 0, 2, 0])
  const rows = await listRecipients(store.sql, CHANNEL, ID, { states: ['accepted'], afterN: -1, count: 5 })
  assert.deepEqual(
    rows.map((row) => row.answered_at !== null),
    [false, true, true],
  )
})

onBothEngines(
  'a failure that is told before the runner writes the result keeps its reason',
  async ({ store, clock }) => {
    const [id] = await accepted(store, 1, clock.now())
    await store.sql.run(`update broadcast_recipients set state = 'sending'`)
    await store.applyFacts([status('failed', { wamid: `wamid.${id!}`, reference: id! }, { phone: phone(0) })], null)
    await followers([store], clock)[0]!.catchUp()
    const ending = { n: 0, tries: 0, error: null, state: 'accepted' as const }
    await settleRecipients(store.sql, { channelId: CHANNEL, id: ID, holder: 'a' }, [ending], clock.now())
    const [row] = await listUndelivered(store.sql, CHANNEL, ID, 10)
    assert.equal((JSON.parse(row!.error!) as { code: number }).code, 131026)
  },
)
