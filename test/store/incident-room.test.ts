import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import type { Incident } from '../../packages/gateway/src/domain/incidents/incident.ts'
import { createBoard, listOf } from '../../packages/gateway/src/flows/incidents/board.ts'
import type { Observed } from '../../packages/gateway/src/flows/incidents/observer.ts'
import { createRoom } from '../../packages/gateway/src/flows/incidents/room.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { openIncidentsOf, pastIncidents, saveIncidents } from '../../packages/gateway/src/store/incidents.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { inWorld, type World } from './engines.ts'

/* The incident rooms of several nodes with one store, look by look. */

/** A room without channels: its incidents are about fields of webhooks, which its board is told of. */
function roomOf(holder: string, store: Store, clock: ManualClock) {
  const board = createBoard(clock)
  const at = { before: async (): Promise<void> => {} }
  const room = createRoom({
    ...{ store, clock, log: silentLog, board, holder, dataDir: '.', rateCard: undefined },
    watch: { of: () => undefined, nudge() {}, start() {}, stop() {} },
    channels: () => [],
    byWaba: () => [],
    async pace() {
      await at.before()
      return { numbers: [] }
    },
    alarms: { statements: async () => [], deliver: async () => {}, tellNow: async () => {} },
  })
  const sees = (field: string): void => {
    const calls: Observed['calls'] = { ok: 0, failing: 0, unreachable: 0 }
    board.tell({ calls, tokens: [], templates: [], fields: [[field, 1]], skewMs: null })
  }
  return { room, at, sees, shown: () => listOf(board.open()) }
}

const subjects = (all: readonly Incident[]): (string | undefined)[] => all.map(({ subject }) => subject).sort()

const both = async (check: (one: World) => Promise<void>) => inWorld('postgres', check)

test('a look that outlives its right to judge opens nothing beside the node that judges now', { timeout: 60_000 }, () =>
  both(async ({ store, node, clock }) => {
    const slow = roomOf('a', store, clock)
    const quick = roomOf('b', await node(), clock)
    slow.sees('brand_new')
    quick.sees('brand_new')
    slow.at.before = async () => {
      slow.at.before = async () => {}
      clock.advance(21_000)
      await quick.room.look()
      assert.equal(quick.room.judges, true)
    }
    await slow.room.look()
    assert.equal(slow.room.judges, false)
    const open = await openIncidentsOf(store.sql)
    assert.deepEqual(subjects(open), ['brand_new'])
    assert.deepEqual(slow.shown(), open, 'it shows what the other one wrote')

    // The other one ends: this one judges again, and with the same row.
    await quick.room.stop()
    clock.advance(5_000)
    await slow.room.look()
    assert.equal(slow.room.judges, true)
    assert.deepEqual(
      (await openIncidentsOf(store.sql)).map(({ id }) => id),
      open.map(({ id }) => id),
    )
  }),
)

test(
  'a machine whose clock is a minute behind is judged too, and told of by name of the other clock',
  { timeout: 60_000 },
  () =>
    both(async ({ store, node, clock }) => {
      const late = new ManualClock(clock.now() - 60_000)
      const [first, second] = [roomOf('a', store, clock), roomOf('b', await node(), late)]
      await first.room.look()
      second.sees('seen_by_b')
      await second.room.look()
      assert.equal(second.room.judges, false)
      await first.room.look()
      const open = await openIncidentsOf(store.sql)
      const skew = open.filter(({ kind }) => kind === 'clock_skew')
      assert.deepEqual(subjects(open.filter((one) => !skew.includes(one))), ['seen_by_b'])
      assert.deepEqual(
        skew.map(({ severity, what }) => [severity, /is 60 s behind that of the database/.test(what)]),
        [['warning', true]],
      )
    }),
)

test(
  'what the store had as open is judged on, also when the first look finds the store in trouble',
  { timeout: 60_000 },
  () =>
    inWorld('sqlite', async ({ store, clock }) => {
      const about = { kind: 'dead_events', severity: 'warning', channelId: 1, endpointId: 'ep_1', count: 1 } as const
      const one = { ...about, what: 'old', advice: 'old', until: null }
      const row = (n: number): Incident => ({ ...one, id: `inc_${n}`, since: clock.now() - 10_000 + n })
      await saveIncidents(store.sql, [row(1), row(2)])
      let away = true
      const ping = store.ping.bind(store)
      const { room } = roomOf(
        'a',
        { ...store, sql: store.sql, ping: () => (away ? Promise.reject(new Error('is full')) : ping()) },
        clock,
      )
      const looks = async (count: number): Promise<void> => {
        for (let n = 0; n < count; n++) {
          await room.look()
          clock.advance(5_000)
        }
      }
      await looks(4)
      assert.equal((await openIncidentsOf(store.sql)).length, 2)
      away = false
      await looks(1)
      const open = await openIncidentsOf(store.sql)
      assert.deepEqual(
        open.map(({ kind, id }) => (kind === 'dead_events' ? id : kind)).sort(),
        ['inc_1', 'store_full'],
        'the second row of one key is closed',
      )
      await looks(6)
      assert.deepEqual(await openIncidentsOf(store.sql), [])
      const past = await pastIncidents(store.sql, { count: 9 })
      assert.deepEqual(past.map(({ kind }) => kind).sort(), ['dead_events', 'dead_events', 'store_full'])
    }),
)
