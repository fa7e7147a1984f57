import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { parseMessage } from '../../domain/messages/parse.ts'
import { sentByOf } from '../../domain/messages/sent-by.ts'
import { sendMessageSchema } from '../../domain/messages/schema.ts'
import { preferenceNotice } from '../../flows/contacts/preference-notice.ts'
import type { MarkRead } from '../../flows/send/mark-read.ts'
import type { Scheduling } from '../../flows/send/scheduling.ts'
import type { Sender } from '../../flows/send/send.ts'
import { awaitUnderway } from '../../flows/send/underway.ts'
import { settleConversation } from '../../store/conversations.ts'
import { findContact } from '../../store/messages.ts'
import { messageById } from '../../store/search.ts'
import type { Notice, Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { isScheduled, SEND_FAILS, sentShape } from '../external/messages.ts'
import { scheduledAnswer } from '../external/scheduled.ts'
import { contactOf, contactShape, mustFindContact } from './conversation-shape.ts'

export type ConversationDeps = {
  store: Store
  clock: Clock
  sender: Sender
  scheduling: Scheduling
  markRead: MarkRead
  /** Stores an event of ours and what it changes, and has it delivered. */
  tell: (notice: Notice) => Promise<unknown>
}

/** What a user of the console sends to a contact, and records of one. */
export function conversationRoutes(deps: ConversationDeps): Route[] {
  const { store, clock } = deps
  const { sql } = store

  return [
    route({
      method: 'PUT',
      path: '/admin/conversations/{channel_id}/{contact_id}/preferences',
      tag: 'overview',
      summary: 'Record whether a contact wants marketing messages, as PUT /external/contacts/{to}/preferences',
      description: 'For the console, where a contact is known by its id.',
      auth: 'admin',
      right: 'converse',
      body: z.strictObject({ marketing: z.enum(['allowed', 'stopped']) }),
      data: contactShape,
      fails: ['validation_failed'],
      async handle({ channel, params, body }) {
        const row = await mustFindContact(sql, channel, params.contact_id!)
        const [phone, userId] = [row.phone ?? undefined, row.user_id ?? undefined]
        if (phone === undefined && userId === undefined)
          throw validationError([{ path: 'contact_id', rule: 'consistent', message: 'has no number and no user id' }])
        const names = { ...(phone !== undefined && { phone }), ...(userId !== undefined && { userId }) }
        const now = clock.now()
        await deps.tell(preferenceNotice(channel, names, { state: body.marketing, at: now }, now))
        if (body.marketing === 'stopped') await awaitUnderway({ sql, clock }, channel.id, row.id)
        return contactOf(channel, await mustFindContact(sql, channel, params.contact_id!), clock.now())
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/messages',
      tag: 'messages',
      summary: 'Send one message through a channel, as its operator',
      description: 'The same body and the same checks as POST /external/messages/whatsapp.',
      auth: 'admin',
      right: 'converse',
      bodyDocument: sendMessageSchema,
      data: sentShape.extend({ reference: z.string() }),
      accepted: { data: scheduledAnswer, is: isScheduled },
      fails: [...SEND_FAILS],
      async handle({ channel, body, request }) {
        const parsed = parseMessage(body)
        if (!parsed.ok) throw validationError(parsed.problems)
        const { message } = parsed
        if (message.sendAt !== undefined)
          return { reference: await deps.scheduling.add(channel, { message, body, id: undefined }), state: 'scheduled' }
        const { wamid, id, sentAs } = await deps.sender.send(channel, message, {
          ...{ trace: request.trace, by: sentByOf(request.principal) },
        })
        // A template of a program is no answer. One that a user chose is.
        if (message.type === 'template' && request.principal?.kind !== 'key') {
          const { to, recipient } = message
          const names = {
            ...(to !== undefined && { phone: to }),
            ...(recipient !== undefined && { userId: recipient }),
          }
          const contact = await findContact(sql, channel.id, names)
          if (contact) await settleConversation(sql, channel.id, contact.id)
        }
        return { msg_id: wamid, reference: id, ...(message.fallback && { sent_as: sentAs }) }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/messages/{reference}/read',
      tag: 'messages',
      summary: 'Mark an inbound message, and all before it, as read',
      description: 'The contact sees blue ticks. With `typing`, they also see that somebody is writing.',
      auth: 'admin',
      right: 'converse',
      data: z.object({ success: z.literal(true) }),
      fails: ['upstream_refused', 'upstream_throttled', 'upstream_unavailable'],
      async handle({ channel, params }) {
        const row = await messageById(sql, [channel.id], params.reference!)
        if (!row || row.direction !== 'in' || row.wamid === null)
          throw new GatewayError('resource_not_found', { what: 'inbound message', id: params.reference!.slice(0, 100) })
        await deps.markRead(channel, row.wamid, false)
        return { success: true }
      },
    }),
  ]
}
