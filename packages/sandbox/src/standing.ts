import { DAY_MS, accountOf, contactOf, type Cloud } from './cloud.ts'
import { sendWebhookOfKind } from './kinds.ts'
import { SetupError } from './setup.ts'
import type { Account, BusinessNumber, Contact } from './world.ts'

/*
 * What people think of a number. Blocks and reports of seven days lower its quality; a low quality lowers the messaging
 * limit of the portfolio by a step. Meta publishes the levels and the webhooks, and not the counts: these are ours.
 */

export type Quality = BusinessNumber['quality']

const LIMITS = ['TIER_250', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED']
const PEOPLE: Record<string, number> = {
  TIER_250: 250,
  TIER_2K: 2_000,
  TIER_10K: 10_000,
  TIER_100K: 100_000,
}
const SCALE = ['GREEN', 'YELLOW', 'RED']
const QUALITIES = [...SCALE, 'UNKNOWN']
/** People who complained within seven days. */
const YELLOW_FROM = 3
const RED_FROM = 5
const COMPLAINT_LIFE_MS = 7 * DAY_MS
const MOST_COMPLAINTS = 200

export const limitOf = (account: Account): string => account.messagingLimit ?? 'TIER_250'

/** People a day who may get messages outside a window. */
export const peopleADay = (account: Account): number => PEOPLE[limitOf(account)] ?? Infinity

export type NumberVerdict = {
  quality?: Quality
  limit?: string
  throughput?: BusinessNumber['throughput']
}

/** Sets quality, messaging limit or throughput of a number, and sends the webhooks that Meta sends. */
export async function judgeNumber(cloud: Cloud, number: BusinessNumber, verdict: NumberVerdict): Promise<void> {
  const { quality, limit, throughput } = verdict
  if (quality !== undefined && !QUALITIES.includes(quality))
    throw new SetupError(`"quality" must be one of ${QUALITIES.join(', ')}.`)
  if (limit !== undefined && !LIMITS.includes(limit))
    throw new SetupError(`"limit" must be one of ${LIMITS.join(', ')}.`)
  if (throughput !== undefined && throughput !== 'STANDARD' && throughput !== 'HIGH')
    throw new SetupError('"throughput" must be STANDARD or HIGH.')
  const account = accountOf(cloud, number)
  const before = { quality: number.quality, limit: limitOf(account), throughput: number.throughput }
  if (quality !== undefined) {
    number.quality = quality
    delete number.loweredByPeople
  }
  if (throughput !== undefined) number.throughput = throughput
  cloud.world.saveNumber(number)
  if (limit !== undefined) setLimit(cloud, account, limit)
  cloud.events.emit('number', cloud.clock.now(), () => ({ numberId: number.id }))
  const now = limitOf(account)
  if (number.quality !== before.quality && [number.quality, before.quality].includes('RED'))
    await tellNumber(cloud, number, number.quality === 'RED' ? 'FLAGGED' : 'UNFLAGGED')
  if (number.throughput === 'HIGH' && before.throughput !== 'HIGH')
    await tellNumber(cloud, number, 'THROUGHPUT_UPGRADE')
  if (now === before.limit) return
  const up = LIMITS.indexOf(now) > LIMITS.indexOf(before.limit)
  await tellNumber(cloud, number, up ? 'UPGRADE' : 'DOWNGRADE')
  await tell(cloud, number, 'business_capability', {
    max_daily_conversations_per_business: PEOPLE[now] ?? now,
    // Meta sends one of the two keys: which one depends on the limit.
    ...(now === 'TIER_250' && { max_phone_numbers_per_waba: null, max_phone_numbers_per_business: 2 }),
  })
}

/** The limit belongs to the portfolio: all its accounts have it. */
function setLimit(cloud: Cloud, { businessId }: Account, limit: string): void {
  for (const account of cloud.world.accounts.values()) {
    if (account.businessId !== businessId) continue
    account.messagingLimit = limit
    cloud.world.saveAccount(account)
  }
}

function tell(cloud: Cloud, number: BusinessNumber, kind: string, values: Record<string, unknown>): Promise<void> {
  const webhook = { kind, values, wabaId: number.wabaId, numberId: number.id }
  return sendWebhookOfKind(cloud, webhook, (phone) => contactOf(cloud, phone))
}

const tellNumber = (cloud: Cloud, number: BusinessNumber, event: string): Promise<void> =>
  tell(cloud, number, 'phone_number_quality', {
    event,
    max_daily_conversations_per_business: limitOf(accountOf(cloud, number)),
  })

/** A person blocks or reports the business. The quality follows from the people who did so within seven days. */
export async function complain(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  how: 'block' | 'report',
): Promise<void> {
  const complaint = { phone: contact.number, at: cloud.clock.now(), how }
  number.complaints = [...(number.complaints ?? []), complaint].slice(-MOST_COMPLAINTS)
  cloud.world.saveNumber(number)
  cloud.timerQueue.in(COMPLAINT_LIFE_MS, () => void reviewQuality(cloud, number, 'recovers'))
  await reviewQuality(cloud, number, 'falls')
}

/** People who complained within seven days, each once. */
export const complainers = (cloud: Cloud, number: BusinessNumber): number => {
  const since = cloud.clock.now() - COMPLAINT_LIFE_MS
  return new Set((number.complaints ?? []).filter(({ at }) => at > since).map(({ phone }) => phone)).size
}

/** Complaints only lower the quality, and only what complaints lowered recovers when they are old. */
async function reviewQuality(cloud: Cloud, number: BusinessNumber, how: 'falls' | 'recovers'): Promise<void> {
  const people = complainers(cloud, number)
  const quality = people >= RED_FROM ? 'RED' : people >= YELLOW_FROM ? 'YELLOW' : 'GREEN'
  const isWorse = SCALE.indexOf(quality) > SCALE.indexOf(number.quality)
  if (quality === number.quality || number.quality === 'UNKNOWN') return
  if (how === 'falls' ? !isWorse : isWorse || number.loweredByPeople !== true) return
  const limit = LIMITS[LIMITS.indexOf(limitOf(accountOf(cloud, number))) - 1]
  const drops = quality === 'RED' && limit !== undefined
  await judgeNumber(cloud, number, { quality, ...(drops && { limit }) })
  if (quality !== 'GREEN') number.loweredByPeople = true
  cloud.world.saveNumber(number)
}
