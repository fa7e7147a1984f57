import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { matching } from '../../domain/fields/schema.ts'
import { parseMessage } from '../../domain/messages/parse.ts'
import { sendMessageSchema } from '../../domain/messages/schema.ts'
import { freeUntil, ownerNow, readState } from '../../domain/contacts/state.ts'
import { windowOf } from '../../domain/messages/window.ts'
import { preferenceNotice } from '../../flows/contacts/preference-notice.ts'
import type { MarkRead } from '../../flows/send/mark-read.ts'
import type { Scheduling } from '../../flows/send/scheduling.ts'
import type { Sender } from '../../flows/send/send.ts'
import { awaitUnderway } from '../../flows/send/underway.ts'
import type { Directory } from '../../store/directory.ts'
import {
  contactById,
  contactsCalled,
  contactsNamed,
  messageById,
  recentContacts,
  type ContactRow,
} from '../../store/search.ts'
import type { Notice, Store } from '../../store/store.ts'
import { mustFindChannel } from '../must-find-channel.ts'
import { route, type Route } from '../route.ts'
import {
  freeUntilShape,
  limitedUntilShape,
  marketingOf,
  marketingShape,
  ownerShape,
} from '../external/contact-shape.ts'
import { isScheduled, SEND_FAILS, sentShape } from '../external/messages.ts'
import { scheduledAnswer } from '../external/scheduled.ts'
import { seconds } from '../shapes.ts'
import { foundOf, foundShape } from './search.ts'

const contactShape = z.object({
  channel_id: z.int(),
  contact_id: z.int(),
  name: z.string().nullable(),
  phone: z.string().nullable(),
  user_id: z.string().nullable(),
  marketing: marketingShape,
  marketing_limited_until: limitedUntilShape,
  owner: ownerShape.nullable().describe('null: no other program ever answered this contact.'),
  group_id: z.string().nullable().describe('For a group, which has no window: messages may be sent at any time.'),
  window: z.object({
    state: z.enum(['open', 'closed', 'unknown']),
    closes_at: z.int().nullable().describe('Unix seconds; in the past when closed; null when unknown.'),
    free_until: freeUntilShape,
  }),
})

const listQuery = z.strictObject({
  channel_id: matching(/^\d{1,15}$/, 'must be the id of a channel').transform(Number),
  q: z.string().max(100).optional().describe('The beginning of a number or id, or letters of a name.'),
  last_id: matching(/^msg_[0-9A-Z]{26}$/, 'must be next_id of the page before').optional(),
})

const PER_PAGE = 40

const namesOf = (
  { id }: Channel,
  row: ContactRow,
): Omit<z.infer<typeof contactShape>, 'window' | 'owner' | keyof ReturnType<typeof marketingOf>> => ({
  channel_id: id,
  contact_id: row.id,
  name: row.name,
  phone: row.phone,
  user_id: row.user_id,
  group_id: row.group_id,
})

export type ConversationDeps = {
  store: Store
  directory: Directory
  clock: Clock
  sender: Sender
  scheduling: Scheduling
  markRead: MarkRead
  /** Stores an event of ours and what it changes, and has it delivered. */
  tell: (notice: Notice) => Promise<unknown>
}

/** Conversations for the operator: the list of contacts, the state of each window, and sends through a channel. Long: a table of routes. */
export function conversationRoutes(deps: ConversationDeps): Route[] {
  const { store, directory, clock } = deps
  const { sql } = store

  function contactOf(channel: Channel, row: ContactRow): z.infer<typeof contactShape> {
    if (row.group_id !== null)
      return {
        ...namesOf(channel, row),
        ...marketingOf({}, clock.now()),
        owner: null,
        window: { state: 'open', closes_at: null, free_until: null },
      }
    const lastInboundAt = row.last_inbound_at === null ? undefined : Number(row.last_inbound_at)
    const window = windowOf({ lastInboundAt, channelCreatedAt: channel.createdAt }, clock.now())
    const closes = window.state === 'open' ? window.closesAt : window.state === 'closed' ? window.closedAt : undefined
    const state = readState(row.state)
    const owner = ownerNow(state.owner, lastInboundAt, clock.now())
    return {
      ...namesOf(channel, row),
      ...marketingOf(state, clock.now()),
      owner: owner ? { owner: owner.owner, role: owner.role, since: seconds(owner.since) } : null,
      window: {
        state: window.state,
        closes_at: seconds(closes ?? null),
        free_until: seconds(freeUntil(state, clock.now())),
      },
    }
  }

  async function mustFind(channel: Channel, id: string): Promise<ContactRow> {
    const row = /^\d{1,15}$/.test(id) ? await contactById(sql, channel.id, Number(id)) : undefined
    if (!row) throw new GatewayError('resource_not_found', { what: 'contact', id: id.slice(0, 40) })
    return row
  }

  async function find(channel: Channel, words: string): Promise<ContactRow[]> {
    const ids = await contactsNamed(sql, channel.id, words)
    const named = (await Promise.all(ids.map((id) => contactById(sql, channel.id, id)))).filter((row) => !!row)
    if (named.length > 0 || /^[\d\s()+-]+$/.test(words)) return named
    return contactsCalled(sql, channel.id, words, PER_PAGE)
  }

  const withLast = contactShape.extend({ last: foundShape.nullable() })

  return [
    route({
      method: 'GET',
      path: '/admin/conversations',
      tag: 'overview',
      summary: 'The contacts of a channel, most recent first',
      description: 'With the last message and the window of each.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      query: listQuery,
      data: z.object({
        conversations: z.array(withLast),
        next_id: z.string().nullable().describe('Continues the list. Contacts of the page before may appear again.'),
      }),
      async handle({ query }) {
        const channel = mustFindChannel((id) => directory.channel(id), String(query.channel_id))
        if (query.q !== undefined && query.q.trim() !== '') {
          const rows = await find(channel, query.q.trim())
          return { conversations: rows.map((row) => ({ ...contactOf(channel, row), last: null })), next_id: null }
        }
        const { met, next } = await recentContacts(sql, channel.id, {
          count: PER_PAGE,
          ...(query.last_id !== undefined && { beforeId: query.last_id }),
        })
        const conversations = []
        for (const { contactId, lastId } of met) {
          const row = await contactById(sql, channel.id, contactId)
          const last = await messageById(sql, [channel.id], lastId)
          if (row && last) conversations.push({ ...contactOf(channel, row), last: foundOf(last) })
        }
        return { conversations, next_id: next ?? null }
      },
    }),
    route({
      method: 'GET',
      path: '/admin/conversations/{channel_id}/{contact_id}',
      tag: 'overview',
      summary: 'One contact of a channel, with the window',
      description: 'Names, window and owner of one conversation.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      data: contactShape,
      async handle({ channel, params }) {
        return contactOf(channel, await mustFind(channel, params.contact_id!))
      },
    }),
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
        const row = await mustFind(channel, params.contact_id!)
        const [phone, userId] = [row.phone ?? undefined, row.user_id ?? undefined]
        if (phone === undefined && userId === undefined)
          throw validationError([{ path: 'contact_id', rule: 'consistent', message: 'has no number and no user id' }])
        const names = { ...(phone !== undefined && { phone }), ...(userId !== undefined && { userId }) }
        const now = clock.now()
        await deps.tell(preferenceNotice(channel, names, { state: body.marketing, at: now }, now))
        if (body.marketing === 'stopped') await awaitUnderway({ sql, clock }, channel.id, row.id)
        return contactOf(channel, await mustFind(channel, params.contact_id!))
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
      async handle({ channel, body }) {
        const parsed = parseMessage(body)
        if (!parsed.ok) throw validationError(parsed.problems)
        const { message } = parsed
        if (message.sendAt !== undefined)
          return { reference: await deps.scheduling.add(channel, { message, body, id: undefined }), state: 'scheduled' }
        const { wamid, id, sentAs } = await deps.sender.send(channel, message)
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
