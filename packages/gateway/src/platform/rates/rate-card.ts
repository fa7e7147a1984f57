/**
 * The prices of WhatsApp's messages, as the operator supplies them: by market, category, volume tier and the day from
 * which they are valid. Plain data, so that it may be sent to another thread. Days are counted from 1970-01-01.
 */
export type RateCard = {
  currency: string
  /** The first day of the newest prices. */
  newestFrom: number
  /** The markets of each country, the newest first. */
  markets: ReadonlyMap<string, readonly { from: number; market: string }[]>
  /** The prices of each market and category (`rateKey`), the newest first. */
  rates: ReadonlyMap<string, readonly Edition[]>
}

/** The prices that are valid from one day on: the tiers, the lowest first. */
export type Edition = { from: number; tiers: readonly Tier[] }

/** The price of each message from number `first` of the month to number `last`, in millionths of the currency. */
export type Tier = { first: number; last: number; micros: number }

/** WhatsApp's categories with a price, by the names of statuses and of its reports. */
export const RATED_CATEGORIES = [
  'marketing',
  'marketing_lite',
  'utility',
  'authentication',
  'authentication-international',
  'service',
  'group_marketing',
  'group_marketing_lite',
  'group_utility',
  'group_service',
  'marketing_lite_dynamic',
  'ai_bot',
] as const

export const rateKey = (market: string, category: string): string => `${market}\n${category}`

/** WhatsApp publishes new prices each quarter. Older ones are probably not valid any more. */
export const OLD_AFTER_DAYS = 100

/** A warning about prices that are too old, or undefined. */
export function oldRates(card: RateCard, today: number): string | undefined {
  const age = today - card.newestFrom
  if (age <= OLD_AFTER_DAYS) return undefined
  return `The newest prices in RATE_CARD_FILE are valid from ${dateOf(card.newestFrom)}: they are ${age} days old, more than ${OLD_AFTER_DAYS}. Get the present rate card from WhatsApp’s pricing page, add its prices to the file, and start the gateway again.`
}

const DAY_MS = 24 * 60 * 60 * 1000

/** A day as YYYY-MM-DD. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** The day of a date as YYYY-MM-DD, or undefined when there is no such date. */
export function dayOfDate(date: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined
  const at = Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date ? undefined : Math.round(at / DAY_MS)
}
