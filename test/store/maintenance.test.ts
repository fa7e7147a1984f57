import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../packages/gateway/src/platform/config.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { deliveryCounts } from '../../packages/gateway/src/store/events.ts'
import { replay } from '../../packages/gateway/src/store/replay.ts'
import { firstMessageIdAt } from '../../packages/gateway/src/platform/ids.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import {
  createRetention,
  KINDS,
  retentionDays,
  type Kind,
  type RetentionDays,
} from '../../packages/gateway/src/flows/maintenance/retention.ts'
import { createSweep } from '../../packages/gateway/src/flows/maintenance/sweep.ts'
import { CHANNEL, onBothEngines, OTHER, type World } from './engines.ts'
import { storedEvent } from './facts.ts'

const DAY = 24 * 60 * 60_000
const MINUTE = 60_000
const keepAll = {
  messages: 0,
  events: 0,
  attempts: 0,
  quarantine: 0,
  broadcasts: 0,
  scheduled: 0,
  idempotency: 0,
  seen: 0,
  audit: 0,
} satisfies RetentionDays

async function addChannels(store: Store): Promise<void> {
  for (const id of [CHANNEL, OTHER]) {
    await store.sql.run(
      `insert into channels (id, name, business_phone, phone_number_id, waba_id, access_token, created_at, updated_at)
       values ($1, 'A channel', '1', $2, '2', $3, 0, 0)`,
      [id, `number ${id}`, new Uint8Array([1])],
    )
  }
}

let made = 0

async function addMessage(
  store: Store,
  at: number,
  status = 'read',
  channelId = CHANNEL,
  error: string | null = null,
): Promise<string> {
  // Generated ids never go back in time, so these are built here.
  const id = firstMessageIdAt(at).slice(0, 14) + String(++made).padStart(16, '0')
  await store.sql.run(
    `insert into messages (channel_id, id, contact_id, direction, type, status, content, error, created_at)
     values ($1, $2, 1, 'out', 'text', $3, '{}', $4, $5)`,
    [channelId, id, status, error, at],
  )
  return id
}

let places = 0

async function addEvent(
  store: Store,
  at: number,
  state: 'pending' | 'delivered' | 'dead' | 'none' = 'delivered',
  contactId = 1,
): Promise<void> {
  await store.sql.atomically(storedEvent(++places, { state, at, contactId }))
}

const count = async (store: Store, table: string): Promise<number> =>
  Number((await store.sql.get<{ n: number }>(`select count(*) as n from ${table}`))!.n)

/** Rows of a kind, one for each of `ages` in days. */
const ROWS: Record<Kind, { table: string; add: (world: World, at: number) => Promise<unknown> }> = {
  messages: { table: 'messages', add: ({ store }, at) => addMessage(store, at) },
  events: { table: 'events', add: ({ store }, at) => addEvent(store, at) },
  attempts: {
    table: 'attempts',
    add: ({ store }, at) =>
      store.sql.run(
        `insert into attempts (endpoint_id, channel_id, seq, number, at, outcome, ms) values ($1, $1, 1, 1, $2, 'retry', 5)`,
        [CHANNEL, at],
      ),
  },
  quarantine: {
    table: 'quarantine',
    add: ({ store }, at) =>
      store.sql.run(`insert into quarantine (reason, detail, body, received_at) values ('unreadable', '', $1, $2)`, [
        new Uint8Array([1]),
        at,
      ]),
  },
  broadcasts: {
    table: 'broadcasts',
    async add({ store }, at) {
      await store.sql.run(
        `insert into broadcasts (channel_id, id, message, state, created_at, updated_at, finished_at) values ($1, $2, '{}', 'done', $3, $3, $3)`,
        [CHANNEL, `b${at}`, at],
      )
      await store.sql.run(
        `insert into broadcast_recipients (broadcast_id, n, person, state) values ($1, 1, '1', 'accepted')`,
        [`b${at}`],
      )
    },
  },
  scheduled: {
    table: 'scheduled_sends',
    add: ({ store }, at) =>
      store.sql.run(
        `insert into scheduled_sends (channel_id, id, state, contact, body, send_at, due_at, created_at, updated_at)
         values ($1, $2, 'sent', '1', '{}', $3, $3, $3, $3)`,
        [CHANNEL, `s${at}`, at],
      ),
  },
  idempotency: {
    table: 'idempotency',
    add: ({ store }, at) =>
      store.sql.run(
        `insert into idempotency (channel_id, key, body_hash, made_id, state, holder, lease_until, created_at)
         values ($1, $2, '', '', 'done', '', 0, $3)`,
        [CHANNEL, `k${at}`, at],
      ),
  },
  seen: {
    table: 'seen',
    add: ({ store }, at) =>
      store.sql.run('insert into seen (channel_id, key, at) values ($1, $2, $3)', [CHANNEL, `s${at}`, at]),
  },
  audit: {
    table: 'audit_log',
    add: ({ store }, at) =>
      store.sql.run(
        `insert into audit_log (id, at, actor_kind, actor_id, actor_name, action, kind, object, address, outcome, request_id)
         values ($1, $2, 'token', 'admin_token', 'ADMIN_TOKEN', 'adminListUsers', 'change', '{}', '::1', 'ok', 'r')`,
        [firstMessageIdAt(at).replace('msg_', 'aud_'), at],
      ),
  },
}

// Listed here and not taken from the code, whose own list could lose a kind.
const EVERY: Kind[] = [
  ...(['messages', 'events', 'attempts', 'quarantine', 'broadcasts', 'scheduled', 'idempotency', 'seen'] as const),
  'audit',
]

test('every kind is removed, each after its own days', () => {
  assert.deepEqual([...KINDS].sort(), [...EVERY].sort())
  const settingOf = (kind: Kind): string =>
    kind === 'audit' ? 'AUDIT_RETENTION' : `RETENTION_${kind.toUpperCase()}_DAYS`
  const env = Object.fromEntries(EVERY.map((kind, i) => [settingOf(kind), String(i + 40)]))
  assert.deepEqual(retentionDays(readConfig(env)), Object.fromEntries(EVERY.map((kind, i) => [kind, i + 40])))
})

for (const kind of EVERY) {
  onBothEngines(`retention of ${kind}: what is older goes, what is younger and all other kinds stay`, async (world) => {
    const { store, clock } = world
    await addChannels(store)
    for (const other of EVERY) {
      for (const days of [10, 8, 6, 1]) await ROWS[other].add(world, clock.now() - days * DAY)
    }
    const retention = createRetention({ store, clock, log: silentLog, days: { ...keepAll, [kind]: 7 } })
    const gone = await retention.once()
    assert.deepEqual(gone, { ...keepAll, [kind]: 2 })
    for (const other of EVERY) assert.equal(await count(store, ROWS[other].table), other === kind ? 2 : 4, other)
    assert.equal((await retention.once())[kind], 0)
  })
}

/** A replay of the channel's endpoint. */
const ALL = { channelId: CHANNEL, endpointId: CHANNEL }

onBothEngines(
  'retention in many batches, over several channels, leaves what still has to be delivered',
  async ({ store, clock }) => {
    await addChannels(store)
    const old = clock.now() - 40 * DAY
    for (let i = 0; i < 450; i++) {
      await Promise.all([
        addMessage(store, old + i, 'read', i % 3 === 0 ? OTHER : CHANNEL),
        addEvent(store, old + i, i % 10 === 0 ? 'pending' : i % 2 === 0 ? 'dead' : 'none'),
      ])
    }
    await addMessage(store, clock.now())
    await addEvent(store, clock.now())
    const retention = createRetention({ store, clock, log: silentLog, days: { ...keepAll, messages: 30, events: 30 } })
    const gone = await retention.once()
    assert.deepEqual([gone.messages, gone.events], [450, 405])
    assert.deepEqual([await count(store, 'messages'), await count(store, 'events')], [1, 46])
  },
)

onBothEngines('a dead event that retention removes is no longer counted as dead', async ({ store, clock }) => {
  await addChannels(store)
  for (const age of [40, 35, 10]) await addEvent(store, clock.now() - age * DAY, 'dead')
  await store.sql.run('insert into delivery_counts (endpoint_id, shard, pending, dead) values ($1, 3, 0, 3)', [CHANNEL])
  const retention = createRetention({ store, clock, log: silentLog, days: { ...keepAll, events: 30 } })
  assert.equal((await retention.once()).events, 2)
  assert.equal((await deliveryCounts(store.sql, clock.now())).dead, 1)
  assert.equal(await count(store, 'dead_events'), 1)
})

onBothEngines(
  'the sweep: what was left sending is unknown, live sends are not touched, silence is explained after a day',
  async ({ store, clock }) => {
    const sweep = createSweep({ store, clock, log: silentLog, channel: () => undefined, tell: async () => {} })
    const left = await addMessage(store, clock.now() - 5 * MINUTE, 'sending', OTHER)
    const live = await addMessage(store, clock.now() - 1 * MINUTE, 'sending')
    const failed = await addMessage(store, clock.now() - 2 * DAY, 'failed')
    const silent = await addMessage(store, clock.now() - 2 * DAY, 'unknown')
    const fresh = await addMessage(store, clock.now() - 2 * 60 * MINUTE, 'unknown')
    assert.deepEqual(await sweep.once(), { abandoned: 1, explained: 1 })
    const rows = await store.sql.all<{ id: string; status: string; error: string | null }>(
      'select id, status, error from messages',
    )
    const byId = new Map(rows.map((row) => [row.id, row]))
    assert.equal(byId.get(left)!.status, 'unknown')
    assert.match(byId.get(left)!.error!, /stopped before/)
    assert.equal(byId.get(live)!.status, 'sending')
    assert.equal(byId.get(failed)!.error, null)
    assert.equal(byId.get(silent)!.status, 'unknown')
    assert.match(byId.get(silent)!.error!, /never said/)
    assert.equal(byId.get(fresh)!.error, null)
    assert.deepEqual(await sweep.once(), { abandoned: 0, explained: 0 })
  },
)

onBothEngines(
  'a replay of thousands goes in pieces, wakes each lane, and counts by state and time',
  async ({ store, clock }) => {
    const start = clock.now()
    const statements = []
    for (let i = 0; i < 1_800; i++) {
      const state = i % 3 === 0 ? 'dead' : 'delivered'
      statements.push(...storedEvent(i + 1, { state, at: start + i * 1_000, contactId: i % 50 }))
    }
    await store.sql.atomically(statements)
    const span = { ...ALL, state: 'delivered', fromMs: start + 300_000, toMs: start + 600_000 } as const
    assert.equal(await replay(store, span), 200)
    assert.equal(await replay(store, { ...ALL, state: 'dead' }), 600)
    assert.equal(await replay(store, ALL), 1_000)
    assert.equal(await replay(store, ALL), 0)
    const lanes = await store.sql.get<{ n: number }>('select count(*) as n from lanes where due_at is not null')
    assert.equal(Number(lanes!.n), 50)
    assert.deepEqual((await store.dueEndpoints()).due, [CHANNEL])
  },
)
