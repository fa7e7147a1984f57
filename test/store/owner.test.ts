import assert from 'node:assert/strict'
import { tellIdle } from '../../packages/gateway/src/flows/maintenance/idle.ts'
import { contactNamed } from '../../packages/gateway/src/store/contacts.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { draft, inbound, phone } from './facts.ts'

const DAY = 24 * 60 * 60_000
const CHANNELS = { id: CHANNEL, businessPhone: '15559990000' }

const ownersTold = async (store: Store) =>
  (await store.sql.all<{ body: string }>(`select body from events where kind = 'conversation_owner' order by seq`)).map(
    ({ body }) => JSON.parse(body) as { owner: string; since: number; contact: object },
  )
const idleAtOf = (store: Store) =>
  store.sql.get<{ at: number | null }>('select idle_at as at from contacts where merged_into is null')

onBothEngines(
  'a conversation becomes idle after a day without a message, is told once, and is ours again',
  async (it) => {
    const { store, clock } = it
    const sweep = () =>
      tellIdle({
        store,
        clock,
        channel: () => CHANNELS,
        tell: async (facts) => void (await store.applyFacts(facts, null)),
      })
    const mira = { phone: phone(1), userId: 'US.m', name: 'Mira' }
    const wroteAt = Math.floor(clock.now() / 1000) * 1000
    await store.applyFacts([inbound(mira, { at: wroteAt, standby: 'deliver' })], null)
    assert.equal(Number((await idleAtOf(store))!.at), wroteAt + DAY)
    const speak = () => store.beginMessage(draft({ userId: 'US.m' }, { createdAt: clock.now(), ifOwner: true }))
    assert.deepEqual(await speak(), { state: 'not_owner', role: null, since: wroteAt })
    assert.equal(await sweep(), 0)

    // Another message: the sweep looks, and looks again a day after it.
    clock.advance(DAY / 2)
    const again = Math.floor(clock.now() / 1000) * 1000
    await store.applyFacts([inbound(mira, { at: again, standby: 'store' })], null)
    clock.advance(DAY / 2 + 1)
    assert.equal(await sweep(), 0)
    assert.equal(Number((await idleAtOf(store))!.at), again + DAY)
    assert.equal((await speak())?.state, 'not_owner')

    clock.advance(DAY / 2)
    assert.equal(await sweep(), 1)
    assert.equal(await sweep(), 0)
    assert.equal((await idleAtOf(store))!.at, null)
    const told = await ownersTold(store)
    assert.deepEqual(
      told.map(({ owner, since }) => [owner, since * 1000]),
      [
        ['other', wroteAt],
        ['idle', again + DAY],
      ],
    )
    assert.deepEqual(told[1]!.contact, { phone: phone(1), user_id: 'US.m', name: 'Mira' })
    assert.equal(await speak(), undefined)
    await store.applyFacts([inbound(mira, { at: clock.now() })], null)
    assert.equal((await contactNamed(store.sql, CHANNEL, phone(1)))!.state.owner!.owner, 'us')
  },
)

onBothEngines(
  'of two contacts that are one person, the newer fact says who holds the conversation',
  async ({ store }) => {
    const at = Date.UTC(2026, 8, 1)
    await store.applyFacts([inbound({ phone: phone(1) }, { at, standby: 'deliver' })], null)
    await store.applyFacts([inbound({ userId: 'US.m' }, { at: at - 5_000, standby: 'deliver' })], null)
    await store.applyFacts([inbound({ userId: 'US.m' }, { at: at + 5_000 })], null)
    await store.applyFacts([inbound({ userId: 'US.m', phone: phone(1) }, { at: at + 1_000, standby: 'deliver' })], null)
    const { owner } = (await contactNamed(store.sql, CHANNEL, phone(1)))!.state
    assert.deepEqual(owner, { owner: 'us', role: null, since: at + 5_000, at: at + 5_000 })
    assert.equal(
      await store.beginMessage(draft({ phone: phone(1) }, { createdAt: at + 6_000, ifOwner: true })),
      undefined,
    )
    const watched = await store.sql.all('select id from contacts where idle_at is not null')
    assert.equal(watched.length, 1)
  },
)
