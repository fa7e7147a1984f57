import { dateOf, type RateCard } from '../../platform/rates/rate-card.ts'
import { countryOf } from '../contacts/country.ts'
import { priceOf } from './cost.ts'
import { BILLED, listPrice, toCents } from './report.ts'

/** Priced messages with the same price, day and recipient. */
type Priced = { day: number; pricing: string; recipient: string | null; messages: number }

export type ContactMonth = {
  month: string
  category: string
  messages: number
  billable: number
  free: number
  amount?: string
  amount_micros?: number
  unpriced?: number
}

/** The messages to one contact by month (of UTC) and category, the newest month first. */
export function contactMonths(sums: readonly Priced[], card: RateCard | undefined): ContactMonth[] {
  const groups = new Map<string, ContactMonth & { micros: bigint; missing: number }>()
  for (const { day, pricing, recipient, messages } of sums) {
    const price = priceOf(pricing)
    if (!price) continue
    const month = dateOf(day).slice(0, 7)
    const key = `${month} ${price.category}`
    const group = groups.get(key) ?? {
      ...{ month, category: price.category, messages: 0, billable: 0, free: 0, micros: 0n, missing: 0 },
    }
    groups.set(key, group)
    group.messages += messages
    group[price.type === BILLED ? 'billable' : 'free'] += messages
    const each = card && listPrice(card, { day, country: countryOf(recipient ?? ''), ...price })
    if (each === undefined) group.missing += messages
    else group.micros += BigInt(each) * BigInt(messages)
  }
  return [...groups.values()]
    .sort((a, b) => (a.month === b.month ? (a.category < b.category ? -1 : 1) : a.month < b.month ? 1 : -1))
    .map(({ micros, missing, ...group }) => ({
      ...group,
      ...(card && { amount: toCents(micros), amount_micros: Number(micros), unpriced: missing }),
    }))
}
