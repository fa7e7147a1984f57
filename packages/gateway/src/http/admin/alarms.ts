import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import {
  type Alarm,
  ALARM_TYPES,
  alarmSettings,
  type AlarmTarget,
  createAlarm,
  patchAlarm,
} from '../../domain/alarms/alarm.ts'
import type { TellAlarm } from '../../flows/alarms/tell.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { newId, newSecret } from '../../platform/ids.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import type { Vault } from '../../platform/secrets.ts'
import { allAlarms, attempted, changeAlarm, insertAlarm, MOST_ALARMS, removeAlarm } from '../../store/alarms.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'

const alarmShape = z
  .object({
    alarm_id: z.string(),
    type: z.enum(ALARM_TYPES),
    name: z.string(),
    target: z.string().describe('Host or receivers. Addresses of webhooks are secrets, and are not shown.'),
    ...alarmSettings,
    last_told_at: z.int().nullable().describe('Unix seconds: the newest attempt.'),
    last_problem: z.string().nullable().describe('Why the newest attempt failed. null: it was taken.'),
  })
  .meta({ id: 'Alarm' })

const shownAlarm = ({ id, name, target, shown, settings, lastAt, lastProblem }: Alarm): z.infer<typeof alarmShape> => ({
  alarm_id: id,
  type: target.type,
  name,
  target: shown,
  min_severity: settings.minSeverity,
  reminder_minutes: settings.reminderMinutes,
  quiet_hours: settings.quietHours && { ...settings.quietHours, critical: settings.quietHours.critical !== false },
  last_told_at: lastAt === null ? null : Math.floor(lastAt / 1000),
  last_problem: lastProblem,
})

/** Whom to wake: targets of notifications about incidents. Long: a table of routes. */
export function alarmRoutes(deps: {
  store: Store
  vault: Vault
  clock: Clock
  outbound: Outbound
  tell: TellAlarm
}): Route[] {
  const { store, vault, clock, outbound, tell } = deps

  async function mustFind(id: string): Promise<Alarm> {
    const alarm = (await allAlarms(store.sql, vault)).find((one) => one.id === id)
    if (!alarm) throw new GatewayError('resource_not_found', { what: 'alarm', id: id.slice(0, 40) })
    return alarm
  }

  /** What a body says of its target. Throws when something is missing, or must not be reached. */
  function targetOf(body: z.infer<typeof createAlarm>): { target: AlarmTarget; shown: string } {
    const { type, url, smtp_url: smtpUrl, from, to } = body
    const fail = (path: string, message: string) => validationError([{ path, message, rule: 'format' }])
    if (type === 'email') {
      if (smtpUrl === undefined) throw fail('smtp_url', 'is required')
      if (from === undefined) throw fail('from', 'is required')
      if (to === undefined) throw fail('to', 'is required')
      if (!URL.canParse(smtpUrl) || new URL(smtpUrl).hostname === '') throw fail('smtp_url', 'is not valid')
      const refused = outbound.refusalOf(new URL(smtpUrl).hostname)
      if (refused) throw fail('smtp_url', refused.message)
      return { target: { type, smtpUrl, from, to }, shown: `${to.join(', ')} by ${new URL(smtpUrl).hostname}` }
    }
    if (url === undefined) throw fail('url', 'is required')
    const checked = outbound.checkUrl(url)
    if (!checked.ok) throw fail('url', checked.message)
    const shown = checked.url.host
    if (type !== 'url') return { target: { type, url }, shown }
    const secret = `whsec_${Buffer.from(newSecret('', 24), 'base64url').toString('base64')}`
    return { target: { type, url, secret }, shown }
  }

  return [
    route({
      method: 'POST',
      path: '/admin/alarms',
      tag: 'overview',
      summary: 'Tell a URL, Slack, Teams or a mailbox of incidents',
      description:
        'Incidents that open, stay open (`reminder_minutes`) and close are told, several together. A URL gets JSON that is signed as callbacks are; the secret is shown once.',
      auth: 'admin',
      right: 'operate',
      created: true,
      body: createAlarm,
      data: z.object({ alarm_id: z.string(), secret: z.string().optional().describe('For url. It is shown once.') }),
      fails: ['validation_failed', 'conflict'],
      async handle({ body }) {
        const { target, shown } = targetOf(body)
        if ((await allAlarms(store.sql, vault)).length >= MOST_ALARMS)
          throw new GatewayError('conflict', { problem: `There are at most ${MOST_ALARMS} alarms: remove one first.` })
        const now = clock.now()
        const alarm: Alarm = {
          id: newId('alm', now),
          name: body.name ?? shown.slice(0, 100),
          target,
          shown,
          settings: {
            minSeverity: body.min_severity,
            reminderMinutes: body.reminder_minutes,
            quietHours: body.quiet_hours,
          },
          toldAt: 0,
          lastAt: null,
          lastProblem: null,
        }
        await insertAlarm(store.sql, vault, alarm, now)
        return { alarm_id: alarm.id, ...(target.type === 'url' && { secret: target.secret }) }
      },
    }),
    route({
      method: 'GET',
      path: '/admin/alarms',
      tag: 'overview',
      summary: 'All alarms, without their secrets',
      description: 'Where incidents are told: URLs, Slack, Teams and mailboxes, with the last result of each.',
      auth: 'admin',
      right: 'read',
      data: z.array(alarmShape),
      handle: async () => (await allAlarms(store.sql, vault)).map(shownAlarm),
    }),
    route({
      method: 'PATCH',
      path: '/admin/alarms/{id}',
      tag: 'overview',
      summary: 'Change an alarm',
      description: 'Only the keys that the body has are changed.',
      auth: 'admin',
      right: 'operate',
      body: patchAlarm,
      data: alarmShape,
      fails: ['resource_not_found', 'validation_failed'],
      async handle({ params, body }) {
        const was = await mustFind(params.id!)
        const { settings } = was
        const alarm: Alarm = {
          ...was,
          name: body.name ?? was.name,
          settings: {
            minSeverity: body.min_severity ?? settings.minSeverity,
            reminderMinutes: body.reminder_minutes ?? settings.reminderMinutes,
            quietHours: body.quiet_hours === undefined ? settings.quietHours : body.quiet_hours,
          },
        }
        await changeAlarm(store.sql, alarm)
        return shownAlarm(alarm)
      },
    }),
    route({
      method: 'DELETE',
      path: '/admin/alarms/{id}',
      tag: 'overview',
      summary: 'Remove an alarm',
      description: 'What it has not told yet is dropped.',
      auth: 'admin',
      right: 'operate',
      data: z.object({ alarm_id: z.string() }),
      fails: ['resource_not_found'],
      async handle({ params }) {
        const { id } = await mustFind(params.id!)
        await removeAlarm(store.sql, id)
        return { alarm_id: id }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/alarms/{id}/test',
      tag: 'overview',
      summary: 'Send a test notification now',
      description:
        'Outside of the queue and of quiet hours. The answer says what the target answered; it is kept as the newest attempt.',
      auth: 'admin',
      right: 'operate',
      data: z.object({ delivered: z.boolean(), answer: z.string().describe('What came back, in a few words.') }),
      fails: ['resource_not_found'],
      async handle({ params }) {
        const alarm = await mustFind(params.id!)
        const told = await tell(alarm, newId('ald', clock.now()), { opened: [], still_open: [], closed: [] })
        await store.sql.atomically([attempted(alarm.id, clock.now(), told.delivered ? null : told.answer)])
        return told
      },
    }),
  ]
}
