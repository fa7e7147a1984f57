import { z } from 'zod'
import type { Channel } from '../../domain/channels/channel.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { matching } from '../../domain/fields/schema.ts'
import { newMessageId } from '../../platform/ids.ts'
import { isRecord } from '../../platform/is-record.ts'
import { sentByOf } from '../../domain/messages/sent-by.ts'
import { parseMessage } from '../../domain/messages/parse.ts'
import { sendMessageSchema } from '../../domain/messages/schema.ts'
import type { Scheduling } from '../../flows/send/scheduling.ts'
import type { Sender } from '../../flows/send/send.ts'
import { addEdits } from '../../store/message-edits.ts'
import { findContact, findMessage, listMessages, type MessageRow } from '../../store/messages.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { count, messageOf, messageShape, messageStatus } from '../shapes.ts'
import type { MarkRead } from '../../flows/send/mark-read.ts'
import type { Renderer } from './rendered.ts'
import { scheduledAnswer } from './scheduled.ts'

/** Errors of every send, by customers and operators. */
export const SEND_FAILS = [
  'validation_failed',
  'direct_send_not_allowed',
  'window_closed',
  'not_owner',
  'opted_out',
  'marketing_limited',
  'template_not_found',
  'template_not_approved',
  'template_language_needed',
  'template_mismatch',
  'upstream_refused',
  'upstream_throttled',
  'upstream_unavailable',
  'outcome_unknown',
] as const

const listQuery = z.strictObject({
  to: z.string().max(200).optional().describe('The number, or the business-scoped id, of the contact.'),
  direction: z.enum(['inbound', 'outbound']).optional(),
  status: messageStatus.optional(),
  last_id: matching(/^.{1,512}$/, 'must be the msg_id or reference of the last message of the page before').optional(),
  count,
})

const readBody = z.strictObject({
  typing: z
    .boolean()
    .optional()
    .describe('Also shows the typing indicator, for 25 seconds or until a message is sent.'),
})

export const sentShape = z.object({
  msg_id: z.string().describe('WhatsApp’s id of the message.'),
  sent_as: z
    .string()
    .optional()
    .describe('For a send with fallback: the type of the message that went out, template when the window was closed.'),
})

export const isScheduled = (data: unknown): boolean => isRecord(data) && data.state === 'scheduled'

export function messageRoutes(deps: {
  store: Store
  sender: Sender
  scheduling: Scheduling
  markRead: MarkRead
  cloudApi: CloudApi
  rendered: Renderer
}): Route[] {
  const { store, sender, scheduling } = deps

  async function shown(channel: Channel, row: MessageRow) {
    const rendered = await deps.rendered(channel, row)
    return { ...messageOf(row), ...(rendered && { rendered }) }
  }

  async function mustFind(channelId: number, id: string): Promise<MessageRow> {
    const row = await findMessage(store.sql, channelId, id)
    if (!row) throw new GatewayError('resource_not_found', { what: 'message', id: id.slice(0, 100) })
    return row
  }

  return [
    route({
      method: 'POST',
      path: '/external/messages/whatsapp',
      tag: 'messages',
      summary: 'Send one message',
      description:
        'Answers when WhatsApp has accepted the message, with WhatsApp’s id. Problems are reported before the send, all in one answer. With send_at: answers 202 when the message is stored.',
      auth: 'code',
      bodyDocument: sendMessageSchema,
      data: sentShape,
      accepted: { data: scheduledAnswer, is: isScheduled },
      fails: [...SEND_FAILS, 'rate_limited_number', 'rate_limited_pair'],
      idempotency: {
        newId: newMessageId,
        async became(channel, id) {
          const row = await findMessage(store.sql, channel.id, id)
          if (!row) {
            const later = await scheduling.find(channel.id, id)
            return later ? { kind: 'made', data: { reference: id, state: 'scheduled' } } : { kind: 'nothing' }
          }
          if (row.wamid !== null) return { kind: 'made', data: { msg_id: row.wamid } }
          // Without an id of WhatsApp's, `failed` means refused at once: WhatsApp did not accept it.
          if (row.status === 'failed') return { kind: 'not_taken' }
          return {
            kind: 'unknown',
            error: new GatewayError('outcome_unknown', { reference: id }, { data: { reference: id } }),
          }
        },
      },
      async handle({ channel, body, request, reply, resourceId }) {
        const parsed = parseMessage(body)
        if (!parsed.ok) throw validationError(parsed.problems)
        const { message } = parsed
        if (message.sendAt !== undefined)
          return { reference: await scheduling.add(channel, { message, body, id: resourceId }), state: 'scheduled' }
        const { wamid, sentAs } = await sender.send(channel, message, {
          ...{ caller: reply.raw, id: resourceId, trace: request.trace, by: sentByOf(request.principal) },
        })
        return { msg_id: wamid, ...(message.fallback && { sent_as: sentAs }) }
      },
    }),
    route({
      method: 'GET',
      path: '/external/messages',
      tag: 'messages',
      summary: 'List messages, newest first',
      description:
        'With `to`, the messages of one contact; the answer has both directions. For the next page, pass the `reference` of the last one as `last_id`.',
      auth: 'code',
      readsConversation: true,
      query: listQuery,
      data: z.array(messageShape),
      async handle({ channel, query }) {
        let contactId: number | undefined
        if (query.to !== undefined) {
          const name = /^\+?\d+$/.test(query.to) ? { phone: query.to } : { userId: query.to }
          const contact = await findContact(store.sql, channel.id, name)
          if (!contact) return []
          contactId = contact.id
        }
        const last = query.last_id === undefined ? undefined : await mustFind(channel.id, query.last_id)
        const rows = await listMessages(store.sql, {
          channelId: channel.id,
          count: query.count,
          ...(contactId !== undefined && { contactId }),
          ...(query.direction !== undefined && { direction: query.direction === 'inbound' ? 'in' : 'out' }),
          ...(query.status !== undefined && { status: query.status }),
          ...(last && { beforeId: last.id }),
        })
        return Promise.all(rows.map((row) => shown(channel, row)))
      },
    }),
    route({
      method: 'GET',
      path: '/external/messages/{msg_id}',
      tag: 'messages',
      summary: 'One message, its status and its timeline',
      description: 'By WhatsApp’s id (URL-encode it: it may have /, + and =) or by Postern’s reference.',
      auth: 'code',
      readsConversation: true,
      data: messageShape,
      async handle({ channel, params }) {
        const row = await mustFind(channel.id, params.msg_id!)
        await addEdits(store.sql, [row])
        return shown(channel, row)
      },
    }),
    route({
      method: 'POST',
      path: '/external/messages/{msg_id}/read',
      tag: 'messages',
      summary: 'Mark an inbound message, and all before it, as read',
      description: 'The contact sees blue ticks. With `typing`, they also see that somebody is writing.',
      auth: 'code',
      body: readBody,
      data: z.object({ success: z.literal(true) }),
      fails: ['validation_failed', 'upstream_refused', 'upstream_throttled', 'upstream_unavailable'],
      async handle({ channel, params, body }) {
        const row = await mustFind(channel.id, params.msg_id!)
        if (row.direction !== 'in' || row.wamid === null) {
          throw validationError([
            { path: 'msg_id', rule: 'direction', message: 'only a message that was received can be marked as read' },
          ])
        }
        await deps.markRead(channel, row.wamid, body.typing === true)
        return { success: true }
      },
    }),
  ]
}
