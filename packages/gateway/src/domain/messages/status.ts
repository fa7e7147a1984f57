/**
 * What becomes of a message. `sending` is committed before the call to Meta; `unknown` is a call whose answer never
 * came; `accepted` is Meta's answer with an id; the rest are Meta's webhooks.
 *
 * Webhooks arrive late, twice and out of order, so a message only ever climbs. `failed` stands below `delivered`: it
 * overrules hope, but not evidence.
 */
export const LADDER = ['sending', 'unknown', 'accepted', 'sent', 'failed', 'delivered', 'read', 'played'] as const

export type MessageStatus = (typeof LADDER)[number]

/** The status of a message after a webhook said `next`. */
export function climb(now: MessageStatus, next: MessageStatus): MessageStatus {
  return LADDER.indexOf(next) > LADDER.indexOf(now) ? next : now
}
