/**
 * The statuses of an outbound message. `sending` is committed before the call to Meta. `unknown` is a call without an
 * answer. `accepted` is Meta's answer with an id. Meta's webhooks report the others.
 *
 * Webhooks arrive late, twice and out of order, so a status only moves up this list. `failed` stands below `delivered`:
 * a proof of delivery outranks a failure.
 */
export const LADDER = ['sending', 'unknown', 'accepted', 'sent', 'failed', 'delivered', 'read', 'played'] as const

export type MessageStatus = (typeof LADDER)[number]

/** The status of a message after a webhook with the status `next`. */
export function climb(now: MessageStatus, next: MessageStatus): MessageStatus {
  return LADDER.indexOf(next) > LADDER.indexOf(now) ? next : now
}
