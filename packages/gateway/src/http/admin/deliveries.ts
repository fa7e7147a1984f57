import { z } from 'zod'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { type Channel, webhookOf } from '../../domain/channels/channel.ts'
import type { Endpoint } from '../../domain/channels/endpoint.ts'
import { matching, text } from '../../domain/fields/schema.ts'
import { hasChannel } from '../../domain/people/principal.ts'
import { attemptsOf, deliveries, deliveriesOfEvent, eventBySeq, seqOf } from '../../store/events.ts'
import { countReplay, replay } from '../../store/replay.ts'
import type { Directory } from '../../store/directory.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { count, deliveryOf, deliveryShape } from '../shapes.ts'

const channelId = matching(/^\d{1,15}$/, 'must be the id of a channel').transform(Number)

const listQuery = z.strictObject({
  channel_id: channelId.optional(),
  endpoint_id: text(1, 64).optional().describe('Only deliveries to this endpoint.'),
  state: z.enum(['pending', 'dead', 'delivered']).optional(),
  id: z
    .string()
    .max(100)
    .optional()
    .describe('The id of one event: its delivery to each endpoint. Other filters are ignored then.'),
  last_id: z.string().max(100).optional(),
  count,
})

const replayQuery = z.strictObject({
  endpoint_id: text(1, 64).optional().describe('The endpoint. Default: the first one of the channel.'),
})

const replayBody = z.strictObject({
  state: z.enum(['dead', 'delivered']).optional().describe('Default: dead.'),
  from: z.int().min(0).optional().describe('Events stored at or after this moment, in Unix seconds.'),
  to: z.int().min(0).optional().describe('Events stored before this moment, in Unix seconds.'),
  dry_run: z.boolean().optional().describe('true: only counts them, up to 10,000, in `matching`. Nothing is sent.'),
})

/** A count that an operator reads before a click. Beyond it, the exact number changes nothing. */
const MOST_COUNTED = 10_000

export function deliveryRoutes(deps: {
  store: Store
  directory: Directory
  nudge: (endpointId: number) => void
}): Route[] {
  const { store, directory } = deps

  function mustSeq(id: string, path: string): number {
    const seq = seqOf(store.installation, id)
    if (seq === undefined)
      throw validationError([{ path, rule: 'pattern', message: 'is not the id of a delivery of this gateway' }])
    return seq
  }

  function mustFindEndpoint(id: string): Endpoint {
    for (const { endpoints } of directory.channels()) {
      const found = endpoints.find(({ publicId }) => publicId === id)
      if (found) return found
    }
    throw new GatewayError('resource_not_found', { what: 'endpoint', id: id.slice(0, 100) })
  }

  function mustChoose(channel: Channel | undefined, id: string | undefined): Endpoint {
    const endpoint = id === undefined ? webhookOf(channel) : channel?.endpoints.find(({ publicId }) => publicId === id)
    if (endpoint) return endpoint
    if (id === undefined) throw new GatewayError('webhook_not_set')
    throw new GatewayError('resource_not_found', { what: 'endpoint', id: id.slice(0, 100) })
  }

  return [
    route({
      method: 'GET',
      path: '/admin/deliveries',
      tag: 'deliveries',
      summary: 'Deliveries with their attempts, newest first',
      description:
        'Events on their way to endpoints, delivered ones and dead ones. An attempt has status, duration and the first 1 KiB of the answer.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      query: listQuery,
      data: z.array(deliveryShape),
      async handle({ query, request }) {
        const beforeSeq = query.last_id === undefined ? undefined : mustSeq(query.last_id, 'last_id')
        const rows =
          query.id === undefined
            ? await deliveries(store.sql, {
                count: query.count,
                ...(query.channel_id !== undefined && { channelId: query.channel_id }),
                ...(query.endpoint_id !== undefined && { endpointId: mustFindEndpoint(query.endpoint_id).id }),
                ...(query.state !== undefined && { state: query.state }),
                ...(beforeSeq !== undefined && { beforeSeq }),
              })
            : await deliveriesOfEvent(store.sql, mustSeq(query.id.trim(), 'id'))
        const own = rows.filter((row) => hasChannel(request.principal!, row.channel_id))
        return Promise.all(
          own.map(async (row) => deliveryOf(store.installation, row, await attemptsOf(store.sql, row))),
        )
      },
    }),
    route({
      method: 'POST',
      path: '/admin/deliveries/{id}/replay',
      tag: 'deliveries',
      summary: 'Deliver one event again',
      description: 'The event keeps its place: before the waiting events of the same contact.',
      auth: 'admin',
      right: 'operate',
      channels: 'own',
      query: replayQuery,
      data: z.object({ replayed: z.int() }),
      fails: ['webhook_not_set'],
      async handle({ params, query, request }) {
        const seq = seqOf(store.installation, params.id!)
        const row = seq === undefined ? undefined : await eventBySeq(store.sql, seq)
        if (!row || !hasChannel(request.principal!, row.channel_id))
          throw new GatewayError('resource_not_found', { what: 'delivery', id: params.id!.slice(0, 100) })
        const endpoint = mustChoose(directory.channel(row.channel_id), query.endpoint_id)
        const replayed = await replay(store, {
          channelId: row.channel_id,
          endpointId: endpoint.id,
          format: endpoint.format,
          seq: row.seq,
        })
        deps.nudge(endpoint.id)
        return { replayed }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/deliveries/replay',
      tag: 'deliveries',
      summary: 'Deliver many events of a channel again',
      description:
        'Oldest first, in batches of some hundred, so that new events and sends do not wait. Answers when all events are queued again. If the connection breaks, the operation continues.',
      auth: 'admin',
      right: 'operate',
      query: replayQuery,
      body: replayBody,
      data: z.object({
        replayed: z.int(),
        matching: z
          .int()
          .optional()
          .describe(
            'With dry_run: how many would be delivered again, at most 10,000. Events that still wait count among the delivered ones, and are not repeated.',
          ),
      }),
      fails: ['validation_failed', 'webhook_not_set'],
      async handle({ channel, query, body }) {
        const endpoint = mustChoose(channel, query.endpoint_id)
        const which = {
          channelId: channel.id,
          endpointId: endpoint.id,
          format: endpoint.format,
          state: body.state ?? ('dead' as const),
          ...(body.from !== undefined && { fromMs: body.from * 1000 }),
          ...(body.to !== undefined && { toMs: body.to * 1000 }),
        }
        if (body.dry_run) return { replayed: 0, matching: await countReplay(store, which, MOST_COUNTED) }
        const replayed = await replay(store, which)
        deps.nudge(endpoint.id)
        return { replayed }
      },
    }),
  ]
}
