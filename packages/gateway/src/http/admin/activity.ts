import { z } from 'zod'
import { ERROR_CODES } from '@postern/cloud-api'
import type { Clock } from '@postern/runtime/clock'
import { matching } from '../../domain/fields/schema.ts'
import { validationError } from '../../platform/errors.ts'
import { activityOf, failuresIn, noActivity, type Activity } from '../../store/activity.ts'
import type { Directory } from '../../store/directory.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'

const HOUR_MS = 3_600_000
/** For this long after an hour ended, many of its messages are still on their way, so it is counted each time. */
const UNSETTLED_MS = 2 * HOUR_MS
/**
 * Afterwards a count is used for this part of its age: five minutes at first, an hour after a day, a day after 24 days.
 * Late statuses are late by minutes or hours, never by days, so an older hour changes less. A page that is open all day
 * counts some 140 hours per hour, and not 720 in every request.
 */
const PART_OF_AGE = 24
const MOST_HOURS_KEPT = 24 * 35 * 50
const MOST_HOURS = 720

const moment = matching(/^\d{1,12}$/, 'must be a time in Unix seconds').transform(Number)

const query = z.strictObject({
  hours: matching(/^(?:[1-9]\d{0,2})$/, 'must be a whole number from 1 to 999')
    .transform(Number)
    .default(24)
    .describe('Period in hours, up to now. Default: 24, maximum: 720.'),
  from: moment
    .optional()
    .describe('Begin of another period, in Unix seconds: the hour that it is in. `hours` is ignored then.'),
  to: moment
    .optional()
    .describe(
      'Its end, in Unix seconds: the end of the hour that it is in. Default: now. At most 720 hours after `from`.',
    ),
  channel_id: matching(/^\d{1,15}$/, 'must be the id of a channel')
    .transform(Number)
    .optional(),
})

const counts = {
  received: z.int(),
  sent: z.int().describe('Accepted by WhatsApp, whatever came after.'),
  delivered: z.int().describe('Delivered or read.'),
  read: z.int(),
  failed: z.int().describe('Refused by WhatsApp, or failed afterwards.'),
  refused: z.int().describe('Those of `failed` that WhatsApp did not accept: they are not in `sent`.'),
}

/**
 * Counts of the last hours and days, from the messages themselves. The older an hour is, the less often it is counted
 * again.
 */
export function activityRoutes(deps: { store: Store; directory: Directory; clock: Clock }): Route[] {
  const { store, directory, clock } = deps
  const counted = new Map<string, { activity: Activity; goodUntil: number }>()

  async function hourOf(channelId: number, from: number): Promise<Activity> {
    const key = `${channelId} ${from}`
    const known = counted.get(key)
    const now = clock.now()
    if (known && now < known.goodUntil) return known.activity
    const activity = await activityOf(store.sql, channelId, from, from + HOUR_MS)
    const age = now - from - HOUR_MS
    if (age > UNSETTLED_MS) {
      if (counted.size >= MOST_HOURS_KEPT) counted.clear()
      counted.set(key, { activity, goodUntil: now + age / PART_OF_AGE })
    }
    return activity
  }

  return [
    route({
      method: 'GET',
      path: '/admin/stats/activity',
      tag: 'overview',
      summary: 'Messages by hour, failures by code, and the rate limit of each number',
      description:
        'Of the last hours, or of the hours from `from` to `to`. The console’s overview shows these figures.',
      auth: 'admin',
      right: 'read',
      query,
      fails: ['validation_failed'],
      data: z.object({
        from: z.int().describe('Begin of the period, in Unix seconds.'),
        to: z.int().describe('Its end: messages of this second and later are not counted.'),
        hours: z.array(z.object({ from: z.int().describe('Unix seconds.'), ...counts })),
        total: z.object(counts),
        failures: z.array(
          z.object({
            code: z.int().nullable(),
            title: z.string(),
            count: z.int(),
            advice: z.string().nullable(),
          }),
        ),
        pace: z.array(
          z.object({
            channel_id: z.int(),
            sent_last_minute: z.int(),
            messages_per_second: z.int(),
          }),
        ),
      }),
      async handle({ query: { channel_id, ...asked } }) {
        const now = clock.now()
        const channels = directory.channels().filter((one) => channel_id === undefined || one.id === channel_id)
        const { first, end } = periodOf(asked, now)
        const hours: ({ from: number } & Activity)[] = []
        const total = noActivity()
        for (let from = first; from < end; from += HOUR_MS) {
          const hour = noActivity()
          for (const channel of channels) add(hour, await hourOf(channel.id, from))
          add(total, hour)
          hours.push({ from: from / 1000, ...hour })
        }
        const byCode = new Map<string, { code: number | null; title: string; count: number; advice: string | null }>()
        for (const channel of channels) {
          for (const text of await failuresIn(store.sql, channel.id, first, end)) countFailure(byCode, text)
        }
        const pace = []
        for (const channel of channels) {
          const { sent } = await activityOf(store.sql, channel.id, now - 60_000, now + 1000)
          pace.push({
            channel_id: channel.id,
            sent_last_minute: sent,
            messages_per_second: channel.messagesPerSecond,
          })
        }
        const failures = [...byCode.values()].sort((a, b) => b.count - a.count).slice(0, 20)
        return { from: first / 1000, to: end / 1000, hours, total, failures, pace }
      },
    }),
  ]
}

/** Whole hours, in epoch milliseconds. */
function periodOf(
  { hours, from, to }: { hours: number; from?: number | undefined; to?: number | undefined },
  now: number,
): { first: number; end: number } {
  const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS
  const thisEnd = hourOf(now) + HOUR_MS
  if (from === undefined) {
    if (to !== undefined) throw invalid('is missing: `to` is the end of a period that begins with it')
    return { first: thisEnd - Math.min(hours, MOST_HOURS) * HOUR_MS, end: thisEnd }
  }
  const first = hourOf(from * 1000)
  // The future has no messages: hours of it are not counted one by one.
  const end = Math.min(to === undefined ? thisEnd : hourOf(to * 1000 + HOUR_MS - 1), thisEnd)
  if (end <= first || (to !== undefined && from >= to)) throw invalid('must be before `to`, and not in the future')
  if (end - first > MOST_HOURS * HOUR_MS) throw invalid(`must be at most ${MOST_HOURS} hours before \`to\``)
  return { first, end }
}

const invalid = (message: string) => validationError([{ path: 'from', rule: 'range', message }])

function add(to: Activity, more: Activity): void {
  for (const key of Object.keys(to) as (keyof Activity)[]) to[key] += more[key]
}

function countFailure(
  byCode: Map<string, { code: number | null; title: string; count: number; advice: string | null }>,
  text: string,
): void {
  let error: { code?: unknown; title?: unknown } = {}
  try {
    error = (JSON.parse(text) ?? {}) as typeof error
  } catch {
    // An error that is not JSON is counted without its code.
  }
  const code = typeof error.code === 'number' ? error.code : null
  const title = typeof error.title === 'string' ? error.title : 'No error was given'
  const key = code === null ? title : String(code)
  const known = byCode.get(key)
  if (known) known.count++
  else byCode.set(key, { code, title, count: 1, advice: (code !== null && ERROR_CODES[code]?.advice) || null })
}
