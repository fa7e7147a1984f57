import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import { roleHas } from '../../domain/people/role.ts'
import { matching, text } from '../../domain/fields/schema.ts'
import { validationError } from '../../platform/errors.ts'
import { type Entry, entryOf, type InboxFilter, listInbox, type Place } from '../../flows/contacts/inbox.ts'
import type { ThreadControl } from '../../flows/send/thread.ts'
import { readState } from '../../domain/contacts/state.ts'
import { changeNotes, markSeen, MOST_UNREAD, settleConversation } from '../../store/conversations.ts'
import type { Directory } from '../../store/directory.ts'
import { contactById, contactsCalled, contactsNamed, type ContactRow } from '../../store/search.ts'
import type { Store } from '../../store/store.ts'
import { allUsers } from '../../store/users.ts'
import { threadBody } from '../external/thread.ts'
import { ownerShape } from '../external/contact-shape.ts'
import { mustFindChannel } from '../must-find-channel.ts'
import { ownChannels } from '../own-channels.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'
import { seconds } from '../shapes.ts'
import { contactOf, contactShape, mustFindContact } from './conversation-shape.ts'
import { foundOf, foundShape } from './search.ts'

const yes = z.enum(['true']).optional()
const PLACE = /^(?:w\.\d{1,16}\.\d{1,16}|[io]\.msg_[0-9A-Z]{26}|n\.\d{1,16})$/
const USER = /^usr_[0-9A-Z]{26}$/

const listQuery = z.strictObject({
  channel_id: matching(/^\d{1,15}$/, 'must be the id of a channel')
    .transform(Number)
    .optional(),
  channels: matching(/^\d{1,15}(?:,\d{1,15}){0,49}$/, 'must be ids of channels with commas')
    .optional()
    .describe('Several channels. Default: all.'),
  q: z.string().max(100).optional().describe('The beginning of a number or id, or letters of a name.'),
  unread: yes.describe('Only contacts who wait, and whose newest message nobody has opened.'),
  waiting: yes.describe('Only contacts whom nobody has answered.'),
  window: z.enum(['open']).optional().describe('Only contacts whose 24 hours run.'),
  opted_out: yes.describe('Only contacts who want no marketing.'),
  assignee: matching(/^(?:none|usr_[0-9A-Z]{26})$/, 'must be the id of a user, or none').optional(),
  last_id: matching(PLACE, 'must be next_id of the page before').optional(),
  count: matching(/^([1-9]\d?|1\d\d|200)$/, 'must be a whole number from 1 to 200')
    .transform(Number)
    .default(40),
})
type Query = z.infer<typeof listQuery>

const notedShape = z.object({
  waiting_since: z.int().nullable().describe('Unix seconds: the oldest message without an answer.'),
  unread: z.int().describe(`Messages without an answer that nobody has opened, at most ${MOST_UNREAD}.`),
  assignee: z.object({ user_id: z.string(), name: z.string() }).nullable(),
  labels: z.array(z.string()),
})
const listed = contactShape.extend(notedShape.shape).extend({ last: foundShape.nullable() })
const whole = contactShape.extend(notedShape.shape).extend({
  note: z.string().nullable(),
  username: z.string().nullable(),
  last_seen: z.string().nullable().describe('The reference of the newest message that a user has opened.'),
})

const changeBody = z.strictObject({
  assignee: matching(USER, 'must be the id of a user').nullable().optional(),
  note: text(1, 4_000).nullable().optional(),
  labels: z
    .array(text(1, 40, { oneLine: true, trimmed: true }))
    .max(20)
    .optional(),
})

type InboxDeps = { store: Store; directory: Directory; clock: Clock; control: ThreadControl }

/** The inbox of the console: who waits, what was noted, who answers. Long: a table of routes. */
export function inboxRoutes({ store, directory, clock, control }: InboxDeps): Route[] {
  const { sql } = store

  function channelsOf(query: Query, own: readonly Channel[]): readonly Channel[] {
    const named =
      query.channels?.split(',') ?? (query.channel_id === undefined ? undefined : [String(query.channel_id)])
    if (!named) return own
    return [...new Set(named)].map((id) => mustFindChannel((one) => own.find((channel) => channel.id === one), id))
  }

  async function called(channel: Channel, words: string, count: number): Promise<ContactRow[]> {
    const ids = await contactsNamed(sql, channel.id, words)
    const named = (await Promise.all(ids.map((id) => contactById(sql, channel.id, id)))).filter((row) => !!row)
    if (named.length > 0 || /^[\d\s()+-]+$/.test(words)) return named
    return contactsCalled(sql, channel.id, words, count)
  }

  async function namesOfUsers(entries: readonly Entry[]): Promise<Map<string, string>> {
    if (!entries.some(({ notes }) => notes.assignee !== null)) return new Map()
    return new Map((await allUsers(sql)).map(({ id, name }) => [id, name]))
  }

  const noted = ({ notes, standing }: Entry, users: ReadonlyMap<string, string>): z.infer<typeof notedShape> => ({
    waiting_since: seconds(standing.waitingSince),
    unread: standing.unread,
    assignee: notes.assignee === null ? null : { user_id: notes.assignee, name: users.get(notes.assignee) ?? '' },
    labels: notes.labels,
  })

  async function wholeOf(channel: Channel, id: string): Promise<z.infer<typeof whole>> {
    const row = await mustFindContact(sql, channel, id)
    const entry = await entryOf(sql, row)
    return {
      ...contactOf(channel, row, clock.now()),
      ...noted(entry, await namesOfUsers([entry])),
      note: entry.notes.note,
      username: row.username,
      last_seen: entry.notes.readId,
    }
  }

  return [
    route({
      method: 'GET',
      path: '/admin/conversations',
      tag: 'overview',
      summary: 'Conversations of one, some or all channels: who waits for an answer first',
      description:
        'Then those who have written, the one who wrote last first, and at the end those who were only written to: a broadcast moves nobody. A template that a program sends is no answer. A page may be shorter than count; next_id continues.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      channels: 'own',
      query: listQuery,
      data: z.object({
        conversations: z.array(listed),
        next_id: z.string().nullable().describe('Continues the list.'),
      }),
      async handle({ query, request }) {
        const channels = channelsOf(query, ownChannels(directory, request))
        const byId = new Map(channels.map((channel) => [channel.id, channel]))
        const words = query.q?.trim() ?? ''
        let found: { entries: Entry[]; next: Place | undefined }
        if (words === '') found = await listInbox(sql, filterOf(query, channels, clock.now()), pageOf(query))
        else {
          const rows = (await Promise.all(channels.map((one) => called(one, words, query.count)))).flat()
          const some = rows.slice(0, query.count)
          found = { entries: await Promise.all(some.map((row) => entryOf(sql, row))), next: undefined }
        }
        const users = await namesOfUsers(found.entries)
        return {
          conversations: found.entries.map((entry) => ({
            ...contactOf(byId.get(Number(entry.row.channel_id))!, entry.row, clock.now()),
            ...noted(entry, users),
            last: entry.last ? foundOf(entry.last) : null,
          })),
          next_id: found.next ? placeText(found.next) : null,
        }
      },
    }),
    route({
      method: 'GET',
      path: '/admin/conversations/assignees',
      tag: 'overview',
      summary: 'The users to whom a conversation may be assigned',
      description: 'Those who may answer. Their names, nothing else.',
      auth: 'admin',
      right: 'read',
      channels: 'none',
      data: z.array(z.object({ user_id: z.string(), name: z.string() })),
      async handle() {
        const users = await allUsers(sql)
        return users
          .filter(({ role, disabledAt }) => disabledAt === null && roleHas(role, 'converse'))
          .map(({ id, name }) => ({ user_id: id, name }))
      },
    }),
    route({
      method: 'GET',
      path: '/admin/conversations/{channel_id}/{contact_id}',
      tag: 'overview',
      summary: 'One contact of a channel, with the window',
      description: 'Names, window and owner of one conversation, and what users noted of it.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      data: whole,
      handle: ({ channel, params }) => wholeOf(channel, params.contact_id!),
    }),
    route({
      method: 'PATCH',
      path: '/admin/conversations/{channel_id}/{contact_id}',
      tag: 'overview',
      summary: 'Assign a conversation, or change its note or labels',
      description: 'Missing keys stay as they are, null empties one. The contact sees nothing of it.',
      auth: 'admin',
      right: 'converse',
      body: changeBody,
      data: whole,
      fails: ['validation_failed'],
      async handle({ channel, params, body }) {
        const { id } = await mustFindContact(sql, channel, params.contact_id!)
        if (typeof body.assignee === 'string') {
          const user = (await allUsers(sql)).find((one) => one.id === body.assignee)
          const isFit =
            user?.disabledAt === null &&
            roleHas(user.role, 'converse') &&
            (user.channels === null || user.channels.includes(channel.id))
          if (!isFit)
            throw validationError([
              { path: 'assignee', rule: 'consistent', message: 'is no user who may answer on this channel' },
            ])
        }
        await changeNotes(sql, channel.id, Number(id), {
          ...(body.assignee !== undefined && { assignee: body.assignee }),
          ...(body.note !== undefined && { note: body.note }),
          ...(body.labels !== undefined && { labels: [...new Set(body.labels)] }),
        })
        return wholeOf(channel, params.contact_id!)
      },
    }),
    route({
      method: 'POST',
      path: '/admin/conversations/{channel_id}/{contact_id}/seen',
      tag: 'overview',
      summary: 'Note that a user has seen the messages up to one',
      description:
        'For all users of the console. The contact sees nothing of it: POST …/messages/{reference}/read does that.',
      auth: 'admin',
      right: 'converse',
      body: z.strictObject({ reference: matching(/^msg_[0-9A-Z]{26}$/, 'must be the reference of a message') }),
      data: z.object({ success: z.literal(true) }),
      fails: ['validation_failed'],
      async handle({ channel, params, body }) {
        const { id } = await mustFindContact(sql, channel, params.contact_id!)
        await markSeen(sql, channel.id, Number(id), body.reference)
        return { success: true }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/conversations/{channel_id}/{contact_id}/done',
      tag: 'overview',
      summary: 'Note that a conversation needs no answer',
      description: 'It no longer waits, until the contact writes again.',
      auth: 'admin',
      right: 'converse',
      data: z.object({ success: z.literal(true) }),
      async handle({ channel, params }) {
        const { id } = await mustFindContact(sql, channel, params.contact_id!)
        await settleConversation(sql, channel.id, Number(id))
        return { success: true }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/conversations/{channel_id}/{contact_id}/thread',
      tag: 'overview',
      summary: 'Take a conversation, pass it on, or give it up, as POST /external/contacts/{to}/thread',
      description: 'For the console, where a contact is known by its id.',
      auth: 'admin',
      right: 'converse',
      body: threadBody,
      data: ownerShape.extend({ request_id: z.string().nullable().describe('WhatsApp’s id of the change.') }),
      fails: ['validation_failed', ...UPSTREAM_FAILS],
      async handle({ channel, params, body }) {
        const row = await mustFindContact(sql, channel, params.contact_id!)
        if (row.phone === null && row.user_id === null)
          throw validationError([{ path: 'contact_id', rule: 'consistent', message: 'has no number and no user id' }])
        const contact = {
          ...(row.phone !== null && { phone: row.phone }),
          ...(row.user_id !== null && { userId: row.user_id }),
          ...(row.name !== null && { name: row.name }),
        }
        const newest = Math.max(Number(row.last_inbound_at ?? 0), readState(row.state).owner?.at ?? 0)
        const { owner, requestId } = await control(channel, contact, newest, body)
        return { owner: owner.owner, role: owner.role, since: seconds(owner.since), request_id: requestId ?? null }
      },
    }),
  ]
}

function filterOf(query: Query, channels: readonly Channel[], now: number): InboxFilter {
  return {
    channelIds: channels.map(({ id }) => id),
    ...(query.unread && { unread: true }),
    ...(query.waiting && { waiting: true }),
    ...(query.opted_out && { optedOut: true }),
    ...(query.window && { openAt: now }),
    ...(query.assignee !== undefined && { assignee: query.assignee === 'none' ? null : query.assignee }),
  }
}

const pageOf = ({ last_id: lastId, count }: Query): { from: Place | undefined; count: number } => ({
  from: lastId === undefined ? undefined : placeIn(lastId),
  count,
})

function placeIn(written: string): Place {
  const [part, one = '', other = ''] = written.split('.')
  if (part === 'w') return { part: 'waiting', since: Number(one), id: Number(other) }
  if (part === 'n') return { part: 'by id', before: Number(one) }
  return { part: part === 'i' ? 'wrote' : 'others', before: one }
}

function placeText(place: Place): string {
  switch (place.part) {
    case 'waiting':
      return `w.${place.since}.${place.id}`
    case 'by id':
      return `n.${place.before}`
    case 'wrote':
      return `i.${place.before}`
    case 'others':
      return `o.${place.before}`
  }
}
