import type { WebhookStatus } from '@postern/cloud-api'
import { countryOf } from '../../domain/contacts/country.ts'
import { dayOf, priceOf } from '../../domain/costs/cost.ts'
import { isRecord } from '../../platform/is-record.ts'
import type { ContactIdentity, Notice } from '../../store/store.ts'
import { isOfGroup } from './names.ts'
import { hashOf } from './values.ts'

/** WhatsApp charges a message to a group for each participant who gets it. */
export function groupCostOf(
  status: WebhookStatus,
  identity: ContactIdentity,
  at: number,
): Pick<Notice, 'cost'> | undefined {
  if (!isOfGroup(status) || !isRecord(status.pricing) || status.status === 'failed') return undefined
  const price = priceOf(JSON.stringify(status.pricing))
  const participant = identity.phone ?? identity.userId ?? identity.parentId ?? ''
  const key = hashOf(['cost', status.id, identity.userId ?? participant])
  return price && { cost: { key, day: dayOf(at), country: countryOf(participant), ...price } }
}
