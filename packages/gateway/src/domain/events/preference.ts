import type { EventChannel } from './bodies.ts'
import { eventContactOf } from './owner.ts'

/**
 * `contact_update` of a wish that the business recorded, or the contact said by a word of the channel: as WhatsApp's own,
 * without a field and a value of WhatsApp's.
 */
export function preferenceBody(
  channel: EventChannel,
  contact: Parameters<typeof eventContactOf>[0],
  state: 'allowed' | 'stopped',
  at: number,
  by: 'business' | 'contact',
): string {
  return JSON.stringify({
    event: 'contact_update',
    channel_id: channel.id,
    business_phone: channel.businessPhone,
    contact: eventContactOf(contact),
    what: 'preferences',
    category: 'marketing_messages',
    preference: state === 'stopped' ? 'stop' : 'resume',
    by,
    received_at: Math.floor(at / 1000),
  })
}
