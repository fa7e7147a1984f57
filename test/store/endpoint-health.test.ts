import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type EndpointHealth,
  type HealthEvent,
  newHealth,
} from '../../packages/gateway/src/domain/channels/endpoint-health.ts'
import { createVault } from '../../packages/gateway/src/platform/secrets.ts'
import { insertChannel } from '../../packages/gateway/src/store/channels.ts'
import { allEndpoints, setWebhook } from '../../packages/gateway/src/store/endpoints.ts'
import { directoryVersion } from '../../packages/gateway/src/store/directory-version.ts'
import {
  applyHealthEvent,
  hastenLanes,
  hasWaiting,
  readHealth,
  withCompareAndSet,
} from '../../packages/gateway/src/store/endpoint-health.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines, OTHER, SILENT } from './engines.ts'
import { inbound, phone, offerOf } from './facts.ts'

const vault = createVault(new Uint8Array(32).fill(7))
const offer = offerOf('n', 0)

const rests = (at: number, epoch = 0): HealthEvent => ({
  actor: 'delivery',
  kind: 'failed',
  contacts: 5,
  at,
  epoch,
  reason: 'the endpoint answered HTTP 500',
  random: 0.5,
})

const apply = async (store: Store, event: HealthEvent): Promise<{ health: EndpointHealth; changed: boolean }> =>
  (await applyHealthEvent(store.sql, CHANNEL, event, event.at))!

onBothEngines('an endpoint’s health is kept, also over a restart; other nodes hear of it', async (world) => {
  const { store, clock } = world
  const at = clock.now()
  const before = await directoryVersion(store.sql)
  const { health, changed } = await apply(store, rests(at))
  assert.ok(changed)
  assert.deepEqual([health.state, health.rests, health.restingUntil, health.version], ['resting', 1, at + 2000, 1])
  assert.deepEqual(await readHealth(store.sql, CHANNEL), health)
  assert.notEqual(await directoryVersion(store.sql), before)
  const reopened = await world.reopen()
  assert.deepEqual(await readHealth(reopened.sql, CHANNEL), health)
  assert.equal((await readHealth(reopened.sql, OTHER))!.state, 'active', 'each endpoint has its own')
  assert.equal(await applyHealthEvent(reopened.sql, SILENT, rests(at), at), undefined)
})

onBothEngines('changes by many at once are each made once, and none is lost', async ({ store, node, clock }) => {
  const stores = [store, await node()]
  const at = clock.now()
  await Promise.all(
    Array.from({ length: 24 }, (_, i) => apply(stores[i % 2]!, { actor: 'operator', kind: 'retry', at })),
  )
  const health = (await readHealth(store.sql, CHANNEL))!
  assert.deepEqual([health.version, health.epoch], [24, 24])
})

onBothEngines(
  'an operator’s pause stands, whatever attempts say at the same moment',
  async ({ store, node, clock }) => {
    const stores = [store, await node()]
    const at = clock.now()
    const attempts: HealthEvent[] = Array.from({ length: 5 }, () => [
      rests(at),
      { actor: 'delivery' as const, kind: 'succeeded' as const, at, epoch: 0 },
      { actor: 'delivery' as const, kind: 'gone' as const, at, epoch: 0 },
    ]).flat()
    await Promise.all(
      [...attempts.slice(0, 7), { actor: 'operator' as const, kind: 'pause' as const, at }, ...attempts.slice(7)].map(
        (event, i) => apply(stores[i % 2]!, event),
      ),
    )
    const health = (await readHealth(store.sql, CHANNEL))!
    assert.deepEqual([health.state, health.pausedBy], ['paused', 'operator'])
  },
)

onBothEngines('of all who want to probe one may', async ({ store, node, clock }) => {
  const stores = [store, await node()]
  const at = clock.now()
  const { version } = (await apply(store, rests(at))).health
  const begun = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      apply(stores[i % 2]!, { actor: 'probe', kind: 'begin', at, version, until: at + 15_000 }),
    ),
  )
  assert.equal(begun.filter(({ changed }) => changed).length, 1)
  assert.equal((await readHealth(store.sql, CHANNEL))!.probe, version + 1)
})

onBothEngines(
  'another URL is one of which nothing is known; the same URL again is a resume',
  async ({ store, clock }) => {
    const { sql } = store
    const at = clock.now()
    await setWebhook(sql, vault, CHANNEL, 'https://a.example/', at)
    await apply(store, rests(at, 1))
    assert.equal((await readHealth(sql, CHANNEL))!.state, 'resting')
    await setWebhook(sql, vault, CHANNEL, 'https://a.example/', at)
    const again = (await readHealth(sql, CHANNEL))!
    assert.deepEqual([again.state, again.restingUntil, again.epoch], ['resting', at, 2])
    await setWebhook(sql, vault, CHANNEL, 'https://b.example/', at)
    const other = (await readHealth(sql, CHANNEL))!
    assert.deepEqual(other, { ...newHealth(at), version: other.version, epoch: 3 })
    const added = { name: 'C', business_phone: '1', phone_number_id: '2', waba_id: '3', access_token: 't' }
    const channelId = (await insertChannel(sql, vault, added, at))!
    await setWebhook(sql, vault, channelId, 'https://c.example/', at)
    const [endpoint] = (await allEndpoints(sql, vault, at)).filter((one) => one.channelId === channelId)
    assert.deepEqual(endpoint?.health, newHealth(at))
  },
)

onBothEngines('lanes that wait are made due, and none that is held', async ({ store, clock }) => {
  const { sql } = store
  const people = 600
  assert.equal(await hasWaiting(sql, CHANNEL), false)
  await store.applyFacts(
    Array.from({ length: people }, (_, i) => inbound({ phone: phone(i) })),
    offer,
  )
  assert.equal(await hasWaiting(sql, CHANNEL), true)
  const later = clock.now() + 3_600_000
  await sql.run('update lanes set due_at = $2 where channel_id = $1', [CHANNEL, later])
  const one = await sql.get<{ id: number }>('select min(contact_id) as id from lanes where channel_id = $1', [CHANNEL])
  await sql.run('update lanes set holder = $2 where contact_id = $1', [one!.id, 'n_other'])
  let hastened = 0
  for (let some; (some = await hastenLanes(sql, CHANNEL, clock.now())) > 0; hastened += some) assert.ok(some <= 250)
  assert.equal(hastened, people - 1)
  const left = await sql.all<{ due_at: number }>('select due_at from lanes where channel_id = $1 and due_at > 0', [
    CHANNEL,
  ])
  assert.deepEqual(
    left.map((lane) => lane.due_at),
    [later],
  )
})

test('hundreds of concurrent changes all succeed', async () => {
  // A store that commits all writes of one turn together: of those that read the same row, one succeeds.
  let version = 0
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const change = (): Promise<number> =>
    withCompareAndSet(async () => {
      const seen = version
      await turn()
      return version === seen ? { done: ++version } : undefined
    })
  const done = await Promise.all(Array.from({ length: 300 }, change))
  assert.deepEqual(new Set(done).size, 300)
})
