import { useMemo } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'

const formatsOf = (locale: string) => {
  const time = { hour: '2-digit', minute: '2-digit' } as const
  const day = { month: 'short', day: 'numeric' } as const
  return {
    short: new Intl.DateTimeFormat(locale, { ...day, ...time }),
    day: new Intl.DateTimeFormat(locale, day),
    month: new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
    date: new Intl.DateTimeFormat(locale, { ...day, weekday: 'short', year: 'numeric' }),
    clock: new Intl.DateTimeFormat(locale, time),
    row: new Intl.DateTimeFormat(locale, { ...day, ...time, second: '2-digit' }),
    second: new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }),
    full: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' }),
    number: new Intl.NumberFormat(locale),
    zone: new Intl.DateTimeFormat(locale, { timeZoneName: 'shortOffset' })
      .formatToParts()
      .find(({ type }) => type === 'timeZoneName')?.value,
  }
}

// Making one takes longer than drawing a row of a list, and each row has a time.
const kept = new Map<string, ReturnType<typeof formatsOf>>()

function formats(locale: string): ReturnType<typeof formatsOf> {
  const known = kept.get(locale) ?? formatsOf(locale)
  kept.set(locale, known)
  return known
}

/** Formats a time (Unix seconds) in the reader's language. */
export function useTimes() {
  const { locale, t } = useWords()
  return useMemo(() => {
    const { zone, number, ...times } = formats(locale)
    return {
      /** The reader's time zone, such as GMT+1. */
      zone: zone ?? '',
      short: (at: number): string => times.short.format(at * 1000),
      day: (at: number): string => times.day.format(at * 1000),
      /** A month, by its first day in UTC. */
      month: (at: number): string => times.month.format(at * 1000),
      /** A day with its weekday and year. */
      date: (at: number): string => times.date.format(at * 1000),
      clock: (at: number): string => times.clock.format(at * 1000),
      /** For rows of lists: to the second. */
      row: (at: number): string => times.row.format(at * 1000),
      /** Time of day with seconds. */
      second: (at: number): string => times.second.format(at * 1000),
      /** With seconds and the time zone. */
      full: (at: number): string => times.full.format(at * 1000),
      number: (value: number): string => number.format(value),
      /** A duration in seconds, as its two largest units. */
      span(seconds: number): string {
        const s = Math.max(0, Math.round(seconds))
        if (s < 60) return t('{n} s', { n: s })
        if (s < 3600) return t('{m} min {s} s', { m: Math.floor(s / 60), s: s % 60 })
        if (s < 86_400) return t('{h} h {m} min', { h: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) })
        return t('{d} d {h} h', { d: Math.floor(s / 86_400), h: Math.floor((s % 86_400) / 3600) })
      },
    }
  }, [locale, t])
}
