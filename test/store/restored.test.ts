import assert from 'node:assert/strict'
import { eventIdOf } from '../../packages/gateway/src/store/events.ts'
import { PLACES_BETWEEN, settleRestored } from '../../packages/gateway/src/store/restored.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { inbound, phone } from './facts.ts'

let made = 0
const newId = (): string => `id${String(++made).padStart(6, '0')}`

async function addMessage(store: Store, status: string, wamid: string | null, at: number): Promise<string> {
  const id = newId()
  await store.sql.run(
    `insert into messages (channel_id, id, wamid, contact_id, direction, type, status, content, created_at)
     values ($1, $2, $3, 1, 'out', 'text', $4, '{}', $5)`,
    [CHANNEL, id, wamid, status, at],
  )
  return id
}

async function addScheduled(
  store: Store,
  state: string,
  dueAt: number,
  messageId: string | null = null,
): Promise<string> {
  const id = newId()
  await store.sql.run(
    `insert into scheduled_sends (channel_id, id, state, contact, body, send_at, due_at, message_id, created_at, updated_at)
     values ($1, $2, $3, '1', '{}', $4, $4, $5, 0, 0)`,
    [CHANNEL, id, state, dueAt, messageId],
  )
  return id
}

async function addBroadcast(
  store: Store,
  state: string,
  recipients: [state: string, messageId?: string][],
  sendAt: number | null = null,
): Promise<string> {
  const id = newId()
  await store.sql.run(
    `insert into broadcasts (channel_id, id, name, message, state, total, send_at, holder, lease_until, created_at, updated_at)
     values ($1, $2, $2, '{}', $3, $4, $5, 'n_1', 99, 0, 0)`,
    [CHANNEL, id, state, recipients.length, sendAt],
  )
  for (const [n, [recipient, messageId]] of recipients.entries())
    await store.sql.run(
      'insert into broadcast_recipients (broadcast_id, n, person, state, message_id) values ($1, $2, $3, $4, $5)',
      [id, n, `person ${n}`, recipient, messageId ?? null],
    )
  return id
}

const stateOf = async (store: Store, table: string, id: string): Promise<string> =>
  (await store.sql.get<{ state: string }>(`select state from ${table} where id = $1`, [id]))!.state

async function broadcastOf(store: Store, id: string): Promise<[state: string, unknown: number, recipients: string]> {
  const row = await store.sql.get<{ state: string; unknown: number }>(
    'select state, unknown from broadcasts where id = $1',
    [id],
  )
  const rows = await store.sql.all<{ state: string }>(
    'select state from broadcast_recipients where broadcast_id = $1 order by n',
    [id],
  )
  return [row!.state, Number(row!.unknown), rows.map(({ state }) => state).join(' ')]
}

onBothEngines('a restored store sends nothing that may have been sent since', async ({ store, clock }) => {
  const now = clock.now()
  const underway = await addMessage(store, 'sending', null, now - 5_000)
  const accepted = await addMessage(store, 'accepted', 'wamid.known', now - 5_000)
  const refused = await addMessage(store, 'failed', null, now - 5_000)
  const due = await addScheduled(store, 'scheduled', now - 1)
  const later = await addScheduled(store, 'scheduled', now + 60_000)
  const begun = await addScheduled(store, 'sending', now - 9_000)
  const known = await addScheduled(store, 'sending', now - 9_000, accepted)
  // The old gateway may have tried it again.
  const failed = await addScheduled(store, 'sending', now - 9_000, refused)
  const running = await addBroadcast(store, 'running', [
    ['accepted', accepted],
    ['sending', accepted],
    ['sending', underway],
    ['waiting'],
    ['held'],
    ['failed'],
  ])
  const paused = await addBroadcast(store, 'paused', [['accepted'], ['waiting']])
  const stopped = await addBroadcast(store, 'stopped', [['waiting']])
  const preparing = await addBroadcast(store, 'preparing', [['waiting'], ['waiting']])
  const startDue = await addBroadcast(store, 'scheduled', [['waiting']], now - 1)
  const startLater = await addBroadcast(store, 'scheduled', [['waiting']], now + 60_000)
  const draft = await addBroadcast(store, 'draft', [['waiting']])
  const done = await addBroadcast(store, 'done', [['accepted']])

  const settled = await settleRestored(store, now)

  assert.equal(settled.sends, 1)
  assert.equal(settled.scheduled, 3)
  assert.equal(settled.recipients, 3 + 1 + 1 + 2 + 1)
  assert.deepEqual(
    settled.look.map(({ id, state }) => [id, state]),
    [
      [startLater, 'scheduled'],
      [draft, 'draft'],
    ],
  )
  const message = await store.sql.get<{ status: string; error: string }>(
    'select status, error from messages where id = $1',
    [underway],
  )
  assert.equal(message!.status, 'unknown')
  assert.match(message!.error, /Restored from a backup/)
  for (const id of [due, begun, failed]) assert.equal(await stateOf(store, 'scheduled_sends', id), 'unknown')
  assert.equal(await stateOf(store, 'scheduled_sends', later), 'scheduled')
  assert.equal(await stateOf(store, 'scheduled_sends', known), 'sending')
  assert.deepEqual(await broadcastOf(store, running), ['running', 3, 'accepted sending unknown unknown unknown failed'])
  assert.deepEqual(await broadcastOf(store, paused), ['paused', 1, 'accepted unknown'])
  assert.deepEqual(await broadcastOf(store, stopped), ['stopped', 1, 'unknown'])
  assert.deepEqual(await broadcastOf(store, preparing), ['stopped', 2, 'unknown unknown'])
  assert.deepEqual(await broadcastOf(store, startDue), ['running', 1, 'unknown'])
  assert.deepEqual(await broadcastOf(store, startLater), ['scheduled', 0, 'waiting'])
  assert.deepEqual(await broadcastOf(store, draft), ['draft', 0, 'waiting'])
  assert.deepEqual(await broadcastOf(store, done), ['done', 0, 'accepted'])

  const again = await settleRestored(store, now)
  assert.deepEqual([again.sends, again.scheduled, again.recipients], [0, 0, 0])
})

onBothEngines('new events of a restored store have ids that no customer has seen', async ({ store, clock, reopen }) => {
  const tell = async (to: Store, wamid: string): Promise<number> => {
    await to.applyFacts([inbound({ phone: phone(1) }, { wamid })], null)
    const row = await to.sql.get<{ seq: number }>('select max(seq) as seq from events')
    return Number(row!.seq)
  }
  const before = await tell(store, 'wamid.before')
  await settleRestored(store, clock.now())
  const restored = await reopen()
  const behind = await tell(restored, 'wamid.behind')
  assert.ok(behind > before + PLACES_BETWEEN, `${before}, ${behind}`)
  assert.match(eventIdOf(restored.installation, behind), /^evt_\w+_\d{12,16}$/)
  // What WhatsApp repeats makes no new event.
  assert.equal(await tell(restored, 'wamid.before'), behind)
})
