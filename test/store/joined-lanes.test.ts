import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { SCHEMA } from '../../packages/gateway/src/store/postgres/connect.ts'
import { openPostgres } from '../../packages/gateway/src/store/postgres/engine.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'
import { deliveryCounts } from '../../packages/gateway/src/store/events.ts'
import type { LeasedLane, Store } from '../../packages/gateway/src/store/store.ts'
import { findContact } from '../../packages/gateway/src/store/messages.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { attemptAt, draft, inbound, LEASE_MS, offerOf, phone, sent, status } from './facts.ts'

// The simulator found each of these.

const PHONE = { phone: phone(1) }
const ID = { userId: 'US.1' }

/** WhatsApp answers a send to the number with the id: both are one person, and the contact of the number stays. */
async function join(store: Store): Promise<void> {
  const message = draft(PHONE)
  await store.beginMessage(message)
  const { channelId, id, createdAt: at } = message
  await store.settleMessage({ channelId, id, at, status: 'accepted', wamid: `wamid.of.${id}`, ...ID })
}

const seqsOf = (lanes: readonly LeasedLane[]): number[][] => lanes.map((lane) => lane.events.map((event) => event.seq))

onBothEngines('an answer that makes two contacts one makes one lane of theirs', async ({ store, clock }) => {
  await store.applyFacts([inbound(ID), inbound(PHONE), inbound(ID)], null)
  await join(store)
  const lanes = await store.claimLanes(CHANNEL, 10, offerOf('n1'))
  assert.equal(lanes.length, 1)
  assert.equal(lanes[0]!.events.length, 3, 'in the order in which they were stored')
  assert.deepEqual(
    seqsOf(lanes),
    seqsOf(lanes).map((seqs) => seqs.toSorted((a, b) => a - b)),
  )
  assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 3)
})

onBothEngines(
  'two contacts in hand that turn out to be one are nobody’s until both leases are over',
  async ({ store, clock }) => {
    const { leased } = await store.applyFacts([inbound(ID), inbound(PHONE)], offerOf('n1'))
    const [ofId, ofPhone] = leased as [LeasedLane, LeasedLane]
    await join(store)
    const told = (lane: LeasedLane) => store.recordAttempt(attemptAt(lane, 'n1', clock.now(), 'delivered'))
    assert.deepEqual(await told(ofPhone), [], 'the event of the other lane is in hand already')
    clock.advance(LEASE_MS - 1)
    assert.deepEqual(await store.claimLanes(CHANNEL, 10, offerOf('n2')), [])
    assert.deepEqual(await told(ofId), [])
    clock.advance(2)
    assert.deepEqual(await store.claimLanes(CHANNEL, 10, offerOf('n2')), [], 'both were told')
    assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 0)
  },
)

onBothEngines(
  'an event that a merge brought along counts once, however often its record comes',
  async ({ store, clock }) => {
    // The remaining lane has an event of its own before the moved one.
    await store.applyFacts([inbound(PHONE), inbound(ID)], null)
    await join(store)
    const [lane] = (await store.claimLanes(CHANNEL, 10, offerOf('n1'))) as [LeasedLane]
    const [own, brought] = lane.events
    assert.deepEqual([own!.owed, brought!.owed], [undefined, true])
    const record = {
      ...attemptAt(lane, 'n1', clock.now(), 'delivered', { more: true }),
      seq: brought!.seq,
      owed: true as const,
    }
    await store.recordAttempt(record)
    // The answer was lost, so the record is repeated.
    await store.recordAttempt(record)
    assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 1)
    await store.releaseLanes('n1', [lane])
    const again = await store.claimLanes(CHANNEL, 10, offerOf('n2'))
    assert.deepEqual(seqsOf(again), [[own!.seq]])
  },
)

onBothEngines('a record counts that shares its commit with the merge of its contact', async ({ store, clock }) => {
  const { leased } = await store.applyFacts([inbound(ID)], offerOf('n1'))
  await store.applyFacts([inbound(PHONE)], null)
  const both = inbound({ ...PHONE, ...ID })
  await Promise.all([
    store.applyFacts([both], null),
    store.recordAttempt(attemptAt(leased[0]!, 'n1', clock.now(), 'delivered')),
  ])
  assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 2)
  clock.advance(LEASE_MS + 1)
  const lanes = await store.claimLanes(CHANNEL, 10, offerOf('n2'))
  assert.equal(lanes.length, 1)
  assert(!lanes[0]!.events.some((event) => event.seq === leased[0]!.events[0]!.seq))
})

test('postgres: a status creates no lane for a contact that another node is merging', async (t) => {
  const url = await freshDatabase()
  const clock = new ManualClock()
  const store = await openPostgres({ url, clock, log: silentLog, storeTime: () => clock.now() })
  const other = new pg.Client({ connectionString: url })
  t.after(async () => {
    await store.close()
    await other.end()
    await dropDatabase(url)
  })
  const { sql } = store
  await sql.run(`insert into endpoints (id, channel_id, url, secret, updated_at) values ($1, $1, $2, $3, 0)`, [
    CHANNEL,
    'https://customer.example/',
    new Uint8Array([1]),
  ])
  // No event of the number was delivered yet, so its first status creates its lane.
  const message = await sent(store, PHONE)
  await store.applyFacts([inbound(ID)], null)
  const from = (await findContact(sql, CHANNEL, PHONE))!.id
  const into = (await findContact(sql, CHANNEL, ID))!.id

  await other.connect()
  await other.query(`set search_path = ${SCHEMA}`)
  await other.query('begin')
  await other.query('select 1 from contacts where id = $1 for no key update', [from])
  const applied = store.applyFacts([status('sent', message, PHONE)], null)
  let isApplied = false
  void applied.then(() => (isApplied = true))
  for (let waiting = 0; waiting === 0 && !isApplied;) {
    const { rows } = await other.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    waiting = rows[0]!.n
  }
  // The writes of a merge. The message is moved as soon as it is not locked.
  await other.query(`update contact_keys set contact_id = ${into} where contact_id = ${from};
    update contacts set merged_into = ${into} where id = ${from};
    commit;
    update messages set contact_id = ${into} where contact_id = ${from}`)
  assert.equal((await applied).events, 1)
  assert.deepEqual(await sql.all('select contact_id from lanes'), [{ contact_id: into }])
})
