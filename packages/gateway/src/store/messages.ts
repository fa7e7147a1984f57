import { type ContactState, readState } from '../domain/contacts/state.ts'
import { groupKey, phoneKey, userKey } from '../domain/contacts/identity.ts'
import type { Edit } from '../domain/messages/edits.ts'
import { addEdits } from './message-edits.ts'
import type { Sql } from './sql.ts'
import type { MessageOrigin } from './store.ts'
import { Where } from './where.ts'

export type MessageRow = {
  channel_id: number
  id: string
  contact_id: number
  direction: 'in' | 'out'
  type: string
  status: string
  wamid: string | null
  recipient: string | null
  content: string
  error: string | null
  created_at: number
  accepted_at: number | null
  sent_at: number | null
  delivered_at: number | null
  read_at: number | null
  played_at: number | null
  failed_at: number | null
  /** Meta's pricing and conversation objects, as JSON. */
  pricing: string | null
  conversation: string | null
  origin: MessageOrigin | null
  /** The wamid of the message that this one changes or removes. */
  changes: string | null
  /** Later messages that change or remove this one, the oldest first (`addEdits`). */
  edits?: Edit[]
}

/** Reads the customer's callback data, which stands at the beginning of a message's content, if given (`send.ts`). */
export function callbackDataOf(content: string): string | undefined {
  if (!content.startsWith('{"callback_data":')) return undefined
  const { callback_data } = JSON.parse(content) as { callback_data: unknown }
  return typeof callback_data === 'string' ? callback_data : undefined
}

/** By Meta's id or by ours. */
export function findMessage(sql: Sql, channelId: number, id: string): Promise<MessageRow | undefined> {
  const column = id.startsWith('msg_') ? 'id' : 'wamid'
  return sql.get<MessageRow>(`select * from messages where channel_id = $1 and ${column} = $2`, [channelId, id])
}

export type MessageFilter = {
  channelId?: number
  contactId?: number
  direction?: 'in' | 'out'
  status?: string
  /** Our id of the last row of the previous page. */
  beforeId?: string
  count: number
}

type Troubled = 'sending' | 'unknown' | 'failed'
const TROUBLED = new Set<string>(['sending', 'unknown', 'failed'] satisfies Troubled[])

/** Statuses with an index of their own. */
export const isTroubled = (status: string): status is Troubled => TROUBLED.has(status)

/**
 * The condition for one of those statuses, of messages `m`. The planner uses the index only when its own condition is
 * in the text. PostgreSQL's index is over two columns that seldom change.
 */
export const hasStatus = (status: Troubled): string =>
  `m.status = '${status}' and m.status in ('sending', 'unknown', 'failed') and (m.wamid is null or m.failed_at is not null)`

/**
 * The condition for inbound messages of all contacts, which have an index of their own. The planner uses it only with
 * this text. For messages of one contact it would be the wrong index.
 */
export const IS_INBOUND = `m.direction = 'in'`

/** Newest first. Each channel has its own index range, so the channels are read one by one. */
export async function listMessages(sql: Sql, filter: MessageFilter): Promise<MessageRow[]> {
  return addEdits(sql, await listed(sql, filter))
}

async function listed(sql: Sql, filter: MessageFilter): Promise<MessageRow[]> {
  if (filter.channelId !== undefined) return listOfChannel(sql, filter)
  const found: MessageRow[] = []
  for (let behind = -1; ;) {
    const next = await sql.get<{ id: number | null }>(
      'select min(channel_id) as id from messages where channel_id > $1',
      [behind],
    )
    if (next === undefined || next.id === null) break
    behind = Number(next.id)
    found.push(...(await listOfChannel(sql, { ...filter, channelId: behind })))
    found.sort((a, b) => (a.id < b.id ? 1 : -1))
    found.splice(filter.count)
  }
  return found
}

export const isInbound = (filter: { direction?: 'in' | 'out'; status?: string }): boolean =>
  filter.direction === 'in' || (filter.direction === undefined && filter.status === 'received')

function listOfChannel(sql: Sql, filter: MessageFilter): Promise<MessageRow[]> {
  const where = new Where()
  if (filter.channelId !== undefined) where.and('channel_id = ?', filter.channelId)
  if (filter.contactId !== undefined) where.and('contact_id = ?', filter.contactId)
  if (filter.contactId === undefined && isInbound(filter)) where.and(IS_INBOUND)
  else if (filter.direction !== undefined) where.and('direction = ?', filter.direction)
  if (filter.status !== undefined && isTroubled(filter.status)) where.and(hasStatus(filter.status))
  else if (filter.status !== undefined) where.and('status = ?', filter.status)
  if (filter.beforeId !== undefined) where.and('id < ?', filter.beforeId)
  const limit = where.param(filter.count)
  return sql.all<MessageRow>(`select * from messages m ${where.clause} order by id desc limit ${limit}`, where.params)
}

/** Whether a message to a contact with an id from `since` on is on its way to WhatsApp. */
export async function isSending(sql: Sql, channelId: number, contactId: number, since: string): Promise<boolean> {
  const row = await sql.get(
    `select 1 as one from messages where channel_id = $1 and contact_id = $2 and id >= $3 and status = 'sending' limit 1`,
    [channelId, contactId, since],
  )
  return row !== undefined
}

/** The contact of a number, a business-scoped id or the id of a group on this channel. */
export async function findContact(
  sql: Sql,
  channelId: number,
  name: { phone?: string; userId?: string },
): Promise<{ id: number; lastInboundAt: number | undefined; state: ContactState } | undefined> {
  const { phone, userId = '' } = name
  // An id is of a person or of a group.
  const keys = phone !== undefined ? [phoneKey(phone), phoneKey(phone)] : [userKey(userId), groupKey(userId)]
  const row = await sql.get<{ id: number; last_inbound_at: number | null; state: string | null }>(
    `select c.id, c.last_inbound_at, c.state from contact_keys k join contacts c on c.id = k.contact_id
     where k.channel_id = $1 and k.key in ($2, $3)`,
    [channelId, ...keys],
  )
  return row && { id: row.id, lastInboundAt: row.last_inbound_at ?? undefined, state: readState(row.state) }
}
