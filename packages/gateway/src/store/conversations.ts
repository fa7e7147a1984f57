import { firstMessageIdAt, timeOfMessageId } from '../platform/ids.ts'
import { UNANSWERED_TYPES } from './core/message-rows.ts'
import { type ContactRow, CONTACT, contactById } from './search.ts'
import type { Sql } from './sql.ts'

/**
 * A contact of the inbox. `waitingSince`: when the oldest message came that nobody has answered; null when nothing waits.
 * `unread`: how many of those nobody has opened, at most `MOST_UNREAD`. Times are epoch milliseconds.
 */
export type Standing = { waitingSince: number | null; unread: number }

export const MOST_UNREAD = 100

// A template of a program is no answer: an order's status or a broadcast does not end a question. What a user sends in
// the console is one, whatever it is: see `settleConversation`.
const ANSWERS = `direction = 'out' and type <> 'template' and status <> 'failed'`
const ASKS = `direction = 'in' and origin is null and changes is null
  and type not in (${UNANSWERED_TYPES.map((type) => `'${type}'`).join(', ')})`

/** Contacts of a channel that may wait for an answer, the one that wrote last first. */
export function waitingContacts(
  sql: Sql,
  channelId: number,
  { before, count }: { before?: { since: number; id: number } | undefined; count: number },
): Promise<ContactRow[]> {
  return sql.all<ContactRow>(
    `${CONTACT} where channel_id = $1 and waiting_since is not null and (waiting_since, id) < ($2, $3)
     order by waiting_since desc, id desc limit $4`,
    [channelId, before?.since ?? Number.MAX_SAFE_INTEGER, before?.id ?? Number.MAX_SAFE_INTEGER, count],
  )
}

/**
 * Whether a contact waits, by what was sent since. Corrects the row when an answer has gone out, which the send itself
 * does not note: it would have to lock and write the contact with each message.
 */
export async function standingOf(sql: Sql, row: ContactRow, readId: string | null): Promise<Standing> {
  const NOBODY = { waitingSince: null, unread: 0 }
  if (row.waiting_since === null) return NOBODY
  const since = Number(row.waiting_since)
  const place = [Number(row.channel_id), Number(row.id)]
  const answer = await sql.get<{ id: string }>(
    `select id from messages where channel_id = $1 and contact_id = $2 and id >= $3 and ${ANSWERS} order by id desc limit 1`,
    [...place, firstMessageIdAt(since)],
  )
  const asked = await sql.all<{ id: string }>(
    `select id from messages where channel_id = $1 and contact_id = $2 and id >= $3 and ${ASKS} order by id limit ${MOST_UNREAD}`,
    [...place, answer?.id ?? firstMessageIdAt(since)],
  )
  const [first] = asked
  const waitingSince = first ? (answer ? timeOfMessageId(first.id) : since) : null
  if (waitingSince !== since) await correct(sql, row, waitingSince)
  if (!first) return NOBODY
  return { waitingSince, unread: asked.filter(({ id }) => readId === null || id > readId).length }
}

/** Not when the contact has written meanwhile: that message may be newer than the answer. */
async function correct(sql: Sql, row: ContactRow, waitingSince: number | null): Promise<void> {
  await sql.run(
    `update contacts set waiting_since = $2 where id = $1 and waiting_since = $3
       and coalesce(last_inbound_at, 0) = $4`,
    [row.id, waitingSince, row.waiting_since, row.last_inbound_at ?? 0],
  )
}

/** Nothing of this contact waits any more, until the next message. */
export async function settleConversation(sql: Sql, channelId: number, contactId: number): Promise<void> {
  await sql.run('update contacts set waiting_since = null where channel_id = $1 and id = $2', [channelId, contactId])
}

/** Looks at up to `count` contacts of a channel that may wait, from `after` on. Returns where to go on. */
export async function lookAtWaiting(
  sql: Sql,
  channelId: number,
  after: { since: number; id: number },
  count: number,
): Promise<{ since: number; id: number } | undefined> {
  const rows = await sql.all<ContactRow>(
    `${CONTACT} where channel_id = $1 and waiting_since is not null and (waiting_since, id) > ($2, $3)
     order by waiting_since, id limit $4`,
    [channelId, after.since, after.id, count],
  )
  for (const row of rows) await standingOf(sql, row, null)
  const last = rows.at(-1)
  return last && rows.length === count ? { since: Number(last.waiting_since), id: Number(last.id) } : undefined
}

/** A message as the list shows it. */
export type LastMessage = { id: string; contact_id: number }

/** The newest messages that people wrote on a channel, or all messages of it, before a message: without their content. */
export function messagesBefore(
  sql: Sql,
  channelId: number,
  { beforeId, inbound, count }: { beforeId: string; inbound: boolean; count: number },
): Promise<LastMessage[]> {
  return sql.all<LastMessage>(
    `select id, contact_id from messages where channel_id = $1 and id < $2${inbound ? ` and direction = 'in'` : ''}
     order by id desc limit $3`,
    [channelId, beforeId, count],
  )
}

/** The id of the newest message of a contact, or of what the contact wrote. */
export async function newestOf(
  sql: Sql,
  channelId: number,
  contactId: number,
  inbound: boolean,
): Promise<string | undefined> {
  const row = await sql.get<{ id: string }>(
    `select id from messages where channel_id = $1 and contact_id = $2${inbound ? ` and direction = 'in'` : ''}
     order by id desc limit 1`,
    [channelId, contactId],
  )
  return row?.id
}

/** Contacts of a channel that said something about marketing, by falling id. */
export function contactsWithWish(sql: Sql, channelId: number, beforeId: number, count: number): Promise<ContactRow[]> {
  return sql.all<ContactRow>(
    `${CONTACT} where channel_id = $1 and state like '%"marketing":%' and id < $2 and merged_into is null
     order by id desc limit $3`,
    [channelId, beforeId, count],
  )
}

/** Contacts of a channel that are assigned to a user, by falling id. */
export async function contactsAssigned(
  sql: Sql,
  channelId: number,
  { assignee, beforeId, count }: { assignee: string; beforeId: number; count: number },
): Promise<ContactRow[]> {
  const rows = await sql.all<{ contact_id: number }>(
    `select contact_id from conversations where channel_id = $1 and assignee = $2 and contact_id < $3
     order by contact_id desc limit $4`,
    [channelId, assignee, beforeId, count],
  )
  const found = await Promise.all(rows.map((row) => contactById(sql, channelId, Number(row.contact_id))))
  return found.filter((row) => row !== undefined)
}

/** What the people who answer noted of a conversation. */
export type Notes = { assignee: string | null; note: string | null; labels: string[]; readId: string | null }

export async function notesOf(sql: Sql, channelId: number, contactId: number): Promise<Notes> {
  const row = await sql.get<{
    assignee: string | null
    note: string | null
    labels: string | null
    read_id: string | null
  }>('select assignee, note, labels, read_id from conversations where channel_id = $1 and contact_id = $2', [
    channelId,
    contactId,
  ])
  if (!row) return { assignee: null, note: null, labels: [], readId: null }
  return { assignee: row.assignee, note: row.note, labels: labelsIn(row.labels), readId: row.read_id }
}

const labelsIn = (text: string | null): string[] => (text === null ? [] : (JSON.parse(text) as string[]))

export async function changeNotes(
  sql: Sql,
  channelId: number,
  contactId: number,
  change: Partial<Omit<Notes, 'readId'>>,
): Promise<void> {
  const columns = Object.entries({
    ...(change.assignee !== undefined && { assignee: change.assignee }),
    ...(change.note !== undefined && { note: change.note }),
    ...(change.labels !== undefined && { labels: change.labels.length === 0 ? null : JSON.stringify(change.labels) }),
  })
  if (columns.length === 0) return
  const names = columns.map(([name]) => name)
  await sql.run(
    `insert into conversations (channel_id, contact_id, ${names.join(', ')})
     values ($1, $2, ${names.map((_, i) => `$${i + 3}`).join(', ')})
     on conflict (channel_id, contact_id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [channelId, contactId, ...columns.map(([, value]) => value)],
  )
}

/** Somebody has seen the messages up to this one. An earlier place changes nothing. */
export async function markSeen(sql: Sql, channelId: number, contactId: number, readId: string): Promise<void> {
  await sql.run(
    `insert into conversations (channel_id, contact_id, read_id) values ($1, $2, $3)
     on conflict (channel_id, contact_id) do update set read_id = excluded.read_id
     where conversations.read_id is null or conversations.read_id < excluded.read_id`,
    [channelId, contactId, readId],
  )
}

/** Two contacts turn out to be one: the notes of the second ($2) go to the first ($3). */
export const JOIN_CONVERSATIONS = `insert into conversations (channel_id, contact_id, assignee, note, labels, read_id)
  select channel_id, $3, assignee, note, labels, read_id from conversations where channel_id = $1 and contact_id = $2
  on conflict (channel_id, contact_id) do update set
    assignee = coalesce(conversations.assignee, excluded.assignee),
    note = case when conversations.note is null then excluded.note when excluded.note is null then conversations.note
      else conversations.note || '\n' || excluded.note end,
    labels = coalesce(conversations.labels, excluded.labels),
    read_id = coalesce(conversations.read_id, excluded.read_id)`

export type SavedReply = { id: string; name: string; text: string }

export const MOST_SAVED_REPLIES = 500

export function savedReplies(sql: Sql): Promise<SavedReply[]> {
  return sql.all<SavedReply>(`select id, name, text from saved_replies order by name, id limit ${MOST_SAVED_REPLIES}`)
}

/** False when there are too many. */
export async function insertReply(sql: Sql, { id, name, text }: SavedReply, now: number): Promise<boolean> {
  const made = await sql.run(
    `insert into saved_replies (id, name, text, created_at, updated_at)
     select $1, $2, $3, $4, $4 where (select count(*) from saved_replies) < ${MOST_SAVED_REPLIES}`,
    [id, name, text, now],
  )
  return made === 1
}

export async function changeReply(sql: Sql, { id, name, text }: SavedReply, now: number): Promise<boolean> {
  const params = [id, name, text, now]
  return (await sql.run('update saved_replies set name = $2, text = $3, updated_at = $4 where id = $1', params)) === 1
}

export async function removeReply(sql: Sql, id: string): Promise<boolean> {
  return (await sql.run('delete from saved_replies where id = $1', [id])) === 1
}
