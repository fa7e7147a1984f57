import { dayOf } from '../costs/cost.ts'
import { addAmounts, ASKED, toCents, type Amount, type BilledSum } from '../costs/report.ts'
import type { RateCard } from '../../platform/rates/rate-card.ts'
import { FREE_SERVICE_MESSAGES, type LateVerdict, limitOf, withFreeTier, type Tally, type Terms } from './report.ts'

/** What the number is, beside the rows. */
export type NumberFacts = {
  messagesPerSecond: number
  /** WhatsApp's word or number. */
  messagingLimit: unknown
  /** Free service messages of the month so far. */
  freeServiceUsed: number
}

export type PriceFacts = {
  card: RateCard
  /** The billed messages of the month of `at` so far, of the whole account: volume tiers count them. */
  billed: readonly BilledSum[]
  wabaId: string
  /** A warning about old prices. */
  warning: string | null
}

export type Cost = { currency: string; amount: string; amount_micros: number; unpriced: number; warning: string | null }

const LATE: ReadonlySet<string> = new Set<LateVerdict>(['opted_out', 'marketing_limited', 'window_closed'])

export type Report = ReturnType<typeof finishedReport>

/** The report of a check, as the API shows it. Times in Unix seconds. */
export function finishedReport(
  tally: Tally,
  {
    terms,
    skipBad,
    isFile,
    facts,
    prices,
    now,
  }: {
    terms: Terms
    skipBad: boolean
    /** Rows of a file that are bad are left out; bad recipients who came inline fail. */
    isFile: boolean
    facts: NumberFacts
    prices: PriceFacts | undefined
    now: number
  },
) {
  const { at } = terms
  const of = (reason: keyof Tally['reasons']): number => tally.reasons[reason]?.rows ?? 0
  const late = Object.entries(tally.reasons)
    .flatMap(([reason, known]) =>
      LATE.has(reason) || (!isFile && reason !== 'duplicate') ? [[reason, known.rows] as const] : [],
    )
    .sort(([, a], [, b]) => b - a)
  const failed = late.reduce((sum, [, rows]) => sum + rows, 0)
  const left = Math.max(0, FREE_SERVICE_MESSAGES - facts.freeServiceUsed)
  const categories = withFreeTier(tally.categories, at, left)
  const limit = limitOf(facts.messagingLimit)
  const isRefused = tally.bad > 0 && !skipBad
  const nobody = tally.sendable === 0
  return {
    ok: !isRefused && !nobody,
    problem: isRefused
      ? `${tally.bad} of ${tally.rows} rows cannot be sent. Correct them and upload the file again, or set skip_bad to true to leave them out.`
      : nobody
        ? 'No row can be sent.'
        : null,
    checked_at: Math.floor(now / 1000),
    starts_at: Math.floor(at / 1000),
    rows: tally.rows,
    forecast: {
      total: tally.entered + (isFile ? 0 : tally.bad),
      accepted: tally.sendable,
      failed,
      failed_by_reason: Object.fromEntries(late),
      duplicates: of('duplicate'),
      skipped: isFile && skipBad ? tally.bad : 0,
    },
    bad: { rows: tally.bad, first: tally.firstBad },
    reasons: Object.entries(tally.reasons)
      .map(([reason, known]) => ({ reason, rows: known.rows, message: known.message }))
      .sort((a, b) => b.rows - a.rows),
    opted_out: of('opted_out'),
    duplicates: of('duplicate'),
    preview: tally.preview.map(({ own: _own, ...shown }) => shown),
    templates: tally.templates,
    pace: {
      messages_per_second: facts.messagesPerSecond,
      seconds: Math.ceil(tally.sendable / facts.messagesPerSecond),
    },
    quiet_hours: {
      held: tally.quiet.held,
      first_until: seconds(tally.quiet.firstUntil),
      last_until: seconds(tally.quiet.lastUntil),
    },
    messaging_limit: limit === undefined ? null : { limit, people: tally.unasked, exceeded: tally.unasked > limit },
    categories: summed(categories, (one) => `${one.category}\n${one.type}`).map(({ category, type, messages }) => ({
      category,
      type,
      messages,
    })),
    countries: summed(categories, (one) => one.country)
      .map(({ country, messages }) => ({ country, messages }))
      .sort((a, b) => b.messages - a.messages),
    cost: prices ? costOf(categories, at, prices) : null,
  }
}

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.floor(ms / 1000))

function summed(categories: Tally['categories'], keyOf: (one: Tally['categories'][number]) => string) {
  const sums = new Map<string, Tally['categories'][number]>()
  for (const one of categories) {
    const sum = sums.get(keyOf(one))
    if (sum) sum.messages += one.messages
    else sums.set(keyOf(one), { ...one })
  }
  return [...sums.values()]
}

/** The cost of the broadcast's own messages, which come after those of the month in the volume tiers. */
function costOf(categories: Tally['categories'], at: number, { card, billed, wabaId, warning }: PriceFacts): Cost {
  const day = dayOf(at)
  const own = categories.flatMap(({ category, type, country, messages }): BilledSum[] =>
    type === 'regular' ? [{ wabaId, place: ASKED, day, country, category, messages }] : [],
  )
  const before = billed.map((sum) => ({ ...sum, wabaId, place: 0, day: Math.min(sum.day, day) }))
  const amounts = new Map<string | number, Amount>()
  addAmounts(amounts, [...before, ...own], { card, grouping: 'type', from: day })
  const { micros, unpriced } = amounts.get('regular') ?? { micros: 0n, unpriced: 0 }
  return { currency: card.currency, amount: toCents(micros), amount_micros: Number(micros), unpriced, warning }
}
