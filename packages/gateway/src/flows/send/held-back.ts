import { holdsBack, type QuietHours, quietUntil } from '../../domain/contacts/quiet-hours.ts'
import { GatewayError } from '../../platform/errors.ts'
import type { NewMessage } from '../../store/store.ts'

/** Throws `quiet_hours` when a message that goes out by itself must wait. A group has no country. */
export function mustNotBeQuiet(quietHours: QuietHours, { contact, recipient, marketing, createdAt }: NewMessage): void {
  if (contact.groupId !== undefined || !holdsBack(quietHours, marketing === true)) return
  const until = quietUntil(recipient, quietHours, createdAt)
  if (until === undefined) return
  const shown = new Date(until).toISOString().slice(0, 16).replace('T', ' ')
  throw new GatewayError('quiet_hours', { until: `${shown} UTC` }, { data: { until: Math.floor(until / 1000) } })
}

/** Until when a message waits that quiet hours hold back, in epoch milliseconds; undefined for any other error. */
export const heldUntil = ({ reason, data }: GatewayError): number | undefined =>
  reason === 'quiet_hours' ? Number(data.until) * 1000 : undefined

const LIMITED_ADVICE =
  'Send no marketing to this person before retry_at, from any number of this account. Utility and authentication templates go out.'

export function marketingLimited(until: number): GatewayError {
  return new GatewayError(
    'marketing_limited',
    {},
    { data: { retry_at: Math.ceil(until / 1000), advice: LIMITED_ADVICE } },
  )
}
