/** The periods that the overview offers, in hours. The address holds the chosen one, so Back finds it. */
export const SPANS = { '6h': 6, '24h': 24, '7d': 168, '30d': 720 } as const
export type Span = keyof typeof SPANS

const HOUR = 3600
/** The gateway counts no more at once. */
export const MOST_HOURS = 720

export const spanOf = (text: string | null): Span => (text !== null && text in SPANS ? (text as Span) : '24h')

/** The last hours, or a span of its own: whole hours, in Unix seconds, without its end. */
export type Period = { from: number; to: number } | undefined

/** The chosen span of the address. What cannot be one counts as none, and a span too long loses its beginning. */
export function periodOf(params: URLSearchParams): Period {
  const [from, to] = ['from', 'to'].map((name) => {
    const text = params.get(name) ?? ''
    return /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
  }) as [number, number]
  const [first, end] = [Math.floor(from / HOUR) * HOUR, Math.ceil(to / HOUR) * HOUR]
  if (!(from < to && first < end)) return undefined
  return { from: Math.max(first, end - MOST_HOURS * HOUR), to: end }
}

/** Whether the chart has a point for each day: beyond three days, an hour is a hair. */
export const isByDay = (hours: number): boolean => hours > 72

/** A time (Unix seconds) as a field for date and time has it: in the reader's zone, to the minute. */
export function fieldTime(at: number): string {
  const date = new Date(at * 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The period as the search of the list of messages. One that lasts until now stays open there, too. */
export function listSearch({ from, to }: { from: number; to: number }, period: Period): string {
  const fields = { from: fieldTime(from), ...(period !== undefined && { to: fieldTime(to) }) }
  return new URLSearchParams(fields).toString()
}
