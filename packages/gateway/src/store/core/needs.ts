import {
  idKeysOf,
  isNumber,
  keysAsked,
  keysOf as namesOf,
  type Names,
  type Sighting,
} from '../../domain/contacts/identity.ts'
import { type Fact, type NewMessage, type Settlement, sightingOf, type StatusFact } from '../store.ts'
import { askToIdentify, findContact } from './contacts.ts'
import { Keys } from './keys.ts'
import { oursOf } from './message-rows.ts'
import type { Operation } from './operations.ts'
import type { Message } from './rows.ts'
import type { Snapshot, WorkingSet } from './working-set.ts'

/** The rows that a batch needs before it can be decided. */
export function keysOf(operations: readonly Operation[]): Keys {
  const keys = new Keys()
  for (const operation of operations) {
    switch (operation.kind) {
      case 'begin':
        // The contact's state decides together with the send: with the lanes, the contact's row is locked.
        askNames(keys, operation.message.channelId, operation.message.contact, dependsOnState(operation.message))
        for (const channelId of operation.message.account ?? [])
          askNames(keys, channelId, operation.message.contact, false)
        keys.newContacts++
        break
      case 'settle':
        askSettlement(keys, operation.settlement)
        break
      case 'facts':
        for (const fact of operation.facts) askFact(keys, fact)
        break
      case 'claim':
        keys.claims.push(operation)
        break
      case 'attempt': {
        const { endpointId, contactId, seq, outcome, more } = operation.record
        keys.lane(endpointId, contactId, outcome === 'retry' || more ? null : seq)
        keys.owed.set(`${endpointId} ${seq}`, { endpointId, seq })
        break
      }
      case 'release':
        for (const { endpointId, contactId } of operation.lanes) keys.lane(endpointId, contactId, null)
        break
      case 'replay':
        keys.channels.add(operation.channelId)
        keys.replays.push(operation)
    }
  }
  return keys
}

const dependsOnState = ({ ifOwner, marketing }: NewMessage): boolean => ifOwner === true || marketing === true

function askNames(keys: Keys, channelId: number, names: Names, lanes: boolean): void {
  for (const key of namesOf(names)) keys.name(channelId, key, lanes)
}

/** The names in an answer of WhatsApp's. */
function namedBy({ waId, userId }: { waId?: string; userId?: string }): Names | undefined {
  if (waId === undefined && userId === undefined) return undefined
  return { ...(waId !== undefined && { phone: waId }), ...(userId !== undefined && { userId }) }
}

function askSettlement(keys: Keys, settlement: Settlement): void {
  keys.message(settlement.channelId, settlement.id, false)
  if (settlement.status !== 'accepted') return
  keys.wamid(settlement.channelId, settlement.wamid, false)
  const names = namedBy(settlement)
  if (names) askNames(keys, settlement.channelId, names, false)
}

function askFact(keys: Keys, fact: Fact): void {
  const { channelId } = fact
  keys.channels.add(channelId)
  if (fact.kind === 'status') {
    // Nearly always the message is known, and with it the contact. `foresee` requests the rest.
    if (fact.reference !== undefined) keys.message(channelId, fact.reference, true)
    else keys.wamid(channelId, fact.wamid, true)
    for (const key of idKeysOf(fact.contact)) keys.name(channelId, key, false)
    return
  }
  if (fact.contact) {
    for (const key of keysAsked(sightingOf(fact))) keys.name(channelId, key, true)
    keys.newContacts++
  }
  if (fact.kind === 'message') keys.wamid(channelId, fact.wamid, false)
  if (fact.kind === 'notice') {
    keys.seen.set(`${channelId} ${fact.key}`, { channelId, key: fact.key })
    if (fact.cost) keys.seen.set(`${channelId} ${fact.cost.key}`, { channelId, key: fact.cost.key })
    if (!fact.contact) keys.contact(channelId, 0, false)
    if (fact.reached) {
      keys.wamid(channelId, fact.reached.wamid, false)
      if (fact.reached.reference !== undefined) keys.message(channelId, fact.reached.reference, false)
    }
  }
}

/**
 * True when a key leads to a contact that another node merged while this node waited for the row's lock: then the
 * contact is new and the key is old. The same load again finds the key's present contact.
 */
export function hasStaleKey({ keys, contacts }: Snapshot): boolean {
  const joined = new Set(contacts.filter(({ mergedInto }) => mergedInto !== null).map(({ id }) => id))
  return joined.size > 0 && keys.some(({ contactId }) => joined.has(contactId))
}

/** The rows for names or statuses that the first load lacks: requested at once for a whole batch. */
export function foresee(operations: readonly Operation[], set: WorkingSet, asked: Keys): Keys | undefined {
  const more = new Keys()
  for (const operation of operations) {
    if (operation.kind === 'settle') foreseeAnswer(operation.settlement, set, asked, more)
    if (operation.kind === 'begin') {
      const { channelId, contact } = operation.message
      if (!findContact(set, channelId, contact)) askToIdentify(set, asked, channelId, { now: contact }, more)
    }
    if (operation.kind !== 'facts') continue
    for (const fact of operation.facts) {
      if (fact.kind === 'status') foreseeStatus(fact, set, asked, more)
      else if (fact.contact) askToIdentify(set, asked, fact.channelId, sightingOf(fact), more)
    }
  }
  return more.names.size + more.contacts.size + more.wamids.size > 0 ? more : undefined
}

function foreseeAnswer(settlement: Settlement, set: WorkingSet, asked: Keys, more: Keys): void {
  const message = set.message(settlement.channelId, settlement.id)
  if (settlement.status !== 'accepted') {
    if (settlement.state && message) askToChange(asked, message, more)
    return
  }
  const sighting = message && sightingByAnswer(set, message, settlement)
  if (sighting) askToIdentify(set, asked, settlement.channelId, sighting, more)
}

function foreseeStatus(fact: StatusFact, set: WorkingSet, asked: Keys, more: Keys): void {
  const { channelId, contact, wamid } = fact
  let message = oursOf(set, fact)
  // When the answer to the send has not arrived, an earlier status may be stored under the wamid only.
  if (message?.wamid !== wamid) {
    if (!asked.wamids.has(`${channelId} ${wamid}`)) return more.wamid(channelId, wamid, true)
    message ??= set.messageByWamid(channelId, wamid)
  }
  if (!message) {
    askToIdentify(set, asked, channelId, { now: contact }, more)
    more.newContacts++
    return
  }
  if (fact.state) askToChange(asked, message, more)
  const sighting = sightingByStatus(set, message, fact)
  if (sighting) askToIdentify(set, asked, channelId, sighting, more)
}

/** A contact that changes is locked. */
function askToChange(asked: Keys, { channelId, contactId }: Message, more: Keys): void {
  if (!asked.contacts.get(`${channelId} ${contactId}`)?.whole) more.contact(channelId, contactId, true)
}

const wasSeen = (row: Message): boolean =>
  (row.sentAt ?? row.deliveredAt ?? row.readAt ?? row.playedAt ?? row.failedAt) !== null

/** New names of a message's contact in a status. */
export function sightingByStatus(
  set: WorkingSet,
  row: Message,
  { channelId, contact }: StatusFact,
): Sighting | undefined {
  if (idKeysOf(contact).every((key) => set.idNamed(channelId, key) === row.contactId)) return undefined
  return { now: contact, messageOf: row.contactId, isCertain: wasSeen(row) || !isNumber(row.recipient ?? '') }
}

/** The same for WhatsApp's answer to a send: it has the contact's id, or the normalised number. */
export function sightingByAnswer(
  set: WorkingSet,
  row: Message,
  settlement: Settlement & { status: 'accepted' },
): Sighting | undefined {
  const now = namedBy(settlement)
  if (!now || namesOf(now).every((key) => set.idNamed(row.channelId, key) === row.contactId)) return undefined
  return { now, messageOf: row.contactId, isCertain: !isNumber(row.recipient ?? '') }
}
