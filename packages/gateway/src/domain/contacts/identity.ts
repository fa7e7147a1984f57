/**
 * Who is who on a channel. A person is named by a phone number, by a business-scoped id (BSUID), by the parent of
 * that id, and by the names they had before. Each name is a key that leads to one contact.
 *
 * - An id outranks a number. A number is recycled, an id never is: two contacts with ids are two people, until a system
 *   note says that one id became the other, or until both have the same parent id.
 * - A contact known by numbers alone is whoever has the number: it joins the contact whose id is seen with it.
 * - A number leads to the person who has it now, and to nobody else.
 * - Earlier names go on leading to the person, since webhooks come late.
 *
 * Decides only; the store carries it out. Source: Meta, "Business-scoped user IDs", 2026.
 */

export type Names = {
  phone?: string
  /** The business-scoped id. */
  userId?: string
  /** The same person's id for all portfolios of one parent account. */
  parentId?: string
}

/** What a webhook or an answer says of one person. */
export type Sighting = {
  /** The names that the person goes by. */
  now: Names
  /** Set when a system note says what they were called before. */
  before?: Names
  /** The contact that a message of ours went to, when the names come with its status or its answer. */
  messageOf?: number
  /** The message went to an id, or an earlier status has named its person: not just to whoever has a number. */
  isCertain?: boolean
}

export type KnownContact = { id: number; keys: readonly string[] }

/** A contact to be made, until it has an id. */
export const NEW = 'new'
export type Who = number | typeof NEW

export type Decision = {
  who: Who
  /** Contacts that turn out to be the same person; everything of theirs moves to `who`. */
  merge: number[]
  /** Keys that lead to `who` from now on. */
  link: string[]
  /** Keys of `link` that led to another person, who goes on without them. */
  unlink: { contact: number; key: string }[]
  /** What the person is shown by, where that changes. */
  shown: { phone?: string; userId?: string }
}

const PARENT_ID = /^[A-Z]{2}\.ENT\./

export const phoneKey = (phone: string): string => `p:${phone.replace(/\D/g, '')}`
/** `u:` and a BSUID, or `e:` and a parent BSUID: the two are told apart by their form, as in a send's `recipient`. */
export const userKey = (userId: string): string => (PARENT_ID.test(userId) ? `e:${userId}` : `u:${userId}`)
export const parentKey = (parentId: string): string => `e:${parentId}`

/** Whether a name is a phone number and no id; an id begins with letters. */
export const isNumber = (name: string): boolean => /^\+?\d[\d\s()-]*$/.test(name)

/** Strongest first. */
export function keysOf(names: Names): string[] {
  const keys: string[] = []
  if (names.userId) keys.push(userKey(names.userId))
  if (names.parentId) keys.push(parentKey(names.parentId))
  if (names.phone) keys.push(phoneKey(names.phone))
  return keys
}

export const isPhoneKey = (key: string): boolean => key.startsWith('p:')
export const idKeysOf = (names: Names): string[] => keysOf(names).filter((key) => !isPhoneKey(key))
/** Whether an id is known, so that the contact is more than whoever has a number. */
const isIdentified = (contact: KnownContact): boolean => contact.keys.some((key) => !isPhoneKey(key))

const knowsUser = (contact: KnownContact): boolean => contact.keys.some((key) => key.startsWith('u:'))

/** All keys whose contacts must be known before `decide` is asked. */
export function keysAsked({ now, before }: Sighting): string[] {
  return [...new Set([...(before ? keysOf(before) : []), ...keysOf(now)])]
}

/** The contact that all names lead to already, so that nothing is to be decided. Nearly every webhook ends here. */
export function settledOn(sighting: Sighting, contactOf: (key: string) => number | undefined): number | undefined {
  if (sighting.before) return undefined
  let who: number | undefined
  for (const key of keysOf(sighting.now)) {
    const contact = contactOf(key)
    if (contact === undefined || (who !== undefined && contact !== who)) return undefined
    who = contact
  }
  return who
}

/** `known` has every contact that a key of `keysAsked`, or `messageOf`, leads to. */
export function decide(sighting: Sighting, known: readonly KnownContact[]): Decision {
  const { now, before, messageOf, isCertain = false } = sighting
  const byKey = new Map(known.flatMap((contact) => contact.keys.map((key) => [key, contact] as const)))
  const message = known.find((contact) => contact.id === messageOf)
  const formerIds = before ? idKeysOf(before) : []
  const ids = idKeysOf(now)
  const same: KnownContact[] = []
  const join = (contact: KnownContact | undefined): void => {
    if (contact && !same.includes(contact)) same.push(contact)
  }

  // Everybody that the ids lead to is one person. The earlier names come first: that contact has the history.
  for (const key of [...formerIds, ...ids]) join(byKey.get(key))

  // The number they had before, unless it is somebody else's by now.
  const former = before?.phone === undefined ? undefined : byKey.get(phoneKey(before.phone))
  if (former && (!isIdentified(former) || (formerIds.length === 0 && same.length === 0))) join(former)

  // A message went to the person who is named now, unless it went to a number that somebody else has by now.
  if (message) {
    if (!knowsUser(message) || ids.length === 0) join(message)
    else if (isCertain && !same.includes(message)) {
      if (same.length > 0) return unchanged(message.id)
      join(message)
    }
  }

  // The number they have now.
  const phone = now.phone === undefined ? undefined : phoneKey(now.phone)
  const holder = phone === undefined ? undefined : byKey.get(phone)
  if (holder && !same.includes(holder)) {
    if (!isIdentified(holder)) join(holder)
    else if (ids.length === 0 && !before) {
      if (message && isIdentified(message)) return unchanged(message.id)
      join(holder)
    }
  }

  const who = survivor()?.id ?? NEW
  const merge = same.map((contact) => contact.id).filter((id) => id !== who)
  const link: string[] = []
  const unlink: Decision['unlink'] = []
  for (const key of keysAsked(sighting)) {
    const contact = byKey.get(key)
    if (contact?.id === who) continue
    if (contact && !same.includes(contact)) {
      // What they were called before may be somebody else's name by now; what they are called now is theirs.
      if (key !== phone) continue
      unlink.push({ contact: contact.id, key })
    }
    link.push(key)
  }
  const shown: Decision['shown'] = {}
  // A number that an answer or a status names is what Meta made of the one that was dialled.
  if (now.phone && who !== messageOf && (before || link.includes(phone!))) shown.phone = now.phone
  if (now.userId && (before || link.includes(userKey(now.userId)))) shown.userId = now.userId
  return { who, merge, link, unlink, shown }

  function survivor(): KnownContact | undefined {
    const among = (contact: KnownContact | undefined) => (contact && same.includes(contact) ? contact : undefined)
    if (before) return same[0]
    return ids.length > 0 ? (among(message) ?? among(holder) ?? same[0]) : (among(holder) ?? same[0])
  }
}

const unchanged = (who: number): Decision => ({ who, merge: [], link: [], unlink: [], shown: {} })
