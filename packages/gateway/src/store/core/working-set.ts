import type { PendingEvent } from '../store.ts'
import { CostSums } from './costs.ts'
import type { AskedClaim, AskedReplay, Keys } from './keys.ts'
import { Missing } from './keys.ts'
import type { Replayed } from './lanes.ts'
import type {
  Attempt,
  Contact,
  ContactKey,
  CostChange,
  CountChange,
  Dead,
  EndpointRow,
  Lane,
  Message,
  NewEvent,
  NewMessageRow,
  Owed,
} from './rows.ts'

/**
 * The rows that an engine found for `asked`, read in one transaction; rows that the batch may change are locked. Made
 * for one decision, which changes the rows in it.
 */
export type Snapshot = {
  asked: Keys
  /** The store's clock, the same for all its nodes. */
  now: number
  /** Unused contact ids. */
  contactIds: readonly number[]
  contacts: readonly Contact[]
  keys: readonly ContactKey[]
  messages: readonly Message[]
  endpoints: readonly EndpointRow[]
  lanes: readonly Lane[]
  /** The owed events of each requested lane with next events, and of each lane requested by event; the lowest first. */
  owed: readonly Owed[]
  /** The next events of lanes that were requested with them. */
  ahead: readonly { endpointId: number; contactId: number; events: readonly PendingEvent[] }[]
  /** For each requested claim, the due lanes. */
  claimed: ReadonlyMap<AskedClaim, readonly { endpointId: number; contactId: number }[]>
  seen: readonly { channelId: number; key: string }[]
  /** For each requested replay, its events, their contacts, and whether they are dead. */
  replayed: ReadonlyMap<AskedReplay, readonly Replayed[]>
}

/**
 * A snapshot with the names, contacts, messages and lanes of a second load in the same transaction. Rows that the first
 * load locked are the same in both. Undefined when another node has merged a contact in between: then rows of the first
 * load may lead to the contact that is gone.
 */
export function extended(first: Snapshot, more: Snapshot, asked: Keys): Snapshot | undefined {
  if (more.contacts.some(({ mergedInto }) => mergedInto !== null)) return undefined
  const { contacts: reread } = more.asked
  return {
    ...first,
    asked,
    contactIds: more.contactIds,
    contacts: later(first.contacts, more.contacts, ({ id }) => id),
    // The second load has all names of the contacts that it read whole: one that is missing is no longer theirs.
    keys: later(
      first.keys.filter(({ channelId, contactId }) => !reread.get(`${channelId} ${contactId}`)?.whole),
      more.keys,
      ({ channelId, key }) => `${channelId} ${key}`,
    ),
    messages: later(first.messages, more.messages, ({ channelId, id }) => `${channelId} ${id}`),
    endpoints: later(first.endpoints, more.endpoints, ({ id }) => id),
    lanes: later(first.lanes, more.lanes, ({ endpointId, contactId }) => `${endpointId} ${contactId}`),
  }
}

/** The rows of both, the later one of each key. */
function later<T>(first: readonly T[], more: readonly T[], keyOf: (row: T) => unknown): readonly T[] {
  if (more.length === 0) return first
  const rows = new Map(first.map((row) => [keyOf(row), row]))
  for (const row of more) rows.set(keyOf(row), row)
  return [...rows.values()]
}

/** All changes of a batch. Empty lists cost nothing. */
export type Changes = {
  contactsMade: Contact[]
  /** Two nodes may change one contact at once: an engine for several nodes writes only the changed columns. */
  contactsChanged: { before: Contact; now: Contact }[]
  /** `isNew`: the key had no owner in the snapshot. */
  keysSet: (ContactKey & { isNew: boolean })[]
  messagesMade: NewMessageRow[]
  messagesChanged: Message[]
  /** Those with another wamid or another contact: for all others no index changes. */
  messagesRenamed: ReadonlySet<Message>
  messagesGone: { channelId: number; id: string }[]
  /** All messages of one contact move to another. */
  messagesMoved: { channelId: number; from: number; into: number }[]
  seenMade: { channelId: number; key: string; at: number }[]
  /** In stored order. */
  eventsMade: NewEvent[]
  lanesMade: Lane[]
  lanesChanged: Lane[]
  lanesGone: { endpointId: number; contactId: number }[]
  /** Stored events of one contact after `after`, and its owed events, are owed to another from now on. */
  oweRest: { endpointId: number; slot: number; channelId: number; from: number; into: number; after: number }[]
  owedMade: Owed[]
  owedChanged: Owed[]
  owedGone: { endpointId: number; seq: number }[]
  deadMade: Dead[]
  deadGone: { endpointId: number; seq: number }[]
  attempts: Attempt[]
  counts: CountChange[]
  costs: CostChange[]
}

/** How many events of a lane its holder gets at once. */
export const EVENTS_IN_HAND = 16

const none = <T>(): T[] => []

/** A snapshot with the changes of earlier operations: the state that the next operation of the batch sees. */
export class WorkingSet {
  readonly now: number
  readonly costs = new CostSums()
  readonly #snapshot: Snapshot
  readonly #contacts = new Map<number, Contact>()
  readonly #keys = new Map<string, number>()
  readonly #keysOf = new Map<number, Set<string>>()
  readonly #storedKeys = new Set<string>()
  readonly #messages = new Map<string, Message | null>()
  readonly #byWamid = new Map<string, Message | null>()
  readonly #endpoints = new Map<number, EndpointRow[]>()
  readonly #lanes = new Map<string, Lane | null>()
  readonly #ahead = new Map<string, readonly PendingEvent[]>()
  readonly #owed = new Map<string, Owed>()
  readonly #seen = new Set<string>()
  readonly #counts = new Map<number, CountChange>()
  readonly #joined = new Set<Lane>()
  #usedIds = 0

  readonly #madeContacts = new Set<Contact>()
  readonly #changedContacts = new Map<Contact, Contact>()
  readonly #setKeys = new Map<string, ContactKey>()
  readonly #madeMessages = new Set<NewMessageRow>()
  readonly #changedMessages = new Set<Message>()
  readonly #renamedMessages = new Set<Message>()
  readonly #goneMessages: Changes['messagesGone'] = []
  readonly #movedMessages: Changes['messagesMoved'] = []
  readonly #madeSeen: Changes['seenMade'] = []
  readonly #madeEvents: NewEvent[] = []
  readonly #newOfLane = new Map<string, PendingEvent[]>()
  readonly #madeLanes = new Set<Lane>()
  readonly #changedLanes = new Set<Lane>()
  readonly #goneLanes: Changes['lanesGone'] = []
  readonly #oweRest: Changes['oweRest'] = []
  readonly #madeOwed = new Set<Owed>()
  readonly #changedOwed = new Set<Owed>()
  readonly #goneOwed: Changes['owedGone'] = []
  readonly #madeDead: Dead[] = []
  readonly #goneDead: Changes['deadGone'] = []
  readonly #attempts: Attempt[] = []

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    this.now = snapshot.now
    for (const row of snapshot.contacts) this.#contacts.set(row.id, row)
    for (const { channelId, key, contactId } of snapshot.keys) {
      this.#name(channelId, key, contactId)
      this.#storedKeys.add(`${channelId} ${key}`)
    }
    for (const row of snapshot.messages) {
      this.#messages.set(`${row.channelId} ${row.id}`, row)
      if (row.wamid !== null) this.#byWamid.set(`${row.channelId} ${row.wamid}`, row)
    }
    for (const row of snapshot.endpoints) {
      const known = this.#endpoints.get(row.channelId)
      if (known) known.push(row)
      else this.#endpoints.set(row.channelId, [row])
    }
    for (const row of snapshot.lanes) this.#lanes.set(`${row.endpointId} ${row.contactId}`, row)
    for (const row of snapshot.ahead) this.#ahead.set(`${row.endpointId} ${row.contactId}`, row.events)
    for (const row of snapshot.owed) this.#owed.set(`${row.endpointId} ${row.event.seq}`, row)
    for (const row of snapshot.seen) this.#seen.add(`${row.channelId} ${row.key}`)
  }

  // ── Contacts and their names ──

  #name(channelId: number, key: string, contactId: number): void {
    const place = `${channelId} ${key}`
    const before = this.#keys.get(place)
    if (before !== undefined) this.#keysOf.get(before)?.delete(key)
    this.#keys.set(place, contactId)
    const keys = this.#keysOf.get(contactId)
    if (keys) keys.add(key)
    else this.#keysOf.set(contactId, new Set([key]))
  }

  contactNamed(channelId: number, key: string): Contact | undefined {
    const place = `${channelId} ${key}`
    const id = this.#keys.get(place)
    if (id !== undefined) return this.contact(channelId, id)
    if (this.#snapshot.asked.names.has(place)) return undefined
    throw new Missing((needs) => needs.name(channelId, key, true))
  }

  idNamed(channelId: number, key: string): number | undefined {
    return this.#keys.get(`${channelId} ${key}`)
  }

  contact(channelId: number, id: number): Contact {
    const found = this.#contacts.get(id)
    if (found) return found
    throw new Missing((needs) => needs.contact(channelId, id, true))
  }

  /** All names of a contact. */
  keysOf(contact: Contact): string[] {
    if (
      !this.#madeContacts.has(contact) &&
      !this.#snapshot.asked.contacts.get(`${contact.channelId} ${contact.id}`)?.whole
    )
      throw new Missing((needs) => needs.contact(contact.channelId, contact.id, true))
    return [...(this.#keysOf.get(contact.id) ?? [])]
  }

  makeContact(
    fields: Omit<Contact, 'id' | 'mergedInto' | 'lastInboundAt' | 'state' | 'idleAt' | 'waitingSince'>,
  ): Contact {
    const id = this.#snapshot.contactIds[this.#usedIds++]
    if (id === undefined) throw new Missing((needs) => (needs.newContacts = 16))
    const contact: Contact = {
      ...fields,
      id,
      mergedInto: null,
      lastInboundAt: null,
      state: null,
      idleAt: null,
      waitingSince: null,
    }
    this.#contacts.set(id, contact)
    this.#madeContacts.add(contact)
    return contact
  }

  changeContact(contact: Contact, change: Partial<Omit<Contact, 'id' | 'channelId'>>): void {
    if (!this.#madeContacts.has(contact) && !this.#changedContacts.has(contact))
      this.#changedContacts.set(contact, { ...contact })
    Object.assign(contact, change)
  }

  setKey(channelId: number, key: string, contactId: number): void {
    this.#name(channelId, key, contactId)
    this.#setKeys.set(`${channelId} ${key}`, { channelId, key, contactId })
  }

  // ── Messages ──

  message(channelId: number, id: string): Message | undefined {
    const place = `${channelId} ${id}`
    const found = this.#messages.get(place)
    if (found !== undefined) return found ?? undefined
    if (this.#snapshot.asked.messages.has(place)) return undefined
    throw new Missing((needs) => needs.message(channelId, id, true))
  }

  messageByWamid(channelId: number, wamid: string): Message | undefined {
    const place = `${channelId} ${wamid}`
    const found = this.#byWamid.get(place)
    if (found !== undefined) return found ?? undefined
    if (this.#snapshot.asked.wamids.has(place)) return undefined
    throw new Missing((needs) => needs.wamid(channelId, wamid, true))
  }

  makeMessage(row: NewMessageRow): void {
    this.#madeMessages.add(row)
    this.#messages.set(`${row.channelId} ${row.id}`, row)
    if (row.wamid !== null) this.#byWamid.set(`${row.channelId} ${row.wamid}`, row)
  }

  messageChanged(row: Message): void {
    if (!this.#madeMessages.has(row as NewMessageRow)) this.#changedMessages.add(row)
  }

  giveWamid(row: Message, wamid: string): void {
    row.wamid = wamid
    this.#byWamid.set(`${row.channelId} ${wamid}`, row)
    this.#renamedMessages.add(row)
    this.messageChanged(row)
  }

  giveMessage(row: Message, contact: Contact): void {
    if (row.contactId === contact.id) return
    row.contactId = contact.id
    this.#renamedMessages.add(row)
    this.messageChanged(row)
  }

  dropMessage(row: Message): void {
    this.#messages.set(`${row.channelId} ${row.id}`, null)
    if (row.wamid !== null) this.#byWamid.set(`${row.channelId} ${row.wamid}`, null)
    if (this.#madeMessages.delete(row as NewMessageRow)) return
    this.#changedMessages.delete(row)
    this.#goneMessages.push({ channelId: row.channelId, id: row.id })
  }

  moveMessages(channelId: number, from: number, into: number): void {
    for (const row of this.#messages.values()) {
      if (!row || row.channelId !== channelId || row.contactId !== from) continue
      row.contactId = into
      this.#renamedMessages.add(row)
    }
    this.#movedMessages.push({ channelId, from, into })
  }

  // ── Events and lanes ──

  /** True the first time, so that a fact without an id is delivered once. */
  seeFirst(channelId: number, key: string): boolean {
    const place = `${channelId} ${key}`
    if (this.#seen.has(place)) return false
    this.#seen.add(place)
    this.#madeSeen.push({ channelId, key, at: this.now })
    return true
  }

  endpointsOf(channelId: number): readonly EndpointRow[] {
    const found = this.#endpoints.get(channelId)
    if (found) return found
    if (this.#snapshot.asked.channels.has(channelId)) return none()
    throw new Missing((needs) => needs.channels.add(channelId))
  }

  lane(endpoint: { id: number; channelId: number }, contactId: number): Lane | undefined {
    const place = `${endpoint.id} ${contactId}`
    const found = this.#lanes.get(place)
    if (found !== undefined) return found ?? undefined
    const { asked } = this.#snapshot
    if (asked.lanes.has(place) || asked.contacts.has(`${endpoint.channelId} ${contactId}`)) return undefined
    if (this.#lanesWereAsked(endpoint.channelId, contactId)) return undefined
    throw new Missing((needs) => needs.contact(endpoint.channelId, contactId, false))
  }

  /** Lanes of a contact come with its name or its message, if they were requested with lanes. */
  #lanesWereAsked(channelId: number, contactId: number): boolean {
    const contact = this.#contacts.get(contactId)
    if (contact && this.#madeContacts.has(contact)) return true
    return this.#withLanes().has(`${channelId} ${contactId}`)
  }

  #askedWithLanes: Set<string> | undefined
  #withLanes(): Set<string> {
    if (this.#askedWithLanes) return this.#askedWithLanes
    const found = new Set<string>()
    const { asked, keys, messages } = this.#snapshot
    for (const row of keys) {
      if (asked.names.get(`${row.channelId} ${row.key}`)?.lanes) found.add(`${row.channelId} ${row.contactId}`)
    }
    for (const row of messages) {
      const byId = asked.messages.get(`${row.channelId} ${row.id}`)?.lanes
      const byWamid = row.wamid !== null && asked.wamids.get(`${row.channelId} ${row.wamid}`)?.lanes
      if (byId || byWamid) found.add(`${row.channelId} ${row.contactId}`)
    }
    return (this.#askedWithLanes = found)
  }

  laneById(endpointId: number, contactId: number): Lane | undefined {
    return this.#lanes.get(`${endpointId} ${contactId}`) ?? undefined
  }

  makeLane(lane: Lane): Lane {
    this.#lanes.set(`${lane.endpointId} ${lane.contactId}`, lane)
    this.#madeLanes.add(lane)
    return lane
  }

  laneChanged(lane: Lane): void {
    if (!this.#madeLanes.has(lane)) this.#changedLanes.add(lane)
  }

  dropLane(lane: Lane): void {
    this.#lanes.set(`${lane.endpointId} ${lane.contactId}`, null)
    if (this.#madeLanes.delete(lane)) return
    this.#changedLanes.delete(lane)
    this.#goneLanes.push({ endpointId: lane.endpointId, contactId: lane.contactId })
  }

  addEvent(event: NewEvent): void {
    this.#madeEvents.push(event)
  }

  /** Events of this batch in a lane, in order. */
  addToLane(lane: Lane, event: PendingEvent): void {
    const place = `${lane.endpointId} ${lane.contactId}`
    const list = this.#newOfLane.get(place)
    if (list) list.push(event)
    else this.#newOfLane.set(place, [event])
  }

  /** The lane's next events in stored order, as many as its holder gets at once. */
  next(lane: Lane): PendingEvent[] {
    const place = `${lane.endpointId} ${lane.contactId}`
    const ahead = this.#ahead.get(place)
    if (!ahead) throw new Missing((needs) => needs.lane(lane.endpointId, lane.contactId, lane.cursor))
    const stored = ahead.filter(
      (event) => event.seq > lane.cursor && !this.#owed.has(`${lane.endpointId} ${event.seq}`),
    )
    if (stored[0]) stored[0] = { ...stored[0], attempts: lane.attempts }
    for (const owed of this.#owed.values()) {
      if (owed.endpointId === lane.endpointId && owed.contactId === lane.contactId)
        stored.push({ ...owed.event, owed: true })
    }
    stored.sort((a, b) => a.seq - b.seq)
    // Events stored before this batch come first. When there are more than were loaded, new ones must wait.
    if (ahead.length <= EVENTS_IN_HAND && stored.length < EVENTS_IN_HAND)
      stored.push(...(this.#newOfLane.get(place) ?? none()))
    return stored.slice(0, EVENTS_IN_HAND)
  }

  newOfLane(lane: Lane): PendingEvent[] {
    return this.#newOfLane.get(`${lane.endpointId} ${lane.contactId}`) ?? none()
  }

  /** Events of this batch for one contact move to another; they have no place in the store yet. */
  moveNewEvents(channelId: number, from: number, into: number): void {
    for (const made of this.#madeEvents) {
      if (made.channelId === channelId && made.contactId === from) made.contactId = into
    }
  }

  owed(endpointId: number, seq: number): Owed | undefined {
    return this.#owed.get(`${endpointId} ${seq}`)
  }

  owedOf(lane: { endpointId: number; contactId: number }): Owed[] {
    return [...this.#owed.values()].filter(
      (owed) => owed.endpointId === lane.endpointId && owed.contactId === lane.contactId,
    )
  }

  oweRest(change: Changes['oweRest'][number], lane: Lane): void {
    this.#oweRest.push(change)
    this.#joined.add(lane)
    for (const owed of this.owedOf({ endpointId: change.endpointId, contactId: change.from }))
      owed.contactId = change.into
  }

  /** True when a merge of this batch moves a stored event out of a lane. It is not in the owed events yet. */
  isBroughtAlong(endpointId: number, contactId: number, seq: number): boolean {
    const isRest = this.#oweRest.some(
      (rest) => rest.endpointId === endpointId && rest.from === contactId && seq > rest.after,
    )
    return isRest && !this.#goneOwed.some((gone) => gone.endpointId === endpointId && gone.seq === seq)
  }

  /** An event that a merge of this batch moves is not owed any more: engines delete it after the move. */
  dropBroughtAlong(endpointId: number, seq: number): void {
    this.#goneOwed.push({ endpointId, seq })
  }

  /** The contact that this one was merged into in this batch, or itself. */
  joinedInto(contactId: number): number {
    let id = contactId
    for (let into = this.#contacts.get(id)?.mergedInto; into; into = this.#contacts.get(id)?.mergedInto) id = into
    return id
  }

  /** A merge of this batch moved events to the lane that are not visible before the next load. */
  isJoined(lane: Lane): boolean {
    return this.#joined.has(lane)
  }

  owe(owed: Owed): void {
    this.#owed.set(`${owed.endpointId} ${owed.event.seq}`, owed)
    this.#madeOwed.add(owed)
  }

  owedChanged(owed: Owed): void {
    if (!this.#madeOwed.has(owed)) this.#changedOwed.add(owed)
  }

  dropOwed(owed: Owed): void {
    this.#owed.delete(`${owed.endpointId} ${owed.event.seq}`)
    this.#changedOwed.delete(owed)
    if (!this.#madeOwed.delete(owed)) this.#goneOwed.push({ endpointId: owed.endpointId, seq: owed.event.seq })
  }

  addDead(dead: Dead): void {
    this.#madeDead.push(dead)
  }

  /** True when an event ran out of retries in this batch. */
  diedHere(endpointId: number, seq: number): boolean {
    return this.#madeDead.some((dead) => dead.endpointId === endpointId && dead.seq === seq)
  }

  dropDead(endpointId: number, seq: number): void {
    const i = this.#madeDead.findIndex((dead) => dead.endpointId === endpointId && dead.seq === seq)
    if (i < 0) this.#goneDead.push({ endpointId, seq })
    else this.#madeDead.splice(i, 1)
  }

  addAttempt(attempt: Attempt): void {
    this.#attempts.push(attempt)
  }

  count(endpointId: number, change: { pending?: number; dead?: number }): void {
    const known = this.#counts.get(endpointId) ?? { endpointId, pending: 0, dead: 0 }
    known.pending += change.pending ?? 0
    known.dead += change.dead ?? 0
    this.#counts.set(endpointId, known)
  }

  changes(): Changes {
    return {
      contactsMade: [...this.#madeContacts],
      contactsChanged: [...this.#changedContacts].map(([now, before]) => ({ before, now })),
      keysSet: [...this.#setKeys].map(([place, set]) => ({ ...set, isNew: !this.#storedKeys.has(place) })),
      messagesMade: [...this.#madeMessages],
      messagesChanged: [...this.#changedMessages],
      messagesRenamed: this.#renamedMessages,
      messagesGone: this.#goneMessages,
      messagesMoved: this.#movedMessages,
      seenMade: this.#madeSeen,
      eventsMade: this.#madeEvents,
      lanesMade: [...this.#madeLanes],
      lanesChanged: [...this.#changedLanes],
      lanesGone: this.#goneLanes,
      oweRest: this.#oweRest,
      owedMade: [...this.#madeOwed],
      owedChanged: [...this.#changedOwed],
      owedGone: this.#goneOwed,
      deadMade: this.#madeDead,
      deadGone: this.#goneDead,
      attempts: this.#attempts,
      counts: [...this.#counts.values()].filter((change) => change.pending !== 0 || change.dead !== 0),
      costs: this.costs.changes(),
    }
  }
}
