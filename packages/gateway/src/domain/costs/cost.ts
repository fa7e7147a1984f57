import { countryOf } from '../contacts/country.ts'

/**
 * What one message adds to the sums: WhatsApp's category and type of its price, the country of its recipient, and the
 * day (of UTC, counted from 1970-01-01).
 */
export type Cost = { day: number; country: string; category: string; type: string }

/** The parts of a stored message that tell its cost. */
export type Priced = {
  direction: 'in' | 'out'
  status: string
  recipient: string | null
  /** Meta's pricing object, as JSON. */
  pricing: string | null
  sentAt: number | null
  deliveredAt: number | null
  readAt: number | null
  playedAt: number | null
}

export const DAY_MS = 24 * 60 * 60 * 1000
export const dayOf = (at: number): number => Math.floor(at / DAY_MS)

/**
 * The cost of a message by what is known of it now, so that it does not matter which of its statuses has the price, nor
 * in which order they come. WhatsApp charges deliveries: a failed message costs nothing, and a delivered one counts on
 * the day of its delivery.
 */
export function costOf(message: Priced): Cost | undefined {
  if (message.pricing === null || message.direction !== 'out' || message.status === 'failed') return undefined
  const at = message.deliveredAt ?? message.readAt ?? message.playedAt ?? message.sentAt
  const price = priceOf(message.pricing)
  return at === null || !price ? undefined : { day: dayOf(at), country: countryOf(message.recipient ?? ''), ...price }
}

export type Price = { category: string; type: string }

/** Nearly all statuses have one of a few texts. */
const known = new Map<string, Price | undefined>()
const MOST_KNOWN = 200

export function priceOf(pricing: string): Price | undefined {
  if (known.has(pricing)) return known.get(pricing)
  const price = readPrice(pricing)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(pricing, price)
  return price
}

function readPrice(pricing: string): Price | undefined {
  const { category, type, billable } = JSON.parse(pricing) as Record<string, unknown>
  if (category === undefined && type === undefined) return undefined
  // `billable` will be removed, and older prices have no type.
  const instead = billable === true ? 'regular' : 'other'
  return {
    category: wordOf(category, 'other').replace(/_international$/, '-international'),
    type: wordOf(type, instead),
  }
}

/** A word of Meta's own lists. New words come without notice, and a hostile one must not fill the store. */
const wordOf = (value: unknown, instead: string): string =>
  typeof value === 'string' && /^[a-z][a-z_-]{0,39}$/i.test(value) ? value.toLowerCase() : instead
