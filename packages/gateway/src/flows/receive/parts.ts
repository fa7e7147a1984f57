import type { InboundMessage, WebhookContact, WebhookStatus, WebhookValue } from '@postern/cloud-api'
import { keysOf, type Names } from '../../domain/contacts/identity.ts'
import type { StateChange } from '../../domain/contacts/state.ts'
import type { ContactIdentity } from '../../store/store.ts'
import { contactNames, contactsBy, groupOf, peopleIn, identityOf } from './names.ts'
import { isRecord } from '../../platform/is-record.ts'
import { arrayOf, recordsOf, text, without } from './values.ts'

/**
 * Values without an event of their own: calls, echoes, preferences, answers of other programs. A value that names one
 * contact stays whole and belongs to that contact. A value that names several is divided, so that each part stays in
 * the order of its contact.
 */
export type Part = {
  value: WebhookValue
  contact?: ContactIdentity
  /** Time of the contact's message or call in it, as Meta wrote it. */
  opensAt?: unknown
  /** What it tells of the contact beside the names. */
  state?: StateChange
}

/** Copies of old chats stay whole, whichever contacts they name. */
const UNCUT = new Set(['history'])
const NOT_PARTS = new Set(['contacts', 'errors', 'entry_points'])

export function partsOf(field: string, value: WebhookValue, businessPhone: string): Part[] {
  const display = isRecord(value.metadata) ? String(value.metadata.display_phone_number).replace(/\D/g, '') : ''
  const business = new Set([businessPhone, display])
  const inner = isRecord(value.standby) ? (value.standby as WebhookValue) : value
  const contacts = recordsOf(inner.contacts) as WebhookContact[]
  const contactOf = contactsBy(contacts)
  const items = Object.entries(inner).flatMap(([key, list]) =>
    NOT_PARTS.has(key)
      ? []
      : recordsOf(list).map((item) => ({
          key,
          item,
          people: groupsOrPeopleIn(item),
        })),
  )
  const actions = recordsOf(inner.user_actions)
  // Each action is an event of its own. It names its contact by itself, or the value has only one.
  if (actions.length > 1 && items.length === actions.length)
    return actions.flatMap((action) => {
      const alone = { ...inner, user_actions: [action] }
      return partsOf(field, inner === value ? alone : { ...value, standby: alone }, businessPhone)
    })
  const people = distinct([...items.flatMap(({ people }) => people), ...atTop(value)])
  if (people.length === 0 && items.every(({ people }) => people.length === 0)) {
    const only = contacts.length === 1 ? identityOf({}, contacts[0]) : undefined
    return [only ? { value, contact: only } : { value }]
  }
  if (people.length === 1) return [partFor(field, value, people[0]!, items)]
  if (UNCUT.has(field) || items.some(({ people }) => distinct(people).length > 1)) return [{ value }]
  return items.map(({ key, item, people: [identity] }) => {
    const cut = cutTo(inner, key, item, identity && contactOf(identity))
    const part = inner === value ? cut : { ...value, standby: cut }
    return identity ? partFor(field, part, identity, [{ key, item }]) : { value: part }
  })

  /** A change of a group belongs to the group, whoever is named in it. */
  function groupsOrPeopleIn(item: Record<string, unknown>): ContactIdentity[] {
    const group = groupOf(item)
    if (group) return [{ ...group, ...subjectIn(item) }]
    return peopleIn(item, business).map((names) => whole(names, item))
  }

  function whole(names: Names, item: Record<string, unknown> = {}): ContactIdentity {
    return { ...(identityOf(names, contactOf(names)) ?? names), ...nameInBook(item) }
  }
}

/** The name under which the business has saved the contact in its app. */
function nameInBook({ contact }: Record<string, unknown>): { name?: string } {
  const name = isRecord(contact) ? (text(contact.full_name) ?? text(contact.first_name)) : undefined
  return name === undefined ? {} : { name }
}

/** The subject that a group got: at its creation, or by a change that WhatsApp has made. */
function subjectIn({ type, subject, errors, group_subject: changed }: Record<string, unknown>): { name?: string } {
  const isMade = type === 'group_create' && !Array.isArray(errors)
  const isChanged = isRecord(changed) && changed.update_successful === true
  const name = isMade ? text(subject) : isChanged ? text(changed.text) : undefined
  return name === undefined ? {} : { name }
}

/** The contact of a handed-over conversation is named beside the handover. */
function atTop(value: WebhookValue): Names[] {
  const { sender } = value
  if (!isRecord(sender)) return []
  const names = contactNames({ ...sender, wa_id: sender.phone_number } as WebhookContact)
  return names ? [names] : []
}

function partFor(
  field: string,
  value: WebhookValue,
  identity: ContactIdentity,
  items: readonly { key: string; item: Record<string, unknown> }[],
): Part {
  const opening = items.filter(({ key, item }) => opensWindow(field, key, item))
  if (opening.length === 0) return { value, contact: identity }
  const times = opening.map(({ item }) => item.timestamp).sort((a, b) => Number(b) - Number(a))
  return { value, contact: identity, opensAt: times[0] }
}

/**
 * The window belongs to contact and number, whichever program answers: a call of the contact opens it as a message
 * does.
 */
function opensWindow(field: string, key: string, item: Record<string, unknown>): boolean {
  if (field === 'calls')
    return item.direction === 'USER_INITIATED' && (item.event === 'connect' || item.event === 'call_created')
  return field === 'standby' && key === 'messages' && messageOpensWindow(item as InboundMessage)
}

/**
 * True when a message starts Meta's 24 hours with its sender. Not a system message, a message in a group, or a change
 * of an earlier message.
 */
export function messageOpensWindow(message: InboundMessage): boolean {
  return !['system', 'edit', 'revoke'].includes(message.type) && message.group_id === undefined
}

/** A value with one item of one list. Other keys stay as they are. */
export function cutTo(
  value: WebhookValue,
  key: string,
  item: unknown,
  contact: WebhookContact | undefined,
): WebhookValue {
  const cut: WebhookValue = {}
  for (const [name, part] of Object.entries(value)) {
    if (name === key) cut[name] = [item]
    else if (name === 'contacts') {
      if (contact) cut.contacts = [contact]
    } else if (NOT_PARTS.has(name) || !arrayOf(part).some(isRecord)) cut[name] = part
  }
  return cut
}

/** Distinct by shared names: two parts may name one contact differently. */
function distinct(people: readonly ContactIdentity[]): ContactIdentity[] {
  const found: ContactIdentity[] = []
  const byKey = new Map<string, ContactIdentity>()
  for (const identity of people) {
    const keys = keysOf(identity)
    let known = keys.map((key) => byKey.get(key)).find((one) => one !== undefined)
    if (known) Object.assign(known, { ...identity, ...known })
    else found.push((known = { ...identity }))
    for (const key of keys) if (!byKey.has(key)) byKey.set(key, known)
  }
  return found
}

const PLAIN = new Set(['messaging_product', 'metadata', 'contacts', 'messages', 'statuses'])

/** True when a value has content besides messages and statuses. */
export function hasMore(value: WebhookValue): boolean {
  return Object.keys(value).some((key) => {
    if (PLAIN.has(key)) return false
    const part = value[key]
    return !(Array.isArray(part) && part.length === 0)
  })
}

/** The same value with messages and contacts where Meta writes them for a program on standby. */
export function asStandby({ contacts, messages, ...beside }: WebhookValue): WebhookValue {
  return { ...beside, standby: { ...(contacts && { contacts }), messages } }
}

/** What is beside these is told with a message, or by itself. */
const OF_STATUS = new Set(['messaging_product', 'metadata', 'contacts', 'statuses'])

export function valueOfStatus(
  value: WebhookValue,
  status: WebhookStatus,
  contact: WebhookContact | undefined,
): WebhookValue {
  const others = Object.keys(value).filter((key) => !OF_STATUS.has(key))
  return without(cutTo(value, 'statuses', status, contact), ...others)
}
