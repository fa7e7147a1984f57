import { EVERYTHING, type FilteredEvent, slotBit, wants } from '../../domain/channels/endpoint.ts'
import { costOf } from '../../domain/costs/cost.ts'
import { type Owner, ownerNow, readState } from '../../domain/contacts/state.ts'
import { toldStatusBody } from '../../domain/events/bodies.ts'
import { climb, type MessageStatus } from '../../domain/messages/status.ts'
import { pastMessageId, timeOfMessageId } from '../../platform/ids.ts'
import { callbackDataOf } from '../messages.ts'
import {
  type Applied,
  type Fact,
  type MessageFact,
  type Notice,
  type PendingEvent,
  type ContactIdentity,
  sightingOf,
  type StatusFact,
} from '../store.ts'
import { findContact, identify, learn, type People } from './contacts.ts'
import { hearOwner, ownerBodyAfter } from './owner.ts'
import { joinLane, Leases, type OpenOffer, type Woken } from './lanes.ts'
import {
  newRow,
  originOf,
  oursOf,
  replaces,
  statusOf,
  takeWamid,
  nameOf,
  SEEN_AT,
  wantsAnswer,
} from './message-rows.ts'
import { sightingByStatus } from './needs.ts'
import type { NewIds } from './new-ids.ts'
import type { Contact, NewMessageRow } from './rows.ts'
import { WorkingSet } from './working-set.ts'

/** The facts of one webhook, applied in order: all of them or, when the batch fails, none. */
export class Webhook {
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
    const { channelId, wamid, contact: identity, type, content, at } = fact
    const set = this.#set
    const known = set.messageByWamid(channelId, wamid)
    const isDuplicate = known !== undefined && !replaces(known, fact)
    // A duplicate still has names to learn; but an old system message must not be applied again over newer names.
    if (isDuplicate && fact.becomes) {
      this.#duplicates++
      return
    }
    const contact = identify(this.#people(), channelId, sightingOf(fact), identity)
    if (isDuplicate) {
      this.#duplicates++
      // A message that we got on standby, and get now as the owner.
      this.#tellOwner(contact, fact, hearOwner(set, contact, fact))
      return
    }
    const isPast = fact.origin === 'history'
    // The id of an old message has its time, which gives it its place in the conversation.
    const id = known?.id ?? (isPast ? pastMessageId(at, wamid) : this.#ids.message(set.now))
    const row: NewMessageRow = {
      ...newRow({ channelId, id, contactId: contact.id, type, createdAt: at, recipient: nameOf(identity), content }),
      direction: fact.sent === undefined ? 'in' : 'out',
      status: fact.sent ?? 'received',
      wamid,
      ...(known && fact.sent !== undefined && statusOf(known)),
      origin: originOf(fact),
      changes: fact.changes ?? null,
    }
    if (known) {
      set.costs.move(channelId, costOf(known), costOf(row))
      set.dropMessage(known)
    }
    set.makeMessage(row)
    learn(set, contact, fact)
    const owner = hearOwner(set, contact, fact)
    if (fact.opensWindow) this.#openWindow(contact, at, identity)
    if (isPast) return
    // The contact is written anyway. A conversation that waits already costs nothing.
    if (contact.waitingSince === null && wantsAnswer(fact))
      set.changeContact(contact, { waitingSince: timeOfMessageId(id) })
    if (fact.standby !== 'store') {
      const what = { event: fact.event ?? 'new_message', type, standby: fact.standby !== undefined }
      this.#append(channelId, contact.id, what, id, fact.body)
    }
    this.#tellOwner(contact, fact, owner)
  }

  #status(fact: StatusFact): void {
    const { channelId, wamid, contact: identity, at } = fact
    const set = this.#set
    const column = SEEN_AT[fact.status as keyof typeof SEEN_AT]
    const found = oursOf(set, fact) ?? set.messageByWamid(channelId, wamid)
    if (!found) {
      const contact = identify(this.#people(), channelId, { now: identity }, identity)
      const id = this.#ids.message(set.now)
      // Sent by another program over the same number. The row prevents duplicates of its later statuses.
      const row: NewMessageRow = {
        ...newRow({
          channelId,
          id,
          contactId: contact.id,
          type: 'foreign',
          createdAt: at,
          recipient: nameOf(identity),
          content: '{}',
        }),
        direction: 'out',
        status: fact.status,
        wamid,
        error: fact.error,
        pricing: fact.pricing ?? null,
        conversation: fact.conversation ?? null,
        [column]: at,
      }
      set.makeMessage(row)
      set.costs.move(channelId, undefined, costOf(row))
      if (fact.state) learn(set, contact, { at, state: fact.state })
      this.#append(channelId, contact.id, wordOf(fact), id, toldStatusBody(fact.body, undefined))
      return
    }
    if (found.wamid === null) takeWamid(set, found, wamid)
    if (found[column] !== null) {
      this.#duplicates++
      return
    }
    const sighting = sightingByStatus(set, found, fact)
    const cost = costOf(found)
    found[column] = at
    found.status = found.status === 'received' ? 'received' : climb(found.status as MessageStatus, fact.status)
    found.error = fact.error ?? found.error
    found.pricing = fact.pricing ?? found.pricing
    found.conversation = fact.conversation ?? found.conversation
    set.messageChanged(found)
    set.costs.move(channelId, cost, costOf(found))
    if (sighting) set.giveMessage(found, identify(this.#people(), channelId, sighting))
    if (fact.state) learn(set, set.contact(channelId, found.contactId), { at, state: fact.state })
    const ours = found.direction === 'out' && found.type !== 'foreign'
    this.#append(
      channelId,
      found.contactId,
      wordOf(fact),
      found.id,
      toldStatusBody(
        fact.body,
        ours ? { reference: found.id, callbackData: callbackDataOf(found.callbackContent ?? '') } : undefined,
      ),
    )
  }

  #notice(fact: Notice): void {
    const { channelId, contact: identity } = fact
    if (fact.onlyIfQuiet && !this.#isQuiet(fact)) return
    if (!this.#set.seeFirst(channelId, fact.key)) {
      this.#duplicates++
      return
    }
    if (fact.cost && this.#set.seeFirst(channelId, fact.cost.key)) this.#set.costs.add(channelId, fact.cost, 1)
    // Contact 0 is the channel itself: its notices keep their own order.
    const contact = identity && identify(this.#people(), channelId, sightingOf(fact), identity)
    if (contact) learn(this.#set, contact, fact)
    if (fact.opensWindow && contact) this.#openWindow(contact, fact.at, identity)
    const { text, messageId } = this.#told(fact)
    this.#append(channelId, contact?.id ?? 0, { event: fact.event, ours: fact.ours }, messageId, text)
  }

  /** The body of a notice. What a participant of a group did is noted at the message, when it is known. */
  #told({ channelId, at, body, reached }: Notice): { text: string; messageId: string | null } {
    const set = this.#set
    if (!reached) return { text: body, messageId: null }
    const found = oursOf(set, { channelId, ...reached }) ?? set.messageByWamid(channelId, reached.wamid)
    if (!found || found.direction !== 'out' || found.type === 'foreign') return { text: body, messageId: null }
    if (found.wamid === null) takeWamid(set, found, reached.wamid)
    const column = SEEN_AT[reached.status as keyof typeof SEEN_AT]
    // One participant's failure is not the message's.
    if (reached.status !== 'failed' && found[column] === null) {
      found[column] = at
      found.status = climb(found.status as MessageStatus, reached.status)
      set.messageChanged(found)
    }
    const callbackData = callbackDataOf(found.callbackContent ?? '')
    return { text: toldStatusBody(reached.body, { reference: found.id, callbackData }), messageId: found.id }
  }

  /** A conversation becomes idle once, and only if the contact has not written meanwhile. */
  #isQuiet({ channelId, contact: identity, at }: Notice): boolean {
    const contact = identity && findContact(this.#set, channelId, identity)
    const owner = contact && readState(contact.state).owner
    return owner !== undefined && ownerNow(owner, contact?.lastInboundAt ?? undefined, at) !== owner
  }

  #tellOwner(contact: Contact, fact: MessageFact, owner: Owner | undefined): void {
    if (!owner) return
    const what = { event: 'conversation_owner', ours: true }
    this.#append(contact.channelId, contact.id, what, null, ownerBodyAfter(contact, fact, owner))
  }

  /** Meta's 24 hours begin when a contact writes or calls. */
  #openWindow(contact: Contact, at: number, identity: ContactIdentity): void {
    const lastInboundAt = Math.max(contact.lastInboundAt ?? 0, at)
    this.#set.changeContact(contact, { lastInboundAt, name: identity.name ?? contact.name })
  }

  /** Stores one event for the endpoints that want it: a filtered event costs an endpoint nothing. */
  #append(channelId: number, contactId: number, what: FilteredEvent, messageId: string | null, body: string): void {
    const event: PendingEvent = { seq: 0, body, attempts: 0, since: this.#set.now }
    let audience = 0
    for (const endpoint of this.#set.endpointsOf(channelId)) {
      if (!wants(endpoint.filter ?? EVERYTHING, what, endpoint.format)) continue
      audience |= slotBit(endpoint.slot)
      joinLane(this.#set, this.#leases, endpoint, contactId, event, this.#offer, this.#woken)
    }
    this.#set.addEvent({ channelId, contactId, kind: what.event, messageId, audience, event })
    this.#events++
  }
}

const wordOf = ({ status }: StatusFact): FilteredEvent => ({ event: 'message_status_update', status })
