import {
  idKeysOf,
  isNumber,
  keysAsked,
  keysOf as namesOf,
  type Names,
  type Sighting,
} from '../../domain/contacts/identity.ts'
import { toldStatusBody } from '../../domain/events/bodies.ts'
import { climb, type MessageStatus } from '../../domain/messages/status.ts'
import { windowOf } from '../../domain/messages/window.ts'
import {
  type Applied,
  type ClosedWindow,
  type Fact,
  type LeaseOffer,
  type MessageFact,
  type NewMessage,
  type Notice,
  type PendingEvent,
  type Person,
  type Settlement,
  sightingOf,
  type StatusFact,
} from '../store.ts'
import { callbackDataOf } from '../messages.ts'
import { askToIdentify, findContact, identify, type People } from './contacts.ts'
import { Keys, Missing } from './keys.ts'
import {
  claimLanes,
  joinLane,
  Leases,
  recordAttempt,
  releaseLane,
  replay,
  type OpenOffer,
  openOffer,
  type Woken,
} from './lanes.ts'
import type { Settled } from '../batcher.ts'
import type { Operation } from './operations.ts'
import type { Contact, Message, NewMessageRow } from './rows.ts'
import { type Changes, type Snapshot, WorkingSet } from './working-set.ts'

/**
 * `changes` and, for each operation in order, its answer; or what has to be loaded before the batch can be decided;
 * or the operation that did something wrong: the others are to be decided again, from a new snapshot.
 */
export type Decision =
  | { needs: Keys; refused?: undefined; changes?: undefined; answers?: undefined }
  | { needs?: undefined; refused: { operation: Operation; error: unknown }; changes?: undefined; answers?: undefined }
  | { needs?: undefined; refused?: undefined; changes: Changes; answers: unknown[] }

/** Where new ids come from, so that the same batch decided twice is the same. */
export type NewIds = { message(now: number): string }

/** What a batch has to see before it can be decided. */
export function keysOf(operations: readonly Operation[]): Keys {
  const keys = new Keys()
  for (const operation of operations) {
    switch (operation.kind) {
      case 'begin':
        askNames(keys, operation.message.channelId, operation.message.person, false)
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

function askNames(keys: Keys, channelId: number, names: Names, lanes: boolean): void {
  for (const key of namesOf(names)) keys.name(channelId, key, lanes)
}

/** Whom an answer of WhatsApp's names. */
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
    // Nearly always the message is known, and with it the contact. `foresee` asks for the rest.
    if (fact.reference !== undefined) keys.message(channelId, fact.reference, true)
    else keys.wamid(channelId, fact.wamid, true)
    for (const key of idKeysOf(fact.person)) keys.name(channelId, key, false)
    return
  }
  if (fact.person) {
    for (const key of keysAsked(sightingOf(fact))) keys.name(channelId, key, true)
    keys.newContacts++
  }
  if (fact.kind === 'message') keys.wamid(channelId, fact.wamid, false)
  if (fact.kind === 'notice') {
    keys.seen.set(`${channelId} ${fact.key}`, { channelId, key: fact.key })
    if (!fact.person) keys.contact(channelId, 0, false)
  }
}

/** What the first load did not bring and names or statuses need: asked for a whole batch at once, not one by one. */
function foresee(operations: readonly Operation[], set: WorkingSet, asked: Keys): Keys | undefined {
  const more = new Keys()
  for (const operation of operations) {
    if (operation.kind === 'settle') foreseeAnswer(operation.settlement, set, asked, more)
    if (operation.kind === 'begin') {
      const { channelId, person } = operation.message
      if (!findContact(set, channelId, person)) askToIdentify(set, asked, channelId, { now: person }, more)
    }
    if (operation.kind !== 'facts') continue
    for (const fact of operation.facts) {
      if (fact.kind === 'status') foreseeStatus(fact, set, asked, more)
      else if (fact.person) askToIdentify(set, asked, fact.channelId, sightingOf(fact), more)
    }
  }
  return more.names.size + more.contacts.size + more.wamids.size > 0 ? more : undefined
}

function foreseeAnswer(settlement: Settlement, set: WorkingSet, asked: Keys, more: Keys): void {
  if (settlement.status !== 'accepted') return
  const message = set.message(settlement.channelId, settlement.id)
  const sighting = message && sightingByAnswer(set, message, settlement)
  if (sighting) askToIdentify(set, asked, settlement.channelId, sighting, more)
}

function foreseeStatus(fact: StatusFact, set: WorkingSet, asked: Keys, more: Keys): void {
  const { channelId, person, wamid } = fact
  let message = oursOf(set, fact)
  // Where the answer to the send has not come, an earlier status may stand under the wamid alone.
  if (message?.wamid !== wamid) {
    if (!asked.wamids.has(`${channelId} ${wamid}`)) return more.wamid(channelId, wamid, true)
    message ??= set.messageByWamid(channelId, wamid)
  }
  if (!message) {
    askToIdentify(set, asked, channelId, { now: person }, more)
    more.newContacts++
    return
  }
  const sighting = sightingByStatus(set, message, fact)
  if (sighting) askToIdentify(set, asked, channelId, sighting, more)
}

const wasSeen = (row: Message): boolean =>
  (row.sentAt ?? row.deliveredAt ?? row.readAt ?? row.playedAt ?? row.failedAt) !== null

/** What a status says of the person its message went to, where that is news. */
function sightingByStatus(set: WorkingSet, row: Message, { channelId, person }: StatusFact): Sighting | undefined {
  if (idKeysOf(person).every((key) => set.idNamed(channelId, key) === row.contactId)) return undefined
  return { now: person, messageOf: row.contactId, isCertain: wasSeen(row) || !isNumber(row.recipient ?? '') }
}

/** The same of WhatsApp's answer to a send: it names them by their id, or by what it made of the dialled number. */
function sightingByAnswer(
  set: WorkingSet,
  row: Message,
  settlement: Settlement & { status: 'accepted' },
): Sighting | undefined {
  const now = namedBy(settlement)
  if (!now || namesOf(now).every((key) => set.idNamed(row.channelId, key) === row.contactId)) return undefined
  return { now, messageOf: row.contactId, isCertain: !isNumber(row.recipient ?? '') }
}

/**
 * Decides a batch: what changes in the store, and what each operation is answered. Holds every rule of the hot path and
 * no SQL, clock or network. Operations see what the ones before them changed.
 */
export function decide(operations: readonly Operation[], snapshot: Snapshot, ids: NewIds): Decision {
  const batch = new Batch(snapshot, ids)
  const needs = foresee(operations, batch.set, snapshot.asked)
  if (needs) return { needs }
  const answers: unknown[] = []
  for (const operation of operations) {
    try {
      answers.push(batch.run(operation))
    } catch (error) {
      return error instanceof Missing ? { needs: error.needs } : { refused: { operation, error } }
    }
  }
  return { changes: batch.set.changes(), answers }
}

/** Loads, decides and, where the first load did not do, loads again, until the batch is decided. Answers what to write. */
export async function decided(
  operations: readonly Operation[],
  load: (asked: Keys) => Snapshot | Promise<Snapshot>,
  ids: NewIds,
): Promise<{ changes: Changes; answers: Settled[] }> {
  const run = deciding(operations, ids)
  let step = run.next()
  while (!step.done) step = run.next(await load(step.value))
  return step.value
}

/** The same for an engine that loads at once. */
export function decidedAtOnce(
  operations: readonly Operation[],
  load: (asked: Keys) => Snapshot,
  ids: NewIds,
): { changes: Changes; answers: Settled[] } {
  const run = deciding(operations, ids)
  let step = run.next()
  while (!step.done) step = run.next(load(step.value))
  return step.value
}

/** Each load brings what the one before lacked; a batch needs one, or two where it renames or joins contacts. */
const MOST_LOADS = 100

function* deciding(
  operations: readonly Operation[],
  ids: NewIds,
): Generator<Keys, { changes: Changes; answers: Settled[] }, Snapshot> {
  const refused = new Map<Operation, unknown>()
  let rest = operations
  let asked = keysOf(rest)
  for (let loads = 0; loads < MOST_LOADS; loads++) {
    const decision = decide(rest, yield asked, ids)
    if (decision.needs) asked.add(decision.needs)
    else if (decision.refused) {
      refused.set(decision.refused.operation, decision.refused.error)
      rest = operations.filter((operation) => !refused.has(operation))
      asked = keysOf(rest)
    } else {
      const { changes, answers } = decision
      let next = 0
      const settled = operations.map((operation): Settled =>
        refused.has(operation) ? { ok: false, error: refused.get(operation) } : { ok: true, value: answers[next++] },
      )
      return { changes, answers: settled }
    }
  }
  throw new Error('a batch could not be decided')
}

class Batch {
  readonly set: WorkingSet
  readonly #snapshot: Snapshot
  readonly #ids: NewIds
  readonly #leases = new Leases()

  constructor(snapshot: Snapshot, ids: NewIds) {
    this.#snapshot = snapshot
    this.#ids = ids
    this.set = new WorkingSet(snapshot)
  }

  run(operation: Operation): unknown {
    switch (operation.kind) {
      case 'begin':
        return this.#begin(operation.message)
      case 'settle':
        return this.#settle(operation.settlement)
      case 'facts':
        return this.#apply(operation.facts, operation.offer)
      case 'claim':
        return claimLanes(this.set, this.#leases, this.#snapshot.claimed.get(operation)!, operation.offer)
      case 'attempt':
        return recordAttempt(this.set, operation.record)
      case 'release':
        for (const { endpointId, contactId } of operation.lanes)
          releaseLane(this.set, endpointId, contactId, operation.holder)
        return undefined
      case 'replay': {
        const endpoint = this.set.endpointsOf(operation.channelId).find((one) => one.id === operation.endpointId)
        const events = this.#snapshot.replayed.get(operation)!
        return endpoint ? replay(this.set, endpoint, events) : { replayed: 0, woken: false }
      }
    }
  }

  #people(nudge = new Set<number>()): People {
    return { set: this.set, leases: this.#leases, nudge }
  }

  /** Keeps a message of ours before WhatsApp hears of it, or answers the closed window that keeps it out. */
  #begin(message: NewMessage): ClosedWindow | undefined {
    const { channelId, id, person, type, recipient, content, createdAt, window } = message
    if (window) {
      const known = findContact(this.set, channelId, person)
      const facts = { lastInboundAt: known?.lastInboundAt ?? undefined, channelCreatedAt: window.channelCreatedAt }
      const verdict = windowOf(facts, createdAt)
      if (verdict.state === 'closed') return verdict
    }
    const contact =
      findContact(this.set, channelId, person) ?? identify(this.#people(), channelId, { now: person }, person.name)
    this.set.makeMessage({
      ...newRow({ channelId, id, contactId: contact.id, type, createdAt, recipient, content }),
      direction: 'out',
      status: 'sending',
      callbackContent: content,
    })
    return undefined
  }

  /** Notes how a send ended. False when a status had already said more. */
  #settle(settlement: Settlement): boolean {
    const { set } = this
    const { channelId, id, at } = settlement
    const row = set.message(channelId, id)
    if (!row) return false
    if (settlement.status !== 'accepted') {
      if (row.status !== 'sending') return false
      row.status = settlement.status
      row.error = settlement.error
      if (settlement.status === 'failed') row.failedAt = at
      set.messageChanged(row)
      return true
    }
    takeWamid(set, row, settlement.wamid)
    row.acceptedAt = at
    if (row.status === 'sending' || row.status === 'unknown') row.status = 'accepted'
    set.messageChanged(row)
    const sighting = sightingByAnswer(set, row, settlement)
    if (sighting) set.giveMessage(row, identify(this.#people(), channelId, sighting, undefined))
    return true
  }

  #apply(facts: readonly Fact[], offer: LeaseOffer | null): Applied {
    const webhook = new Webhook(this.set, this.#leases, this.#ids, openOffer(offer))
    for (const fact of facts) webhook.apply(fact)
    return webhook.applied()
  }
}

const newRow = (
  fields: Pick<NewMessageRow, 'channelId' | 'id' | 'contactId' | 'type' | 'createdAt' | 'recipient' | 'content'>,
): Omit<NewMessageRow, 'direction' | 'status'> => ({
  ...fields,
  wamid: null,
  error: null,
  acceptedAt: null,
  sentAt: null,
  deliveredAt: null,
  readAt: null,
  playedAt: null,
  failedAt: null,
  pricing: null,
  conversation: null,
  callbackContent: null,
})

function adopt(row: Message, stub: Message): void {
  const { status, sentAt, deliveredAt, readAt, playedAt, failedAt, error, pricing, conversation } = stub
  Object.assign(row, { status, sentAt, deliveredAt, readAt, playedAt, failedAt, error, pricing, conversation })
}

// Which column remembers that a status was seen.
const SEEN_AT = {
  sent: 'sentAt',
  delivered: 'deliveredAt',
  read: 'readAt',
  played: 'playedAt',
  failed: 'failedAt',
} as const

/** The message of ours that a status names by the id that Meta gave back. */
function oursOf(set: WorkingSet, { channelId, reference, wamid }: StatusFact): Message | undefined {
  const ours = reference === undefined ? undefined : set.message(channelId, reference)
  return ours && (ours.wamid === null || ours.wamid === wamid) ? ours : undefined
}

/** Takes over what a status without our reference, which came before the answer, left under the wamid. */
function takeWamid(set: WorkingSet, row: Message, wamid: string): void {
  const other = set.messageByWamid(row.channelId, wamid)
  if (other && other !== row) {
    if (other.type !== 'foreign') throw new Error(`the wamid ${wamid} belongs to another message already`)
    adopt(row, other)
    set.dropMessage(other)
  }
  if (row.wamid === null) set.giveWamid(row, wamid)
}

/** What a message from or to somebody is listed under. */
const nameOf = (person: Person): string => person.phone ?? person.userId ?? person.parentId ?? ''

/** The facts of one webhook, applied in order: all of them or, when the batch fails, none. */
class Webhook {
  readonly #set: WorkingSet
  readonly #leases: Leases
  readonly #ids: NewIds
  readonly #offer: OpenOffer | null
  readonly #woken: Woken = { leased: [], nudge: new Set() }
  #events = 0
  #duplicates = 0

  constructor(set: WorkingSet, leases: Leases, ids: NewIds, offer: OpenOffer | null) {
    this.#set = set
    this.#leases = leases
    this.#ids = ids
    this.#offer = offer
  }

  apply(fact: Fact): void {
    if (fact.kind === 'message') this.#message(fact)
    else if (fact.kind === 'status') this.#status(fact)
    else this.#notice(fact)
  }

  applied(): Applied {
    const { leased, nudge } = this.#woken
    return { events: this.#events, duplicates: this.#duplicates, leased, nudge: [...nudge] }
  }

  #people(): People {
    return { set: this.#set, leases: this.#leases, nudge: this.#woken.nudge }
  }

  #message(fact: MessageFact): void {
    const { channelId, wamid, person, type, content, at } = fact
    const set = this.#set
    const isDuplicate = set.messageByWamid(channelId, wamid) !== undefined
    // A duplicate still teaches who goes by which names; but what a note said when it came first must not be said again
    // over what came after it.
    if (isDuplicate && fact.becomes) {
      this.#duplicates++
      return
    }
    const contact = identify(this.#people(), channelId, sightingOf(fact), person.name)
    if (isDuplicate) {
      this.#duplicates++
      return
    }
    const id = this.#ids.message(set.now)
    set.makeMessage({
      ...newRow({ channelId, id, contactId: contact.id, type, createdAt: at, recipient: nameOf(person), content }),
      direction: 'in',
      status: 'received',
      wamid,
    })
    if (fact.opensWindow) this.#openWindow(contact, at, person)
    this.#append(channelId, contact.id, 'new_message', id, fact.body)
  }

  #status(fact: StatusFact): void {
    const { channelId, wamid, person, at } = fact
    const set = this.#set
    const column = SEEN_AT[fact.status as keyof typeof SEEN_AT]
    const found = oursOf(set, fact) ?? set.messageByWamid(channelId, wamid)
    if (!found) {
      const contact = identify(this.#people(), channelId, { now: person }, person.name)
      const id = this.#ids.message(set.now)
      // Sent by another program over the same number. The row keeps its later statuses from being told twice.
      set.makeMessage({
        ...newRow({
          channelId,
          id,
          contactId: contact.id,
          type: 'foreign',
          createdAt: at,
          recipient: nameOf(person),
          content: '{}',
        }),
        direction: 'out',
        status: fact.status,
        wamid,
        error: fact.error,
        pricing: fact.pricing ?? null,
        conversation: fact.conversation ?? null,
        [column]: at,
      })
      this.#append(channelId, contact.id, 'message_status_update', id, toldStatusBody(fact.body, undefined))
      return
    }
    if (found.wamid === null) takeWamid(set, found, wamid)
    if (found[column] !== null) {
      this.#duplicates++
      return
    }
    const sighting = sightingByStatus(set, found, fact)
    found[column] = at
    found.status = found.status === 'received' ? 'received' : climb(found.status as MessageStatus, fact.status)
    found.error = fact.error ?? found.error
    found.pricing = fact.pricing ?? found.pricing
    found.conversation = fact.conversation ?? found.conversation
    set.messageChanged(found)
    if (sighting) set.giveMessage(found, identify(this.#people(), channelId, sighting, undefined))
    const ours = found.direction === 'out' && found.type !== 'foreign'
    this.#append(
      channelId,
      found.contactId,
      'message_status_update',
      found.id,
      toldStatusBody(
        fact.body,
        ours ? { reference: found.id, callbackData: callbackDataOf(found.callbackContent ?? '') } : undefined,
      ),
    )
  }

  #notice(fact: Notice): void {
    const { channelId, person } = fact
    if (!this.#set.seeFirst(channelId, fact.key)) {
      this.#duplicates++
      return
    }
    // Contact 0 is the channel itself: its notes keep their own order.
    const contact = person && identify(this.#people(), channelId, sightingOf(fact), person.name)
    if (fact.opensWindow && contact) this.#openWindow(contact, fact.at, person)
    this.#append(channelId, contact?.id ?? 0, fact.event, null, fact.body)
  }

  /** Meta's 24 hours begin when somebody writes or calls. */
  #openWindow(contact: Contact, at: number, person: Person): void {
    const lastInboundAt = Math.max(contact.lastInboundAt ?? 0, at)
    this.#set.changeContact(contact, { lastInboundAt, name: person.name ?? contact.name })
  }

  #append(channelId: number, contactId: number, kind: string, messageId: string | null, body: string): void {
    const event: PendingEvent = { seq: 0, body, attempts: 0, since: this.#set.now }
    this.#set.addEvent({ channelId, contactId, kind, messageId, event })
    this.#events++
    for (const endpoint of this.#set.endpointsOf(channelId))
      joinLane(this.#set, this.#leases, endpoint, contactId, event, this.#offer, this.#woken)
  }
}
