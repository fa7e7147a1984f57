import { accountOf, contactOf, type Cloud } from './cloud.ts'
import { sendWebhookOfKind } from './kinds.ts'
import { SetupError } from './setup.ts'
import type { BusinessNumber } from './world.ts'

/* The connection of a number in the WhatsApp Business app with the platform. Only the business ends it, in the app. */

const REASONS = [
  'ACCOUNT_DISCONNECTED',
  'BUSINESS_DOWNGRADE',
  'CHANGE_NUMBER',
  'COMPANION_INACTIVITY',
  'PRIMARY_INACTIVITY',
  'USER_RE_REGISTERED',
]
/** These happen without an action of the business. */
const BY_SYSTEM = new Set(['COMPANION_INACTIVITY', 'PRIMARY_INACTIVITY'])

export type Disconnection = {
  /** Default: `ACCOUNT_DISCONNECTED`. */
  reason?: string
  /** `USER` or `SYSTEM`. Default: as the reason needs it. */
  by?: string
}

function tell(cloud: Cloud, number: BusinessNumber, kind: string, values = {}): Promise<void> {
  const { wabaId } = accountOf(cloud, number)
  const webhook = { kind, values: { phone_number: number.number, ...values }, wabaId, numberId: number.id }
  return sendWebhookOfKind(cloud, webhook, (phone) => contactOf(cloud, phone))
}

function change(cloud: Cloud, number: BusinessNumber, away: BusinessNumber['away']): void {
  if (away) number.away = away
  else delete number.away
  cloud.world.saveNumber(number)
  cloud.events.emit('number', cloud.clock.now(), () => ({ numberId: number.id }))
}

/** `PARTNER_REMOVED`: from now on sends are refused with code 10, and no message reaches the platform. */
export async function disconnect(cloud: Cloud, number: BusinessNumber, { reason, by }: Disconnection): Promise<void> {
  const why = reason ?? 'ACCOUNT_DISCONNECTED'
  if (!REASONS.includes(why)) throw new SetupError(`"reason" must be one of ${REASONS.join(', ')}.`)
  const initiated_by = by ?? (BY_SYSTEM.has(why) ? 'SYSTEM' : 'USER')
  if (initiated_by !== 'USER' && initiated_by !== 'SYSTEM') throw new SetupError('"by" must be USER or SYSTEM.')
  change(cloud, number, { how: 'disconnected', reason: why, since: cloud.clock.now() })
  await tell(cloud, number, 'app_disconnected', { disconnection_info: { reason: why, initiated_by } })
}

export function offboard(cloud: Cloud, number: BusinessNumber): Promise<void> {
  change(cloud, number, { how: 'offboarded', since: cloud.clock.now() })
  return tell(cloud, number, 'account_offboarded')
}

export function reconnect(cloud: Cloud, number: BusinessNumber): Promise<void> {
  change(cloud, number, undefined)
  return tell(cloud, number, 'account_reconnected')
}

/** Connects the app, or connects it anew: contacts and history can be asked for once more. */
export function onboard(cloud: Cloud, number: BusinessNumber): void {
  number.onBizApp = true
  number.onboardedAt = cloud.clock.now()
  delete number.settings['synced']
  change(cloud, number, undefined)
}
