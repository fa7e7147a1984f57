import { useWords } from '../../ui/src/i18n.tsx'

/** Formats a time (Unix seconds) in the reader's language. */
export function useTimes() {
  const { locale, t } = useWords()
  const short = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' })
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const row = new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const second = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' })
  const number = new Intl.NumberFormat(locale)
  const zone = new Intl.DateTimeFormat(locale, { timeZoneName: 'shortOffset' })
    .formatToParts()
    .find(({ type }) => type === 'timeZoneName')?.value
  return {
    /** The reader's time zone, such as GMT+1. */
    zone: zone ?? '',
    short: (at: number): string => short.format(at * 1000),
    day: (at: number): string => day.format(at * 1000),
    clock: (at: number): string => clock.format(at * 1000),
    /** For rows of lists: to the second. */
    row: (at: number): string => row.format(at * 1000),
    /** Time of day with seconds. */
    second: (at: number): string => second.format(at * 1000),
    /** With seconds and the time zone. */
    full: (at: number): string => full.format(at * 1000),
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
}
