import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { webhookOf } from '../../domain/channels/channel.ts'
import type { Endpoint } from '../../domain/channels/endpoint.ts'
import { text } from '../../domain/fields/schema.ts'
import { hasChannel } from '../../domain/people/principal.ts'
import { signedBody } from '../../flows/deliver/request.ts'
import { GatewayError } from '../../platform/errors.ts'
import type { Directory } from '../../store/directory.ts'
import { attemptsOf, eventBySeq, seqOf } from '../../store/events.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'

const shape = z
  .object({
    method: z.literal('POST'),
    url: z.string().describe('Without a password, and without the values of its query.'),
    headers: z.array(
      z.object({
        name: z.string(),
        value: z.string().nullable().describe('null: a header of the endpoint’s own. Its value is a secret.'),
      }),
    ),
    body: z.string().describe('The exact text that is signed and sent.'),
    attempt: z
      .int()
      .nullable()
      .describe('The newest attempt, whose time is signed. null: there was none, and the time is now.'),
    signed_at: z.int().describe('The time in the signature, in Unix seconds: exact to a second.'),
  })
  .meta({ id: 'DeliveryRequest' })

/** Shows what Postern posts to an endpoint, so that a receiver can be tested with it. */
export function deliveryRequestRoutes(deps: {
  store: Store
  directory: Directory
  clock: Clock
  userAgent: string
}): Route[] {
  const { store, directory, clock, userAgent } = deps
  return [
    route({
      method: 'GET',
      path: '/admin/deliveries/{id}/request',
      tag: 'deliveries',
      summary: 'The request of a delivery: URL, headers, body and signature',
      description:
        'Made again from the stored event, for the time of the newest attempt, with the endpoint’s present secrets, format and headers. After a change of these it differs from what was sent. Secrets are never returned.',
      auth: 'admin',
      // Who has a signed request can send it.
      right: 'operate',
      channels: 'own',
      readsConversation: true,
      query: z.strictObject({
        endpoint_id: text(1, 64).optional().describe('The endpoint. Default: the first one of the channel.'),
      }),
      data: shape,
      fails: ['webhook_not_set'],
      async handle({ params, query, request }) {
        const seq = seqOf(store.installation, params.id!)
        const event = seq === undefined ? undefined : await eventBySeq(store.sql, seq)
        if (!event || !hasChannel(request.principal!, event.channel_id)) throw notFound('delivery', params.id!)
        const channel = directory.channel(event.channel_id)
        const endpoint =
          query.endpoint_id === undefined
            ? webhookOf(channel)
            : channel?.endpoints.find(({ publicId }) => publicId === query.endpoint_id)
        if (!endpoint) {
          if (query.endpoint_id !== undefined) throw notFound('endpoint', query.endpoint_id)
          throw new GatewayError('webhook_not_set')
        }
        if (endpoint.kind !== 'http')
          throw new GatewayError('bad_request', {
            problem: 'events for this endpoint are written to a database or a stream, without a request',
          })
        const last = (await attemptsOf(store.sql, { ...event, endpoint_id: endpoint.id })).at(-1)
        const signedAt = last ? last.at - last.ms : clock.now()
        const signed = signedBody(
          endpoint,
          { id: params.id!, body: event.body, now: clock.now(), signedAt },
          (channelId) => directory.channel(channelId),
        )
        return {
          method: 'POST' as const,
          url: withoutQuery(endpoint.url),
          headers: headersOf(endpoint, userAgent, signed.headers),
          body: signed.body,
          attempt: last?.number ?? null,
          signed_at: Math.floor(signedAt / 1000),
        }
      },
    }),
  ]
}

/** In the order and with the winners of a delivery: ours cannot be replaced by the endpoint's own. */
function headersOf({ headers }: Endpoint, userAgent: string, signed: Record<string, string>) {
  const ours = { 'content-type': 'application/json', 'user-agent': userAgent, ...signed }
  const own = Object.keys(headers).filter((name) => !Object.hasOwn(ours, name))
  return [
    ...Object.entries(ours).map(([name, value]) => ({ name, value })),
    ...own.map((name) => ({ name, value: null })),
  ]
}

/** Tokens stand in the values of a query as often as in a password. */
function withoutQuery(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  if (url.password !== '') url.password = '***'
  for (const name of new Set(url.searchParams.keys())) url.searchParams.set(name, '***')
  return url.href
}

const notFound = (what: string, id: string) => new GatewayError('resource_not_found', { what, id: id.slice(0, 100) })
