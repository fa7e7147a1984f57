import assert from 'node:assert/strict'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import {
  addRecipients,
  createBroadcast,
  dropBroadcastLeases,
  findBroadcast,
  idleBroadcasts,
  leaseBroadcast,
  listBroadcasts,
  listRecipients,
  moveBroadcast,
  settleUnknown,
} from '../../packages/gateway/src/store/broadcasts.ts'
import { abandonedRecipients, settleRecipients, whatIsLeft } from '../../packages/gateway/src/store/broadcast-run.ts'
import {
  claimKey,
  dropKey,
  findKey,
  releaseKey,
  renewKey,
  settleKey,
  takeOverKey,
} from '../../packages/gateway/src/store/idempotency.ts'
import { grantTurns } from '../../packages/gateway/src/store/pace.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { eraseContact } from '../../packages/gateway/src/flows/maintenance/erase.ts'
import { createEraseInBroadcasts } from '../../packages/gateway/src/flows/recipients/erase.ts'
import { deliveryCounts } from '../../packages/gateway/src/store/events.ts'
import { takeNext } from './broadcast-runs.ts'
import { CHANNEL, onBothEngines, OTHER } from './engines.ts'
import { storedEvent } from './facts.ts'

onBothEngines(
  'turns of a number are given away once, whoever asks, and unused time is not saved up',
  async ({ store, clock }) => {
    const ask = (holder: string, turns: number) =>
      grantTurns(store.sql, { channelId: CHANNEL, holder, turns, everyMs: 12.5, now: clock.now() })
    const start = clock.now()
    const first = await ask('a', 20)
    assert.deepEqual([first.startsAt - start, first.alone], [0, true])
    const second = await ask('a', 4)
    assert.deepEqual([second.startsAt - start, second.alone], [250, true])
    const other = await ask('b', 2)
    assert.deepEqual([other.startsAt - start, other.alone], [300, false])
    assert.equal((await ask('b', 1)).alone, true)
    clock.advance(60_000)
    assert.equal((await ask('a', 1)).startsAt, clock.now())
    clock.advance(-50_000)
    assert.equal((await ask('a', 1)).startsAt, clock.now(), 'a clock that was set back is not waited for')
    const many = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(`n${i % 3}`, 3)))
    const starts = many.map((grant) => Math.round((grant.startsAt - clock.now()) * 1000)).sort((a, b) => a - b)
    assert.deepEqual(
      starts,
      Array.from({ length: 40 }, (_, i) => 12_500 + i * 37_500),
    )
  },
)

onBothEngines('a key has one holder, changes hands once, and keeps its answer', async ({ store, clock }) => {
  const { sql } = store
  const name = { channelId: CHANNEL, key: 'k' }
  const claim = (holder: string) =>
    claimKey(sql, name, {
      holder,
      leaseUntil: clock.now() + 1000,
      bodyHash: 'h',
      resourceId: `made by ${holder}`,
      now: clock.now(),
    })
  const claims = await Promise.all(['a', 'b', 'c'].map(claim))
  assert.equal(claims.filter(Boolean).length, 1)
  const row = (await findKey(sql, name))!
  await renewKey(sql, name, { holder: row.holder, leaseUntil: clock.now() + 5000 })
  assert.equal(
    await takeOverKey(sql, name, row, { holder: 'x', leaseUntil: 1, resourceId: 'm' }),
    false,
    'it was renewed meanwhile',
  )
  const renewed = (await findKey(sql, name))!
  const takers = await Promise.all(
    ['x', 'y'].map((holder) =>
      takeOverKey(sql, name, renewed, { holder, leaseUntil: clock.now() + 1, resourceId: 'm' }),
    ),
  )
  assert.equal(takers.filter(Boolean).length, 1)
  const taken = (await findKey(sql, name))!
  await settleKey(sql, name, 'somebody else', { http: 200, text: 'wrong' })
  await settleKey(sql, name, taken.holder, { http: 200, text: 'right' })
  assert.deepEqual(
    (({ state, answer, http, made_id }) => ({ state, answer, http: Number(http), made_id }))(
      (await findKey(sql, name))!,
    ),
    { state: 'done', answer: 'right', http: 200, made_id: 'm' },
  )
  await releaseKey(sql, name, 'somebody else')
  assert(await findKey(sql, name))
  await dropKey(sql, name, Number(taken.created_at))
  assert.equal(await findKey(sql, name), undefined)
  assert.equal(await claim('z'), true)
})

const BROADCAST = 'bc_00000000000000000000000001'

async function begun(store: Store, people: string[]): Promise<void> {
  await createBroadcast(store.sql, { channelId: CHANNEL, id: BROADCAST, name: null, message: '{}', now: 1 })
  await addRecipients(
    store.sql,
    CHANNEL,
    BROADCAST,
    people.map((identity) => ({ contact: identity, own: null })),
  )
  await moveBroadcast(store.sql, CHANNEL, BROADCAST, ['preparing'], 'running', 1)
}

onBothEngines(
  'recipients stand in a broadcast once, in their order, whoever adds them at the same time',
  async ({ store }) => {
    const { sql } = store
    await createBroadcast(sql, { channelId: CHANNEL, id: BROADCAST, name: 'x', message: '{}', now: 1 })
    const page = (from: number) => Array.from({ length: 700 }, (_, i) => ({ contact: String(from + i), own: null }))
    const added = await Promise.all(
      [page(0), page(600), page(1300)].map((people) => addRecipients(sql, CHANNEL, BROADCAST, people)),
    )
    assert.equal(
      added.reduce((sum, count) => sum + count, 0),
      2000,
    )
    const row = (await findBroadcast(sql, CHANNEL, BROADCAST))!
    assert.deepEqual([Number(row.total), Number(row.duplicates)], [2000, 100])
    const seen = new Set<string>()
    for (let afterN = -1; ;) {
      const rows = await listRecipients(sql, CHANNEL, BROADCAST, { states: ['waiting'], afterN, count: 600 })
      if (rows.length === 0) break
      for (const one of rows) seen.add(one.person)
      afterN = Number(rows.at(-1)!.n)
    }
    assert.equal(seen.size, 2000)
    assert.deepEqual(
      (await listBroadcasts(sql, CHANNEL, { count: 5 })).map((one) => one.id),
      [BROADCAST],
    )
    assert.deepEqual(await listBroadcasts(sql, OTHER, { count: 5 }), [])
  },
)

onBothEngines('one runner holds a broadcast; who lost it can put nothing back', async ({ store, clock, node }) => {
  await begun(store, ['1', '2', '3', '4'])
  const another = await node()
  const lease = (where: Store, holder: string) =>
    leaseBroadcast(where.sql, CHANNEL, BROADCAST, { holder, until: clock.now() + 30_000, now: clock.now() })
  assert.equal((await idleBroadcasts(store.sql, clock.now(), 5)).length, 1)
  assert.equal(await lease(store, 'a'), true)
  assert.equal(await lease(another, 'b'), false)
  assert.deepEqual(await idleBroadcasts(store.sql, clock.now(), 5), [])
  let n = 0
  const take = (where: Store, limit: number) => takeNext(where.sql, BROADCAST, limit, () => `msg_${++n}`, clock.now())
  const first = await take(store, 3)
  assert.deepEqual(
    first.map((one) => [one.contact, one.messageId]),
    [
      ['1', 'msg_1'],
      ['2', 'msg_2'],
      ['3', 'msg_3'],
    ],
  )

  clock.advance(30_000)
  assert.equal(await lease(another, 'b'), true)
  assert.deepEqual(
    (await abandonedRecipients(another.sql, CHANNEL, BROADCAST, 10)).map((one) => one.status),
    [null, null, null],
  )
  // The node that was taken for dead was only slow.
  const ended = { state: 'waiting', fresh: true, tries: 1, error: null } as const
  await settleRecipients(
    store.sql,
    { channelId: CHANNEL, id: BROADCAST, holder: 'a' },
    [{ ...ended, n: first[0]!.n }],
    clock.now(),
  )
  assert.equal((await abandonedRecipients(another.sql, CHANNEL, BROADCAST, 10)).length, 3)

  const mine = { channelId: CHANNEL, id: BROADCAST, holder: 'b' }
  await settleRecipients(
    another.sql,
    mine,
    [
      { n: first[0]!.n, state: 'accepted', tries: 0, error: null },
      { n: first[1]!.n, state: 'unknown', tries: 0, error: '{}' },
      { n: first[2]!.n, state: 'waiting', fresh: false, tries: 0, error: null },
    ],
    clock.now(),
  )
  const counted = (await findBroadcast(store.sql, CHANNEL, BROADCAST))!
  assert.deepEqual([counted.accepted, counted.unknown, counted.failed].map(Number), [1, 1, 0])
  assert.deepEqual(
    (await take(another, 5)).map((one) => [one.contact, one.messageId]),
    [
      ['3', 'msg_3'],
      ['4', 'msg_4'],
    ],
    'an id that led to nothing is kept',
  )

  await store.sql.run(
    `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, content, created_at)
     values ($1, 'msg_2', 1, 'out', 'text', 'delivered', 'wamid.2', '{}', 1)`,
    [CHANNEL],
  )
  assert.equal(await settleUnknown(store.sql, CHANNEL, BROADCAST), 1)
  const settled = (await findBroadcast(store.sql, CHANNEL, BROADCAST))!
  assert.deepEqual([settled.accepted, settled.unknown].map(Number), [2, 0])

  assert.equal(await whatIsLeft(store.sql, BROADCAST), 'some')
  assert.equal(await moveBroadcast(store.sql, CHANNEL, BROADCAST, ['running'], 'paused', clock.now()), true)
  assert.equal(await lease(another, 'b'), false, 'a paused one cannot be held')
  assert.equal(await moveBroadcast(store.sql, CHANNEL, BROADCAST, ['running'], 'done', clock.now()), false)
  await moveBroadcast(store.sql, CHANNEL, BROADCAST, ['paused'], 'running', clock.now())
  await dropBroadcastLeases(store.sql)
  assert.equal((await idleBroadcasts(store.sql, clock.now(), 5)).length, 1)
})

onBothEngines('an erasure takes all of one person and nothing of others, in many pieces', async ({ store, clock }) => {
  const { sql } = store
  for (const [id, phone] of [
    [1, '111'],
    [2, '222'],
  ] as const) {
    await sql.run(`insert into contacts (id, channel_id, phone, created_at) values ($1, $2, $3, 0)`, [
      id,
      CHANNEL,
      phone,
    ])
    await sql.run(`insert into contact_keys (channel_id, key, contact_id) values ($1, $2, $3)`, [
      CHANNEL,
      `p:${phone}`,
      id,
    ])
  }
  const statements = []
  for (let i = 0; i < 900; i++) {
    const contact = i % 2 === 0 ? 1 : 2
    statements.push({
      sql: `insert into messages (channel_id, id, contact_id, direction, type, status, content, created_at)
            values ($1, $2, $3, 'in', 'text', 'received', '{}', 0)`,
      params: [CHANNEL, `msg_${String(i).padStart(26, '0')}`, contact],
    })
    statements.push(...storedEvent(i + 1, { state: i % 5 === 0 ? 'pending' : 'delivered', at: 0, contactId: contact }))
  }
  await sql.atomically(statements)
  await sql.run(
    `insert into attempts (endpoint_id, channel_id, seq, number, at, outcome, ms)
     select channel_id, channel_id, seq, 1, 0, 'retry', 1 from events`,
  )
  await sql.run('insert into delivery_counts (endpoint_id, shard, pending, dead) values ($1, 0, 180, 0)', [CHANNEL])
  await begun(store, ['111', '222'])
  const erasure = (await eraseContact(
    { store, clock, log: silentLog, eraseInBroadcasts: createEraseInBroadcasts({ store, clock }) },
    CHANNEL,
    { phone: '+111' },
  ))!
  assert.deepEqual(erasure.counts, {
    messages: 450,
    events: 450,
    attempts: 450,
    contacts: 1,
    names: 1,
    idempotency_keys: 0,
    quarantined: 0,
    broadcast_recipients: 1,
    broadcast_file_rows: 0,
    scheduled_sends: 0,
  })
  for (const [table, left] of [
    ['messages', 450],
    ['events', 450],
    ['attempts', 450],
    ['contacts', 1],
    ['contact_keys', 1],
    ['broadcast_recipients', 1],
    ['erasures', 1],
  ] as const) {
    const row = await sql.get<{ n: number }>(`select count(*) as n from ${table}`)
    assert.equal(Number(row!.n), left, table)
  }
  assert.equal((await deliveryCounts(sql, clock.now())).pending, 90, 'what waited for the erased person is not counted')
  assert.equal(
    await eraseContact(
      { store, clock, log: silentLog, eraseInBroadcasts: createEraseInBroadcasts({ store, clock }) },
      CHANNEL,
      { phone: '111' },
    ),
    undefined,
  )
})
