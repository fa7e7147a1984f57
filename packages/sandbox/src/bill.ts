import { accountOf, DAY_MS, HOUR_MS, seconds, windowIsOpen, type Cloud } from './cloud.ts'
import { countryOf } from './identifiers.ts'
import type { BusinessNumber, Contact, Message, OutStatus, Pricing } from './world.ts'

/*
 * The price of a message. Meta charges deliveries: what `sent` says is the price by what is known then, and the delivery
 * decides. Months and days are those of UTC; Meta's are those of the account's time zone.
 */

/** From 1 October 2026 Meta charges non-template messages above a free tier, and utility messages in the window. */
const CHARGED_SERVICE_FROM = Date.UTC(2026, 9, 1)
/** From 28 September 2026 a free entry point lasts up to seven days from the business's answer. */
const LONG_ENTRY_FROM = Date.UTC(2026, 8, 28)
const entryMs = (answeredAt: number): number => (answeredAt < LONG_ENTRY_FROM ? 72 * HOUR_MS : 7 * DAY_MS)

/** Sets the price for a status, and counts a delivery in the free tier of the month. */
export function priceOf(
  cloud: Cloud,
  number: BusinessNumber,
  contact: Contact,
  message: Message,
  status: OutStatus,
): void {
  const now = cloud.clock.now()
  const entry = contact.freeEntry[number.id]
  if (status === 'sent' && entry && entry.answeredAt === undefined && now - entry.beganAt < DAY_MS) {
    entry.answeredAt = now
    cloud.world.saveContact(contact)
  }
  const end = entry?.answeredAt === undefined ? undefined : entry.answeredAt + entryMs(entry.answeredAt)
  const category = message.direct?.category ?? message.template?.category.toLowerCase() ?? 'service'
  // A reaction is only ever `sent`.
  const isDelivery = status !== 'sent' || message.type === 'reaction'
  const isFree = end !== undefined && now < end
  message.pricing = isFree
    ? { billable: false, pricing_model: 'PMP', type: 'free_entry_point', category: 'referral_conversion' }
    : pricing(cloud, number, contact, message, category, isDelivery)
  if (isFree) {
    message.conversation = {
      id: entry!.id,
      expiration_timestamp: seconds(end),
      origin: { type: 'referral_conversion' },
    }
  } else if (status === 'sent' && cloud.pace.webhookVersion < 24) {
    message.conversation = {
      id: cloud.source.draw('conversation').toString('hex', 0, 16),
      expiration_timestamp: seconds(now + DAY_MS),
      origin: { type: category },
    }
  }
}

/** One object for each price, shared by thousands of messages. */
const tags = new Map<string, Pricing>()
type PriceType = 'free_customer_service' | 'free_group_customer_service' | 'regular'
function priceTag(type: PriceType, category: string): Pricing {
  const key = `${type} ${category}`
  let tag = tags.get(key)
  if (!tag) tags.set(key, (tag = { billable: type === 'regular', pricing_model: 'PMP', type, category }))
  return tag
}

/** The category on the bill: groups, the Marketing Messages API and some countries have their own names. */
function billedAs(cloud: Cloud, number: BusinessNumber, message: Message, category: string): string {
  if (message.groupId !== undefined) return `group_${category}`
  if (message.lite) return 'marketing_lite'
  const abroad = accountOf(cloud, number).settings?.['authentication_international']
  const dearer = category === 'authentication' && Array.isArray(abroad) && abroad.includes(countryOf(message.phone))
  return dearer ? 'authentication-international' : category
}

function pricing(
  cloud: Cloud,
  number: BusinessNumber,
  contact: Contact,
  message: Message,
  category: string,
  isDelivery: boolean,
): Pricing {
  const now = cloud.clock.now()
  const billed = billedAs(cloud, number, message, category)
  const inGroup = message.groupId !== undefined && now < CHARGED_SERVICE_FROM
  const free = priceTag(inGroup ? 'free_group_customer_service' : 'free_customer_service', billed)
  const charged = priceTag('regular', billed)
  if (now < CHARGED_SERVICE_FROM) {
    return category === 'service' || (category === 'utility' && windowIsOpen(cloud, contact, number.id))
      ? free
      : charged
  }
  if (category !== 'service') return charged
  const month = new Date(now).toISOString().slice(0, 7)
  const before = number.serviceMonth?.month === month ? number.serviceMonth.count : 0
  if (isDelivery) {
    number.serviceMonth = { month, count: before + 1 }
    cloud.world.saveNumber(number)
  }
  return before < cloud.pace.freeServiceMessages ? free : charged
}
