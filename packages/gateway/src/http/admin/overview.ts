import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError } from '../../platform/errors.ts'
import { matching } from '../../domain/fields/schema.ts'
import { deliveryCounts } from '../../store/events.ts'
import { findContact, listMessages } from '../../store/messages.ts'
import { quarantineCounts } from '../../store/quarantine.ts'
import type { Directory } from '../../store/directory.ts'
import type { Store } from '../../store/store.ts'
import type { PaceState } from '../../flows/send/pacer.ts'
import { ownChannels } from '../own-channels.ts'
import { route, type Route } from '../route.ts'
import { count, messageOf, messageShape } from '../shapes.ts'

const listQuery = z.strictObject({
  channel_id: matching(/^\d{1,15}$/, 'must be the id of a channel')
    .transform(Number)
    .optional(),
  contact: z.string().max(200).optional().describe('A number or a business-scoped id; needs channel_id.'),
  direction: z.enum(['inbound', 'outbound']).optional(),
  status: z.string().max(20).optional(),
  last_id: matching(/^msg_[0-9A-Z]{26}$/, 'must be the reference of the last message of the page before').optional(),
  count,
})

const paceShape = z
  .object({
    pairs: z.int().describe('Pairs of number and contact with recent messages.'),
    pairs_closed: z.int().describe('Pairs that WhatsApp currently throttles.'),
    numbers: z.array(
      z.object({
        channel_id: z.int(),
        messages_per_second: z.int(),
        now_per_second: z.number().describe('0: closed for now.'),
        waiting: z.int(),
        code: z.int().nullable().describe('WhatsApp’s error code that slowed it.'),
      }),
    ),
  })
  .describe('Numbers with waiting sends or a reduced rate limit, on this node.')

export function overviewRoutes(deps: {
  store: Store
  directory: Directory
  clock: Clock
  live: () => Record<string, number>
  pace: () => PaceState | Promise<PaceState>
}): Route[] {
  const { store, directory, clock } = deps
  return [
    route({
      method: 'GET',
      path: '/admin/messages',
      tag: 'overview',
      summary: 'Messages of all channels, newest first',
      description: 'For the next page, pass the `reference` of the last one as `last_id`.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      query: listQuery,
      data: z.array(messageShape),
      async handle({ query }) {
        let contactId: number | undefined
        if (query.contact !== undefined) {
          if (query.channel_id === undefined)
            throw new GatewayError('bad_request', { problem: 'contact needs channel_id beside it' })
          const name = /^\+?\d+$/.test(query.contact) ? { phone: query.contact } : { userId: query.contact }
          const contact = await findContact(store.sql, query.channel_id, name)
          if (!contact) return []
          contactId = contact.id
        }
        const rows = await listMessages(store.sql, {
          count: query.count,
          ...(query.channel_id !== undefined && { channelId: query.channel_id }),
          ...(contactId !== undefined && { contactId }),
          ...(query.direction !== undefined && { direction: query.direction === 'inbound' ? 'in' : 'out' }),
          ...(query.status !== undefined && { status: query.status }),
          ...(query.last_id !== undefined && { beforeId: query.last_id }),
        })
        return rows.map(messageOf)
      },
    }),
    route({
      method: 'GET',
      path: '/admin/stats',
      channels: 'own',
      tag: 'overview',
      summary: 'State of the gateway',
      description: 'Counts of messages and deliveries, and the state of the store.',
      auth: 'admin',
      right: 'read',
      data: z.object({
        channels: z.int(),
        endpoints: z.object({ active: z.int(), resting: z.int(), paused: z.int(), none: z.int() }),
        deliveries: z.object({ pending: z.int(), dead: z.int(), oldest_pending_seconds: z.int().nullable() }),
        quarantined: z.record(z.string(), z.int()),
        live: z.record(z.string(), z.number()),
        pace: paceShape,
      }),
      async handle({ request }) {
        const channels = ownChannels(directory, request)
        const pace = await deps.pace()
        const deliveries = await deliveryCounts(store.sql, clock.now())
        const endpoints = { active: 0, resting: 0, paused: 0, none: 0 }
        for (const channel of channels) {
          for (const { health } of channel.endpoints) endpoints[health.state]++
          if (channel.endpoints.length === 0) endpoints.none++
        }
        return {
          channels: channels.length,
          endpoints,
          deliveries: {
            pending: deliveries.pending,
            dead: deliveries.dead,
            oldest_pending_seconds:
              deliveries.oldestPendingMs === null ? null : Math.floor(deliveries.oldestPendingMs / 1000),
          },
          quarantined: await quarantineCounts(store.sql),
          live: deps.live(),
          pace: { ...pace, numbers: pace.numbers.filter((one) => channels.some(({ id }) => id === one.channel_id)) },
        }
      },
    }),
  ]
}
