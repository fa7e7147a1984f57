import assert from 'node:assert/strict'
import { replay } from '../../packages/gateway/src/store/replay.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL } from './engines.ts'
import { attemptAt, draft, inbound, LEASE_MS, notice, offerOf, phone, sent, status } from './facts.ts'

/** Contacts of the test's own, none of those stored in bulk. */
let contactNumber = 0
const nextContact = (): { phone: string; userId: string } => {
  contactNumber++
  return { phone: phone(9_000_000 + contactNumber), userId: `user.${contactNumber}` }
}

/** Number of lanes that one claim takes. */
export const CLAIMED = 50

/** Used in every round. */
export const HEAVY = { phone: phone(1) }

/**
 * Performs every write of the hot path once, one write a commit, so that every statement of an engine's load.ts and
 * write.ts is used.
 */
export async function everyWrite(store: Store, clock: { now(): number; advance(ms: number): void }): Promise<void> {
  const ann = nextContact()
  const offer = offerOf('n1')
  const message = await sent(store, { phone: ann.phone })
  const pricing = '{"type":"regular","category":"utility"}'
  await store.applyFacts([status('sent', message, { phone: ann.phone }, { pricing })], offer)
  // A status of an unknown message, before the answer with its wamid.
  const early = draft({ phone: ann.phone })
  const wamid = `wamid.early.${contactNumber}`
  await store.beginMessage(early)
  await store.applyFacts([status('sent', { wamid }, { phone: ann.phone })], offer)
  await store.settleMessage({ channelId: CHANNEL, id: early.id, at: clock.now(), status: 'accepted', wamid })
  const content = `{"text":{"body":"${contactNumber}"}}`
  const quoted = inbound({ ...ann, name: 'Ann' }, { content, body: `{"messages":[${content}]}` })
  await store.applyFacts([notice(`key ${contactNumber}`), quoted], offer)

  // One delivered, one dead, one that is retried.
  const bob = nextContact()
  const told = await store.applyFacts(
    [1, 2, 3, 4].map(() => inbound({ phone: bob.phone })),
    offer,
  )
  const lane = told.leased[0]!
  assert.equal(lane.events.length, 4)
  const [first, second] = lane.events
  let rest = await store.recordAttempt(attemptAt(lane, 'n1', clock.now(), 'delivered'))
  rest = await store.recordAttempt(attemptAt({ ...lane, events: rest }, 'n1', clock.now(), 'dead'))
  await store.recordAttempt(attemptAt({ ...lane, events: rest }, 'n1', clock.now(), 'retry', { retryInMs: 1 }))
  const filter = { channelId: CHANNEL, endpointId: CHANNEL }
  assert.equal(await replay(store, { ...filter, seq: first!.seq }), 1)
  assert.equal(await replay(store, { ...filter, seq: second!.seq }), 1)
  clock.advance(LEASE_MS + 1)
  const mine = await claimed(store, lane.contactId)
  await store.recordAttempt(attemptAt(mine, 'n1', clock.now(), 'retry', { retryInMs: 1 }))
  clock.advance(LEASE_MS + 1)
  const again = await claimed(store, lane.contactId)
  rest = await store.recordAttempt(attemptAt(again, 'n1', clock.now(), 'delivered'))
  assert.ok(rest.length > 0)
  await store.releaseLanes('n1', [lane])

  // A contact with much history.
  await store.applyFacts([inbound(HEAVY)], offer)

  // Two contacts that turn out to be one, with messages, a leased lane and an owed event.
  const carla = nextContact()
  const one = await store.applyFacts([inbound({ phone: carla.phone }), inbound({ phone: carla.phone })], offer)
  await store.recordAttempt(attemptAt(one.leased[0]!, 'n1', clock.now(), 'delivered', { more: true }))
  await store.applyFacts([inbound({ userId: carla.userId })], offer)
  await store.applyFacts([inbound(carla)], offer)
  await store.dueEndpoints()
}

/** Another program answers a contact from now on: SQLite has a statement of its own for the time to look again. */
export async function anotherAnswers(store: Store): Promise<void> {
  const { phone } = nextContact()
  await store.applyFacts([inbound({ phone })], null)
  await store.applyFacts([inbound({ phone }, { standby: 'deliver' })], null)
}

/** The lane of that contact, which is one of the first due ones. */
async function claimed(store: Store, contactId: number) {
  const lane = (await store.claimLanes(CHANNEL, CLAIMED, offerOf('n1'))).find((one) => one.contactId === contactId)
  assert.ok(lane, `contact ${contactId} is due`)
  return lane
}

const ROWS = 20_000
export const LANES_FROM = 1_000_000

/**
 * Statements that store more rows than any statement of the hot path may read, on both engines. `heavy` is a contact
 * with many events before and after its cursor, and many owed ones. `dueAt` is when all lanes are due. `months`: the
 * places where three months begin; a quarter of the events is older, and a quarter is in each.
 */
export function muchOf({
  heavy,
  dueAt,
  months = [0, 0, 0],
}: {
  heavy: number
  dueAt: number
  months?: readonly [number, number, number]
}): string[] {
  const n = `(with recursive up (n) as (select 1 union all select n + 1 from up where n < ${ROWS}) select n from up) as numbers`
  const id = `${LANES_FROM} + n`
  const half = ROWS / 2
  const [second, third, fourth] = months
  const seq = `${id} + case (n - 1) / ${ROWS / 4} when 0 then 0 when 1 then ${second} when 2 then ${third} else ${fourth} end`
  return [
    `insert into contacts (id, channel_id, phone, created_at) select ${id}, ${CHANNEL}, 'x' || n, 0 from ${n}`,
    `insert into contact_keys (channel_id, key, contact_id) select ${CHANNEL}, 'p:x' || n, ${id} from ${n}`,
    `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, content, created_at)
     select ${CHANNEL}, 'a' || n, case when n <= ${half} then ${heavy} else ${id} end, 'out', 'text', 'sent', 'w' || n, '{}', 0 from ${n}`,
    `insert into events (seq, channel_id, contact_id, kind, body, created_at)
     select ${seq}, ${CHANNEL}, case when n <= ${half} then ${heavy} else ${id} end, 'new_message', '{}', 0 from ${n}`,
    `insert into lanes (endpoint_id, contact_id, channel_id, cursor, due_at, waiting_since)
     select ${CHANNEL}, ${id}, ${CHANNEL}, ${LANES_FROM}, ${dueAt}, 0 from ${n}`,
    `update lanes set cursor = ${LANES_FROM + half / 2}, due_at = ${dueAt - 1}, holder = null, waiting_since = 0
     where endpoint_id = ${CHANNEL} and contact_id = ${heavy}`,
    `insert into owed_events (endpoint_id, seq, contact_id, attempts, since)
     select ${CHANNEL}, ${id}, ${heavy}, 0, 0 from ${n} where n <= ${half / 2}`,
    `insert into dead_events (endpoint_id, seq, channel_id, contact_id, attempts, at)
     select ${CHANNEL}, ${seq}, ${CHANNEL}, ${id}, 9, 0 from ${n} where n > ${half}`,
    `insert into attempts (endpoint_id, channel_id, seq, number, at, outcome, ms)
     select ${CHANNEL}, ${CHANNEL}, ${seq}, 1, 0, 'retry', 5 from ${n}`,
    `insert into seen (channel_id, key, at) select ${CHANNEL}, 'k' || n, 0 from ${n}`,
  ]
}
