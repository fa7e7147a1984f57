import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import type { ManualClock } from '../../packages/runtime/src/clock.ts'
import { StoreUnavailable } from '../../packages/gateway/src/platform/errors.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { createRetention, type RetentionDays } from '../../packages/gateway/src/flows/maintenance/retention.ts'
import { createSweep, markAbandonedAtStart } from '../../packages/gateway/src/flows/maintenance/sweep.ts'
import { CHANNEL, inWorld, onBothEngines } from './engines.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const DAYS: RetentionDays = {
  messages: 0,
  events: 0,
  attempts: 0,
  quarantine: 0,
  broadcasts: 0,
  scheduled: 0,
  idempotency: 0,
  seen: 7,
  audit: 0,
}

async function until(fact: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await fact())) {
    assert.ok(Date.now() < deadline, `waited in vain: ${what}`)
    await after(5)
  }
}

/** A store whose calls fail while `fail` is true. */
function failing(store: Store): { store: Store; fail: boolean; calls: number } {
  const state = { store, fail: false, calls: 0 }
  const sql = new Proxy(store.sql, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        state.calls++
        if (state.fail) return Promise.reject(new StoreUnavailable('the disk is full'))
        return (value as (...args: unknown[]) => unknown).apply(target, args)
      }
    },
  })
  state.store = Object.create(store, { sql: { value: sql } }) as Store
  return state
}

let made = 0

const addSeen = (store: Store, at: number): Promise<unknown> =>
  store.sql.run('insert into seen (channel_id, key, at) values ($1, $2, $3)', [CHANNEL, `s${++made}`, at])

const seen = async (store: Store): Promise<number> =>
  Number((await store.sql.get<{ n: number }>('select count(*) as n from seen'))!.n)

async function addSending(store: Store, at: number): Promise<string> {
  const id = `m_sending_${++made}`
  await store.sql.run(
    `insert into messages (channel_id, id, contact_id, direction, type, status, content, created_at)
     values ($1, $2, 1, 'out', 'text', 'sending', '{}', $3)`,
    [CHANNEL, id, at],
  )
  return id
}

const statusOf = async (store: Store, id: string): Promise<string> =>
  (await store.sql.get<{ status: string }>('select status from messages where id = $1', [id]))!.status

/** One round is over, and the timer of the next one is set. */
const armed = (clock: ManualClock, timers: number): Promise<void> =>
  until(() => clock.waiting === timers, 'the next round is armed')

test('retention starts within ten minutes, continues every hour and after a failure, and stops', () =>
  inWorld('sqlite', async ({ store, clock }) => {
    const trouble = failing(store)
    const pruned: [string, number][] = []
    const timers = clock.waiting
    const retention = createRetention({
      store: trouble.store,
      clock,
      log: silentLog,
      days: DAYS,
      onPruned: (kind, rows) => pruned.push([kind, rows]),
      random: () => 0.5,
    })
    assert.equal(clock.waiting, timers, 'nothing runs before it is started')
    retention.start()
    await addSeen(store, clock.now() - 8 * DAY)
    clock.advance(5 * MINUTE - 1)
    assert.equal(trouble.calls, 0, 'nodes that start together begin at different times')
    clock.advance(1)
    await armed(clock, timers + 1)
    assert.equal(await seen(store), 0)
    assert.deepEqual(pruned, [['seen', 1]])

    await addSeen(store, clock.now() - 8 * DAY)
    trouble.fail = true
    const before = trouble.calls
    clock.advance(HOUR - 1)
    assert.equal(trouble.calls, before, 'once an hour')
    clock.advance(1)
    await armed(clock, timers + 1)
    assert.ok(trouble.calls > before)
    assert.equal(await seen(store), 1)

    trouble.fail = false
    clock.advance(HOUR)
    await armed(clock, timers + 1)
    assert.equal(await seen(store), 0, 'a round that failed is not the last one')

    const calls = trouble.calls
    await retention.stop()
    assert.equal(clock.waiting, timers)
    clock.advance(DAY)
    assert.equal(trouble.calls, calls)
  }))

test('stopping retention during a round waits for the round and starts no other', () =>
  inWorld('sqlite', async ({ store, clock }) => {
    const timers = clock.waiting
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
    const sql = new Proxy(store.sql, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return async (...args: unknown[]): Promise<unknown> => {
          reach()
          await held
          return (value as (...args: unknown[]) => unknown).apply(target, args)
        }
      },
    })
    const slow = Object.create(store, { sql: { value: sql } }) as Store
    await addSeen(store, clock.now() - 8 * DAY)
    const retention = createRetention({ store: slow, clock, log: silentLog, days: DAYS, random: () => 0 })
    retention.start()
    clock.advance(0)
    await reached
    let stopped = false
    const stopping = retention.stop().then(() => (stopped = true))
    // The control: the store answers other calls meanwhile.
    assert.equal(await seen(store), 1)
    assert.equal(stopped, false, 'the store may not be closed under the batch')
    release()
    await stopping
    assert.equal(clock.waiting, timers)
  }))

test('the sweep runs every minute, continues after a failure, and stops', () =>
  inWorld('sqlite', async ({ store, clock }) => {
    const trouble = failing(store)
    const timers = clock.waiting
    const sweep = createSweep({
      ...{ store: trouble.store, clock, log: silentLog },
      channel: () => undefined,
      tell: async () => {},
    })
    sweep.start()
    const first = await addSending(store, clock.now() - 5 * MINUTE)
    clock.advance(MINUTE - 1)
    assert.equal(trouble.calls, 0)
    clock.advance(1)
    await armed(clock, timers + 1)
    assert.equal(await statusOf(store, first), 'unknown')

    trouble.fail = true
    const second = await addSending(store, clock.now() - 5 * MINUTE)
    clock.advance(MINUTE)
    await armed(clock, timers + 1)
    assert.equal(await statusOf(store, second), 'sending')
    trouble.fail = false
    clock.advance(MINUTE)
    await armed(clock, timers + 1)
    assert.equal(await statusOf(store, second), 'unknown')

    sweep.stop()
    assert.equal(clock.waiting, timers)
    const calls = trouble.calls
    clock.advance(HOUR)
    assert.equal(trouble.calls, calls)
  }))

onBothEngines('at a start, what is still sending is over where one process owns the store', async (world) => {
  const { store, clock, engine } = world
  const moments = await addSending(store, clock.now() - 1_000)
  const minutes = await addSending(store, clock.now() - 4 * MINUTE)
  await markAbandonedAtStart(store, clock)
  assert.equal(await statusOf(store, minutes), 'unknown')
  // On PostgreSQL another node may be sending it.
  assert.equal(await statusOf(store, moments), engine === 'sqlite' ? 'unknown' : 'sending')
})
