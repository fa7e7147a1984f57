import type { InboundMessage, WebhookContact, WebhookStatus, WebhookValue } from '@postern/cloud-api'
import type { EventContact } from '../../domain/events/derived.ts'
import { isSomebody, type Names } from '../../domain/contacts/identity.ts'
import type { ContactIdentity } from '../../store/store.ts'
import { isRecord } from '../../platform/is-record.ts'
import { recordsOf, text } from './values.ts'

/** Reads which contact a part of a webhook names. A contact who hides the number has ids only. */

/** The names under these keys of a part. Undefined when there are none. */
function namesAt(part: Record<string, unknown>, phone: string, userId: string, parentId: string): Names | undefined {
  const names: Names = {}
  const number = text(part[phone])
  const id = text(part[userId])
  const parent = text(part[parentId])
  if (number) names.phone = number.replace(/^\+/, '')
  if (id) names.userId = id
  if (parent) names.parentId = parent
  return number || id || parent ? names : undefined
}

export const senderOf = (part: Record<string, unknown>): Names | undefined =>
  namesAt(part, 'from', 'from_user_id', 'from_parent_user_id')

/** The contact of a status. For a group's message: the participant of the status. */
export function recipientOf(status: WebhookStatus): Names | undefined {
  if (!isOfGroup(status)) return namesAt(status, 'recipient_id', 'recipient_user_id', 'recipient_parent_user_id')
  // Some samples of Meta's have the words of the number's key in the other order.
  const phone =
    text(status.recipient_participant_id) === undefined ? 'participant_recipient_id' : 'recipient_participant_id'
  return namesAt(status, phone, 'recipient_participant_user_id', 'recipient_participant_parent_user_id')
}

/** The group of a message, a status or a change of a group; a person for all others. */
export function groupOf(part: Record<string, unknown>): ContactIdentity | undefined {
  const groupId = text(part.group_id) ?? (part.recipient_type === 'group' ? text(part.recipient_id) : undefined)
  return groupId === undefined ? undefined : { groupId }
}

export const isOfGroup = (status: WebhookStatus): boolean =>
  status.recipient_type === 'group' ||
  text(status.recipient_participant_id) !== undefined ||
  text(status.participant_recipient_id) !== undefined ||
  text(status.recipient_participant_user_id) !== undefined

/**
 * The contacts that one part of a value names, whatever kind it is: a message, a call, an echo, a status, a preference,
 * a change of a group. The business itself is not a contact.
 */
export function peopleIn(part: Record<string, unknown>, business: ReadonlySet<string>): Names[] {
  const people: Names[] = []
  const add = (names: Names | undefined): void => {
    if (names && !business.has(names.phone ?? '')) people.push(names)
  }
  add(senderOf(part))
  add(namesAt(part, 'to', 'to_user_id', 'to_parent_user_id'))
  if ('recipient_id' in part || 'recipient_user_id' in part || 'recipient_type' in part)
    add(recipientOf(part as WebhookStatus))
  add(namesAt(part, 'wa_id', 'user_id', 'parent_user_id'))
  // A message of another program, as that program sent it.
  if (isRecord(part.message)) add(namesAt(part.message, 'to', 'recipient', ''))
  if (isRecord(part.contact)) add(namesAt(part.contact, 'phone_number', 'user_id', 'parent_user_id'))
  if (isRecord(part.context) && part.threads === undefined && part.from === undefined)
    add(namesAt(part.context, 'wa_id', 'user_id', 'parent_user_id'))
  for (const key of ['threads', 'added_participants', 'removed_participants', 'failed_participants']) {
    const list = part[key]
    if (!Array.isArray(list)) continue
    for (const one of list) {
      if (!isRecord(one)) continue
      const named = key === 'threads' ? (isRecord(one.context) ? one.context : { wa_id: one.id }) : one
      add(namesAt(named, named.wa_id === undefined ? 'input' : 'wa_id', 'user_id', 'parent_user_id'))
    }
  }
  return people
}

/** Finds the entry of `contacts` for the names of a part. A single entry may belong to another contact. */
export function contactsBy(contacts: readonly WebhookContact[]): (names: Names) => WebhookContact | undefined {
  if (contacts.length > 1) return amongMany(contacts)
  const [only] = contacts
  if (!only) return () => undefined
  const [phone, userId, parentId] = [text(only.wa_id), text(only.user_id), text(only.parent_user_id)]
  return (names) => {
    // A contact with another id is another person, even with the same number.
    if (userId !== undefined && names.userId !== undefined) return names.userId === userId ? only : undefined
    const isNamed = phone !== undefined && phone === names.phone
    const isChild = parentId !== undefined && parentId === names.parentId
    return isNamed || isChild || names.phone === undefined || phone === undefined ? only : undefined
  }
}

/** A batch may have as many contacts as messages, so they are in maps and not searched. */
function amongMany(contacts: readonly WebhookContact[]): (names: Names) => WebhookContact | undefined {
  const byId = firstBy(contacts, 'user_id')
  const byName = [firstBy(contacts, 'wa_id'), firstBy(contacts, 'parent_user_id')] as const
  const nameless = contacts.filter((contact) => text(contact.user_id) === undefined)
  const namelessByName = [firstBy(nameless, 'wa_id'), firstBy(nameless, 'parent_user_id')] as const
  return ({ phone, userId, parentId }) => {
    if (userId !== undefined && byId.has(userId)) return byId.get(userId)
    // A contact with another id is another person, even with the same number.
    const [byPhone, byParent] = userId === undefined ? byName : namelessByName
    return byPhone.get(phone ?? '') ?? byParent.get(parentId ?? '')
  }
}

function firstBy(contacts: readonly WebhookContact[], key: string): Map<string, WebhookContact> {
  const found = new Map<string, WebhookContact>()
  for (const contact of contacts) {
    const name = text(contact[key])
    if (name !== undefined && !found.has(name)) found.set(name, contact)
  }
  return found
}

/** A contact with all names of the part and of its entry in `contacts`. */
export function identityOf(names: Names, contact: WebhookContact | undefined): ContactIdentity | undefined {
  const identity: ContactIdentity = { ...contactNames(contact), ...names }
  const profile = isRecord(contact?.profile) ? contact.profile : undefined
  const name = text(profile?.name)
  const username = text(profile?.username)
  if (name) identity.name = name
  if (username) identity.username = username
  return isSomebody(identity) ? identity : undefined
}

export const contactNames = (contact: WebhookContact | undefined): Names | undefined =>
  contact && namesAt(contact, 'wa_id', 'user_id', 'parent_user_id')

/**
 * The change that a system message reports: the earlier and the new names. Meta does not say whether `from_user_id` is
 * the old id or the new one, so it counts as the old one only when the new one differs.
 */
export function changeOf(message: InboundMessage): { before: Names; becomes: Names } | undefined {
  if (message.type !== 'system' || !isRecord(message.system)) return undefined
  const { system } = message
  const from = senderOf(message) ?? {}
  const becomes: Names = namesAt(system, 'wa_id', 'user_id', 'parent_user_id') ?? {}
  const moved = text(system.new_wa_id)
  if (becomes.phone === undefined && moved) becomes.phone = moved
  const before: Names = {}
  const userId = text(system.previous_user_id) ?? (becomes.userId === undefined ? undefined : from.userId)
  const parentId = text(system.previous_parent_user_id) ?? (becomes.parentId === undefined ? undefined : from.parentId)
  if (from.phone) before.phone = from.phone
  if (userId !== undefined && userId !== becomes.userId) before.userId = userId
  if (parentId !== undefined && parentId !== becomes.parentId) before.parentId = parentId
  const isNew = (Object.keys(becomes) as (keyof Names)[]).some((key) => becomes[key] !== from[key])
  const isChange = before.userId !== undefined || before.parentId !== undefined || isNew
  return isChange && isSomebody(before) && isSomebody(becomes) ? { before, becomes } : undefined
}

/**
 * The number that a contact gave when we asked for it. Only this answer proves that the number is theirs: any other card
 * may be of somebody else.
 */
function sharedNumber(message: InboundMessage): string | undefined {
  if (message.type !== 'contacts') return undefined
  const [card, ...others] = recordsOf(message.contacts)
  if (card?.origin !== 'contact_request' || others.length > 0) return undefined
  const [number] = recordsOf(card.phones)
  const digits = (text(number?.wa_id) ?? text(number?.phone))?.replace(/\D/g, '')
  return digits !== undefined && /^\d{7,20}$/.test(digits) ? digits : undefined
}

/** The author of a message. A system message may name the contact only in its text. */
export function authorOf(message: InboundMessage): Names | undefined {
  const from = senderOf(message)
  const shared = from && from.phone === undefined ? sharedNumber(message) : undefined
  if (shared !== undefined) return { ...from, phone: shared }
  if (from || message.type !== 'system' || !isRecord(message.system)) return from
  return namesAt(message.system, 'wa_id', 'user_id', 'parent_user_id')
}

/** How the event names its contact. */
export function eventContact(identity: ContactIdentity, entry: WebhookContact | undefined): EventContact {
  const { phone, userId, parentId, name } = identity
  const username = text((isRecord(entry?.profile) ? entry.profile : (entry as Record<string, unknown>))?.username)
  const told: EventContact = {}
  if (phone !== undefined) told.phone = phone
  if (userId !== undefined) told.user_id = userId
  if (parentId !== undefined) told.parent_user_id = parentId
  if (username !== undefined) told.username = username
  if (name !== undefined) told.name = name
  return told
}

/** What a value says of its only contact: in `contacts`, or as an entry of an address book. */
export function entryOf(value: WebhookValue): WebhookContact | undefined {
  const [first] = recordsOf(value.contacts)
  const [synced] = recordsOf(value.state_sync)
  return (first ?? (isRecord(synced?.contact) ? synced.contact : undefined)) as WebhookContact | undefined
}
