import type { Channel } from '../../domain/channels/channel.ts'
import type { MarketingWish } from '../../domain/contacts/state.ts'
import { preferenceBody } from '../../domain/events/preference.ts'
import { newId } from '../../platform/ids.ts'
import type { ContactIdentity, Notice } from '../../store/store.ts'

/** What the business recorded of a contact's wish, and the event that tells it. `wish.at`: since when; `now`: when it was recorded. */
export function preferenceNotice(
  channel: Channel,
  contact: ContactIdentity,
  wish: Pick<MarketingWish, 'state' | 'at'>,
  now: number,
): Notice {
  return {
    kind: 'notice',
    channelId: channel.id,
    event: 'contact_update',
    contact,
    key: newId('preference', now),
    at: now,
    body: preferenceBody(channel, contact, wish.state, now, 'business'),
    ours: true,
    state: { marketing: { ...wish, by: 'business' } },
  }
}
