import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ShownIncident } from '../incidents/incident.ts'
import { addNews, bodyFor, isMeant, linesOf, passesQuiet, quietUntil, titleOf } from './alarm.ts'

const at = (text: string): number => Date.parse(text)
const incident = (kind: ShownIncident['kind'], severity: ShownIncident['severity'] = 'warning'): ShownIncident => ({
  id: `inc_${kind}`,
  kind,
  severity,
  channel_id: 1,
  since: 1,
  count: 1,
  what: `It is ${kind}.`,
  advice: 'Repair it.',
  links: [],
})
const news = (more = {}) => ({ opened: [], still_open: [], closed: [], ...more })

test('quiet hours end at their time in their zone, over midnight and over summer time', () => {
  const berlin = { from: '22:00', to: '07:00', timezone: 'Europe/Berlin' }
  assert.equal(quietUntil(berlin, at('2026-01-10T20:59:00Z')), undefined)
  assert.equal(quietUntil(berlin, at('2026-01-10T21:00:00Z')), at('2026-01-11T06:00:00Z'))
  assert.equal(quietUntil(berlin, at('2026-07-10T20:00:30Z')), at('2026-07-11T05:00:00Z'))
  assert.equal(quietUntil(berlin, at('2026-07-11T05:00:00Z')), undefined)
  const noon = { from: '12:00', to: '13:00', timezone: 'UTC' }
  assert.equal(quietUntil(noon, at('2026-07-11T12:30:00Z')), at('2026-07-11T13:00:00Z'))
  assert.equal(quietUntil(noon, at('2026-07-11T13:00:00Z')), undefined)
  assert.equal(quietUntil({ ...noon, to: '12:00' }, at('2026-07-11T12:00:00Z')), undefined, 'no hours at all')
  assert.equal(quietUntil(null, 0), undefined)
})

test('what is critical passes quiet hours, unless its alarm says that it waits', () => {
  const settings = (critical?: boolean) => ({
    ...({ minSeverity: 'warning', reminderMinutes: 1 } as const),
    quietHours: { from: '22:00', to: '07:00', timezone: 'UTC', critical },
  })
  const bad = news({ opened: [incident('dead_events'), incident('store_full', 'critical')] })
  for (const [critical, passes] of [
    [undefined, true],
    [true, true],
    [false, false],
  ] as const) {
    assert.equal(passesQuiet(settings(critical), bad), passes)
    assert.equal(passesQuiet(settings(critical), news({ still_open: [incident('store_full', 'critical')] })), passes)
  }
  assert.equal(passesQuiet(settings(), news({ opened: [incident('dead_events')] })), false)
  assert.equal(
    passesQuiet(settings(), news({ closed: [incident('store_full', 'critical')] })),
    false,
    'its end can wait',
  )
})

test('an alarm hears of its severities and worse ones', () => {
  const settings = { minSeverity: 'warning', reminderMinutes: 1, quietHours: null } as const
  assert.deepEqual(
    (['critical', 'warning', 'info'] as const).map((one) => isMeant(settings, one)),
    [true, true, false],
  )
})

test('several incidents are one notification, in the form of each target', () => {
  const all = addNews(news({ opened: [incident('dead_events')] }), news({ closed: [incident('clock_skew')] }))
  assert.equal(titleOf(all), 'Postern: dead_events and 1 more')
  assert.deepEqual(linesOf(all), [
    'OPENED warning (channel 1): It is dead_events. Repair it.',
    'CLOSED warning (channel 1): It is clock_skew.',
  ])
  const json = JSON.parse(bodyFor('url', 'ald_1', all, 5_000)) as Record<string, unknown>
  assert.deepEqual([json.type, json.id, json.at, (json.opened as []).length], ['alarm', 'ald_1', 5, 1])
  assert.match(
    (JSON.parse(bodyFor('slack', 'x', all, 0)) as { text: string }).text,
    /^\*Postern: dead_events and 1 more\*\n/,
  )
  assert.match(bodyFor('teams', 'x', all, 0), /AdaptiveCard/)
  const many = news({ opened: Array.from({ length: 40 }, () => incident('dead_events')) })
  assert.equal(linesOf(many).at(-1), 'OPENED: 10 more')
})
