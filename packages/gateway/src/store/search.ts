import { firstMessageIdAt } from '../platform/ids.ts'
import { phoneKey, userKey } from '../domain/contacts/identity.ts'
import { addEdits } from './message-edits.ts'
import { hasStatus, IS_INBOUND, isInbound, isTroubled, type MessageRow } from './messages.ts'
import type { Sql } from './sql.ts'
import { Where } from './where.ts'

export type FoundMessage = MessageRow & { contact_name: string | null; phone: string | null; user_id: string | null }

export type MessageSearch = {
  /** The channels to search. Each has its own index range, so they are read one by one. */
  channelIds: readonly number[]
  contactId?: number
  /** The beginning of a number (digits) or of a business-scoped id, or letters of a name. */
  contact?: string
  direction?: 'in' | 'out'
  status?: string
  /** Outbound messages that came at least this far. `sent`: WhatsApp accepted it. */
  reached?: Reached
  errorCode?: number
  /** Epoch milliseconds. */
  from?: number
  to?: number
  beforeId?: string
  /** This message and the next newer ones. */
  sinceId?: string
  count: number
}

/** The same conditions as the counts of `activity.ts`. */
const REACHED = {
  // Written so that no planner takes the index of wamids, which is in another order.
  sent: `m.direction = 'out' and coalesce(m.wamid, '') <> ''`,
  delivered: `m.direction = 'out' and m.status in ('delivered', 'read', 'played')`,
  read: `m.direction = 'out' and m.status in ('read', 'played')`,
} as const
export type Reached = keyof typeof REACHED
export const REACHED_AT_LEAST = Object.keys(REACHED) as [Reached, ...Reached[]]

const MOST_CONTACTS = 50

/** Newest first, over several channels. */
export async function searchMessages(sql: Sql, search: MessageSearch): Promise<FoundMessage[]> {
  const found: FoundMessage[] = []
  for (const channelId of search.channelIds) {
    if (search.contact === undefined) {
      found.push(...(await inChannel(sql, channelId, search.contactId, search)))
      continue
    }
    for (const id of await contactsMeant(sql, channelId, search.contact)) {
      found.push(...(await inChannel(sql, channelId, id, search)))
    }
  }
  if (search.channelIds.length > 1 || search.contact !== undefined || search.sinceId !== undefined)
    found.sort((a, b) => (a.id < b.id ? 1 : -1))
  // The next newer ones are at the end.
  return addEdits(sql, search.sinceId === undefined ? found.slice(0, search.count) : found.slice(-search.count))
}

async function inChannel(
  sql: Sql,
  channelId: number,
  contactId: number | undefined,
  search: MessageSearch,
): Promise<FoundMessage[]> {
  const where = new Where().and('m.channel_id = ?', channelId)
  if (contactId !== undefined) where.and('m.contact_id = ?', contactId)
  if (contactId === undefined && isInbound(search)) where.and(IS_INBOUND)
  else if (search.direction !== undefined) where.and('m.direction = ?', search.direction)
  if (search.errorCode !== undefined) {
    where.and(hasStatus('failed'))
    where.and('m.error like ?', `%"code":${search.errorCode},%`)
  } else if (search.status !== undefined) {
    if (isTroubled(search.status)) where.and(hasStatus(search.status))
    else where.and('m.status = ?', search.status)
  }
  if (search.reached !== undefined) where.and(REACHED[search.reached])
  if (search.from !== undefined) where.and('m.id >= ?', firstMessageIdAt(search.from))
  if (search.to !== undefined) where.and('m.id < ?', firstMessageIdAt(search.to))
  if (search.beforeId !== undefined) where.and('m.id < ?', search.beforeId)
  if (search.sinceId !== undefined) where.and('m.id >= ?', search.sinceId)
  const limit = where.param(search.count)
  return sql.all<FoundMessage>(
    `select m.*, c.name as contact_name, c.phone, c.user_id from messages m
     left join contacts c on c.id = m.contact_id
     ${where.clause} order by m.id ${search.sinceId === undefined ? 'desc' : 'asc'} limit ${limit}`,
    where.params,
  )
}

/** By wamid or by our reference, in any of the channels. */
export async function messageById(
  sql: Sql,
  channelIds: readonly number[],
  id: string,
): Promise<FoundMessage | undefined> {
  const column = id.startsWith('msg_') ? 'id' : 'wamid'
  for (const channelId of channelIds) {
    const row = await sql.get<FoundMessage>(
      `select m.*, c.name as contact_name, c.phone, c.user_id from messages m
       left join contacts c on c.id = m.contact_id where m.channel_id = $1 and m.${column} = $2`,
      [channelId, id],
    )
    if (row) return (await addEdits(sql, [row]))[0]
  }
  return undefined
}

/** Contacts whose number or business-scoped id begins with this text: a range of the key's index. */
export async function contactsNamed(sql: Sql, channelId: number, beginning: string): Promise<number[]> {
  const digits = beginning.replace(/[\s()+-]/g, '')
  const key = /^\d+$/.test(digits) ? phoneKey(digits) : userKey(beginning)
  const rows = await sql.all<{ contact_id: number }>(
    'select distinct contact_id from contact_keys where channel_id = $1 and key >= $2 and key < $3 limit $4',
    [channelId, key, `${key}\uffff`, MOST_CONTACTS],
  )
  return rows.map((row) => row.contact_id)
}

/** The contacts with this beginning of a number or an id, else with these letters in their name. */
async function contactsMeant(sql: Sql, channelId: number, words: string): Promise<number[]> {
  const ids = await contactsNamed(sql, channelId, words)
  if (ids.length > 0 || /^[\d\s()+-]+$/.test(words)) return ids
  return (await contactsCalled(sql, channelId, words, MOST_CONTACTS)).map(({ id }) => id)
}

export type ContactRow = {
  id: number
  channel_id: number
  phone: string | null
  user_id: string | null
  username: string | null
  group_id: string | null
  name: string | null
  last_inbound_at: number | null
  state: string | null
  waiting_since: number | null
}

// Only a group has neither number nor id.
export const CONTACT = `select id, channel_id, phone, user_id, username, name, last_inbound_at, state, waiting_since,
  case when phone is null and user_id is null then (select max(substr(k.key, 3)) from contact_keys k
    where k.channel_id = contacts.channel_id and k.contact_id = contacts.id and k.key like 'g:%') end as group_id
  from contacts`

export function contactById(sql: Sql, channelId: number, id: number): Promise<ContactRow | undefined> {
  return sql.get<ContactRow>(`${CONTACT} where channel_id = $1 and id = $2`, [channelId, id])
}

/** Contacts whose name contains these letters. Reads names until enough are found. */
export function contactsCalled(sql: Sql, channelId: number, letters: string, count: number): Promise<ContactRow[]> {
  const pattern = `%${letters.toLowerCase().replace(/[%_\\]/g, '')}%`
  return sql.all<ContactRow>(`${CONTACT} where channel_id = $1 and lower(name) like $2 limit $3`, [
    channelId,
    pattern,
    count,
  ])
}

/** Maximum number of rows that one read of recent contacts looks at before it returns its results. */
const MOST_ROWS_PER_LOOK = 2_000

/**
 * The most recent contacts, by walking the newest messages: the cost does not depend on the size of the store. `next`
 * continues where this read ended. A contact may appear again; the caller removes repetitions.
 */
export async function recentContacts(
  sql: Sql,
  channelId: number,
  options: { beforeId?: string; count: number },
): Promise<{ met: { contactId: number; lastId: string }[]; next: string | undefined }> {
  const met = new Map<number, string>()
  let before = options.beforeId ?? 'msg_~'
  for (let read = 0; read < MOST_ROWS_PER_LOOK;) {
    const rows = await sql.all<{ id: string; contact_id: number }>(
      'select id, contact_id from messages where channel_id = $1 and id < $2 order by id desc limit 500',
      [channelId, before],
    )
    for (const row of rows) {
      before = row.id
      if (!met.has(row.contact_id)) met.set(row.contact_id, row.id)
      if (met.size === options.count) return { met: listOf(met), next: before }
    }
    if (rows.length < 500) return { met: listOf(met), next: undefined }
    read += rows.length
  }
  return { met: listOf(met), next: before }
}

const listOf = (met: Map<number, string>): { contactId: number; lastId: string }[] =>
  [...met].map(([contactId, lastId]) => ({ contactId, lastId }))
