/*
 * The clocks of a country, and local times on them. Time zones and their changes of summer time come from the data inside
 * Node (ICU and CLDR), so an update of Node brings new rules.
 */

export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

/** What a clock shows, less UTC. The rules of the world leave weeks between two changes, so a look ahead sees one. */
export type Clock = { offset: number; changesAt: number; offsetAfter: number }

/** Countries that CLDR lists no zone for. */
const NOT_IN_CLDR: Record<string, string[]> = { AC: ['Atlantic/St_Helena'], XK: ['Europe/Belgrade'] }

/** The tests in a browser are checked without the newest library, and import this file as a part of the gateway. */
type WithTimeZones = Intl.Locale & { getTimeZones(): string[] | undefined }

/**
 * The zones of a country. A number does not tell where in the country a person is, and area codes of mobile numbers say
 * nothing in many countries, so a country with several zones has all of them. Empty for what is no country.
 */
export function timeZonesOf(country: string): readonly string[] {
  const locale = /^[A-Z]{2}$/.test(country) ? new Intl.Locale(`und-${country}`) : undefined
  const listed = (locale as WithTimeZones | undefined)?.getTimeZones()
  return listed?.length ? listed : (NOT_IN_CLDR[country] ?? [])
}

/** How far `clocksOf` looks: enough for a week of days that each begin before and end after it. */
export const CLOCKS_AHEAD_DAYS = 12
const CLOCKS_BACK_DAYS = 2

/** The clocks of a country from two days before `now` to twelve days after it; zones with the same clock are one. */
export function clocksOf(country: string, now: number): readonly Clock[] {
  const day = Math.floor(now / DAY_MS)
  const kept = CLOCKS.get(country)
  if (kept?.day === day) return kept.clocks
  const [from, to] = [(day - CLOCKS_BACK_DAYS) * DAY_MS, (day + 1 + CLOCKS_AHEAD_DAYS) * DAY_MS]
  const clocks = new Map<string, Clock>()
  for (const zone of timeZonesOf(country)) {
    const clock = readClock(zone, from, to)
    clocks.set(Object.values(clock).join(), clock)
  }
  const found = [...clocks.values()]
  CLOCKS.set(country, { day, clocks: found })
  return found
}

/** Of the last day that was asked for: at most one entry for each country. */
const CLOCKS = new Map<string, { day: number; clocks: readonly Clock[] }>()

/** What the wall clock shows at an instant: the milliseconds at which UTC shows the same. */
export const wallTime = ({ offset, changesAt, offsetAfter }: Clock, instant: number): number =>
  instant + (instant < changesAt ? offset : offsetAfter)

/**
 * The first and the last instant at which the clock shows a time. They differ when summer time ends and the hour comes
 * twice. An hour that the beginning of summer time skips is the instant of the change.
 */
export function instantsOf({ offset, changesAt, offsetAfter }: Clock, wall: number): { first: number; last: number } {
  const [before, after] = [wall - offset, wall - offsetAfter]
  if (before < changesAt) return { first: before, last: after >= changesAt ? after : before }
  const instant = Math.max(after, changesAt)
  return { first: instant, last: instant }
}

function readClock(zone: string, from: number, to: number): Clock {
  const offsetAt = offsetsOf(zone)
  const [offset, offsetAfter] = [offsetAt(from), offsetAt(to)]
  if (offset === offsetAfter) return { offset, changesAt: Infinity, offsetAfter }
  let [before, after] = [from, to]
  while (after - before > MINUTE_MS) {
    const middle = Math.floor((before + after) / 2 / MINUTE_MS) * MINUTE_MS
    if (offsetAt(middle) === offset) before = middle
    else after = middle
  }
  return { offset, changesAt: after, offsetAfter }
}

/** A formatter takes 50 KB, so it lives for one reading of the clock only. */
function offsetsOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    ...{ calendar: 'iso8601', hourCycle: 'h23', timeZone: zone },
  })
  return (instant) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value)
    const shown = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second)
    return shown - Math.floor(instant / 1000) * 1000
  }
}
