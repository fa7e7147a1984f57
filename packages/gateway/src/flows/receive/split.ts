import { parseExact } from '../../platform/exact-json.ts'
import { isRecord } from '../../platform/is-record.ts'

/**
 * A webhook that holds a part of a larger one, as text. Where one part is large, `values` says how many there are in it
 * and `weight` how many bytes of events it may become: what stands beside a list is told with each of its items.
 */
export type Piece = { text: string; large?: { values: number; weight: number } }

/** What is read in one turn of the event loop. */
const PIECE_BYTES = 32 * 1024
const MOST_IN_PIECE = 100
/** What stands beside the items of one value, as often as there are items. A value with more stays whole. */
const MOST_BESIDE = 16 * 1024 * 1024

type Item = Record<string, unknown>

/**
 * Takes a large webhook apart into small ones that say the same, in its order: one message or status is a part of its
 * own, everything else stays whole. Throws when the text is no webhook at all.
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

/** How many items the lists of a part's value have, at its top or one level down. */
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

/** At least as many as there are: each value but the first stands behind one of these signs. */
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

/** A change's values, one for each message and status; undefined where it stays as it is. */
function* valuesOf(change: unknown): Generator<Item | undefined> {
  const value = isRecord(change) && change.field === 'messages' && isRecord(change.value) ? change.value : {}
  const messages = Array.isArray(value.messages) ? (value.messages as unknown[]) : []
  const statuses = Array.isArray(value.statuses) ? (value.statuses as unknown[]) : []
  const count = messages.length + statuses.length
  if (count < 2) return yield undefined
  // It would be told with each of them. Meta's few words beside its lists are a hundred bytes.
  const beside = JSON.stringify(cut(value, { messages: undefined, statuses: undefined, contacts: undefined }))
  if (beside.length * count > MOST_BESIDE) return yield undefined
  const contactsFor = contactsIn(value.contacts)
  for (const message of messages) {
    yield cut(value, { messages: [message], statuses: undefined, contacts: contactsFor(message) })
  }
  // What comes beside messages is told with them, and not once more.
  const base = messages.length === 0 ? value : plain(value)
  for (const status of statuses) {
    yield cut(base, { statuses: [status], messages: undefined, contacts: contactsFor(status) })
  }
}

/** The value with these keys in the places of its own; undefined ones are left out. */
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

/** Finds the contacts that an item may speak of: those with a name that stands in it. A map, since there may be thousands of both. */
function contactsIn(contacts: unknown): (item: unknown) => unknown {
  if (!Array.isArray(contacts) || contacts.length < 2) return () => contacts
  const byName = new Map<string, Set<unknown>>()
  for (const contact of contacts as unknown[]) {
    if (!isRecord(contact)) continue
    for (const key of NAMES) {
      const name = contact[key]
      if (typeof name !== 'string') continue
      const same = byName.get(name) ?? new Set()
      // A hundred contacts of one name are one too many to be told apart.
      if (same.size < 100) byName.set(name, same.add(contact))
    }
  }
  return (item) => [...new Set(namesIn(item).flatMap((name) => [...(byName.get(name) ?? [])]))]
}

/** The short texts of an item and of what it holds: a system note names people one level down. */
function namesIn(item: unknown): string[] {
  if (!isRecord(item)) return []
  const names: string[] = []
  for (const part of Object.values(item)) {
    for (const word of isRecord(part) ? Object.values(part) : [part])
      if (typeof word === 'string' && word.length <= 256) names.push(word.replace(/^\+/, ''), word)
  }
  return names
}
