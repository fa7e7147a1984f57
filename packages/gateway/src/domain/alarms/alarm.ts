import { z } from 'zod'
import { matching, text } from '../fields/schema.ts'
import { type Severity, SEVERITIES, type ShownIncident } from '../incidents/incident.ts'

export const ALARM_TYPES = ['url', 'slack', 'teams', 'email'] as const
export type AlarmType = (typeof ALARM_TYPES)[number]

/** `from` and `to` are times such as 22:00, in `timezone`. `critical`: what is critical is told meanwhile, too. */
export type QuietHours = { from: string; to: string; timezone: string; critical?: boolean | undefined }

export type AlarmSettings = { minSeverity: Severity; reminderMinutes: number; quietHours: QuietHours | null }

/** Where an alarm goes. Sealed in the store. */
export type AlarmTarget =
  { type: 'url'; url: string; secret: string } | { type: 'slack' | 'teams'; url: string } | EmailTarget
export type EmailTarget = { type: 'email'; smtpUrl: string; from: string; to: string[] }

export type Alarm = {
  id: string
  name: string
  target: AlarmTarget
  /** Of the target, what people may see. */
  shown: string
  settings: AlarmSettings
  /** When it was last told of open incidents. */
  toldAt: number
  lastAt: number | null
  lastProblem: string | null
}

/** What one notification says. Grouped: several incidents that opened or closed together. */
export type AlarmNews = { opened: ShownIncident[]; still_open: ShownIncident[]; closed: ShownIncident[] }

const clockTime = matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as "22:00"')
const isTimezone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
const quietHours = z
  .strictObject({
    from: clockTime,
    to: clockTime,
    timezone: z
      .string()
      .max(64)
      .refine(isTimezone, { error: 'must be the name of a time zone such as "Europe/Berlin"' })
      .default('UTC'),
    critical: z.boolean().default(true).describe('false: critical incidents wait for the end, too.'),
  })
  .describe('Meanwhile only critical incidents are told at once; the others at the end.')

const address = matching(/^[^\s@<>,;]{1,64}@[^\s@<>,;]{1,190}$/, 'must be an e-mail address')
const url = matching(/^https?:\/\/\S{1,2000}$/, 'must be an http or https URL')

export const alarmSettings = {
  min_severity: z.enum(SEVERITIES).describe('The least severity that is told. Default: warning.'),
  reminder_minutes: z
    .int()
    .min(0)
    .max(10_080)
    .describe('How often incidents that stay open are told again; 0: never. Default: 240.'),
  quiet_hours: quietHours.nullable(),
}

export const createAlarm = z.strictObject({
  type: z.enum(ALARM_TYPES).default('url'),
  name: text(1, 100).optional(),
  url: url.optional().describe('For url, slack and teams.'),
  smtp_url: matching(/^smtps?:\/\/\S{1,1000}$/, 'must be a URL such as "smtps://user:password@mail.example:465"')
    .optional()
    .describe('For email.'),
  from: address.optional().describe('For email: the sender.'),
  to: z.array(address).min(1).max(20).optional().describe('For email: the receivers.'),
  min_severity: alarmSettings.min_severity.default('warning'),
  reminder_minutes: alarmSettings.reminder_minutes.default(240),
  quiet_hours: alarmSettings.quiet_hours.default(null),
})

export const patchAlarm = z.strictObject({
  name: text(1, 100).optional(),
  min_severity: alarmSettings.min_severity.optional(),
  reminder_minutes: alarmSettings.reminder_minutes.optional(),
  quiet_hours: alarmSettings.quiet_hours.optional(),
})

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 }
export const isMeant = ({ minSeverity }: AlarmSettings, severity: Severity): boolean =>
  RANK[severity] <= RANK[minSeverity]

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** True for news that go out in quiet hours. Hours that were set before the choice was there let the critical pass. */
export const passesQuiet = ({ quietHours }: AlarmSettings, { opened, still_open: stillOpen }: AlarmNews): boolean =>
  quietHours?.critical !== false && [...opened, ...stillOpen].some(({ severity }) => severity === 'critical')

/** The end of the quiet hours that hold now, in epoch milliseconds; undefined outside of them. */
export function quietUntil(hours: QuietHours | null, now: number): number | undefined {
  if (!hours || hours.from === hours.to) return undefined
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: hours.timezone, hour: '2-digit', minute: '2-digit' })
  const minute = minutesOf(parts.format(now))
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)]
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to
  if (!isQuiet) return undefined
  const left = (to - minute + 1440) % 1440
  return Math.floor(now / 60_000) * 60_000 + left * 60_000
}

/** Adds later news to what was not sent yet. */
export const addNews = (a: AlarmNews, b: AlarmNews): AlarmNews => ({
  opened: [...a.opened, ...b.opened],
  still_open: b.still_open.length > 0 ? b.still_open : a.still_open,
  closed: [...a.closed, ...b.closed],
})

/** Incidents of a notification at the most. More are counted. */
const MOST_TOLD = 30

/** The news as lines of text, without anything personal: incidents have nothing of that kind. */
export function linesOf({ opened, still_open: stillOpen, closed }: AlarmNews): string[] {
  const of = (word: string, all: readonly ShownIncident[]): string[] => [
    ...all.slice(0, MOST_TOLD).map(({ severity, channel_id: channel, what, advice }) => {
      const about = channel === undefined ? '' : ` (channel ${channel})`
      return `${word} ${severity}${about}: ${what}${word === 'CLOSED' ? '' : ` ${advice}`}`
    }),
    ...(all.length > MOST_TOLD ? [`${word}: ${all.length - MOST_TOLD} more`] : []),
  ]
  return [...of('OPENED', opened), ...of('STILL OPEN', stillOpen), ...of('CLOSED', closed)]
}

export function titleOf({ opened, still_open: stillOpen, closed }: AlarmNews): string {
  const [first] = [...opened, ...stillOpen, ...closed]
  const count = opened.length + stillOpen.length + closed.length
  const word = opened.length > 0 ? 'opened' : stillOpen.length > 0 ? 'still open' : 'closed'
  if (!first) return 'Postern: test of an alarm'
  return count === 1 ? `Postern: ${first.kind} ${word}` : `Postern: ${first.kind} and ${count - 1} more`
}

/** The body for an HTTP target. */
export function bodyFor(type: AlarmType, id: string, news: AlarmNews, at: number): string {
  const lines = linesOf(news)
  const title = titleOf(news)
  if (type === 'slack') return JSON.stringify({ text: [`*${title}*`, ...lines].join('\n') })
  if (type === 'teams')
    return JSON.stringify({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              { type: 'TextBlock', text: title, weight: 'Bolder', wrap: true },
              ...lines.map((line) => ({ type: 'TextBlock', text: line, wrap: true })),
            ],
          },
        },
      ],
    })
  return JSON.stringify({ type: 'alarm', id, at: Math.floor(at / 1000), title, ...news })
}
