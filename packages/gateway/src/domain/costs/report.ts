import { dayOfDate, type RateCard, rateKey, type Tier } from '../../platform/rates/rate-card.ts'
import { type Cost, DAY_MS } from './cost.ts'

export const GROUPINGS = ['day', 'category', 'type', 'country'] as const
export type Grouping = (typeof GROUPINGS)[number]

/**
 * From 1 October 2026 `free_customer_service` is the free tier of service messages. Before, it is any free message in
 * the window.
 */
export const FREE_TIER_FROM = dayOfDate('2026-10-01')!

/** Messages of one group by WhatsApp's type of price. */
export type Counts = {
  messages: number
  billable: number
  free_in_window: number
  free_tier: number
  free_entry_point: number
  other: number
}

/** A kept sum: `key` is the group, `late` tells the days from `FREE_TIER_FROM` on. */
export type CountedSum = { key: string | number; type: string; late: boolean | number; messages: number }

/** A kept sum of billable messages on one day. `place`: before, of, or behind the channels that are asked for. */
export type BilledSum = {
  wabaId: string
  place: number
  day: number
  country: string
  category: string
  messages: number
}

/** The amount of some messages, and how many of them have no price on the card. */
export type Amount = { micros: bigint; unpriced: number }

/** WhatsApp’s type of a message that it charges. */
export const BILLED = 'regular'

const NAMES: Record<string, Exclude<keyof Counts, 'messages' | 'free_tier'>> = {
  regular: 'billable',
  free_entry_point: 'free_entry_point',
  free_customer_service: 'free_in_window',
  free_group_customer_service: 'free_in_window',
}

export function countsOf(sums: readonly CountedSum[]): Map<string | number, Counts> {
  const groups = new Map<string | number, Counts>()
  for (const { key, type, late, messages } of sums) {
    let group = groups.get(key)
    if (!group)
      groups.set(
        key,
        (group = { messages: 0, billable: 0, free_in_window: 0, free_tier: 0, free_entry_point: 0, other: 0 }),
      )
    const name = NAMES[type] ?? 'other'
    group[name === 'free_in_window' && late ? 'free_tier' : name] += messages
    group.messages += messages
  }
  return groups
}

/** The group of a billable message. All of them have the type `regular`. */
function groupOf({ day, country, category }: BilledSum, grouping: Grouping): string | number {
  if (grouping === 'day') return day
  if (grouping === 'country') return country
  return grouping === 'category' ? category : 'regular'
}

/**
 * Adds the amounts of one month to the groups. Every day of the month must be there, and every channel of the accounts:
 * WhatsApp's volume tiers count the month from its first day, over the whole account. `from` is the first day that is
 * asked for.
 */
export function addAmounts(
  amounts: Map<string | number, Amount>,
  month: readonly BilledSum[],
  { card, grouping, from }: { card: RateCard; grouping: Grouping; from: number },
): void {
  const volumes = new Map<string, number>()
  // In one order, so that the amounts of the channels of an account add up to the amount of the account.
  const sums = month.toSorted((a, b) => a.day - b.day || a.place - b.place || (a.country < b.country ? -1 : 1))
  for (const sum of sums) {
    const priced = tiersOf(card, sum)
    const isAsked = sum.place === ASKED && sum.day >= from
    const key = groupOf(sum, grouping)
    const amount = amounts.get(key) ?? { micros: 0n, unpriced: 0 }
    if (isAsked) amounts.set(key, amount)
    if (!priced) {
      if (isAsked) amount.unpriced += sum.messages
      continue
    }
    const counter = `${sum.wabaId}\n${priced.counter}`
    const before = volumes.get(counter) ?? 0
    volumes.set(counter, before + sum.messages)
    if (isAsked) amount.micros += priceOfRun(priced.tiers, before, sum.messages)
  }
}

/** `place` of the sums that are asked for. */
export const ASKED = 1

/** The price of the messages behind the first `before` of a month. */
export function priceOfRun(tiers: readonly Tier[], before: number, messages: number): bigint {
  let micros = 0n
  let done = before
  const end = before + messages
  for (const { last, micros: price } of tiers) {
    const here = Math.min(end, last) - done
    if (here <= 0) continue
    micros += BigInt(here) * BigInt(price)
    done += here
  }
  // Behind the last tier of a card that ends with a number.
  return done < end ? micros + BigInt(end - done) * BigInt(tiers.at(-1)!.micros) : micros
}

/**
 * The categories whose prices serve, the first one that the card has. A service message has the price of a utility
 * message of the market, without volume tiers (Meta's pricing page of September 2026).
 */
const PRICED_AS: Record<string, readonly string[]> = {
  service: ['service', 'utility'],
  group_service: ['group_service', 'service', 'utility'],
  group_utility: ['group_utility', 'utility'],
  group_marketing: ['group_marketing', 'marketing'],
  group_marketing_lite: ['group_marketing_lite', 'marketing_lite', 'marketing'],
  marketing_lite: ['marketing_lite', 'marketing'],
  marketing_lite_dynamic: ['marketing_lite_dynamic', 'marketing_lite', 'marketing'],
}

function tiersOf(
  card: RateCard,
  { country, category, day }: Pick<BilledSum, 'country' | 'category' | 'day'>,
): { tiers: readonly Tier[]; counter: string } | undefined {
  const market = marketOf(card, country, day)
  for (const name of PRICED_AS[category] ?? [category]) {
    const edition = card.rates.get(rateKey(market, name))?.find(({ from }) => from <= day)
    if (!edition) continue
    const isService = name === 'utility' && category.endsWith('service')
    const tiers = isService ? [{ ...edition.tiers[0]!, last: Infinity }] : edition.tiers
    return { tiers, counter: `${market}\n${isService ? 'service' : name}` }
  }
  return undefined
}

/**
 * The price of one message before any volume discount, in millionths; 0 for a free one. Undefined when the card has
 * none.
 */
export function listPrice(card: RateCard, { day, country, category, type }: Cost): number | undefined {
  if (type !== BILLED) return 0
  return tiersOf(card, { day, country, category })?.tiers[0]?.micros
}

/** The market of a country on a day: by the card's list, or a market with the name of the country, or the rest. */
function marketOf(card: RateCard, country: string, day: number): string {
  const listed = card.markets.get(country)?.find(({ from }) => from <= day)
  if (listed) return listed.market
  const hasMarket = [...card.rates.keys()].some((key) => key.startsWith(`${country}\n`))
  return hasMarket ? country : 'Other'
}

/** The first day of a day's month, and of the next month. */
export function monthOf(day: number): { first: number; next: number } {
  const date = new Date(day * DAY_MS)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { first: Date.UTC(year, month, 1) / DAY_MS, next: Date.UTC(year, month + 1, 1) / DAY_MS }
}

/** An amount to the cent: half a cent and more counts as one. */
export function toCents(micros: bigint): string {
  const cents = (micros + 5_000n) / 10_000n
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
}
