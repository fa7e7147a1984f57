import { z } from 'zod'
import { across, fieldOf, itemsOf, matching } from '../fields/schema.ts'
import { countryOf } from './country.ts'
import { type Clock, clocksOf, DAY_MS, instantsOf, MINUTE_MS, wallTime } from './time-zones.ts'

/*
 * Quiet hours: when nothing of marketing goes to a contact by itself, by the clock of the contact's country.
 *
 * The country comes from the number or the prefix of the business-scoped id. A country with several time zones takes the
 * safe side: it is quiet while any of its zones is quiet. Decides only; who sends waits until the moment it is told.
 */

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

export type QuietHours = {
  /** Local time, `HH:MM`. `to` is the first minute that is not quiet; before `from`, it is of the next day. */
  from: string
  to: string
  /** The days on which quiet hours begin. Without them: every day. */
  days?: readonly Weekday[] | undefined
  /** What is held back: marketing templates (as without it), or all that goes out by itself. */
  for?: 'marketing' | 'all' | undefined
}

const time = (description: string) =>
  matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a local time from 00:00 to 23:59, such as "21:00"', { description })

const leavesTime = across((value, report) => {
  const [from, to, days] = [fieldOf(value, 'from'), fieldOf(value, 'to'), fieldOf(value, 'days')]
  if (typeof from !== 'string' || from !== to) return
  if (days === undefined || new Set(itemsOf(days)).size >= WEEKDAYS.length)
    report(['to'], { rule: 'consistent', says: 'must differ from `from`, or `days` must leave out a day' })
})

export const quietHoursSchema = leavesTime(
  z.strictObject({
    from: time('Local time at which quiet hours begin.'),
    to: time('Local time at which they end; before `from`, it is of the next day. The same as `from`: a whole day.'),
    days: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .max(WEEKDAYS.length)
      .optional()
      .describe('Days on which quiet hours begin. Without it: every day.'),
    for: z
      .enum(['marketing', 'all'])
      .optional()
      .describe('marketing (as without it): marketing templates only. all: everything that goes out by itself.'),
  }),
)

/** Do these quiet hours hold back a message of this category? */
export const holdsBack = (quietHours: QuietHours, isMarketing: boolean): boolean =>
  isMarketing || quietHours.for === 'all'

/**
 * Until when it is quiet at a recipient's, in epoch milliseconds; undefined when it is not quiet at `nowMs`.
 *
 * It is never quiet for a recipient of no known country (a satellite phone, an id of a group): no hour would be right.
 * Where quiet hours leave no moment free, because the zones of a country lie too far apart, the moment at which the
 * fewest zones are quiet counts as free: otherwise the message would wait forever.
 */
export function quietUntil(recipient: string, quietHours: QuietHours, nowMs: number): number | undefined {
  const country = countryOf(recipient)
  const known = ANSWERS.get(quietHours)?.get(country)
  const answer = known && nowMs >= known.since && nowMs < known.before ? known : answerAt(country, quietHours, nowMs)
  if (answer !== known) remember(country, quietHours, answer)
  return answer.isQuiet ? answer.before : undefined
}

/** One answer for a span of time. */
type Answer = { since: number; before: number; isQuiet: boolean }
type Stretch = { start: number; end: number }

/** A broadcast asks for each of a million recipients, and the answer of a country changes some times a day. */
const ANSWERS = new WeakMap<QuietHours, Map<string, Answer>>()

function remember(country: string, quietHours: QuietHours, answer: Answer): void {
  const answers = ANSWERS.get(quietHours) ?? new Map<string, Answer>()
  answers.set(country, answer)
  ANSWERS.set(quietHours, answers)
}

/** A week shows each weekday once; a day more shows the stretch that began last. */
const LOOK_AHEAD_DAYS = 8

function answerAt(country: string, quietHours: QuietHours, now: number): Answer {
  const end = now + LOOK_AHEAD_DAYS * DAY_MS
  const counts = quietZones(
    clocksOf(country, now).map((clock) => stretchesOf(clock, quietHours, now)),
    now,
    end,
  )
  const fewest = Math.min(...counts.map(({ quiet }) => quiet))
  const isQuiet = counts[0]!.quiet > fewest
  const change = counts.find(({ quiet }) => quiet > fewest !== isQuiet)
  return { since: now, before: change?.at ?? end, isQuiet }
}

/** How many zones are quiet from `now` on, at each moment at which the number changes. */
function quietZones(zones: Stretch[][], now: number, end: number): { at: number; quiet: number }[] {
  const changes = new Map<number, number>([[now, 0]])
  for (const stretch of zones.flat()) {
    if (stretch.end <= now || stretch.start >= end) continue
    const start = Math.max(stretch.start, now)
    changes.set(start, (changes.get(start) ?? 0) + 1)
    if (stretch.end < end) changes.set(stretch.end, (changes.get(stretch.end) ?? 0) - 1)
  }
  let quiet = 0
  return [...changes].sort(([a], [b]) => a - b).map(([at, change]) => ({ at, quiet: (quiet += change) }))
}

/** The quiet stretches of one clock from the day before `now` on; stretches that touch or overlap are one. */
function stretchesOf(clock: Clock, { from, to, days }: QuietHours, now: number): Stretch[] {
  const [start, end] = [minutesOf(from), minutesOf(to)]
  const length = (end > start ? end : end + 24 * 60) - start
  const wall = wallTime(clock, now)
  const midnight = Math.floor(wall / DAY_MS) * DAY_MS
  const found: Stretch[] = []
  for (let day = -1; day <= LOOK_AHEAD_DAYS; day++) {
    const begins = midnight + day * DAY_MS
    if (days && !days.includes(weekdayOf(begins))) continue
    // An hour that summer time repeats is quiet both times.
    const wallStart = begins + start * MINUTE_MS
    const stretch = {
      start: instantsOf(clock, wallStart).first,
      end: instantsOf(clock, wallStart + length * MINUTE_MS).last,
    }
    const last = found.at(-1)
    if (last && stretch.start <= last.end) last.end = Math.max(last.end, stretch.end)
    else found.push(stretch)
  }
  return found
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number)
  return hours! * 60 + minutes!
}

/** `wall` is a local midnight, written as UTC. */
const weekdayOf = (wall: number): Weekday => WEEKDAYS[(new Date(wall).getUTCDay() + 6) % 7]!
