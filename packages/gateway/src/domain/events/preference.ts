import type { EventChannel } from './bodies.ts'
import { eventContactOf } from './owner.ts'

/** `contact_update` of a wish that the business recorded: as WhatsApp's own, without a field and a value of WhatsApp's. */
export function preferenceBody(
  channel: EventChannel,
  contact: Parameters<typeof eventContactOf>[0],
  state: 'allowed' | 'stopped',
  at: number,
): string {
  return JSON.stringify({
    event: 'contact_update',
    channel_id: channel.id,
    business_phone: channel.businessPhone,
    contact: eventContactOf(contact),
    what: 'preferences',
    category: 'marketing_messages',
    preference: state === 'stopped' ? 'stop' : 'resume',
    by: 'business',
    received_at: Math.floor(at / 1000),
  })
}
