export const GROUPINGS = ['day', 'category', 'type', 'country'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** `GET /admin/costs`. `amount`: to the cent, in the card's currency; only with a rate card. */
export type CostCounts = {
  messages: number
  billable: number
  free_in_window: number
  free_tier: number
  free_entry_point: number
  other: number
  amount?: string
  amount_micros?: number
  unpriced?: number
}
export type CostGroup = CostCounts & { day?: string; category?: string; type?: string; country?: string }
export type Costs = {
  from: string
  to: string
  group_by: Grouping
  currency: string | null
  warning: string | null
  total: CostCounts
  groups: CostGroup[]
}

const PERIODS = ['month', 'before', 'quarter', 'year'] as const
export type Period = (typeof PERIODS)[number]

export const isPeriod = (text: string | null): text is Period => (PERIODS as readonly (string | null)[]).includes(text)

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

const DAY_MS = 86_400_000

/** First and last day of a period, both included, in days of UTC, which the sums are kept by. */
export function spanOf(period: Period, now: Date): { from: string; to: string } {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  const to = dateOf(now.getTime())
  switch (period) {
    case 'month':
      return { from: dateOf(Date.UTC(year, month, 1)), to }
    case 'before':
      return { from: dateOf(Date.UTC(year, month - 1, 1)), to: dateOf(Date.UTC(year, month, 0)) }
    case 'quarter':
      return { from: dateOf(now.getTime() - 89 * DAY_MS), to }
    case 'year':
      return { from: dateOf(now.getTime() - 364 * DAY_MS), to }
  }
}
