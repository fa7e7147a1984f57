import type { Endpoint, EndpointFilter } from '../../domain/channels/endpoint.ts'
import type { Cost } from '../../domain/costs/cost.ts'
import type { MessageStatus } from '../../domain/messages/status.ts'
import type { MessageOrigin, PendingEvent } from '../store.ts'

// The rows that the rules use, as an engine reads and writes them. Times are epoch milliseconds.

/**
 * A contact on a channel. `mergedInto` is the contact that it was merged into. `state` is the JSON of
 * `domain/contacts/state.ts`, read only by rules that use it; null while nothing is known. `idleAt`: when to look whether
 * the conversation became idle. `waitingSince`: when the contact wrote something that nobody had answered when it was last
 * looked at (`store/inbox.ts`).
 */
export type Contact = {
  id: number
  channelId: number
  phone: string | null
  userId: string | null
  parentId: string | null
  username: string | null
  name: string | null
  state: string | null
  idleAt: number | null
  waitingSince: number | null
  lastInboundAt: number | null
  mergedInto: number | null
}

/** One name of a contact, in the form of `contacts/identity.ts`. */
export type ContactKey = { channelId: number; key: string; contactId: number }

/** The parts of a stored message that rules need; its content stays in the store. */
export type Message = {
  channelId: number
  id: string
  contactId: number
  direction: 'in' | 'out'
  type: string
  status: MessageStatus | 'received'
  wamid: string | null
  /** The recipient or sender, as given. */
  recipient: string | null
  error: string | null
  acceptedAt: number | null
  sentAt: number | null
  deliveredAt: number | null
  readAt: number | null
  playedAt: number | null
  failedAt: number | null
  /** Meta's pricing and conversation objects, as JSON. */
  pricing: string | null
  conversation: string | null
  /** The content of a message with callback data (`callbackDataOf`); null for all others. */
  callbackContent: string | null
  origin: MessageOrigin | null
}

/** `changes`: the wamid of the message that this one changes or removes. */
export type NewMessageRow = Message & { content: string; createdAt: number; changes: string | null }

/**
 * `beginsAfter`: the place in the stored order after which this endpoint is told. `slot`: its bit in an event's audience.
 * With a filter, `newest` is the end of the stored order, seen after the lanes were locked.
 */
export type EndpointRow = {
  id: number
  channelId: number
  beginsAfter: number
  slot: number
  format: Endpoint['format']
  filter: EndpointFilter | null
  newest: number | null
}

/**
 * How far one contact's events are delivered to one endpoint. Everything up to `cursor` is done, except owed events.
 * `dueAt` is null while no event waits; with a `holder` it is the end of the lease. `attempts` counts the failures of
 * the next event.
 */
export type Lane = {
  endpointId: number
  channelId: number
  contactId: number
  cursor: number
  dueAt: number | null
  holder: string | null
  attempts: number
  waitingSince: number | null
}

/** An event that a lane must deliver although its cursor does not cover it: replayed, or moved by a merge. */
export type Owed = { endpointId: number; contactId: number; attempts: number; event: PendingEvent }

/** An event that ran out of retries on an endpoint. */
export type Dead = {
  endpointId: number
  channelId: number
  contactId: number
  seq: number
  attempts: number
  at: number
}

/** An event of this batch. The engine sets `event.seq` when it stores the row. */
export type NewEvent = {
  channelId: number
  contactId: number
  kind: string
  messageId: string | null
  /** A bit for the slot of each endpoint that gets it. */
  audience: number
  event: PendingEvent
}

export type Attempt = {
  endpointId: number
  channelId: number
  seq: number
  number: number
  at: number
  outcome: 'delivered' | 'retry' | 'dead'
  status: number | null
  ms: number
  answer: string | null
}

/** The change of a kept sum of costs. */
export type CostChange = Cost & { channelId: number; messages: number }

/** The change of an endpoint's kept counts. */
export type CountChange = { endpointId: number; pending: number; dead: number }
