import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ERROR_CODES } from '@postern/cloud-api'
import { GatewayError } from '../../platform/errors.ts'
import { SENT_BY_KINDS, withoutSender } from '../../domain/messages/sent-by.ts'
import { matching } from '../../domain/fields/schema.ts'
import { REACHED_AT_LEAST, searchMessages, messageById, type FoundMessage } from '../../store/search.ts'
import { deliveriesOfMessage } from '../../store/deliveries-of.ts'
import { attemptsOf } from '../../store/events.ts'
import type { Directory } from '../../store/directory.ts'
import type { Store } from '../../store/store.ts'
import { ownChannels } from '../own-channels.ts'
import { route, type Route } from '../route.ts'
import { deliveryOf, deliveryShape, messageOf, messageShape, parsed } from '../shapes.ts'

const whole = matching(/^\d{1,15}$/, 'must be a whole number').transform(Number)

const query = z.strictObject({
  channel_id: whole.optional(),
  contact_id: whole.optional(),
  contact: z
    .string()
    .max(200)
    .optional()
    .describe('The beginning of a number or of a business-scoped id, or letters of a name.'),
  id: z.string().max(512).optional().describe('A wamid or a reference. Other filters are ignored then.'),
  direction: z.enum(['inbound', 'outbound']).optional(),
  status: z.string().max(20).optional(),
  reached: z
    .enum(REACHED_AT_LEAST)
    .optional()
    .describe('Outbound messages that came at least this far. `sent`: WhatsApp accepted it, whatever came after.'),
  error: whole.optional().describe('An error code from WhatsApp.'),
  from: whole.optional().describe('Unix seconds.'),
  to: whole.optional().describe('Unix seconds.'),
  last_id: matching(/^msg_[0-9A-Z]{26}$/, 'must be the reference of the last message of the page before').optional(),
  since_id: matching(/^msg_[0-9A-Z]{26}$/, 'must be the reference of a message')
    .optional()
    .describe('This message and the next newer ones. The answer has the newest first, too.'),
  count: matching(/^([1-9]\d?|1\d\d|200)$/, 'must be a whole number from 1 to 200')
    .transform(Number)
    .default(50),
})

const foundShape = messageShape.extend({
  contact_id: z.int(),
  name: z.string().nullable(),
  phone: z.string().nullable(),
  user_id: z.string().nullable(),
  sent_by: z
    .object({
      kind: z.enum(SENT_BY_KINDS),
      id: z.string().nullable().describe('Of the user, the API key or the broadcast.'),
      name: z.string().nullable().describe('The name of the user or key at that time.'),
    })
    .optional()
    .describe(
      'Who of the business sent it: a user of the console, an API key, the admin token, a broadcast, or a scheduled send. Missing for a call with a certification code. WhatsApp does not get it.',
    ),
})

const explained = z
  .object({ meaning: z.string(), advice: z.string(), retry: z.enum(['no', 'later', 'fix']) })
  .nullable()
  .describe('The error with an explanation, and what to do.')

export function searchRoutes({ store, directory }: { store: Store; directory: Directory }): Route[] {
  const ids = (request: FastifyRequest): number[] => ownChannels(directory, request).map((channel) => channel.id)
  return [
    route({
      method: 'GET',
      path: '/admin/messages/search',
      tag: 'overview',
      summary: 'Search messages by contact, id, status, error or time, newest first',
      description: 'All filters must match. For the next page, pass the `reference` of the last one as `last_id`.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      query,
      data: z.array(foundShape),
      async handle({ query: asked, request }) {
        const channelIds = asked.channel_id === undefined ? ids(request) : [asked.channel_id]
        if (asked.id !== undefined) {
          const row = await messageById(store.sql, channelIds, asked.id.trim())
          return row ? [foundOf(row)] : []
        }
        const rows = await searchMessages(store.sql, {
          channelIds,
          count: asked.count,
          ...(asked.contact_id !== undefined && { contactId: asked.contact_id }),
          ...(asked.contact !== undefined && { contact: asked.contact.trim() }),
          ...(asked.direction !== undefined && { direction: asked.direction === 'inbound' ? 'in' : 'out' }),
          ...(asked.status !== undefined && { status: asked.status }),
          ...(asked.reached !== undefined && { reached: asked.reached }),
          ...(asked.error !== undefined && { errorCode: asked.error }),
          ...(asked.from !== undefined && { from: asked.from * 1000 }),
          ...(asked.to !== undefined && { to: asked.to * 1000 }),
          ...(asked.last_id !== undefined && { beforeId: asked.last_id }),
          ...(asked.since_id !== undefined && { sinceId: asked.since_id }),
        })
        return rows.map(foundOf)
      },
    }),
    route({
      method: 'GET',
      path: '/admin/messages/{reference}',
      tag: 'overview',
      summary: 'One message with its timeline, its deliveries and its error explained',
      description: 'Everything that Postern knows of one message, for finding out why it did not arrive.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      channels: 'own',
      data: z.object({ message: foundShape, explained, deliveries: z.array(deliveryShape) }),
      async handle({ params, request }) {
        const id = params.reference!
        const row = await messageById(store.sql, ids(request), id)
        if (!row) throw new GatewayError('resource_not_found', { what: 'message', id: id.slice(0, 100) })
        const message = foundOf(row)
        const events = await deliveriesOfMessage(store.sql, row)
        const code = (message.error as { code?: unknown } | null)?.code
        const known = typeof code === 'number' ? ERROR_CODES[code] : undefined
        return {
          message,
          explained: known ? { meaning: known.meaning, advice: known.advice, retry: known.retry } : null,
          deliveries: await Promise.all(
            events.map(async (event) => deliveryOf(store.installation, event, await attemptsOf(store.sql, event))),
          ),
        }
      },
    }),
  ]
}

export function foundOf(row: FoundMessage): z.infer<typeof foundShape> {
  return {
    ...messageOf(row),
    contact: row.phone ?? row.user_id ?? row.recipient ?? '',
    contact_id: row.contact_id,
    name: row.contact_name,
    phone: row.phone,
    user_id: row.user_id,
    ...senderOf(row),
  }
}

function senderOf({ direction, content }: FoundMessage): Pick<z.infer<typeof foundShape>, 'sent_by'> {
  if (direction === 'in') return {}
  const { sentBy } = withoutSender(parsed(content))
  return sentBy ? { sent_by: { kind: sentBy.kind, id: sentBy.id ?? null, name: sentBy.name ?? null } } : {}
}

export { foundShape }
