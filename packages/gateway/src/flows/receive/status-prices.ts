import type { WebhookStatus } from '@postern/cloud-api'
import { refusedMarketing, type StateChange } from '../../domain/contacts/state.ts'
import { isRecord } from '../../platform/is-record.ts'
import type { StatusFact } from '../../store/store.ts'

/** The parts of a status about money, as facts keep them. */
export function pricesOf(status: WebhookStatus, at: number): Pick<StatusFact, 'pricing' | 'conversation' | 'state'> {
  const { pricing, conversation } = status
  const prices: ReturnType<typeof pricesOf> = {}
  if (isRecord(pricing)) prices.pricing = JSON.stringify(pricing)
  if (isRecord(conversation)) prices.conversation = JSON.stringify(conversation)
  const freeEntry = freeEntryIn(status, at)
  const refused = refusedMarketing(codesIn(status), at)
  if (freeEntry || refused) prices.state = { ...freeEntry, ...refused }
  return prices
}

const codesIn = ({ errors }: WebhookStatus): unknown[] =>
  Array.isArray(errors) ? errors.map((error) => error?.code) : []

/** The end of a free entry point, which only the status of a message in it tells. */
function freeEntryIn({ conversation, pricing }: WebhookStatus, at: number): StateChange | undefined {
  if (!isRecord(conversation)) return undefined
  const { origin, expiration_timestamp: end } = conversation
  const isFree =
    (isRecord(origin) && origin.type === 'referral_conversion') ||
    (isRecord(pricing) && pricing.type === 'free_entry_point')
  const until = typeof end === 'string' || typeof end === 'number' ? Number(end) : Number.NaN
  if (!isFree || !Number.isSafeInteger(until) || until <= 0 || until > 99_999_999_999) return undefined
  return { freeEntry: { until: until * 1000, at } }
}
