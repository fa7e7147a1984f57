import { parseExact } from '../../platform/exact-json.ts'
import { isRecord } from '../../platform/is-record.ts'

/**
 * A webhook with a part of a larger one, as text. For a large part, `values` is the number of its values and `weight`
 * the bytes of events it may become: content beside a list is repeated for each item.
 */
export type Piece = { text: string; large?: { values: number; weight: number } }

/** Size that is read in one turn of the event loop. */
const PIECE_BYTES = 32 * 1024
const MOST_IN_PIECE = 100
/**
 * Limit on the content beside the items of one value, multiplied by the number of items. A value above it stays whole.
 */
const MOST_BESIDE = 16 * 1024 * 1024

type Item = Record<string, unknown>

/**
 * Divides a large webhook into small ones with the same content in the same order: each message, status or entry of an
 * address book is a part of its own, old chats come in pieces, everything else stays whole. Throws when the text is not a webhook.
 */
export function* splitWebhook(text: string): Generator<Piece> {
  const body = parseExact(text, 'raw')
  if (!isRecord(body) || !Array.isArray(body.entry)) throw new Error('not a webhook: there is no array "entry"')
  let open: string[] = []
  let size = 0
  for (const part of partsOf(body.entry as unknown[])) {
    const entry = JSON.stringify(part) ?? 'null'
    if (open.length > 0 && (size + entry.length > PIECE_BYTES || open.length === MOST_IN_PIECE)) {
      yield pieceOf(open)
      open = []
      size = 0
    }
    open.push(entry)
    size += entry.length
    if (entry.length > 2 * PIECE_BYTES) {
      const large = { values: valuesIn(entry), weight: entry.length * Math.max(1, itemsIn(part)) }
      yield { ...pieceOf(open), large }
      open = []
      size = 0
    }
  }
  if (open.length > 0) yield pieceOf(open)
}

const pieceOf = (entries: readonly string[]): Piece => ({ text: `{"entry":[${entries.join(',')}]}` })

/** Number of items in the lists of a part's value, at its top or one level down. */
function itemsIn(part: unknown): number {
  const [change] = isRecord(part) && Array.isArray(part.changes) ? (part.changes as unknown[]) : []
  const value = isRecord(change) && isRecord(change.value) ? change.value : {}
  let count = 0
  for (const one of Object.values(value).flatMap((inner) =>
    isRecord(inner) ? [inner, ...Object.values(inner)] : [inner],
  ))
    if (Array.isArray(one)) count += one.length
  return count
}

/** An upper bound of the number of values: each value except the first follows one of these characters. */
function valuesIn(text: string): number {
  let count = 1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x2c || code === 0x5b || code === 0x7b) count++ // , [ {
  }
  return count
}

function* partsOf(entries: readonly unknown[]): Generator<unknown> {
  for (const entry of entries) {
    if (!isRecord(entry) || !Array.isArray(entry.changes)) yield entry
    else {
      for (const change of entry.changes as unknown[])
        for (const value of valuesOf(change))
          yield { ...entry, changes: [value === undefined ? change : { ...(change as Item), value }] }
    }
  }
}

/** A change's values, one for each item of its lists. Undefined when it stays as it is. */
function valuesOf(change: unknown): Generator<Item | undefined> {
  if (!isRecord(change) || !isRecord(change.value)) return once(undefined)
  if (change.field === 'history') return chatsOf(change.value)
  const list = LISTS.get(change.field as string)
  return list === undefined ? messagesOf(change) : itemsOf(change.value, list)
}

function* once<T>(value: T): Generator<T> {
  yield value
}

/** The list of each field whose items belong to different contacts. */
const LISTS = new Map([
  ['smb_message_echoes', 'message_echoes'],
  ['message_echoes', 'message_echoes'],
  ['smb_app_state_sync', 'state_sync'],
  ['user_preferences', 'user_preferences'],
  ['calls', 'calls'],
])

function* itemsOf(value: Item, key: string): Generator<Item | undefined> {
  const items = Array.isArray(value[key]) ? (value[key] as unknown[]) : []
  const beside = JSON.stringify(cut(value, { [key]: undefined, contacts: undefined }))
  if (items.length < 2 || beside.length * items.length > MOST_BESIDE) return yield undefined
  const contactsFor = contactsIn(value.contacts)
  for (const item of items) yield cut(value, { [key]: [item], contacts: contactsFor(item) })
}

/** Old chats, each with some of its messages. The file of an old message comes alone. */
function* chatsOf(value: Item): Generator<Item | undefined> {
  if (!Array.isArray(value.history))
    return yield* itemsOf(value, Array.isArray(value.messages) ? 'messages' : 'message_echoes')
  const chunks = value.history as unknown[]
  // Content that would be repeated for each piece.
  const beside = [cut(value, { history: undefined }), ...chunks.map((chunk) => without(chunk, 'threads'))]
  const threads = chunks.flatMap((chunk) => listIn(chunk, 'threads'))
  const longest = [...beside, ...threads.map((thread) => without(thread, 'messages'))].reduce(
    (most: number, one) => Math.max(most, (JSON.stringify(one) ?? '').length),
    0,
  )
  if (longest > MOST_BESIDE_CHATS) return yield undefined
  for (const chunk of chunks) {
    const own = listIn(chunk, 'threads')
    if (own.length === 0) yield { ...value, history: [chunk] }
    for (const thread of own)
      for (const part of piecesOfThread(thread)) yield { ...value, history: [{ ...(chunk as Item), threads: [part] }] }
  }
}

const MOST_BESIDE_CHATS = 8 * 1024

const listIn = (value: unknown, key: string): unknown[] =>
  isRecord(value) && Array.isArray(value[key]) ? (value[key] as unknown[]) : []

const without = (value: unknown, key: string): unknown => (isRecord(value) ? cut(value, { [key]: undefined }) : value)

function* piecesOfThread(thread: unknown): Generator<unknown> {
  const messages = listIn(thread, 'messages')
  if (!isRecord(thread) || messages.length === 0) return yield thread
  let open: unknown[] = []
  let size = 0
  for (const message of messages) {
    const bytes = (JSON.stringify(message) ?? '').length
    if (open.length > 0 && (size + bytes > PIECE_BYTES / 2 || open.length === MOST_IN_PIECE)) {
      yield { ...thread, messages: open }
      open = []
      size = 0
    }
    open.push(message)
    size += bytes
  }
  if (open.length > 0) yield { ...thread, messages: open }
}

function* messagesOf(change: Item): Generator<Item | undefined> {
  const value = isRecord(change) && change.field === 'messages' && isRecord(change.value) ? change.value : {}
  const messages = Array.isArray(value.messages) ? (value.messages as unknown[]) : []
  const statuses = Array.isArray(value.statuses) ? (value.statuses as unknown[]) : []
  const count = messages.length + statuses.length
  if (count < 2) return yield undefined
  // This content is repeated for each item. Meta's usual content beside its lists has a hundred bytes.
  const beside = JSON.stringify(cut(value, { messages: undefined, statuses: undefined, contacts: undefined }))
  if (beside.length * count > MOST_BESIDE) return yield undefined
  const contactsFor = contactsIn(value.contacts)
  for (const message of messages) {
    yield cut(value, { messages: [message], statuses: undefined, contacts: contactsFor(message) })
  }
  // Content beside messages goes with them, and not once more by itself.
  const base = messages.length === 0 ? value : plain(value)
  for (const status of statuses) {
    yield cut(base, { statuses: [status], messages: undefined, contacts: contactsFor(status) })
  }
}

/** Replaces these keys of the value. Undefined ones are removed. */
function cut(value: Item, keys: Item): Item {
  const result: Item = {}
  for (const [key, part] of Object.entries(value)) {
    const own = key in keys ? keys[key] : part
    if (own !== undefined) result[key] = own
  }
  return result
}

const plain = ({ messaging_product, metadata, contacts, statuses }: Item): Item =>
  Object.fromEntries(
    Object.entries({ messaging_product, metadata, contacts, statuses }).filter(([, part]) => part !== undefined),
  )

const NAMES = ['wa_id', 'user_id', 'parent_user_id']

/**
 * Finds the contacts that an item may name: those with a name that occurs in it. A map, because there may be thousands
 * of both.
 */
function contactsIn(contacts: unknown): (item: unknown) => unknown {
  if (!Array.isArray(contacts) || contacts.length < 2) return () => contacts
  const byName = new Map<string, Set<unknown>>()
  for (const contact of contacts as unknown[]) {
    if (!isRecord(contact)) continue
    for (const key of NAMES) {
      const name = contact[key]
      if (typeof name !== 'string') continue
      const same = byName.get(name) ?? new Set()
      // More than a hundred contacts with one name cannot be distinguished anyway.
      if (same.size < 100) byName.set(name, same.add(contact))
    }
  }
  return (item) => [...new Set(namesIn(item).flatMap((name) => [...(byName.get(name) ?? [])]))]
}

/** The short texts of an item, up to one level down: a system message names contacts there. */
function namesIn(item: unknown): string[] {
  if (!isRecord(item)) return []
  const names: string[] = []
  for (const part of Object.values(item)) {
    for (const word of isRecord(part) ? Object.values(part) : [part])
      if (typeof word === 'string' && word.length <= 256) names.push(word.replace(/^\+/, ''), word)
  }
  return names
}
