import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ManualClock } from '@postern/runtime/clock'
import pg from 'pg'
import { eraseContact } from '../../packages/gateway/src/flows/maintenance/erase.ts'
import { createEraseInBroadcasts } from '../../packages/gateway/src/flows/recipients/erase.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { eraseEvents } from '../../packages/gateway/src/store/erasures.ts'
import { deliveryCounts } from '../../packages/gateway/src/store/events.ts'
import { findContact } from '../../packages/gateway/src/store/messages.ts'
import { openPostgres } from '../../packages/gateway/src/store/postgres/engine.ts'
import { replay } from '../../packages/gateway/src/store/replay.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { adminQuery } from '../support/postgres-admin.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { attemptAt, draft, inbound, offerOf, phone } from './facts.ts'

const TABLES = ['messages', 'events', 'attempts', 'contacts', 'contact_keys', 'lanes', 'owed_events', 'dead_events']

/** The rows that are left, by table, where there are any. */
async function left(store: Store): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const table of [...TABLES, 'idempotency']) {
    const row = await store.sql.get<{ n: number }>(`select count(*) as n from ${table}`)
    if (Number(row!.n) > 0) found[table] = Number(row!.n)
  }
  return found
}

/** A store in which something comes in just before the last commit of an erasure. */
function beforeTheEnd(store: Store, happens: () => Promise<unknown>): Store {
  let has = false
  const atomically: Store['sql']['atomically'] = async (statements) => {
    if (!has && statements.some(({ sql }) => sql.includes('into erasures'))) {
      has = true
      await happens()
    }
    return store.sql.atomically(statements)
  }
  return { ...store, sql: { ...store.sql, atomically } }
}

const erase = (store: Store, clock: ManualClock, name: { phone?: string; userId?: string }) =>
  eraseContact(
    { store, clock, log: silentLog, eraseInBroadcasts: createEraseInBroadcasts({ store, clock }) },
    CHANNEL,
    name,
  )

onBothEngines('the attempt that is under way for an erased event is not counted again', async ({ store, clock }) => {
  const { leased } = await store.applyFacts([inbound({ phone: phone(1) }), inbound({ phone: phone(1) })], offerOf('n1'))
  const contact = (await findContact(store.sql, CHANNEL, { phone: phone(1) }))!
  await eraseEvents(store.sql, CHANNEL, contact.id, [contact.id], 200)
  assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 0)
  await store.recordAttempt(attemptAt(leased[0]!, 'n1', clock.now(), 'delivered'))
  assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 0)
  await store.applyFacts([inbound({ phone: phone(1) })], null)
  assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 1, 'what comes now waits as ever')
})

for (const [named, name] of [
  ['number', { phone: phone(1) }],
  ['id', { userId: 'US.one' }],
] as const)
  onBothEngines(`who turns out to be two contacts while erased by their ${named} is erased whole`, async (world) => {
    const { store, clock } = world
    await store.applyFacts([inbound({ phone: phone(1) }), inbound({ userId: 'US.one' })], null)
    const both = inbound({ phone: phone(1), userId: 'US.one' })
    const meanwhile = beforeTheEnd(store, () => store.applyFacts([both], null))
    assert.ok(await erase(meanwhile, clock, name))
    assert.deepEqual(await left(store), {})
    assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 0)
    const proofs = await store.sql.all('select id from erasures')
    assert.equal(proofs.length, 1)
  })

onBothEngines('what comes in while somebody is erased goes with all that hangs on it', async ({ store, clock }) => {
  await store.applyFacts([inbound({ phone: phone(1) })], null)
  const meanwhile = beforeTheEnd(store, async () => {
    await store.applyFacts([inbound({ phone: phone(1) }), inbound({ phone: phone(1) })], null)
    const [lane] = await store.claimLanes(CHANNEL, 10, offerOf('n1'))
    await store.recordAttempt(attemptAt(lane!, 'n1', clock.now(), 'delivered'))
    await store.recordAttempt({ ...attemptAt(lane!, 'n1', clock.now(), 'dead'), seq: lane!.events[1]!.seq })
    await replay(store, { channelId: CHANNEL, endpointId: CHANNEL, seq: lane!.events[0]!.seq })
    const send = draft({ phone: phone(1) })
    await store.beginMessage(send)
    await store.sql.run(
      `insert into idempotency (channel_id, key, body_hash, made_id, state, holder, lease_until, created_at)
       values ($1, 'key', '', $2, 'done', 'n1', 0, 0)`,
      [CHANNEL, send.id],
    )
    const { owed_events, dead_events, attempts } = await left(store)
    assert.deepEqual([owed_events, dead_events, attempts], [1, 1, 2], 'there is something that hangs on it')
  })
  assert.ok(await erase(meanwhile, clock, { phone: phone(1) }))
  assert.deepEqual(await left(store), {})
  const { pending, dead } = await deliveryCounts(store.sql, clock.now())
  assert.deepEqual([pending, dead], [0, 0])
})

/** Another node's transaction, which has written and not committed when the erasure comes upon it. */
async function beside(
  write: (other: pg.Client, contactId: number) => Promise<unknown>,
  work: (store: Store, contactId: number, clock: ManualClock) => Promise<unknown>,
  look: (store: Store, clock: ManualClock) => Promise<void>,
): Promise<void> {
  const url = await freshDatabase()
  const clock = new ManualClock()
  const store = await openPostgres({ url, clock, log: silentLog, storeTime: () => clock.now() })
  const other = new pg.Client({ connectionString: url, options: '-c search_path=postern' })
  await other.connect()
  try {
    const endpoint = `insert into endpoints (id, channel_id, url, secret, updated_at) values ($1, $1, 'https://x.example', '', 0)`
    await store.sql.run(endpoint, [CHANNEL])
    await store.applyFacts([inbound({ phone: phone(1) })], null)
    const { id } = (await findContact(store.sql, CHANNEL, { phone: phone(1) }))!
    await other.query('begin')
    await write(other, id)
    let isDone = false
    const done = work(store, id, clock).finally(() => (isDone = true))
    const waits = `select 1 from pg_locks where not granted and pid in
      (select pid from pg_stat_activity where datname = current_database())`
    while (!isDone && (await adminQuery(url, waits)).length === 0) await sleep(10)
    await other.query('commit')
    await done
    await look(store, clock)
  } finally {
    await other.end()
    await store.close()
    await dropDatabase(url)
  }
}

test('postgres: a message that another node is just storing for who is erased goes, too', () =>
  beside(
    async (other, contactId) => {
      await other.query('select id from contacts where id = $1 for share', [contactId])
      await other.query(
        `insert into messages (channel_id, id, contact_id, direction, type, status, content, created_at)
         values ($1, 'msg_meanwhile', $2, 'out', 'text', 'sending', '{}', 0)`,
        [CHANNEL, contactId],
      )
    },
    (store, _, clock) => erase(store, clock, { phone: phone(1) }),
    async (store) => assert.deepEqual(await left(store), {}),
  ))

test('postgres: what another node is just recording of an event is counted once when the event is erased', () =>
  beside(
    async (other, contactId) => {
      await other.query('update lanes set cursor = 100 where contact_id = $1', [contactId])
      await other.query('update delivery_counts set pending = pending - 1')
    },
    (store, contactId) => eraseEvents(store.sql, CHANNEL, contactId, [contactId], 200),
    async (store, clock) => assert.equal((await deliveryCounts(store.sql, clock.now())).pending, 0),
  ))
