import type { Channel } from '../../domain/channels/channel.ts'
import type { MarketingOptions, OutgoingMessage } from '../../domain/messages/message.ts'
import type { SendPath } from '../../platform/cloud-api/client.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { GatewayError } from '../../platform/errors.ts'

/*
 * Marketing templates may go through `/messages` or through the Marketing Messages API (`/marketing_messages`), as the
 * channel is set. The category is the catalog's, which may be old: WhatsApp's refusal then names the other endpoint, and
 * the message is sent there once. A refused message was not accepted, so nobody gets it twice.
 */

/** The endpoint of a message. `category` is that of its template. */
export function pathOf(channel: Pick<Channel, 'marketing'>, category: string | undefined): SendPath {
  return channel.marketing !== 'cloud' && category === 'MARKETING' ? 'marketing_messages' : 'messages'
}

/** Marketing templates are switched off for `/messages`, or this one has a maximum price. */
const NOT_BY_CLOUD = new Set([131063, 131061])
/** The template is not one of marketing any more. */
const NOT_MARKETING = new Set([131055, 134100])
/** The Marketing Messages API does not take this template yet, or at all. */
const NOT_HERE = new Set([134101, 134102])

/** The other endpoint, when the refusal says that the message belongs there. */
export function otherPath(
  { marketing }: Pick<Channel, 'marketing'>,
  message: Pick<OutgoingMessage, 'type' | 'marketing'>,
  path: SendPath,
  result: { kind: string; upstream?: unknown },
): SendPath | undefined {
  const { upstream } = result
  if (marketing === 'cloud' || message.type !== 'template') return undefined
  if (result.kind === 'accepted' || result.kind === 'unknown' || !(upstream instanceof CloudApiError)) return undefined
  if (path === 'messages') return NOT_BY_CLOUD.has(upstream.code) ? 'marketing_messages' : undefined
  // The sender of a message with STRICT wants no other way.
  if (message.marketing?.product_policy === 'STRICT') return undefined
  const falls = NOT_MARKETING.has(upstream.code) || (marketing === 'auto' && NOT_HERE.has(upstream.code))
  return falls ? 'messages' : undefined
}

/** The keys that only the Marketing Messages API knows. */
export const keysFor = (path: SendPath, options: MarketingOptions | undefined): MarketingOptions =>
  path === 'marketing_messages' ? (options ?? {}) : {}

/** Refuses what the channel's settings do not allow. */
export function mustBeAllowed(channel: Pick<Channel, 'marketing' | 'directSend'>, message: OutgoingMessage): void {
  if (message.direct && !channel.directSend) {
    const problem =
      'the channel does not allow Direct Send. Send an approved template, or set direct_send of the channel to true when WhatsApp has enabled it for the account'
    throw new GatewayError(
      'direct_send_not_allowed',
      { problem: `category: ${problem}` },
      { data: { fields: [{ path: 'category', rule: 'setting', message: problem }] } },
    )
  }
  const [key] = Object.keys(message.marketing ?? {})
  if (key !== undefined && channel.marketing === 'cloud') {
    const problem =
      'belongs to the Marketing Messages API. Set marketing of the channel to marketing_messages or auto, or leave it out'
    throw new GatewayError(
      'validation_failed',
      { problem: `${key}: ${problem}` },
      { data: { fields: [{ path: key, rule: 'setting', message: problem }] } },
    )
  }
}
