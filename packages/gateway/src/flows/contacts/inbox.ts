import { readState } from '../../domain/contacts/state.ts'
import {
  contactsAssigned,
  contactsWithWish,
  type LastMessage,
  messagesBefore,
  newestOf,
  type Notes,
  notesOf,
  type Standing,
  standingOf,
  waitingContacts,
} from '../../store/conversations.ts'
import { timeOfMessageId } from '../../platform/ids.ts'
import { contactById, type ContactRow, type FoundMessage, messageById } from '../../store/search.ts'
import type { Sql } from '../../store/sql.ts'

/** One row of the inbox. `last`: the message that it shows; for a contact who waits, the newest one of that contact. */
export type Entry = { row: ContactRow; notes: Notes; standing: Standing; last: FoundMessage | undefined }

export type InboxFilter = {
  channelIds: readonly number[]
  unread?: boolean
  waiting?: boolean
  optedOut?: boolean
  /** The 24 hours of the contact run at this time, in epoch milliseconds. */
  openAt?: number
  /** The id of a user; null: nobody. */
  assignee?: string | null
}

/**
 * Where a page ends. The list has parts: who waits (by `since`), who has written (by a message's id), who was only written
 * to. `by id` is for lists along an index of contacts.
 */
export type Place =
  | { part: 'waiting'; since: number; id: number }
  | { part: 'wrote'; before: string }
  | { part: 'others'; before: string }
  | { part: 'by id'; before: number }

export type Inbox = { entries: Entry[]; next: Place | undefined }

const DAY_MS = 24 * 60 * 60_000
/** Rows that one page looks at before it answers with what it has. */
const MOST_LOOKS = 400
const MOST_ROWS = 2_000
const AT_ONCE = 200
const NEWEST = 'msg_~'
const LARGEST = Number.MAX_SAFE_INTEGER

/**
 * Lists conversations of several channels: first the contacts who wait for an answer, then those who have written, the one
 * who wrote last first, and at the end those who were only written to. So no broadcast moves a contact. Walks indexes, and
 * the cost does not depend on the size of the store.
 */
export async function listInbox(
  sql: Sql,
  filter: InboxFilter,
  { from, count }: { from?: Place | undefined; count: number },
): Promise<Inbox> {
  const page = new Page(sql, filter, count)
  if (filter.assignee)
    await page.byId((channelId, before) => assignedTo(sql, channelId, filter.assignee!, before), from)
  else if (filter.optedOut)
    await page.byId((channelId, before) => contactsWithWish(sql, channelId, before, AT_ONCE), from)
  else {
    const start = from ?? { part: 'waiting', since: LARGEST, id: LARGEST }
    if (start.part === 'waiting') await page.waiting(start)
    const isOnlyWaiting = filter.waiting === true || filter.unread === true
    if (start.part !== 'others' && !isOnlyWaiting && page.goesOn)
      await page.messages('wrote', start.part === 'wrote' ? start.before : NEWEST)
    // Who never wrote has no window.
    if (filter.openAt === undefined && !isOnlyWaiting && page.goesOn)
      await page.messages('others', start.part === 'others' ? start.before : NEWEST)
  }
  return { entries: page.entries, next: page.next }
}

const assignedTo = (sql: Sql, channelId: number, assignee: string, beforeId: number): Promise<ContactRow[]> =>
  contactsAssigned(sql, channelId, { assignee, beforeId, count: AT_ONCE })

/** What a page of the list needs of one contact. */
export async function entryOf(sql: Sql, row: ContactRow): Promise<Entry> {
  const channelId = Number(row.channel_id)
  const notes = await notesOf(sql, channelId, Number(row.id))
  const standing = await standingOf(sql, row, notes.readId)
  const lastId = await newestOf(sql, channelId, Number(row.id), standing.waitingSince !== null)
  return { row, notes, standing, last: lastId === undefined ? undefined : await messageById(sql, [channelId], lastId) }
}

class Page {
  readonly entries: Entry[] = []
  next: Place | undefined
  readonly #sql: Sql
  readonly #filter: InboxFilter
  readonly #count: number
  readonly #met = new Set<number>()
  #looks = 0
  #rows = 0

  constructor(sql: Sql, filter: InboxFilter, count: number) {
    this.#sql = sql
    this.#filter = filter
    this.#count = count
  }

  /** False when the page is full, or has cost enough. */
  get goesOn(): boolean {
    return this.next === undefined
  }

  async waiting(from: { since: number; id: number }): Promise<void> {
    let before = { since: from.since, id: from.id }
    for (;;) {
      const found = await this.#overChannels((channelId) =>
        waitingContacts(this.#sql, channelId, { before, count: AT_ONCE }),
      )
      const rows = found.sort((a, b) => sinceOf(b) - sinceOf(a) || Number(b.id) - Number(a.id)).slice(0, AT_ONCE)
      for (const row of rows) {
        const { standing, ...entry } = await this.#look(row)
        before = { since: sinceOf(row), id: Number(row.id) }
        if (standing.waitingSince !== null) this.#take({ standing, ...entry })
        if (this.#isFull()) return this.#endAt({ part: 'waiting', ...before })
      }
      if (rows.length < AT_ONCE) return
    }
  }

  /** Along the newest messages, each contact at its own newest one. */
  async messages(part: 'wrote' | 'others', from: string): Promise<void> {
    const { openAt } = this.#filter
    const oldest = openAt === undefined ? 0 : openAt - 2 * DAY_MS
    let before = from
    for (;;) {
      const found = await this.#overChannels(async (channelId) => {
        const rows = await messagesBefore(this.#sql, channelId, {
          beforeId: before,
          inbound: part === 'wrote',
          count: AT_ONCE,
        })
        return rows.map((row) => ({ ...row, channelId }))
      })
      const rows = found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, AT_ONCE)
      for (const message of rows) {
        before = message.id
        await this.#meet(part, message)
        if (this.#isFull()) return this.#endAt({ part, before })
      }
      const last = rows.at(-1)
      if (rows.length < AT_ONCE || (last && oldest > 0 && timeOfMessageId(last.id) < oldest)) return
    }
  }

  async byId(
    read: (channelId: number, before: number) => Promise<ContactRow[]>,
    from: Place | undefined,
  ): Promise<void> {
    let before = from?.part === 'by id' ? from.before : LARGEST
    for (;;) {
      const found = await this.#overChannels((channelId) => read(channelId, before))
      const rows = found.sort((a, b) => Number(b.id) - Number(a.id)).slice(0, AT_ONCE)
      for (const row of rows) {
        before = Number(row.id)
        this.#take(await this.#look(row))
        if (this.#isFull()) return this.#endAt({ part: 'by id', before })
      }
      if (rows.length < AT_ONCE) return
    }
  }

  async #meet(
    part: 'wrote' | 'others',
    { id, contact_id, channelId }: LastMessage & { channelId: number },
  ): Promise<void> {
    this.#rows++
    const contactId = Number(contact_id)
    if (this.#met.has(contactId)) return
    this.#met.add(contactId)
    if ((await newestOf(this.#sql, channelId, contactId, part === 'wrote')) !== id) return
    if (part === 'others' && (await newestOf(this.#sql, channelId, contactId, true)) !== undefined) return
    const row = await contactById(this.#sql, channelId, contactId)
    if (!row) return
    const entry = await this.#look(row)
    // Those who wait stand above.
    if (entry.standing.waitingSince === null) this.#take(entry)
  }

  async #overChannels<T>(read: (channelId: number) => Promise<T[]>): Promise<T[]> {
    const all: T[] = []
    for (const channelId of this.#filter.channelIds) all.push(...(await read(channelId)))
    return all
  }

  async #look(row: ContactRow): Promise<Entry> {
    this.#looks++
    return entryOf(this.#sql, row)
  }

  #take(entry: Entry): void {
    if (this.#fits(entry)) this.entries.push(entry)
  }

  #fits({ row, notes, standing }: Entry): boolean {
    const { unread, waiting, optedOut, openAt, assignee } = this.#filter
    if (unread && standing.unread === 0) return false
    if (waiting && standing.waitingSince === null) return false
    if (optedOut && readState(row.state).marketing?.state !== 'stopped') return false
    if (openAt !== undefined && !(row.last_inbound_at !== null && Number(row.last_inbound_at) > openAt - DAY_MS))
      return false
    return assignee === undefined || notes.assignee === assignee
  }

  #isFull(): boolean {
    return this.entries.length >= this.#count || this.#looks >= MOST_LOOKS || this.#rows >= MOST_ROWS
  }

  #endAt(place: Place): void {
    this.next = place
  }
}

const sinceOf = (row: ContactRow): number => Number(row.waiting_since)
