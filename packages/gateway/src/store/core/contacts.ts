import {
  joinedState,
  knownOwner,
  readState,
  stateAfter,
  stateText,
  type StateChange,
} from '../../domain/contacts/state.ts'
import {
  decide,
  isPhoneKey,
  keysAsked,
  keysOf,
  type KnownContact,
  NEW,
  phoneKey,
  settledOn,
  type Sighting,
} from '../../domain/contacts/identity.ts'
import type { ContactIdentity } from '../store.ts'
import type { Keys } from './keys.ts'
import { joinLanes, type Leases } from './lanes.ts'
import { watch } from './owner.ts'
import type { Contact } from './rows.ts'
import type { WorkingSet } from './working-set.ts'

/** The parts for finding and changing a contact. `nudge`: endpoints whose lanes a merge has made due. */
export type People = { set: WorkingSet; leases: Leases; nudge: Set<number> }

/** The contact of one name; a send always has one name. */
export function findContact(set: WorkingSet, channelId: number, identity: ContactIdentity): Contact | undefined {
  const [key] = identity.phone ? [phoneKey(identity.phone)] : keysOf(identity)
  return key === undefined ? undefined : set.contactNamed(channelId, key)
}

/** What a fact says of its contact beside the keys. */
type Said = Pick<ContactIdentity, 'groupId' | 'name' | 'username'>

/** Finds the contact of a sighting, and applies its names: see `contacts/identity.ts`. */
export function identify(people: People, channelId: number, seen: Sighting, said: Said = {}): Contact {
  const { set } = people
  const { messageOf } = seen
  const sighting = messageOf === undefined ? seen : { ...seen, messageOf: currentId(set, channelId, messageOf) }
  const found = new Map<string, Contact | undefined>()
  for (const key of keysAsked(sighting)) found.set(key, set.contactNamed(channelId, key))
  if (sighting.messageOf === undefined) {
    const settled = settledOn(sighting, (key) => found.get(key)?.id)
    if (settled !== undefined) return set.contact(channelId, settled)
  }
  const contacts = new Set([...found.values()].filter((contact) => contact !== undefined))
  if (sighting.messageOf !== undefined) contacts.add(set.contact(channelId, sighting.messageOf))
  const known = [...contacts].map((contact): KnownContact => ({ id: contact.id, keys: set.keysOf(contact) }))
  const decision = decide(sighting, known)
  const who =
    decision.who === NEW
      ? set.makeContact({
          channelId,
          phone: sighting.now.phone ?? null,
          userId: sighting.now.userId ?? null,
          parentId: sighting.now.parentId ?? null,
          username: said.username ?? null,
          name: said.name ?? null,
        })
      : set.contact(channelId, decision.who)
  for (const { contact, key } of decision.unlink) forgetPhone(set, set.contact(channelId, contact), key)
  for (const contact of decision.merge) mergeContacts(people, set.contact(channelId, contact), who)
  for (const key of decision.link) set.setKey(channelId, key, who.id)
  if (decision.who !== NEW && Object.keys(decision.shown).length > 0) set.changeContact(who, decision.shown)
  return who
}

/**
 * Applies what a fact tells of its contact beside the keys. A username is kept from the newest message: it may change
 * at any time, and leads to nobody.
 */
export function learn(
  set: WorkingSet,
  contact: Contact,
  { at, contact: said, state }: { at: number; contact?: Said; state?: StateChange },
): void {
  // A group's name is its subject, which its webhooks tell.
  if (said?.groupId !== undefined && said.name !== undefined && said.name !== contact.name)
    set.changeContact(contact, { name: said.name })
  const username = said?.username
  if (username !== undefined && username !== contact.username && at >= (contact.lastInboundAt ?? 0))
    set.changeContact(contact, { username })
  if (state === undefined) return
  const known = readState(contact.state)
  const { owner, ...others } = state
  const isOld = owner !== undefined && owner.at < (knownOwner(known.owner, contact.lastInboundAt ?? undefined)?.at ?? 0)
  const after = stateAfter(known, isOld ? others : state)
  if (after === known) return
  const isWatched = after.owner !== known.owner
  set.changeContact(contact, { state: stateText(after), ...(isWatched && watch(contact, after.owner)) })
}

/** The contact that remains after a merge. A contact is never merged into one that is merged already. */
function currentId(set: WorkingSet, channelId: number, id: number): number {
  const { mergedInto } = set.contact(channelId, id)
  return mergedInto === null ? id : currentId(set, channelId, mergedInto)
}

/** The rows that `identify` will need and the snapshot lacks: requested at once for a whole batch. */
export function askToIdentify(set: WorkingSet, asked: Keys, channelId: number, sighting: Sighting, more: Keys): void {
  const keys = keysAsked(sighting)
  const leadsTo = (key: string): number | undefined => set.idNamed(channelId, key)
  for (const key of keys) {
    const known = asked.names.get(`${channelId} ${key}`)
    // A contact that was not known by that name has no lanes.
    if (!known || (!known.lanes && leadsTo(key) !== undefined)) more.name(channelId, key, true)
  }
  if (sighting.messageOf === undefined && settledOn(sighting, leadsTo) !== undefined) return
  for (const id of new Set([...keys.map(leadsTo), sighting.messageOf])) {
    if (id !== undefined && !asked.contacts.get(`${channelId} ${id}`)?.whole) more.contact(channelId, id, true)
    // A contact that turns out to be another one brings lanes, which are found by their endpoints.
    if (id !== undefined) more.channels.add(channelId)
  }
}

/** The key leads to another contact from now on, so this one does not show that number any more. */
function forgetPhone(set: WorkingSet, contact: Contact, key: string): void {
  if (contact.phone !== null && isPhoneKey(key) && phoneKey(contact.phone) === key)
    set.changeContact(contact, { phone: null })
}

const earlier = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.min(one, other)

/** Two contacts turn out to be one person: everything of `from` moves to `into`. */
function mergeContacts(people: People, from: Contact, into: Contact): void {
  const { set, leases, nudge } = people
  for (const key of set.keysOf(from)) set.setKey(from.channelId, key, into.id)
  set.moveMessages(from.channelId, from.id, into.id)
  const state = from.state === null ? undefined : joinedState(readState(into.state), readState(from.state))
  const lastInboundAt =
    from.lastInboundAt === null ? into.lastInboundAt : Math.max(into.lastInboundAt ?? 0, from.lastInboundAt)
  set.changeContact(into, {
    lastInboundAt,
    userId: into.userId ?? from.userId,
    parentId: into.parentId ?? from.parentId,
    phone: into.phone ?? from.phone,
    username: into.username ?? from.username,
    name: into.name ?? from.name,
    ...(state && { state: stateText(state), ...watch(into, state.owner) }),
    waitingSince: earlier(into.waitingSince, from.waitingSince),
  })
  set.changeContact(from, { mergedInto: into.id, idleAt: null, waitingSince: null })
  for (const endpointId of joinLanes(set, leases, from, into)) nudge.add(endpointId)
}
