import assert from 'node:assert/strict'
import {
  pruneSecrets,
  rotateSecret,
  SECRET_OVERLAP_MS,
  setWebhook,
} from '../../packages/gateway/src/store/endpoints.ts'
import { EVERYTHING, secretsAt } from '../../packages/gateway/src/domain/channels/endpoint.ts'
import { newHealth } from '../../packages/gateway/src/domain/channels/endpoint-health.ts'
import { createVault } from '../../packages/gateway/src/platform/secrets.ts'
import {
  allChannels,
  allCodes,
  createChannel,
  deleteChannel,
  insertChannel,
  insertCode,
  patchChannel,
  revokeCode,
} from '../../packages/gateway/src/store/channels.ts'
import { directoryVersion } from '../../packages/gateway/src/store/directory-version.ts'
import { openDirectory } from '../../packages/gateway/src/store/directory.ts'
import { eventIdOf, seqOf } from '../../packages/gateway/src/store/events.ts'
import { quarantine, quarantineCounts } from '../../packages/gateway/src/store/quarantine.ts'
import { catalogOf, catalogState, replaceCatalog } from '../../packages/gateway/src/store/templates.ts'
import type { CatalogEntry } from '../../packages/gateway/src/domain/templates/catalog-entry.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { startFailure } from '../../packages/gateway/src/cli/start-failure.ts'
import { eventsAfter } from '../support/feed.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { inbound, phone } from './facts.ts'

const vault = createVault(new Uint8Array(32).fill(7))

const newChannel = (n: number) => ({
  name: `Channel ${n}`,
  business_phone: `62${n}`,
  phone_number_id: `30${n}`,
  waba_id: '10',
  access_token: `token ${n}`,
})

onBothEngines('channels are added, changed and taken out of service', async ({ store, clock }) => {
  const { sql } = store
  const first = await insertChannel(sql, vault, newChannel(1), clock.now(), 1)
  assert.equal(first, 1)
  const second = await insertChannel(sql, vault, newChannel(2), clock.now())
  assert.ok(typeof second === 'number' && second > 1, 'a number given by hand is not given again')
  assert.equal(await insertChannel(sql, vault, newChannel(2), clock.now()), null, 'its number is taken')
  const before = await directoryVersion(sql)
  await patchChannel(sql, vault, second, { name: 'Renamed', access_token: 'new', messages_per_second: 5 }, clock.now())
  assert.notEqual(await directoryVersion(sql), before)
  const channel = (await allChannels(sql, vault, clock.now())).find((one) => one.id === second)
  assert.deepEqual(
    [channel?.name, channel?.accessToken, channel?.messagesPerSecond, channel?.windowPolicy, channel?.endpoints],
    ['Renamed', 'new', 5, 'enforce', []],
  )
  assert.equal(await deleteChannel(sql, second, clock.now()), true)
  assert.equal(await deleteChannel(sql, second, clock.now()), false)
  assert.deepEqual(
    (await allChannels(sql, vault, clock.now())).map((one) => one.id),
    [1],
  )
  assert.ok(await insertChannel(sql, vault, newChannel(2), clock.now()), 'its number is free again')
})

onBothEngines('codes are kept as hashes and end at once when revoked', async ({ store, clock }) => {
  const { sql } = store
  const channelId = (await insertChannel(sql, vault, newChannel(1), clock.now()))!
  const { id, code } = (await insertCode(sql, channelId, clock.now()))!
  const kept = await allCodes(sql)
  assert.equal(kept.length, 1)
  assert.match(kept[0]!.hash, /^[0-9a-f]{64}$/)
  assert.ok(!JSON.stringify(kept).includes(code))
  const directory = await openDirectory({ store, vault, clock, log: silentLog })
  assert.equal(directory.byCode(code)?.id, channelId)
  assert.equal(await revokeCode(sql, channelId, id, clock.now()), true)
  assert.equal(await revokeCode(sql, channelId, id, clock.now()), false)
  await directory.refresh()
  assert.equal(directory.byCode(code), undefined)
  directory.stop()
})

onBothEngines('a channel is made with its code, or not at all', async ({ store, clock }) => {
  const { sql } = store
  const make = (phone: number, chosen: { channel_id?: number; certification_code?: string }) =>
    createChannel(sql, vault, { ...newChannel(phone), ...chosen }, clock.now())
  const own = 'af92196e-0d07-3c1d-a631-a71c5e3f9d20'
  assert.deepEqual(await make(1, { channel_id: 30058, certification_code: own }), { ok: true, id: 30058, code: own })
  const next = await make(2, {})
  assert.ok(next.ok && next.code.startsWith('pc_'))
  assert.equal(next.id, 30059, 'a chosen number is not given again')
  assert.deepEqual(await make(3, { channel_id: 30058 }), { ok: false, taken: 'channel_id' })
  assert.deepEqual(await make(2, { channel_id: 7 }), { ok: false, taken: 'phone_number_id' })
  assert.deepEqual(await make(3, { certification_code: own }), { ok: false, taken: 'certification_code' })
  await deleteChannel(sql, 30058, clock.now())
  assert.deepEqual(
    await make(1, { channel_id: 30058 }),
    { ok: false, taken: 'channel_id' },
    'its messages are still there',
  )
  assert.deepEqual(await make(1, { certification_code: own }), { ok: false, taken: 'certification_code' })
  assert.equal(await insertCode(sql, next.id, clock.now(), own), null)
  const both = await Promise.all([3, 4].map((phone) => make(phone, { certification_code: 'taken-by-one-of-two' })))
  assert.deepEqual(both.map(({ ok }) => ok).toSorted(), [false, true])
  const channels = await allChannels(sql, vault, clock.now())
  assert.equal(channels.length, 2, 'the refused calls left no channel')
  assert.equal((await allCodes(sql)).length, 2, 'and no code')
})

onBothEngines('a change made at one node is seen by the other', async ({ store, node, clock }) => {
  const other = await node()
  const channelId = (await insertChannel(store.sql, vault, newChannel(1), clock.now()))!
  const directory = await openDirectory({ store: other, vault, clock, log: silentLog })
  const changed = new Promise<void>((resolve) => directory.onChange(resolve))
  await patchChannel(store.sql, vault, channelId, { name: 'Seen' }, clock.now())
  clock.advance(2000)
  await changed
  assert.equal(directory.channel(channelId)?.name, 'Seen')
  directory.stop()
})

onBothEngines('endpoints keep both secrets while one rotates', async ({ store, clock }) => {
  const { sql } = store
  const id = (await insertChannel(sql, vault, newChannel(1), clock.now()))!
  const endpoint = async () => (await allChannels(sql, vault, clock.now())).find((one) => one.id === id)?.endpoints[0]
  const first = await setWebhook(sql, vault, id, 'https://a.example/', clock.now())
  const { id: endpointId, publicId, ...set } = (await endpoint())!
  assert.ok(endpointId > 0)
  assert.match(publicId, /^ep_[0-9A-HJKMNP-TV-Z]{26}$/)
  assert.deepEqual(set, {
    channelId: id,
    name: 'webhook',
    url: 'https://a.example/',
    password: null,
    kind: 'http',
    format: 'postern',
    filter: EVERYTHING,
    headers: {},
    slot: 1,
    secrets: [{ value: first, until: null }],
    health: newHealth(clock.now()),
    filling: false,
    createdAt: clock.now(),
  })
  const second = await rotateSecret(sql, vault, endpointId, clock.now())
  const secrets = async () => secretsAt((await endpoint())!, clock.now())
  const rotating = (await endpoint())!
  assert.deepEqual(await secrets(), [second, first])
  clock.advance(SECRET_OVERLAP_MS - 1)
  assert.deepEqual(secretsAt(rotating, clock.now()), [second, first])
  assert.equal(await pruneSecrets(sql, clock.now()), 0)
  clock.advance(1)
  assert.deepEqual(secretsAt(rotating, clock.now()), [second], 'what a node has in memory ends as well')
  assert.deepEqual(await secrets(), [second])
  assert.equal(await pruneSecrets(sql, clock.now()), 1, 'and the row loses it')
  assert.equal(await pruneSecrets(sql, clock.now()), 0)
  assert.equal(await rotateSecret(sql, vault, 999, clock.now()), null)
})

onBothEngines('a catalog is replaced whole', async ({ store }) => {
  const entry = (id: string, name: string) => ({ id, name, language: 'en', status: 'APPROVED' }) as CatalogEntry
  assert.equal(await catalogState(store.sql, '10'), undefined)
  await replaceCatalog(store.sql, '10', [entry('1', 'b'), entry('2', 'a')], 1_800_000_000_000)
  await replaceCatalog(store.sql, '11', [entry('1', 'z')], 5)
  assert.deepEqual(
    (await catalogOf(store.sql, '10')).map((one) => one.name),
    ['a', 'b'],
  )
  await replaceCatalog(store.sql, '10', [entry('3', 'c')], 1_800_000_000_001)
  assert.deepEqual(
    (await catalogOf(store.sql, '10')).map((one) => one.id),
    ['3'],
  )
  assert.equal((await catalogState(store.sql, '10'))?.syncedAt, 1_800_000_000_001)
  assert.equal((await catalogOf(store.sql, '11')).length, 1)
})

onBothEngines('what cannot be used is kept byte for byte and counted', async ({ store }) => {
  const body = new Uint8Array([0, 255, 254, 10, 0, 128])
  await quarantine(store.sql, { reason: 'unreadable', detail: 'x\u0000y', body, now: 1 })
  await quarantine(store.sql, { reason: 'unknown_number', detail: '', body, now: 2 })
  await quarantine(store.sql, { reason: 'unreadable', detail: '', body, now: 3 })
  assert.deepEqual(await quarantineCounts(store.sql), { unreadable: 2, unknown_number: 1 })
  const row = await store.sql.get<{ body: Uint8Array }>('select body from quarantine where received_at = $1', [1])
  assert.deepEqual([...row!.body], [...body])
})

onBothEngines('statements that belong together are all done, or none', async ({ store }) => {
  const put = (name: string) => ({ sql: 'insert into meta (name, value) values ($1, $2)', params: [name, 'x'] })
  assert.deepEqual(
    await store.sql.atomically([put('a'), { sql: 'delete from meta where name = $1', params: ['a'] }]),
    [1, 1],
  )
  await assert.rejects(store.sql.atomically([put('b'), put('b')]))
  assert.equal(await store.sql.get('select 1 from meta where name = $1', ['b']), undefined)
  const [row] = await store.sql.returning<{ value: string }>(
    'insert into meta (name, value) values ($1, $2) returning value',
    ['c', 'y'],
  )
  assert.equal(row?.value, 'y')
  assert.equal(await store.sql.run('update meta set value = $1 where name = $2', ['z', 'nobody']), 0)
})

onBothEngines('a restart finds everything, under the same installation', async ({ store, reopen }) => {
  const fact = inbound({ phone: phone(1) })
  await store.applyFacts([fact], null)
  const { installation } = store
  assert.match(installation, /^[A-Za-z0-9]{8}$/)
  const again = await reopen()
  assert.equal(again.installation, installation)
  await again.ping()
  const [event] = await eventsAfter(again.sql, CHANNEL, 0, 10)
  assert.equal(event?.body, fact.body)
  assert.equal(seqOf(installation, eventIdOf(installation, event.seq)), event.seq)
  assert.equal((await again.applyFacts([fact], null)).duplicates, 1)
})

onBothEngines('closing waits for what was added, and refuses what comes later', async ({ store, reopen }) => {
  const writes = Array.from({ length: 50 }, (_, i) => store.applyFacts([inbound({ phone: phone(i) })], null))
  const [again] = await Promise.all([reopen(), Promise.all(writes)])
  assert.equal((await eventsAfter(again.sql, CHANNEL, 0, 100)).length, 50)
  await assert.rejects(store.applyFacts([inbound({ phone: phone(1) })], null))
})

onBothEngines('the feed pages by place, of one channel', async ({ store }) => {
  const facts = Array.from({ length: 5 }, (_, i) => inbound({ phone: phone(i) }))
  await store.applyFacts(facts, null)
  const first = await eventsAfter(store.sql, CHANNEL, 0, 2)
  const rest = await eventsAfter(store.sql, CHANNEL, first.at(-1)!.seq, 10)
  assert.deepEqual([first.length, rest.length], [2, 3])
  assert.ok([...first, ...rest].every((row, i, all) => i === 0 || row.seq > all[i - 1]!.seq))
})

onBothEngines('a store that a newer program has changed is refused with words, and left as it is', async (world) => {
  const { store, reopen } = world
  await store.sql.run('insert into migrations (number, name, applied_at) values (9999, $1, 1)', ['of_tomorrow'])
  await assert.rejects(reopen(), (error: Error) => {
    assert.equal(error.name, 'StoreTooNew')
    assert.match(error.message, /newer version of Postern \(step 9999; this version knows \d+\)/)
    assert.match(
      String((startFailure(error, { databaseUrl: undefined }) as Error).message),
      /Start that version or a newer one/,
    )
    return true
  })
})

onBothEngines('an error of ours rejects its own write only, and stays what it is', async ({ store }) => {
  const broken = {
    ...inbound({ phone: phone(2) }),
    get contact(): never {
      throw new TypeError('a bug of ours')
    },
  }
  const settled = await Promise.allSettled([
    store.applyFacts([inbound({ phone: phone(1) })], null),
    store.applyFacts([broken], null),
    store.applyFacts([inbound({ phone: phone(3) })], null),
  ])
  assert.deepEqual(
    settled.map((one) => (one.status === 'rejected' ? (one.reason as Error).name : one.value.events)),
    [1, 'TypeError', 1],
  )
  assert.equal((await store.applyFacts([inbound({ phone: phone(4) })], null)).events, 1)
})
