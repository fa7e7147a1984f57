/** The periods that the overview offers, in hours. The address holds the chosen one, so Back finds it. */
export const SPANS = { '6h': 6, '24h': 24, '7d': 168, '30d': 720 } as const
export type Span = keyof typeof SPANS

export const spanOf = (text: string | null): Span => (text !== null && text in SPANS ? (text as Span) : '24h')

/** A time (Unix seconds) as a field for date and time has it: in the reader's zone, to the minute. */
export function fieldTime(at: number): string {
  const date = new Date(at * 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}
