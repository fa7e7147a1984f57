const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0)
const DAY_MS = 86_400_000
const WEEK_DAYS = 7

/** "Today", "Yesterday", a day of this week, or a date, as WhatsApp writes it between messages. */
export function dayName(at: number, now: number, locale: string): string {
  const days = Math.round((dayOf(now) - dayOf(at)) / DAY_MS)
  if (days === 0 || days === 1) {
    const name = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day')
    return name.slice(0, 1).toLocaleUpperCase(locale) + name.slice(1)
  }
  if (days > 1 && days < WEEK_DAYS) return new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(at)
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }).format(at)
}

/** The time of the newest message in a list of chats: today's clock, "Yesterday", or a short date. */
export function chatTime(at: number, now: number, locale: string): string {
  const days = Math.round((dayOf(now) - dayOf(at)) / DAY_MS)
  if (days === 0) return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at)
  if (days === 1) return dayName(at, now, locale)
  return new Intl.DateTimeFormat(locale, { dateStyle: 'short' }).format(at)
}
