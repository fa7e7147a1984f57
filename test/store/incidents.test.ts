import assert from 'node:assert/strict'
import type { Alarm, AlarmNews } from '../../packages/gateway/src/domain/alarms/alarm.ts'
import { type Incident, publicIncident } from '../../packages/gateway/src/domain/incidents/incident.ts'
import { createAlarms } from '../../packages/gateway/src/flows/alarms/alarms.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { createVault } from '../../packages/gateway/src/platform/secrets.ts'
import {
  addToDelivery,
  type AlarmDelivery,
  alarmTold,
  allAlarms,
  changeAlarm,
  dropDeliveries,
  dueDeliveries,
  insertAlarm,
  keepDelivery,
  removeAlarm,
  settleDelivery,
  takeDelivery,
  untriedDeliveries,
} from '../../packages/gateway/src/store/alarms.ts'
import {
  findNote,
  keepNote,
  leaveJudging,
  notesOfMachines,
  noteStatement,
  openIncidentsOf,
  pastIncidents,
  pruneIncidents,
  pruneNotesOfMachines,
  renewJudging,
  saveIncidents,
  takeJudging,
} from '../../packages/gateway/src/store/incidents.ts'
import { onBothEngines } from './engines.ts'

const vault = createVault(new Uint8Array(32).fill(7))
const T0 = Date.UTC(2026, 2, 1)

const incident = (n: number, more: Partial<Incident> = {}): Incident => ({
  id: `inc_${String(n).padStart(26, '0')}`,
  kind: 'dead_events',
  severity: 'warning',
  channelId: 1,
  since: T0 + n,
  until: null,
  count: 1,
  what: 'something',
  advice: 'do something',
  ...more,
})
const idsOf = (all: readonly Incident[]): number[] => all.map(({ id }) => Number(id.slice(4)))

const alarm = (n: number, more: Partial<Alarm> = {}): Alarm => ({
  id: `alm_${n}`,
  name: 'Night',
  target: { type: 'slack', url: 'https://hooks.example/secret' },
  shown: 'hooks.example',
  settings: { minSeverity: 'warning', reminderMinutes: 0, quietHours: null },
  toldAt: 0,
  lastAt: null,
  lastProblem: null,
  ...more,
})
const news = (...opened: number[]): AlarmNews => ({
  opened: opened.map((n) => publicIncident(incident(n))),
  still_open: [],
  closed: [],
})
const delivery = (id: string, of: AlarmNews, createdAt = T0): AlarmDelivery => ({
  ...{ id, alarmId: 'alm_1', news: of, attempts: 0, createdAt },
})
const openedIn = (all: readonly AlarmDelivery[]): number[][] =>
  all.map(({ news: { opened } }) => opened.map(({ id }) => Number(id.slice(4))))

onBothEngines('incidents open, change and close, and past ones are paged, also of one channel', async ({ store }) => {
  const { sql } = store
  const about = { channelId: 2, endpointId: 'ep_1', subject: 'hello en' }
  await saveIncidents(sql, [incident(1), incident(2, about), incident(3)])
  assert.deepEqual(await openIncidentsOf(sql), [incident(1), incident(2, about), incident(3)])
  const changed = { severity: 'critical', count: 7, what: 'more', advice: 'at once' } as const
  await saveIncidents(
    sql,
    [incident(1, { until: T0 + 10 }), incident(2, { ...about, until: T0 + 10 }), incident(3, changed)],
    [noteStatement('limits', { 1: 'TIER_1K' }, T0)],
  )
  assert.deepEqual(await openIncidentsOf(sql), [incident(3, changed)])
  assert.deepEqual(await findNote(sql, 'limits'), { value: { 1: 'TIER_1K' }, at: T0 })
  assert.equal(await findNote(sql, 'none'), undefined)

  await saveIncidents(sql, [incident(4, { until: T0 + 20 }), incident(5, { until: T0 + 30 })])
  assert.deepEqual(idsOf(await pastIncidents(sql, { count: 3 })), [5, 4, 2])
  assert.deepEqual(idsOf(await pastIncidents(sql, { count: 3, beforeId: incident(2).id })), [1])
  // One of channel 2 lies behind a page of others.
  assert.deepEqual(idsOf(await pastIncidents(sql, { count: 1, channelId: 2 })), [2])
  assert.deepEqual(idsOf(await pastIncidents(sql, { count: 9, channelId: 1, beforeId: incident(4).id })), [1])
  assert.deepEqual(await pastIncidents(sql, { count: 3, beforeId: incident(3).id }), [], 'it is open')
  assert.deepEqual(await pastIncidents(sql, { count: 3, beforeId: incident(9).id }), [])

  await pruneIncidents(sql, T0 + 20)
  assert.deepEqual(idsOf(await pastIncidents(sql, { count: 9 })), [5, 4])
  assert.equal((await openIncidentsOf(sql)).length, 1)
})

onBothEngines('one node judges at a time, and knows when another has judged in between', async ({ store, node }) => {
  const { sql } = store
  const other = (await node()).sql
  assert.equal(await renewJudging(sql, 'a', T0 + 20_000), false, 'nobody has it')
  assert.equal(await takeJudging(sql, 'a', T0, T0 + 20_000), true)
  assert.equal(await takeJudging(other, 'b', T0 + 19_000, T0 + 39_000), false)
  assert.equal(await takeJudging(sql, 'a', T0 + 19_000, T0 + 39_000), true)
  assert.equal(await takeJudging(other, 'b', T0 + 30_000, T0 + 50_000), false)
  assert.equal(await renewJudging(sql, 'a', T0 + 60_000), true)

  // A slow look of the first: its right ends, and the other one takes it.
  assert.equal(await takeJudging(other, 'b', T0 + 70_000, T0 + 90_000), true)
  assert.equal(await renewJudging(sql, 'a', T0 + 95_000), false)
  await leaveJudging(other, 'b')
  assert.equal(await renewJudging(sql, 'a', T0 + 95_000), false, 'given back, but the other has judged')
  assert.equal(await takeJudging(sql, 'a', T0 + 75_000, T0 + 95_000), true, 'and need not wait')
  await leaveJudging(other, 'b')
  assert.equal(await renewJudging(sql, 'a', T0 + 95_000), true)
})

onBothEngines('notes of machines are those whose name begins so, in any collation', async ({ store }) => {
  const { sql } = store
  for (const name of ['machine b', 'machine Ü', 'machine -', 'machine 1'])
    await keepNote(sql, name, { host: name }, T0 + 5)
  await keepNote(sql, 'machine old', {}, T0)
  for (const name of ['machines', 'machine', 'judge', 'limits']) await keepNote(sql, name, {}, T0 + 5)
  const found = await notesOfMachines<{ host: string }>(sql, T0 + 5)
  assert.deepEqual(found.map(({ name }) => name).sort(), ['machine -', 'machine 1', 'machine b', 'machine Ü'])
  assert.ok(found.every(({ name, value, at }) => value.host === name && at === T0 + 5))
  await keepNote(sql, 'machine b', { host: 'new' }, T0 + 6)
  assert.deepEqual(await findNote(sql, 'machine b'), { value: { host: 'new' }, at: T0 + 6 })
  await pruneNotesOfMachines(sql, T0 + 6)
  assert.deepEqual(
    (await notesOfMachines(sql, 0)).map(({ name }) => name),
    ['machine b'],
  )
  assert.ok(await findNote(sql, 'judge'))
})

onBothEngines('alarms are kept sealed, changed and removed with what they had to tell', async ({ store }) => {
  const { sql } = store
  await insertAlarm(sql, vault, alarm(1), T0)
  await insertAlarm(sql, vault, alarm(2), T0)
  const changed = alarm(1, { name: 'Day', settings: { minSeverity: 'info', reminderMinutes: 5, quietHours: null } })
  await changeAlarm(sql, changed)
  await sql.atomically([alarmTold('alm_1', T0 + 1), keepDelivery(delivery('ald_1', news(1)), T0)])
  assert.deepEqual(await allAlarms(sql, vault), [{ ...changed, toldAt: T0 + 1 }, alarm(2)])
  assert.doesNotMatch(String((await sql.get<{ target: Uint8Array }>('select target from alarms'))!.target), /secret/)
  assert.equal(await removeAlarm(sql, 'alm_1'), true)
  assert.equal(await removeAlarm(sql, 'alm_1'), false)
  assert.deepEqual(await dueDeliveries(sql, T0 + 1), [])
})

onBothEngines('a delivery is taken once, as it was read, and settled by who took it', async ({ store }) => {
  const { sql } = store
  await insertAlarm(sql, vault, alarm(1), T0)
  const one = delivery('ald_1', news(1))
  await sql.atomically([keepDelivery(one, T0 + 10)])
  assert.deepEqual(await dueDeliveries(sql, T0 + 9), [])
  assert.deepEqual(await dueDeliveries(sql, T0 + 10), [one])
  assert.deepEqual(await untriedDeliveries(sql), [one])

  // News come after it was read for an attempt.
  const both = { ...one, news: news(1, 2) }
  await sql.atomically(addToDelivery(both, T0 + 10, delivery('ald_2', news(2))))
  assert.equal(await takeDelivery(sql, one, T0 + 60), undefined)
  const taken = (await takeDelivery(sql, both, T0 + 60))!
  assert.equal(taken.attempts, 1)
  assert.equal(await takeDelivery(sql, both, T0 + 60), undefined, 'taken already')
  assert.deepEqual(await untriedDeliveries(sql), [])
  assert.deepEqual(await dueDeliveries(sql, T0 + 59), [])

  // News come while it is being sent, from somebody who read it before.
  await sql.atomically(addToDelivery({ ...both, news: news(1, 2, 3) }, T0 + 20, delivery('ald_3', news(3))))
  assert.deepEqual(openedIn(await untriedDeliveries(sql)), [[3]])
  await settleDelivery(sql, taken, { at: T0 + 30, problem: 'HTTP 500', againAt: T0 + 40 })
  assert.deepEqual(openedIn(await dueDeliveries(sql, T0 + 40)), [[3], [1, 2]])
  assert.equal((await allAlarms(sql, vault))[0]!.lastProblem, 'HTTP 500')
  const again = (await takeDelivery(sql, taken, T0 + 100))!
  await settleDelivery(sql, taken, { at: T0 + 41, problem: null, againAt: undefined })
  assert.equal((await dueDeliveries(sql, T0 + 100)).length, 2, 'an attempt that was overtaken settles nothing')
  await settleDelivery(sql, again, { at: T0 + 42, problem: null, againAt: undefined })
  assert.deepEqual(openedIn(await dueDeliveries(sql, T0 + 100)), [[3]])
  assert.deepEqual(
    (await allAlarms(sql, vault)).map(({ lastAt, lastProblem }) => [lastAt, lastProblem]),
    [[T0 + 42, null]],
  )

  // Removed while it is being sent: nothing of it comes back.
  const third = (await takeDelivery(sql, delivery('ald_3', news(3)), T0 + 200))!
  await removeAlarm(sql, 'alm_1')
  await settleDelivery(sql, third, { at: T0 + 43, problem: 'HTTP 500', againAt: T0 + 50 })
  assert.deepEqual(await dueDeliveries(sql, T0 + 999), [])
  await sql.atomically([keepDelivery(delivery('ald_4', news(4)), T0), keepDelivery(delivery('ald_5', news(5)), T0)])
  await dropDeliveries(sql, ['ald_4'])
  assert.deepEqual(openedIn(await dueDeliveries(sql, T0)), [[5]])
})

onBothEngines(
  'what opens while a notification is being sent is told by the next one, and the row of a removed alarm goes',
  async ({ store, clock }) => {
    const { sql } = store
    await insertAlarm(sql, vault, alarm(1), clock.now())
    const told: number[][] = []
    let during = async (): Promise<void> => {}
    let delivered = true
    const alarms = createAlarms({
      ...{ store, vault, clock, log: silentLog },
      async tell(_alarm, _id, { opened }) {
        told.push(opened.map(({ id }) => Number(id.slice(4))))
        await during()
        return { delivered, answer: delivered ? 'HTTP 200' : 'HTTP 500' }
      },
    })
    const opens = async (n: number): Promise<void> =>
      void (await sql.atomically(await alarms.statements({ opened: [incident(n)], closed: [] }, [], clock.now())))

    await opens(1)
    clock.advance(10_000)
    during = () => opens(2)
    await alarms.deliver()
    during = async () => {}
    clock.advance(10_000)
    await alarms.deliver()
    assert.deepEqual(told, [[1], [2]])

    // An attempt that fails does not write over what came meanwhile either.
    await opens(3)
    clock.advance(10_000)
    during = () => opens(4)
    delivered = false
    await alarms.deliver()
    during = async () => {}
    delivered = true
    clock.advance(10_000)
    await alarms.deliver()
    assert.deepEqual(told.slice(2).flat().sort(), [3, 3, 4])

    // In a wide outage something opens at every look: the first is told ten seconds later all the same.
    told.length = 0
    for (let n = 5; n <= 9; n++) {
      await opens(n)
      await alarms.deliver()
      clock.advance(5_000)
    }
    assert.deepEqual(told[0], [5, 6, 7])

    told.length = 0
    await opens(10)
    await sql.run('delete from alarms')
    clock.advance(60_000)
    await alarms.deliver()
    assert.deepEqual(told, [])
    assert.deepEqual(await dueDeliveries(sql, clock.now()), [])
  },
)
