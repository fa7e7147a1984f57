import { slotBit } from '../../domain/channels/endpoint.ts'
import type { AttemptRecord, LeasedLane, LeaseOffer, PendingEvent } from '../store.ts'
import type { Contact, EndpointRow, Lane } from './rows.ts'
import { EVENTS_IN_HAND, type WorkingSet } from './working-set.ts'

/*
 * A lane is one contact's events on one endpoint, delivered one at a time in stored order. Its row says how far it is
 * delivered (`cursor`), when it is due, and who holds it. Events that the cursor does not cover are owed: replayed
 * ones, and those moved by a merge. A lane is idle (`dueAt` is null) exactly while no event waits.
 */

/** The leases that the operations of a batch have given out so far: a later merge in the batch takes them back. */
export class Leases {
  readonly #byLane = new Map<Lane, { events: PendingEvent[]; takeBack: () => void }>()

  add(lane: Lane, leased: LeasedLane, among: LeasedLane[]): void {
    among.push(leased)
    this.#byLane.set(lane, {
      events: leased.events,
      takeBack: () => void among.splice(among.indexOf(leased), 1),
    })
  }

  /** A lane that its holder keeps, with the events that the answer to a record hands out. */
  addAnswer(lane: Lane, events: PendingEvent[]): void {
    this.#byLane.set(lane, { events, takeBack: () => void (events.length = 0) })
  }

  eventsOf(lane: Lane): PendingEvent[] | undefined {
    return this.#byLane.get(lane)?.events
  }

  /** True when the batch gave out the lane's events, so that its holder does not have them yet. */
  revoke(lane: Lane): boolean {
    const found = this.#byLane.get(lane)
    if (!found) return false
    this.#byLane.delete(lane)
    found.takeBack()
    return true
  }
}

/** The free part of an offer, for the operation that came with it. */
export type OpenOffer = { holder: string; leaseMs: number; capacities: Map<number, number> }

export const openOffer = (offer: LeaseOffer | null): OpenOffer | null =>
  offer && { holder: offer.holder, leaseMs: offer.leaseMs, capacities: new Map(offer.capacities) }

export type Woken = { leased: LeasedLane[]; nudge: Set<number> }

/** Adds an event of this batch to the lane. An idle lane is leased to the offer, or due now for any holder. */
export function joinLane(
  set: WorkingSet,
  leases: Leases,
  endpoint: EndpointRow,
  contactId: number,
  event: PendingEvent,
  offer: OpenOffer | null,
  woken: Woken,
): void {
  set.count(endpoint.id, { pending: 1 })
  const lane = set.lane(endpoint, contactId) ?? set.makeLane(newLane(endpoint, contactId))
  if (lane.dueAt === null) passUnwanted(set, lane, endpoint)
  set.addToLane(lane, event)
  if (lane.dueAt !== null) {
    // A holder with the maximum number of events asks for later ones.
    const inHand = leases.eventsOf(lane)
    if (inHand && inHand.length < EVENTS_IN_HAND) inHand.push(event)
    return
  }
  lane.waitingSince = set.now
  set.laneChanged(lane)
  const free = offer?.capacities.get(endpoint.id) ?? 0
  if (offer && free > 0) {
    offer.capacities.set(endpoint.id, free - 1)
    hold(set, lane, offer.holder, set.now + offer.leaseMs)
    const leased = { endpointId: endpoint.id, channelId: endpoint.channelId, contactId, events: [event] }
    leases.add(lane, leased, woken.leased)
    return
  }
  lane.dueAt = set.now
  woken.nudge.add(endpoint.id)
}

/** An idle lane has no waiting event: the endpoint's filter excluded everything ahead of its cursor. */
function passUnwanted(set: WorkingSet, lane: Lane, { newest }: EndpointRow): void {
  if (newest === null || newest <= lane.cursor) return
  lane.cursor = newest
  set.laneChanged(lane)
}

function newLane(endpoint: EndpointRow, contactId: number): Lane {
  return {
    endpointId: endpoint.id,
    channelId: endpoint.channelId,
    contactId,
    cursor: endpoint.beginsAfter,
    dueAt: null,
    holder: null,
    attempts: 0,
    waitingSince: null,
  }
}

function hold(set: WorkingSet, lane: Lane, holder: string, until: number): void {
  lane.dueAt = until
  lane.holder = holder
  set.laneChanged(lane)
}

function free(set: WorkingSet, lane: Lane, dueAt: number | null): void {
  lane.dueAt = dueAt
  lane.holder = null
  if (dueAt === null) lane.waitingSince = null
  set.laneChanged(lane)
}

/** Gives the lane's next events to its holder. Without any, the lane becomes idle. */
function handNext(set: WorkingSet, lane: Lane, by: { holder: string; leaseMs: number }): PendingEvent[] {
  if (set.isJoined(lane)) {
    free(set, lane, set.now)
    return []
  }
  const next = set.next(lane)
  if (next.length === 0) {
    free(set, lane, null)
    return []
  }
  hold(set, lane, by.holder, set.now + by.leaseMs)
  return next
}

/** Leases the due lanes that the snapshot has for a claim. */
export function claimLanes(
  set: WorkingSet,
  leases: Leases,
  due: readonly { endpointId: number; contactId: number }[],
  by: { holder: string; leaseMs: number },
): LeasedLane[] {
  const leased: LeasedLane[] = []
  for (const { endpointId, contactId } of due) {
    const lane = set.laneById(endpointId, contactId)
    // An earlier operation may have taken it.
    if (!lane || lane.dueAt === null || lane.dueAt > set.now) continue
    const events = handNext(set, lane, by)
    if (events.length > 0) leases.add(lane, { endpointId, channelId: lane.channelId, contactId, events }, leased)
  }
  return leased
}

/**
 * Records the end of an attempt and returns the lane's next events while the lease continues. A delivery counts whoever
 * records it. A failure counts only from the lane's holder, because another holder may be succeeding meanwhile.
 */
export function recordAttempt(set: WorkingSet, leases: Leases, record: AttemptRecord): PendingEvent[] {
  const { endpointId, channelId, contactId, seq, number, outcome, status, ms, holder } = record
  const lane = set.laneById(endpointId, contactId)
  const owed = set.owed(endpointId, seq)
  // An event that is not owed any more was recorded before. Its place belongs to another lane, so it would move this
  // cursor over other events.
  const ahead = lane !== undefined && owed === undefined && !record.owed && seq > lane.cursor
  const held = lane !== undefined && lane.holder === holder
  const answer = record.answer === null ? null : record.answer.slice(0, 1024)
  set.addAttempt({ endpointId, channelId, seq, number, at: record.at, outcome, status, ms, answer })

  if (outcome === 'retry') {
    if (!held) return []
    if (owed) {
      owed.event.attempts = number
      set.owedChanged(owed)
    } else lane.attempts = number
    free(set, lane, set.now + (record.retryInMs ?? 0))
    return []
  }
  // An earlier operation merged its contact into another.
  if (outcome === 'delivered' && !lane && !owed && !record.owed && set.isBroughtAlong(endpointId, contactId, seq)) {
    set.dropBroughtAlong(endpointId, seq)
    set.count(endpointId, { pending: -1 })
  }
  if (outcome === 'delivered' || held) {
    if (owed) set.dropOwed(owed)
    else if (ahead) {
      lane.cursor = seq
      lane.attempts = 0
      set.laneChanged(lane)
    }
    if (owed || ahead) {
      const dead = outcome === 'dead'
      if (dead)
        set.addDead({
          endpointId,
          channelId,
          contactId: lane?.contactId ?? contactId,
          seq,
          attempts: number,
          at: record.at,
        })
      set.count(endpointId, { pending: -1, ...(dead && { dead: 1 }) })
    }
  }
  if (!held || record.more) return []
  const next = handNext(set, lane, record)
  if (next.length > 0) leases.addAnswer(lane, next)
  return next
}

/** Gives a lane back without an attempt. */
export function releaseLane(set: WorkingSet, endpointId: number, contactId: number, holder: string): void {
  const lane = set.laneById(endpointId, contactId)
  if (lane && lane.holder === holder) free(set, lane, set.now)
}

/**
 * `contactId` is the contact of its lane; `moved`: the event was stored for a contact that was merged into that one
 * since.
 */
export type Replayed = { contactId: number; moved: boolean; dead: boolean; audience: number; event: PendingEvent }

/** Makes stored events owed again, in their old places. Returns how many were not waiting already. */
export function replay(
  set: WorkingSet,
  endpoint: EndpointRow,
  events: readonly Replayed[],
): { replayed: number; woken: boolean } {
  let replayed = 0
  let woken = false
  for (const { contactId: storedFor, moved: wasMoved, dead: wasDead, audience, event } of events) {
    // An event outside of the endpoint's audience is not waiting.
    const isMeant = (audience & slotBit(endpoint.slot)) !== 0
    const dead = wasDead || set.diedHere(endpoint.id, event.seq)
    // Or merged by an earlier operation.
    const contactId = set.joinedInto(storedFor)
    const moved = wasMoved || contactId !== storedFor
    // An event that an earlier merge has moved is waiting only as an owed one.
    if (isMeant && !wasMoved && set.isBroughtAlong(endpoint.id, storedFor, event.seq)) continue
    const lane = set.lane(endpoint, contactId) ?? set.makeLane(newLane(endpoint, contactId))
    if (set.owed(endpoint.id, event.seq) || (isMeant && !dead && !moved && event.seq > lane.cursor)) continue
    if (dead) set.dropDead(endpoint.id, event.seq)
    set.owe({ endpointId: endpoint.id, contactId, attempts: 0, event: { ...event, attempts: 0, since: set.now } })
    set.count(endpoint.id, { pending: 1, ...(dead && { dead: -1 }) })
    replayed++
    if (lane.dueAt !== null) continue
    lane.waitingSince = set.now
    free(set, lane, set.now)
    woken = true
  }
  return { replayed, woken }
}

/**
 * Holder of a lane whose contact was merged while another node worked for one of the two: no real holder until then.
 */
const JOINED = 'joined'

/**
 * Two contacts turned out to be one person: undelivered events of `from` continue in the lane of `into`. Each lane has
 * its own cursor, and no event is delivered twice or skipped, because the remaining events of `from` are owed to `into`
 * one by one. An attempt in progress for `from` still counts: its event is found among the owed ones. Until its lease
 * has ended the joined lane has no holder, not even that of `into`, otherwise two nodes would have one event.
 */
export function joinLanes(set: WorkingSet, leases: Leases, from: Contact, into: Contact): number[] {
  const nudge: number[] = []
  set.moveNewEvents(from.channelId, from.id, into.id)
  for (const endpoint of set.endpointsOf(from.channelId)) {
    const old = set.lane(endpoint, from.id)
    const lane = set.lane(endpoint, into.id)
    if (!old) continue
    const isUnderWay = old.holder !== null && !leases.revoke(old)
    set.dropLane(old)
    const joined = lane ?? set.makeLane(newLane(endpoint, into.id))
    set.oweRest(
      {
        endpointId: endpoint.id,
        slot: endpoint.slot,
        channelId: from.channelId,
        from: from.id,
        into: into.id,
        after: old.cursor,
      },
      joined,
    )
    for (const event of set.newOfLane(old)) set.addToLane(joined, event)
    if (old.dueAt === null) continue
    if (leases.revoke(joined)) free(set, joined, set.now)
    const wasIdle = joined.dueAt === null
    joined.waitingSince ??= old.waitingSince
    if (isUnderWay) hold(set, joined, JOINED, Math.max(old.dueAt, joined.holder === null ? 0 : joined.dueAt!))
    else if (wasIdle) free(set, joined, old.holder === null ? old.dueAt : set.now)
    if (wasIdle) nudge.push(endpoint.id)
  }
  return nudge
}
