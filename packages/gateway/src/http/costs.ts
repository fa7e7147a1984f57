import { z } from 'zod'
import { dayOf } from '../domain/costs/cost.ts'
import { addAmounts, type Amount, type Counts, countsOf, GROUPINGS, monthOf, toCents } from '../domain/costs/report.ts'
import { validationError } from '../platform/errors.ts'
import { dateOf, dayOfDate, oldRates, type RateCard } from '../platform/rates/rate-card.ts'
import { billedSums, countedSums } from '../store/costs.ts'
import type { Sql } from '../store/sql.ts'

/** Maximum number of days of one answer. */
const MOST_DAYS = 366

const day = z.string().max(40).optional()

export const costsQuery = z.strictObject({
  from: day.describe(
    'First day (of UTC): a date such as 2026-10-01, ISO 8601 with a time, or Unix seconds. Default: the first day of this month.',
  ),
  to: day.describe('Last day, in the same forms; it is included. Default: today.'),
  group_by: z.enum(GROUPINGS).default('day').describe('One group for each day, category, type or country.'),
})

const counts = {
  messages: z.int().describe('All messages whose status had a price.'),
  billable: z.int().describe('Charged messages: WhatsApp’s type regular.'),
  free_in_window: z.int().describe('Free in the 24-hour window, until 30 September 2026.'),
  free_tier: z.int().describe('Free service messages of the month, from 1 October 2026.'),
  free_entry_point: z.int().describe('Free after an ad.'),
  other: z.int().describe('Messages with a type of price that Postern does not know.'),
  amount: z.string().optional().describe('To the cent, in the card’s currency; only with RATE_CARD_FILE.'),
  amount_micros: z.int().optional().describe('The exact amount in millionths.'),
  unpriced: z.int().optional().describe('Billable messages without a price on the card. They are not in the amount.'),
}

export const costsShape = z
  .object({
    from: z.string(),
    to: z.string(),
    group_by: z.enum(GROUPINGS),
    estimate: z.literal(true).describe('WhatsApp’s bill decides. Compare with its pricing_analytics.'),
    currency: z.string().nullable().describe('Null without RATE_CARD_FILE: then there are counts only.'),
    rates_from: z.string().nullable().describe('First day of the newest prices on the card.'),
    warning: z.string().nullable().describe('For instance that the prices are old.'),
    total: z.object(counts),
    groups: z.array(
      z.object({
        day: z.string().optional(),
        category: z.string().optional(),
        type: z.string().optional(),
        country: z.string().optional().describe('Two letters (ISO 3166); XX for a number of an unknown plan.'),
        ...counts,
      }),
    ),
  })
  .meta({ id: 'Costs' })

type Asked = { query: z.infer<typeof costsQuery>; now: number; channelId?: number | undefined }

/** The answer of the routes of costs. */
export async function answerCosts(
  sql: Sql,
  card: RateCard | undefined,
  { query, now, channelId }: Asked,
): Promise<z.infer<typeof costsShape>> {
  const { from, to } = daysOf(query, now)
  const grouping = query.group_by
  const groups = countsOf(await countedSums(sql, { from, to, channelId, grouping }))
  const amounts = new Map<string | number, Amount>()
  if (card) {
    for (let month = monthOf(from); month.first <= to; month = monthOf(month.next)) {
      const days = { from: month.first, to: Math.min(to, month.next - 1) }
      addAmounts(amounts, await billedSums(sql, { ...days, channelId }), { card, grouping, from })
    }
  }
  const shown = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => ({
      [grouping]: grouping === 'day' ? dateOf(key as number) : String(key),
      ...group,
      ...(card && shownAmount(amounts.get(key) ?? { micros: 0n, unpriced: 0 })),
    }))
  return {
    from: dateOf(from),
    to: dateOf(to),
    group_by: grouping,
    estimate: true,
    currency: card?.currency ?? null,
    rates_from: card ? dateOf(card.newestFrom) : null,
    warning: (card && oldRates(card, dayOf(now))) ?? null,
    total: { ...totalOf([...groups.values()]), ...(card && shownAmount(sumOf([...amounts.values()]))) },
    groups: shown,
  }
}

function totalOf(groups: readonly Counts[]): Counts {
  const total: Counts = { messages: 0, billable: 0, free_in_window: 0, free_tier: 0, free_entry_point: 0, other: 0 }
  for (const group of groups) for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += group[name]
  return total
}

function sumOf(amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (sum, { micros, unpriced }) => ({ micros: sum.micros + micros, unpriced: sum.unpriced + unpriced }),
    {
      micros: 0n,
      unpriced: 0,
    },
  )
}

const shownAmount = ({ micros, unpriced }: Amount) => ({
  amount: toCents(micros),
  amount_micros: Number(micros),
  unpriced,
})

/** The days that are asked for. Throws when they are no days, too many, or in the wrong order. */
function daysOf(
  query: { from?: string | undefined; to?: string | undefined },
  now: number,
): { from: number; to: number } {
  const today = dayOf(now)
  const to = query.to === undefined ? today : mustBeDay('to', query.to)
  const from = query.from === undefined ? monthOf(Math.min(to, today)).first : mustBeDay('from', query.from)
  if (from > to)
    throw validationError([
      { path: 'to', rule: 'order', message: `must not be before from, ${dateOf(from)}, got ${dateOf(to)}` },
    ])
  if (to - from >= MOST_DAYS)
    throw validationError([
      {
        ...{ path: 'from', rule: 'maxDays', limit: MOST_DAYS, actual: to - from + 1 },
        message: `at most ${MOST_DAYS} days before to, got ${to - from + 1}: ask for the rest in a second call`,
      },
    ])
  return { from, to }
}

function mustBeDay(path: string, text: string): number {
  const date = dayOfDate(text)
  if (date !== undefined) return date
  const seconds = /^\d{1,11}$/.test(text)
    ? Number(text)
    : /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})?$/.test(text)
      ? Date.parse(text) / 1000
      : Number.NaN
  if (Number.isFinite(seconds) && seconds < 253_402_300_800) return dayOf(seconds * 1000)
  throw validationError([
    {
      ...{ path, rule: 'date', actual: text },
      message: `must be a date such as 2026-10-01, ISO 8601 with a time, or Unix seconds, got "${text.slice(0, 40)}"`,
    },
  ])
}
