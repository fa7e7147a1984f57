import { type Endpoint, secretsAt } from '../../domain/channels/endpoint.ts'
import { metaBody, type MetaChannel } from '../../domain/events/meta-format.ts'
import { pageBody } from '../../domain/events/page-form.ts'
import { hubSignature, signatureHeaders } from './sign.ts'

/** An event's body in the format of an endpoint that is no program for Meta's webhooks. */
export const inFormat = ({ format }: Pick<Endpoint, 'format'>, body: string): string =>
  format === 'page' ? pageBody(body) : body

/** The body in the endpoint's format, and the headers that sign it. `now` chooses the secrets, `signedAt` is signed. */
export function signedBody(
  endpoint: Endpoint,
  { id, body, now, signedAt = now }: { id: string; body: string; now: number; signedAt?: number | undefined },
  metaChannel: ((channelId: number) => MetaChannel | undefined) | undefined,
): { body: string; headers: Record<string, string> } {
  const secrets = secretsAt(endpoint, now)
  const channel = endpoint.format === 'meta' ? metaChannel?.(endpoint.channelId) : undefined
  if (!channel) {
    const text = inFormat(endpoint, body)
    return { body: text, headers: signatureHeaders(secrets, id, signedAt, text) }
  }
  const text = metaBody(body, channel)
  // Meta signs once, so the newest secret signs. A receiver can recognise repetitions by the id.
  return { body: text, headers: { 'webhook-id': id, 'x-hub-signature-256': hubSignature(secrets[0]!, text) } }
}
