import { slotBit } from '../../packages/gateway/src/domain/channels/endpoint.ts'
import type { Keys } from '../../packages/gateway/src/store/core/keys.ts'
import type { Replayed } from '../../packages/gateway/src/store/core/lanes.ts'
import type {
  Attempt,
  Contact,
  ContactKey,
  CostChange,
  Dead,
  EndpointRow,
  Lane,
  Message,
  Owed,
} from '../../packages/gateway/src/store/core/rows.ts'
import { type Changes, EVENTS_IN_HAND, type Snapshot } from '../../packages/gateway/src/store/core/working-set.ts'
import type { KeyRow } from '../../packages/gateway/src/store/idempotency.ts'
import type { PendingEvent } from '../../packages/gateway/src/store/store.ts'
import type { SqlValue } from '../../packages/gateway/src/store/sql.ts'
import { MessageIdTaken } from '../../packages/gateway/src/store/store.ts'
import { isOver } from './cold-removals.ts'
import { coldStatement } from './cold.ts'
import {
  type Dump,
  type EndpointPlace,
  type Engine,
  EVERYTHING_AT_0,
  type LoadOptions,
  type Lock,
  Taken,
} from './engine.ts'

export type StoredMessage = Message & { content: string; createdAt: number }
export type StoredEvent = {
  seq: number
  channelId: number
  contactId: number
  kind: string
  messageId: string | null
  audience: number
  body: string
  createdAt: number
}
export type OwedRow = { endpointId: number; seq: number; contactId: number; attempts: number; since: number }
export type StoredContact = Contact & { createdAt: number }
export type IdempotencyRow = KeyRow & { channel_id: number; key: string }

/** The rows of a store, with the ways to them that the real engines have indexes for. */
export class Tables {
  readonly contacts = new Map<number, StoredContact>()
  readonly keys = new Map<string, ContactKey>()
  readonly keysOf = new Map<number, Set<string>>()
  readonly messages = new Map<string, StoredMessage>()
  readonly byWamid = new Map<string, StoredMessage>()
  readonly messagesOf = new Map<number, Set<StoredMessage>>()
  readonly endpoints = new Map<number, EndpointRow>()
  readonly events = new Map<number, StoredEvent>()
  /** By channel and contact: contact 0 of every channel is the channel itself. */
  readonly eventsOf = new Map<string, StoredEvent[]>()
  readonly lanes = new Map<string, Lane>()
  readonly owed = new Map<string, OwedRow>()
  readonly owedOf = new Map<string, Set<OwedRow>>()
  readonly dead = new Map<string, Dead>()
  readonly seen = new Map<string, number>()
  readonly attempts: Attempt[] = []
  readonly counts = new Map<string, { endpointId: number; pending: number; dead: number }>()
  readonly costs = new Map<string, CostChange>()
  readonly channels = new Set<number>()
  readonly idempotency = new Map<string, IdempotencyRow>()
  lastContact = 0
  lastSeq = 0

  endpointsOf(channelId: number): EndpointRow[] {
    const found: EndpointRow[] = []
    for (const row of this.endpoints.values())
      if (row.channelId === channelId) found.push({ ...row, newest: row.filter === null ? null : this.lastSeq })
    return found
  }

  /** The contact's events behind a place that an endpoint gets, in order. None for an endpoint that is gone. */
  eventsFor(endpointId: number, contactId: number, after: number): StoredEvent[] {
    const endpoint = this.endpoints.get(endpointId)
    if (!endpoint) return []
    return this.eventsBehind(endpoint.channelId, contactId, after).filter((event) => isFor(endpoint, event))
  }

  /** The contact's events behind a place, in order. */
  eventsBehind(channelId: number, contactId: number, after: number): StoredEvent[] {
    const all = this.eventsOf.get(`${channelId} ${contactId}`)
    if (!all) return []
    let from = all.length
    while (from > 0 && all[from - 1]!.seq > after) from--
    return from === all.length ? [] : all.slice(from)
  }

  owe(row: OwedRow): void {
    this.owed.set(`${row.endpointId} ${row.seq}`, row)
    const lane = `${row.endpointId} ${row.contactId}`
    const rows = this.owedOf.get(lane)
    if (rows) rows.add(row)
    else this.owedOf.set(lane, new Set([row]))
  }

  dropOwed(endpointId: number, seq: number): void {
    const row = this.owed.get(`${endpointId} ${seq}`)
    if (!row) return
    this.owed.delete(`${endpointId} ${seq}`)
    this.owedOf.get(`${endpointId} ${row.contactId}`)?.delete(row)
  }

  isPending(endpoint: EndpointRow, event: StoredEvent): boolean {
    if (this.owed.has(`${endpoint.id} ${event.seq}`)) return true
    const lane = this.lanes.get(`${endpoint.id} ${event.contactId}`)
    return lane !== undefined && event.seq > lane.cursor && isFor(endpoint, event)
  }

  /** Whether anything waits in a lane, by the rows alone. */
  hasWaiting(lane: Lane): boolean {
    if ((this.owedOf.get(`${lane.endpointId} ${lane.contactId}`)?.size ?? 0) > 0) return true
    return this.eventsFor(lane.endpointId, lane.contactId, lane.cursor).length > 0
  }

  dropEvent(event: StoredEvent): void {
    this.events.delete(event.seq)
    const all = this.eventsOf.get(`${event.channelId} ${event.contactId}`)!
    all.splice(all.indexOf(event), 1)
  }

  dropMessage(row: StoredMessage): void {
    this.messages.delete(`${row.channelId} ${row.id}`)
    if (row.wamid !== null) this.byWamid.delete(`${row.channelId} ${row.wamid}`)
    this.messagesOf.get(row.contactId)?.delete(row)
  }

  addMessage(row: StoredMessage): void {
    this.messages.set(`${row.channelId} ${row.id}`, row)
    if (row.wamid !== null) this.byWamid.set(`${row.channelId} ${row.wamid}`, row)
    addTo(this.messagesOf, row.contactId, row)
  }

  setKey(row: ContactKey): void {
    const place = `${row.channelId} ${row.key}`
    const before = this.keys.get(place)
    if (before) this.keysOf.get(before.contactId)?.delete(row.key)
    this.keys.set(place, row)
    addTo(this.keysOf, row.contactId, row.key)
  }

  cost(change: CostChange): void {
    const { channelId, day, country, category, type } = change
    const place = `${channelId} ${day} ${country} ${category} ${type}`
    const row = this.costs.get(place)
    if (row) row.messages += change.messages
    else this.costs.set(place, { ...change })
  }

  count(endpointId: number, shard: number, pending: number, dead: number): void {
    const place = `${endpointId} ${shard}`
    const row = this.counts.get(place)
    if (!row) this.counts.set(place, { endpointId, pending, dead })
    else {
      row.pending += pending
      row.dead += dead
    }
  }
}

const isFor = ({ slot }: EndpointRow, { audience }: StoredEvent): boolean => (audience & slotBit(slot)) !== 0

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const known = map.get(key)
  if (known) known.add(value)
  else map.set(key, new Set([value]))
}

const contactOf = ({ createdAt: _, ...contact }: StoredContact): Contact => contact
const messageOf = ({ createdAt: _, content, ...message }: StoredMessage): Message => ({
  ...message,
  callbackContent: content.startsWith('{"callback_data":') ? content : null,
})

/** One line for each kept sum of costs. */
export const costLine = ({ channelId, day, country, category, type, messages }: CostChange): string =>
  `${channelId} ${day} ${country} ${category} ${type}: ${messages}`

const PLACES_OF_A_MONTH = 16

/** The simulator's own engine: maps instead of tables, and the contract of the other two. */
export class MemoryEngine implements Engine {
  readonly tables = new Tables();

  *load(asked: Keys, { now, contactIds, isLocked }: LoadOptions): Generator<Lock[], Snapshot> {
    const t = this.tables
    const contacts = new Map<number, Contact>()
    const keys = new Map<string, ContactKey>()
    const messages = new Map<string, Message>()
    const lanes = new Map<string, Lane>()
    const owed = new Map<string, Owed>()
    const ahead: { endpointId: number; contactId: number; events: PendingEvent[] }[] = []

    const takeContact = (id: number): void => {
      const row = t.contacts.get(id)
      if (row) contacts.set(id, contactOf(row))
    }
    const takeLane = (place: string): Lane | undefined => {
      const known = lanes.get(place)
      if (known) return known
      const row = t.lanes.get(place)
      if (!row) return undefined
      const copy = { ...row }
      lanes.set(place, copy)
      return copy
    }
    const takeOwed = (row: OwedRow): void => {
      const event = t.events.get(row.seq)
      if (!event) return
      const { endpointId, seq, contactId, attempts, since } = row
      owed.set(`${endpointId} ${seq}`, {
        endpointId,
        contactId,
        attempts,
        event: { seq, body: event.body, attempts, since },
      })
    }
    const takeNext = (lane: Lane, after: number): void => {
      const { endpointId, contactId, cursor } = lane
      ahead.push({
        endpointId,
        contactId,
        events: t
          .eventsFor(endpointId, contactId, Math.max(cursor, after))
          .slice(0, EVENTS_IN_HAND + 1)
          .map(({ seq, body, createdAt }) => ({ seq, body, attempts: 0, since: createdAt })),
      })
      const rows = [...(t.owedOf.get(`${endpointId} ${contactId}`) ?? [])].sort((a, b) => a.seq - b.seq)
      for (const row of rows.slice(0, EVENTS_IN_HAND + 1)) takeOwed(row)
    }

    // Contacts by name. Where a name leads is seen before its contact is waited for, as one statement does it.
    const led: { asked: { channelId: number; key: string }; row: ContactKey; lanes: boolean }[] = []
    for (const one of asked.names.values()) {
      const row = t.keys.get(`${one.channelId} ${one.key}`)
      if (row && t.contacts.has(row.contactId)) led.push({ asked: one, row: { ...row }, lanes: one.lanes })
    }
    const byName = led.filter((one) => one.lanes).map((one) => one.row.contactId)
    if (byName.length > 0) yield byName.map((id) => lockOf('contact', id))
    for (const { row } of led) {
      if (!t.contacts.has(row.contactId)) continue
      takeContact(row.contactId)
      keys.set(`${row.channelId} ${row.key}`, row)
    }
    const whole = [...asked.contacts.values()].filter((one) => one.whole && t.contacts.has(one.id))
    if (whole.length > 0) yield whole.map((one) => lockOf('contact', one.id))
    for (const { channelId, id } of whole) {
      takeContact(id)
      for (const key of t.keysOf.get(id) ?? []) keys.set(`${channelId} ${key}`, { channelId, key, contactId: id })
    }

    // Messages.
    const places = new Map<string, boolean>()
    for (const { channelId, id, lanes } of asked.messages.values()) {
      const place = `${channelId} ${id}`
      if (t.messages.has(place)) places.set(place, lanes || (places.get(place) ?? false))
    }
    for (const { channelId, wamid, lanes } of asked.wamids.values()) {
      const row = t.byWamid.get(`${channelId} ${wamid}`)
      if (row) places.set(`${channelId} ${row.id}`, lanes || (places.get(`${channelId} ${row.id}`) ?? false))
    }
    if (places.size > 0) yield [...places.keys()].map((place) => lockOf('message', place))
    for (const place of places.keys()) {
      const row = t.messages.get(place)
      if (row) messages.set(place, messageOf(row))
    }

    const channels = new Set(asked.channels)
    const endpoints = [...channels].flatMap((channelId) => t.endpointsOf(channelId))

    // Lanes: of contacts by name, by message and by id, and by their own key. Looked up anew, as a statement does it.
    const wanted = new Set<string>()
    const lanesOf = (channelId: number, contactId: number): void => {
      for (const row of t.endpoints.values()) if (row.channelId === channelId) wanted.add(`${row.id} ${contactId}`)
    }
    for (const { channelId, key, lanes } of asked.names.values()) {
      const row = lanes ? t.keys.get(`${channelId} ${key}`) : undefined
      if (row) lanesOf(channelId, row.contactId)
    }
    for (const [place, withLanes] of places) {
      const row = withLanes ? t.messages.get(place) : undefined
      if (row) lanesOf(row.channelId, row.contactId)
    }
    for (const { channelId, id } of asked.contacts.values()) lanesOf(channelId, id)
    for (const place of asked.lanes.keys()) wanted.add(place)
    const there = [...wanted].filter((place) => t.lanes.has(place))
    if (there.length > 0) yield there.map((place) => lockOf('lane', place))
    for (const place of there) takeLane(place)

    // Claims pass by what is locked.
    const due = asked.claims.map((claim) =>
      [...t.lanes.values()]
        .filter(
          (lane) =>
            lane.endpointId === claim.endpointId &&
            lane.dueAt !== null &&
            lane.dueAt <= now &&
            (lanes.has(`${lane.endpointId} ${lane.contactId}`) ||
              !isLocked(lockOf('lane', `${lane.endpointId} ${lane.contactId}`))),
        )
        .sort(
          (a, b) => a.dueAt! - b.dueAt! || (a.waitingSince ?? -1) - (b.waitingSince ?? -1) || a.contactId - b.contactId,
        )
        .slice(0, claim.limit)
        .map(({ endpointId, contactId }) => ({ endpointId, contactId })),
    )
    const claimedPlaces = due.flat().map(({ endpointId, contactId }) => `${endpointId} ${contactId}`)
    if (claimedPlaces.length > 0) yield claimedPlaces.map((place) => lockOf('lane', place))

    for (const { endpointId, contactId, after } of asked.lanes.values()) {
      const lane = lanes.get(`${endpointId} ${contactId}`)
      if (lane && after !== null) takeNext(lane, after)
    }
    for (const { endpointId, seq } of asked.owed.values()) {
      const row = t.owed.get(`${endpointId} ${seq}`)
      if (row) takeOwed(row)
    }
    for (const place of claimedPlaces) {
      const lane = takeLane(place)
      if (lane) takeNext(lane, 0)
    }
    const claimed = new Map(asked.claims.map((claim, i) => [claim, due[i]!]))

    const replayed = new Map<Keys['replays'][number], Replayed[]>()
    for (const asking of asked.replays) {
      const { endpointId, seqs } = asking
      const found: Replayed[] = []
      const rows = seqs.map((seq) => t.events.get(seq)).filter((row) => row !== undefined)
      const waking = rows
        .map((row) => `${endpointId} ${this.#joinedInto(row.contactId)}`)
        .filter((place) => t.lanes.has(place))
      if (waking.length > 0) yield waking.map((place) => lockOf('lane', place))
      for (const row of rows) {
        const contactId = this.#joinedInto(row.contactId)
        takeLane(`${endpointId} ${contactId}`)
        const waiting = t.owed.get(`${endpointId} ${row.seq}`)
        if (waiting) takeOwed(waiting)
        found.push({
          contactId,
          moved: contactId !== row.contactId,
          dead: t.dead.has(`${endpointId} ${row.seq}`),
          audience: row.audience,
          event: { seq: row.seq, body: row.body, attempts: 0, since: row.createdAt },
        })
      }
      replayed.set(asking, found)
    }

    return {
      asked,
      now,
      contactIds,
      contacts: [...contacts.values()],
      keys: [...keys.values()],
      messages: [...messages.values()],
      endpoints,
      lanes: [...lanes.values()],
      owed: [...owed.values()].sort((a, b) => a.event.seq - b.event.seq),
      ahead,
      claimed,
      seen: [...asked.seen.values()].filter(({ channelId, key }) => t.seen.has(`${channelId} ${key}`)),
      replayed,
    }
  }

  #joinedInto(contactId: number): number {
    for (let id = contactId; ;) {
      const into = this.tables.contacts.get(id)?.mergedInto
      if (into === null || into === undefined) return id
      id = into
    }
  }

  write(changes: Changes, at: number, shard: number): void {
    const t = this.tables
    this.#refuseTaken(changes)
    for (const contact of changes.contactsMade) {
      t.contacts.set(contact.id, { ...contact, createdAt: at })
      t.lastContact = Math.max(t.lastContact, contact.id)
    }
    for (const { before, now } of changes.contactsChanged) {
      const row = t.contacts.get(now.id)
      if (!row) continue
      // Only what differs, as where others may change the same contact.
      if (now.phone !== before.phone) row.phone = now.phone
      if (now.userId !== before.userId) row.userId = now.userId
      if (now.name !== before.name) row.name = now.name
      if (now.parentId !== before.parentId) row.parentId = now.parentId
      if (now.username !== before.username) row.username = now.username
      if (now.state !== before.state) row.state = now.state
      if (now.idleAt !== before.idleAt) row.idleAt = now.idleAt
      if (now.waitingSince !== before.waitingSince) row.waitingSince = now.waitingSince
      if (now.lastInboundAt !== null) row.lastInboundAt = Math.max(row.lastInboundAt ?? 0, now.lastInboundAt)
      row.mergedInto = now.mergedInto ?? row.mergedInto
    }
    for (const { channelId, key, contactId } of changes.keysSet) t.setKey({ channelId, key, contactId })

    for (const { channelId, id } of changes.messagesGone) {
      const row = t.messages.get(`${channelId} ${id}`)
      if (row) t.dropMessage(row)
    }
    for (const { from, into } of changes.messagesMoved) {
      for (const row of [...(t.messagesOf.get(from) ?? [])]) this.#reassign(row, into)
    }
    for (const row of changes.messagesMade) t.addMessage({ ...row })
    for (const changed of changes.messagesChanged) {
      const row = t.messages.get(`${changed.channelId} ${changed.id}`)
      if (!row) continue
      this.#reassign(row, changed.contactId)
      const { status, wamid, error, acceptedAt, sentAt, deliveredAt, readAt, playedAt, failedAt } = changed
      const { pricing, conversation } = changed
      if (wamid !== null && row.wamid === null) t.byWamid.set(`${row.channelId} ${wamid}`, row)
      Object.assign(row, { status, wamid, error, acceptedAt, sentAt, deliveredAt, readAt, playedAt, failedAt })
      Object.assign(row, { pricing, conversation })
    }
    for (const { channelId, key, at: seenAt } of changes.seenMade) t.seen.set(`${channelId} ${key}`, seenAt)

    for (const { endpointId, from, into, after } of changes.oweRest) {
      for (const row of [...(t.owedOf.get(`${endpointId} ${from}`) ?? [])]) {
        t.dropOwed(endpointId, row.seq)
        t.owe({ ...row, contactId: into })
      }
      for (const { seq, createdAt } of t.eventsFor(endpointId, from, after))
        t.owe({ endpointId, seq, contactId: into, attempts: 0, since: createdAt })
    }
    for (const { channelId, contactId, kind, messageId, audience, event } of changes.eventsMade) {
      event.seq = ++t.lastSeq
      const { seq, body, since: createdAt } = event
      const row = { seq, channelId, contactId, kind, messageId, audience, body, createdAt }
      t.events.set(row.seq, row)
      const place = `${channelId} ${contactId}`
      const all = t.eventsOf.get(place)
      if (all) all.push(row)
      else t.eventsOf.set(place, [row])
    }
    for (const { endpointId, contactId } of changes.lanesGone) t.lanes.delete(`${endpointId} ${contactId}`)
    for (const lane of changes.lanesMade) t.lanes.set(`${lane.endpointId} ${lane.contactId}`, { ...lane })
    for (const lane of changes.lanesChanged) {
      const row = t.lanes.get(`${lane.endpointId} ${lane.contactId}`)
      if (row) Object.assign(row, lane)
    }
    for (const { endpointId, seq } of changes.owedGone) t.dropOwed(endpointId, seq)
    for (const { endpointId, contactId, event } of changes.owedMade)
      t.owe({ endpointId, seq: event.seq, contactId, attempts: event.attempts, since: event.since })
    for (const { endpointId, event } of changes.owedChanged) {
      const row = t.owed.get(`${endpointId} ${event.seq}`)
      if (row) row.attempts = event.attempts
    }
    for (const { endpointId, seq } of changes.deadGone) t.dead.delete(`${endpointId} ${seq}`)
    for (const row of changes.deadMade) t.dead.set(`${row.endpointId} ${row.seq}`, { ...row })
    for (const row of changes.attempts) if (t.events.has(row.seq)) t.attempts.push({ ...row })
    for (const { endpointId, pending, dead } of changes.counts) t.count(endpointId, shard, pending, dead)
    for (const change of changes.costs) t.cost(change)
  }

  #reassign(row: StoredMessage, contactId: number): void {
    if (row.contactId === contactId) return
    this.tables.messagesOf.get(row.contactId)?.delete(row)
    row.contactId = contactId
    addTo(this.tables.messagesOf, contactId, row)
  }

  /** Keys that are unique in the tables of the real engines. */
  #refuseTaken(changes: Changes): void {
    const t = this.tables
    for (const { id } of changes.contactsMade) if (t.contacts.has(id)) throw new Taken(`contact ${id}`)
    for (const { channelId, key, isNew } of changes.keysSet)
      if (isNew && t.keys.has(`${channelId} ${key}`)) throw new Taken(`name ${key}`)
    const gone = new Set(changes.messagesGone.map(({ channelId, id }) => `${channelId} ${id}`))
    const refuseWamid = (row: Message): void => {
      const other = row.wamid === null ? undefined : t.byWamid.get(`${row.channelId} ${row.wamid}`)
      if (other && other.id !== row.id && !gone.has(`${row.channelId} ${other.id}`))
        throw new Taken(`wamid ${row.wamid}`)
    }
    const made = new Set<string>()
    for (const row of changes.messagesMade) {
      const place = `${row.channelId} ${row.id}`
      if ((t.messages.has(place) && !gone.has(place)) || made.has(place)) throw new MessageIdTaken()
      made.add(place)
      refuseWamid(row)
    }
    for (const row of changes.messagesChanged) refuseWamid(row)
    for (const { channelId, key } of changes.seenMade)
      if (t.seen.has(`${channelId} ${key}`)) throw new Taken(`seen ${key}`)
    for (const { endpointId, contactId } of changes.lanesMade)
      if (t.lanes.has(`${endpointId} ${contactId}`)) throw new Taken(`lane ${endpointId} ${contactId}`)
    for (const { endpointId, event } of changes.owedMade)
      if (t.owed.has(`${endpointId} ${event.seq}`)) throw new Taken(`owed ${endpointId} ${event.seq}`)
    for (const { endpointId, from, after } of changes.oweRest)
      for (const { seq } of t.eventsFor(endpointId, from, after))
        if (t.owed.has(`${endpointId} ${seq}`)) throw new Taken(`owed ${endpointId} ${seq}`)
    const revived = new Set(changes.deadGone.map(({ endpointId, seq }) => `${endpointId} ${seq}`))
    for (const { endpointId, seq } of changes.deadMade)
      if (t.dead.has(`${endpointId} ${seq}`) && !revived.has(`${endpointId} ${seq}`))
        throw new Taken(`dead ${endpointId} ${seq}`)
  }

  lastContact(): number {
    return this.tables.lastContact
  }

  all(sql: string, params: readonly SqlValue[]): unknown[] {
    return coldStatement(sql).all(this.tables, params, sql)
  }

  run(sql: string, params: readonly SqlValue[]): number {
    return coldStatement(sql).run(this.tables, params, sql)
  }

  dueAt(): { endpointId: number; at: number }[] {
    const first = new Map<number, number>()
    for (const { endpointId, dueAt } of this.tables.lanes.values())
      if (dueAt !== null) first.set(endpointId, Math.min(first.get(endpointId) ?? dueAt, dueAt))
    return [...first].map(([endpointId, at]) => ({ endpointId, at })).sort((a, b) => a.endpointId - b.endpointId)
  }

  setEndpoint(endpointId: number, channelId: number, { slot, filter }: EndpointPlace = EVERYTHING_AT_0): void {
    const beginsAfter = this.tables.lastSeq
    this.tables.endpoints.set(endpointId, {
      id: endpointId,
      channelId,
      beginsAfter,
      slot,
      format: 'postern',
      filter,
      newest: null,
    })
  }

  addChannel(channelId: number): void {
    this.tables.channels.add(channelId)
  }

  /** As months of events are dropped, of which everything is too old and nothing waits: here a month is some places. */
  dropMonths(before: number): number {
    const t = this.tables
    let gone = 0
    for (let to = PLACES_OF_A_MONTH; to <= t.lastSeq; to += PLACES_OF_A_MONTH) {
      const month = [...t.events.values()].filter(({ seq }) => seq > to - PLACES_OF_A_MONTH && seq <= to)
      if (month.some((event) => event.createdAt >= before)) break
      if (month.some(({ seq }) => !isOver(t, seq))) continue
      for (const event of month) {
        for (const { endpointId } of [...t.dead.values()].filter(({ seq }) => seq === event.seq)) {
          t.dead.delete(`${endpointId} ${event.seq}`)
          t.count(endpointId, 0, 0, -1)
        }
        t.dropEvent(event)
        gone++
      }
    }
    return gone
  }

  freeLanes(now: number): void {
    for (const lane of this.tables.lanes.values()) {
      if (lane.dueAt === null || lane.holder === null) continue
      lane.dueAt = now
      lane.holder = null
    }
  }

  dump(): Dump {
    const t = this.tables
    const counts = new Map<number, { endpointId: number; pending: number; dead: number }>()
    for (const { endpointId, pending, dead } of t.counts.values()) {
      const row = counts.get(endpointId) ?? { endpointId, pending: 0, dead: 0 }
      row.pending += pending
      row.dead += dead
      counts.set(endpointId, row)
    }
    return {
      contacts: [...t.contacts.values()].map(contactOf).sort((a, b) => a.id - b.id),
      keys: [...t.keys]
        .map(([place, row]): [string, number] => [place, row.contactId])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
      messages: [...t.messages.values()].map(messageOf).sort((a, b) => (a.id < b.id ? -1 : 1)),
      events: [...t.events.values()].map(({ createdAt: _, ...event }) => event).sort((a, b) => a.seq - b.seq),
      lanes: [...t.lanes.values()]
        .map((lane) => ({ ...lane }))
        .sort((a, b) => a.endpointId - b.endpointId || a.contactId - b.contactId),
      owed: [...t.owed.values()]
        .map(({ endpointId, seq, contactId, attempts }) => ({ endpointId, seq, contactId, attempts }))
        .sort((a, b) => a.endpointId - b.endpointId || a.seq - b.seq),
      dead: [...t.dead.values()].sort((a, b) => a.endpointId - b.endpointId || a.seq - b.seq),
      attempts: t.attempts.map((a) => `${a.endpointId} ${a.seq} ${a.number} ${a.outcome}`),
      seen: [...t.seen.keys()].sort(),
      counts: [...counts.values()].sort((a, b) => a.endpointId - b.endpointId),
      costs: [...t.costs.values()]
        .filter(({ messages }) => messages !== 0)
        .map(costLine)
        .sort(),
      idempotency: [...t.idempotency.values()]
        .map((row) => `${row.channel_id} ${row.key} ${row.made_id} ${row.state}`)
        .sort(),
    }
  }

  close(): void {}
}

const WIDTH = 12
/** Contacts before messages before lanes, each by its key: the order in which all nodes lock. */
export function lockOf(kind: 'contact' | 'message' | 'lane', key: number | string): Lock {
  const rank = kind === 'contact' ? 1 : kind === 'message' ? 2 : 3
  const text = String(key)
    .split(' ')
    .map((part) => part.padStart(WIDTH, '0'))
    .join(' ')
  return `${rank} ${text}`
}
