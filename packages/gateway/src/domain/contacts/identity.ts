/**
 * Decides which contact of a channel a webhook or an answer is about. Names of a contact are a phone number, a
 * business-scoped id (BSUID), the parent of that id, and earlier names. Each name is a key that leads to one contact.
 *
 * - An id outranks a number. A number can be reassigned, an id cannot: two contacts with ids are two people, until a
 *   system
 *   message says that one id replaced the other, or until both have the same parent id.
 * - A contact known only by a number is the current owner of the number: it joins the contact whose id appears with it.
 * - A number leads only to its current owner. A change of number that is reported without ids does not take the new
 *   number from a contact with an id: that contact may be the same person, seen under the new number before the report
 *   came. Nobody can tell, and two conversations of one person do less harm than one conversation of two people.
 * - Earlier names still lead to the contact, because webhooks arrive late.
 *
 * Decides only; the store applies the decision. Source: Meta, "Business-scoped user IDs", 2026.
 */

export type Names = {
  phone?: string
  /** The business-scoped id. */
  userId?: string
  /** The same person's id in all portfolios of one parent account. */
  parentId?: string
  /** A group, whose conversation is its own: a group is never joined with a person, so it has no other name. */
  groupId?: string
}

/** The names of one contact in a webhook or an answer. */
export type Sighting = {
  /** The current names of the contact. */
  now: Names
  /** The earlier names, when a system message reports a change. */
  before?: Names
  /** The contact of our message, when the names come with its status or its answer. */
  messageOf?: number
  /**
   * True when the message went to an id, or an earlier status has named its contact. False when it went to a number
   * only.
   */
  isCertain?: boolean
}

export type KnownContact = { id: number; keys: readonly string[] }

/** Placeholder for a contact that has no row yet. */
export const NEW = 'new'
export type Who = number | typeof NEW

export type Decision = {
  who: Who
  /** Contacts that are the same person. All their data moves to `who`. */
  merge: number[]
  /** Keys that lead to `who` from now on. */
  link: string[]
  /** Keys of `link` that led to another contact, who loses them. */
  unlink: { contact: number; key: string }[]
  /** Changes of the contact's displayed names. */
  shown: { phone?: string; userId?: string; parentId?: string }
}

const PARENT_ID = /^[A-Z]{2}\.ENT\./

export const phoneKey = (phone: string): string => `p:${phone.replace(/\D/g, '')}`
/** `u:` and a BSUID, or `e:` and a parent BSUID. Their forms differ, as in a send's `recipient`. */
export const userKey = (userId: string): string => (PARENT_ID.test(userId) ? `e:${userId}` : `u:${userId}`)
export const groupKey = (groupId: string): string => `g:${groupId}`
export const parentKey = (parentId: string): string => `e:${parentId}`

/** True when a name is a phone number. An id begins with letters. */
export const isNumber = (name: string): boolean => /^\+?\d[\d\s()-]*$/.test(name)

/** Strongest first. */
export function keysOf(names: Names): string[] {
  if (names.groupId) return [groupKey(names.groupId)]
  const keys: string[] = []
  if (names.userId) keys.push(userKey(names.userId))
  if (names.parentId) keys.push(parentKey(names.parentId))
  if (names.phone) keys.push(phoneKey(names.phone))
  return keys
}

/** True when the names name anybody. */
export const isSomebody = ({ groupId, userId, parentId, phone }: Names): boolean =>
  Boolean(groupId || userId || parentId || phone)

export const isPhoneKey = (key: string): boolean => key.startsWith('p:')
export const idKeysOf = (names: Names): string[] => keysOf(names).filter((key) => !isPhoneKey(key))
/** True when an id is known, so that the contact is more than the owner of a number. */
const isIdentified = (contact: KnownContact): boolean => contact.keys.some((key) => !isPhoneKey(key))

const knowsUser = (contact: KnownContact): boolean => contact.keys.some((key) => key.startsWith('u:'))

/** All keys whose contacts `decide` needs. */
export function keysAsked({ now, before }: Sighting): string[] {
  return [...new Set([...(before ? keysOf(before) : []), ...keysOf(now)])]
}

/**
 * Returns the contact when all names lead to it already, so that no decision is needed. Nearly every webhook ends here.
 */
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

/** `known` must have every contact of the keys of `keysAsked`, and of `messageOf`. */
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

  // All contacts of the ids are one person. The earlier names come first, because that contact has the history.
  for (const key of [...formerIds, ...ids]) join(byKey.get(key))

  // The earlier number, unless it belongs to another person now.
  const former = before?.phone === undefined ? undefined : byKey.get(phoneKey(before.phone))
  if (former && (!isIdentified(former) || (formerIds.length === 0 && same.length === 0))) join(former)

  // The contact of our message is the named person, unless the message went to a number with a new owner.
  if (message) {
    if (!knowsUser(message) || ids.length === 0) join(message)
    else if (isCertain && !same.includes(message)) {
      if (same.length > 0) return unchanged(message.id)
      join(message)
    }
  }

  // The current number.
  const phone = now.phone === undefined ? undefined : phoneKey(now.phone)
  const holder = phone === undefined ? undefined : byKey.get(phone)
  if (holder && !same.includes(holder)) {
    if (!isIdentified(holder)) join(holder)
    else if (ids.length === 0 && !before) {
      if (message && isIdentified(message)) return unchanged(message.id)
      join(holder)
    }
  }

  const staysWithHolder =
    before !== undefined && ids.length === 0 && holder !== undefined && isIdentified(holder) && !same.includes(holder)
  const who = survivor()?.id ?? NEW
  const merge = same.map((contact) => contact.id).filter((id) => id !== who)
  const link: string[] = []
  const unlink: Decision['unlink'] = []
  for (const key of keysAsked(sighting)) {
    const contact = byKey.get(key)
    if (contact?.id === who) continue
    if (contact && !same.includes(contact)) {
      // An earlier name may belong to another person now. A current name is the contact's own.
      if (key !== phone || staysWithHolder) continue
      unlink.push({ contact: contact.id, key })
    }
    link.push(key)
  }
  const shown: Decision['shown'] = {}
  // The number in an answer or a status is Meta's normalized form of the dialled number.
  if (now.phone && !staysWithHolder && who !== messageOf && (before || link.includes(phone!))) shown.phone = now.phone
  if (now.userId && (before || link.includes(userKey(now.userId)))) shown.userId = now.userId
  if (now.parentId && (before || link.includes(parentKey(now.parentId)))) shown.parentId = now.parentId
  return { who, merge, link, unlink, shown }

  function survivor(): KnownContact | undefined {
    const among = (contact: KnownContact | undefined) => (contact && same.includes(contact) ? contact : undefined)
    if (before) return same[0]
    return ids.length > 0 ? (among(message) ?? among(holder) ?? same[0]) : (among(holder) ?? same[0])
  }
}

const unchanged = (who: number): Decision => ({ who, merge: [], link: [], unlink: [], shown: {} })
