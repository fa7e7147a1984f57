import type { Names, Sighting } from '../domain/contacts/identity.ts'
import type { MarketingWish, StateChange } from '../domain/contacts/state.ts'
import type { Cost } from '../domain/costs/cost.ts'
import type { StatusBody } from '../domain/events/bodies.ts'
import type { MessageStatus } from '../domain/messages/status.ts'
import type { Window } from '../domain/messages/window.ts'
import type { Sql } from './sql.ts'

/** The names of a contact on a channel. At least one of the three is present. A username leads to nobody. */
export type ContactIdentity = Names & { name?: string; username?: string }

/** An outbound message, before WhatsApp is called. */
export type NewMessage = {
  channelId: number
  id: string
  contact: ContactIdentity
  type: string
  /** The customer's `to` or `recipient`. */
  recipient: string
  /** The Cloud API body as JSON, without recipient and reference. */
  content: string
  createdAt: number
  /** Present when the 24-hour window is enforced: a closed window refuses the message. */
  window?: { channelCreatedAt: number }
  /** True to refuse the message while another program holds the conversation. */
  ifOwner?: boolean
  /** True for a marketing template: it is refused when the contact wants none, or has had enough for now. */
  marketing?: boolean
  /** The other channels of the account: what WhatsApp limits at one of them, it limits at all. */
  account?: readonly number[]
}

/** A message with this id was begun before: its row tells its state. */
export class MessageIdTaken extends Error {
  constructor() {
    super('a message with this id was begun before')
    this.name = 'MessageIdTaken'
  }
}

export type ClosedWindow = Extract<Window, { state: 'closed' }>
/** Another program holds the conversation; `role` is Meta's word for its task, `since` in epoch milliseconds. */
export type NotOwner = { state: 'not_owner'; role: string | null; since: number }
/** The contact wants no marketing; `since` in epoch milliseconds. */
export type OptedOut = { state: 'opted_out'; by: MarketingWish['by']; since: number }
/** The contact has had enough marketing for now, at any number of the account. Epoch milliseconds. */
export type MarketingLimited = { state: 'marketing_limited'; until: number }
/** Why a message was not begun. Nothing was stored. */
export type Refused = ClosedWindow | NotOwner | OptedOut | MarketingLimited

/** The result of a send. `accepted` has Meta's id; the others say why there is none. */
export type Settlement = {
  channelId: number
  id: string
  at: number
} & (
  | {
      status: 'accepted'
      wamid: string
      /** Meta's normalised number, when it differs from the given one. */ waId?: string
      userId?: string
    }
  | {
      status: 'failed' | 'unknown'
      error: string
      /** What the refusal tells of the contact. */
      state?: StateChange
    }
)

/** One element of a webhook. */
export type Fact = MessageFact | StatusFact | Notice

export type MessageFact = {
  kind: 'message'
  channelId: number
  contact: ContactIdentity
  wamid: string
  type: string
  /** Epoch ms of Meta's timestamp. */
  at: number
  /** Meta's message object as JSON. */
  content: string
  /** The callback's body as JSON. */
  body: string
  /** The name of the event: `new_message` unless it changes or removes an earlier message. */
  event?: string
  /** False for messages that the contact did not write (system messages): those open no window. */
  opensWindow: boolean
  /** The new names, when a system message reports a changed number or id. `contact` has the earlier names. */
  becomes?: Names
  /** What the message tells of its contact beside the names. Applied once, in the same commit. */
  state?: StateChange
  /** Written in the business's own app, or long ago. An old message becomes no event. */
  origin?: MessageOrigin
  /** For a message of the business: its status. Missing: the contact wrote it. */
  sent?: MessageStatus
  /** The wamid of the message that this one changes or removes. */
  changes?: string
  /** Another program answers the message. `store`: the channel's endpoints do not get it. */
  standby?: 'deliver' | 'store'
}

/**
 * How a message came that was neither written to us nor sent by us. Another program answers those of `standby`;
 * `standby_kept` was not delivered either.
 */
export type MessageOrigin = 'app' | 'history' | 'standby' | 'standby_kept'

export type StatusFact = {
  kind: 'status'
  channelId: number
  contact: ContactIdentity
  wamid: string
  /** Our id, as Meta returned it. */
  reference?: string
  /** The trace of the caller who sent it, or null when that is not sampled. */
  trace?: string | null
  status: MessageStatus
  at: number
  error: string | null
  /** Meta's pricing and conversation objects, as JSON. */
  pricing?: string
  conversation?: string
  /** What the status tells of the contact: the end of a free entry point. */
  state?: StateChange
  /** The callback's body, while it is unknown whether the message is ours. */
  body: StatusBody
}

/** A status of a message to a group. `body` is the callback's, while it is unknown whether the message is ours. */
export type Reached = Pick<StatusFact, 'wamid' | 'reference' | 'trace' | 'status' | 'body'>

/** Any other event of a customer: templates, preferences, account updates, unknown fields. */
export type Notice = {
  kind: 'notice'
  channelId: number
  event: string
  /** Undefined: about the channel, not a contact. */
  contact?: ContactIdentity
  /** A repeated key is stored once. */
  key: string
  at: number
  body: string
  /** True for an additional event of ours about a value of Meta's: endpoints in Meta's format do not get it. */
  ours?: boolean
  /**
   * True for a value that opens the window and is no message: a call of the contact, a message that another program
   * answers.
   */
  opensWindow?: boolean
  becomes?: Names
  state?: StateChange
  /** What one participant of a group did with a message: the message has the farthest status of all of them. */
  reached?: Reached
  /** The cost of a message to one participant of a group. A repeated key is counted once. */
  cost?: Cost & { key: string }
  /** True for a conversation that becomes idle: dropped when the contact has written meanwhile. */
  onlyIfQuiet?: boolean
}

/** The names in a fact about a contact. */
export function sightingOf(fact: { contact?: ContactIdentity; becomes?: Names }): Sighting {
  const { contact = {}, becomes } = fact
  return becomes ? { now: becomes, before: contact } : { now: contact }
}

export type Applied = {
  events: number
  duplicates: number
  /** Lanes that were idle and are now leased to the offering holder. */
  leased: LeasedLane[]
  /** Endpoints with events in lanes without a holder. */
  nudge: number[]
}

/** An offer to take lanes in the same commit that fills them, which saves a claim. */
export type LeaseOffer = {
  holder: string
  leaseMs: number
  /** For each endpoint, the number of lanes that the holder accepts. */
  capacities: readonly (readonly [endpointId: number, lanes: number])[]
}

/**
 * `since` is the start of its three days of retries. `owed`: the lane's cursor does not cover it, because it was
 * replayed or was another contact's. Its record must repeat the flag.
 */
export type PendingEvent = { seq: number; body: string; attempts: number; since: number; owed?: true }

/** A lane that is leased to us; its events in stored order, at least one. */
export type LeasedLane = { endpointId: number; channelId: number; contactId: number; events: PendingEvent[] }

/** The result of one attempt. */
export type AttemptRecord = {
  endpointId: number
  channelId: number
  contactId: number
  seq: number
  /** As in the leased event. */
  owed?: true
  number: number
  holder: string
  at: number
  outcome: 'delivered' | 'retry' | 'dead'
  /** The endpoint's HTTP status; null without an answer. */
  status: number | null
  ms: number
  /** The first KiB of the answer, or why there is no answer. */
  answer: string | null
  /** Delay until this lane is due again, for `retry`. */
  retryInMs?: number
  /** True when the holder still has events of this lane, so that no lookup is needed. */
  more: boolean
  leaseMs: number
}

/** The hot path: every method shares commits with all others through the batcher. */
export interface HotStore {
  /**
   * Commits an outbound message before WhatsApp is called. Returns why it is refused, if it is: then nothing was stored.
   * Window and owner are checked here, where the contact is looked up anyway.
   */
  beginMessage(message: NewMessage): Promise<Refused | undefined>
  /** Records the result of a send. False when a status had already recorded more. */
  settleMessage(settlement: Settlement): Promise<boolean>
  /** Commits all facts of one webhook, or none. */
  applyFacts(facts: readonly Fact[], offer: LeaseOffer | null): Promise<Applied>
  /** Leases up to `limit` due lanes of one endpoint. */
  claimLanes(endpointId: number, limit: number, offer: { holder: string; leaseMs: number }): Promise<LeasedLane[]>
  /**
   * Records an attempt. Returns the lane's next events while the lease continues, none when the lane was given back.
   */
  recordAttempt(record: AttemptRecord): Promise<PendingEvent[]>
  /** Gives lanes back without an attempt. */
  releaseLanes(holder: string, lanes: readonly { endpointId: number; contactId: number }[]): Promise<void>
  /** Makes events of an endpoint wait again, in their old places. */
  replayEvents(channelId: number, endpointId: number, seqs: readonly number[]): Promise<Replay>
  /** Endpoints with due lanes, and the time until the next lane of any falls due. */
  dueEndpoints(): Promise<{ due: number[]; nextInMs: number | null }>
}

/** The number of events that wait again and did not wait before; whether a lane was idle. */
export type Replay = { replayed: number; woken: boolean }

/** Lanes without a holder are due, or the directory's data has changed. A notification may arrive twice, or late. */
export type Notification =
  | { kind: 'lanes'; endpointIds: number[] }
  | { kind: 'directory' }
  /** A broadcast begins, or continues. */
  /** Broadcasts or scheduled sends wait. */
  | { kind: 'broadcasts' }
  /** A console is open on another node, which wants notifications of changes here for a while. */
  | { kind: 'watching' }
  | { kind: 'changed'; topics: string[] }
  /** A reader waits for events on another node, which wants notifications of channels with new events for a while. */
  | { kind: 'reading' }
  | { kind: 'events'; channelIds: number[] }

/**
 * Two engines implement this. One suite of tests runs on both. The cold tables are plain functions over `sql`; the
 * methods here differ between engines.
 */
export interface Store extends HotStore {
  readonly engine: 'sqlite' | 'postgres'
  readonly sql: Sql
  /** Part of every event's id, so that two installations never share one. */
  readonly installation: string
  /**
   * Epoch ms of the clock for leases and due times: the database's when several nodes share one, our own otherwise.
   * Times of lanes on the hot path are by the caller's clock, and converted here.
   */
  now(): Promise<number>
  /** Rejects with StoreUnavailable when the store cannot accept a write now. */
  ping(): Promise<void>
  /** Number of rows that wait for a commit. */
  readonly backlog: number
  /** Gets notifications of other nodes. Missing when there are none. Returns a function that stops it. */
  onNotification?(listener: (notification: Notification) => void): () => void
  /** Notifies the other nodes. A notification that cannot be sent is dropped. */
  notify?(notification: Notification): void
  /**
   * Overwrites data in the files that was deleted before the call. False when it must be repeated later; the store
   * remembers that. Missing when a server keeps the files.
   */
  overwriteDeleted?(): Promise<boolean>
  /**
   * Creates the partitions of this month and the next ones, and enters this month; done at the start too. When it is
   * late, rows go to the previous partition. Missing when the store has none.
   */
  keepMonths?(): Promise<void>
  /**
   * Removes whole months of events: those that are older than `before` (epoch ms) and have no waiting event. Returns
   * about how many rows were removed.
   */
  dropMonths?(before: number): Promise<number>
  close(): Promise<void>
}
