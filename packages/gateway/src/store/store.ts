import type { Names, Sighting } from '../domain/contacts/identity.ts'
import type { StatusBody } from '../domain/events/bodies.ts'
import type { MessageStatus } from '../domain/messages/status.ts'
import type { Window } from '../domain/messages/window.ts'
import type { Sql } from './sql.ts'

/** How a person is named on a channel. At least one of the three is there. */
export type ContactIdentity = Names & { name?: string }

/** A message of ours, before WhatsApp is called. */
export type NewMessage = {
  channelId: number
  id: string
  contact: ContactIdentity
  type: string
  /** What the customer gave as `to` or `recipient`. */
  recipient: string
  /** The Cloud API body as JSON, without recipient and reference. */
  content: string
  createdAt: number
  /** Given where the 24-hour window is enforced: a closed one keeps the message out. */
  window?: { channelCreatedAt: number }
}

/** Somebody began a message under this id before: its row tells what became of it. */
export class MessageIdTaken extends Error {
  constructor() {
    super('a message with this id was begun before')
    this.name = 'MessageIdTaken'
  }
}

export type ClosedWindow = Extract<Window, { state: 'closed' }>

/** How a send ended. `accepted` carries Meta's id; the rest say why there is none. */
export type Settlement = {
  channelId: number
  id: string
  at: number
} & (
  | {
      status: 'accepted'
      wamid: string
      /** Meta's normalised number, when it differs from what was given. */ waId?: string
      userId?: string
    }
  | { status: 'failed' | 'unknown'; error: string }
)

/** One thing a webhook tells us, already cut out of its batch. */
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
  /** The event that it becomes: `new_message` unless it changes or removes an earlier message. */
  event?: string
  /** False for what a person did not write (system notes): those open no window. */
  opensWindow: boolean
  /** The names from now on, when this note says that number or id changed; `contact` has those until now. */
  becomes?: Names
}

export type StatusFact = {
  kind: 'status'
  channelId: number
  contact: ContactIdentity
  wamid: string
  /** Our id, as Meta gave it back. */
  reference?: string
  status: MessageStatus
  at: number
  error: string | null
  /** What Meta says of the price and of the conversation, as JSON. */
  pricing?: string
  conversation?: string
  /** The callback's body, as long as nobody knows whether the message is ours. */
  body: StatusBody
}

/** Anything else a customer is told: templates, preferences, account notes, fields nobody knows yet. */
export type Notice = {
  kind: 'notice'
  channelId: number
  event: string
  /** Undefined: about the channel, not a person. */
  contact?: ContactIdentity
  /** The same key is stored once. */
  key: string
  at: number
  body: string
  /** True for a meaning of ours beside what is told as Meta told it: endpoints in Meta's format do not get it. */
  ours?: boolean
  /** True for what opens the window and is no message: a call of the person's, a message that somebody else answers. */
  opensWindow?: boolean
  becomes?: Names
}

/** What a fact says of the person it is about. */
export function sightingOf(fact: { contact?: ContactIdentity; becomes?: Names }): Sighting {
  const { contact = {}, becomes } = fact
  return becomes ? { now: becomes, before: contact } : { now: contact }
}

export type Applied = {
  events: number
  duplicates: number
  /** Lanes that were idle and are now leased to whoever offered. */
  leased: LeasedLane[]
  /** Endpoints with events that nobody holds a lease for. */
  nudge: number[]
}

/** An offer to take lanes in the same commit that fills them, which saves a claim. */
export type LeaseOffer = {
  holder: string
  leaseMs: number
  /** For each endpoint, how many lanes are welcome. */
  capacities: readonly (readonly [endpointId: number, lanes: number])[]
}

/**
 * `since` is where its three days of retries began. `owed`: the lane's cursor does not speak of it, since it was replayed
 * or was another contact's; its record says so again.
 */
export type PendingEvent = { seq: number; body: string; attempts: number; since: number; owed?: true }

/** A lane that is ours until its lease ends; its events in stored order, at least one. */
export type LeasedLane = { endpointId: number; channelId: number; contactId: number; events: PendingEvent[] }

/** How one attempt ended. */
export type AttemptRecord = {
  endpointId: number
  channelId: number
  contactId: number
  seq: number
  /** As it was handed out. */
  owed?: true
  number: number
  holder: string
  at: number
  outcome: 'delivered' | 'retry' | 'dead'
  /** The endpoint's HTTP status; null when there was no answer. */
  status: number | null
  ms: number
  /** The first KiB of the answer, or why there is no answer. */
  answer: string | null
  /** After how long this lane is due again, for `retry`. */
  retryInMs?: number
  /** True when the holder still has events of this lane in hand, so that nothing needs to be looked up. */
  more: boolean
  leaseMs: number
}

/** The hot path: every method shares commits with all others through the batcher. */
export interface HotStore {
  /**
   * Commits a message of ours before WhatsApp hears of it. Answers the closed window that kept it out, when one did:
   * then nothing was stored. Judged here, where the person is looked up anyway.
   */
  beginMessage(message: NewMessage): Promise<ClosedWindow | undefined>
  /** Notes how a send ended. False when a status had already said more. */
  settleMessage(settlement: Settlement): Promise<boolean>
  /** Commits all facts of one webhook, or none. */
  applyFacts(facts: readonly Fact[], offer: LeaseOffer | null): Promise<Applied>
  /** Leases up to `limit` due lanes of one endpoint. */
  claimLanes(endpointId: number, limit: number, offer: { holder: string; leaseMs: number }): Promise<LeasedLane[]>
  /** Records an attempt; answers the lane's next events while the lease goes on, none when it was given back. */
  recordAttempt(record: AttemptRecord): Promise<PendingEvent[]>
  /** Gives lanes back untouched. */
  releaseLanes(holder: string, lanes: readonly { endpointId: number; contactId: number }[]): Promise<void>
  /** Events of an endpoint wait again, in their old places. */
  replayEvents(channelId: number, endpointId: number, seqs: readonly number[]): Promise<Replay>
  /** Endpoints that have due lanes, and after how long the next lane of any falls due. */
  dueEndpoints(): Promise<{ due: number[]; nextInMs: number | null }>
}

/** How many events wait again that did not wait before; whether a lane was idle. */
export type Replay = { replayed: number; woken: boolean }

/** Lanes that nobody holds have something due, or what the directory caches has changed. It may come twice, or late. */
export type Notification =
  | { kind: 'lanes'; endpointIds: number[] }
  | { kind: 'directory' }
  /** A broadcast begins, or goes on. */
  | { kind: 'broadcasts' }
  /** Somebody looks at a console on another node, and wants to hear of changes here for a while. */
  | { kind: 'watching' }
  | { kind: 'changed'; topics: string[] }
  /** Somebody waits for events on another node, and wants to hear for a while which channels have new ones. */
  | { kind: 'reading' }
  | { kind: 'events'; channelIds: number[] }

/**
 * Two engines stand behind this, held to it by one suite that runs on both. The cold tables are plain functions over
 * `sql`; what is here differs between engines.
 */
export interface Store extends HotStore {
  readonly engine: 'sqlite' | 'postgres'
  readonly sql: Sql
  /** Stands in every event's id, so that two installations never share one. */
  readonly installation: string
  /**
   * Epoch ms of the clock that judges leases and due times: the database's where several nodes share one, our own
   * where nobody else opens the store. Of lanes the hot path's times are by the caller's clock, and translated here.
   */
  now(): Promise<number>
  /** Rejects with StoreUnavailable when the store cannot take a write now. */
  ping(): Promise<void>
  /** Rows that wait for a commit. */
  readonly backlog: number
  /** Hears what other nodes did that may concern this one. Missing where there are no others. Answers how to stop. */
  onNotification?(listener: (notification: Notification) => void): () => void
  /** Notifies the other nodes. A notification that cannot be sent is dropped. */
  notify?(notification: Notification): void
  /**
   * Overwrites in the files what was deleted before the call, so that nobody finds it there. False when it has to be done
   * again later, as the store then remembers. Missing where a server keeps the files.
   */
  overwriteDeleted?(): Promise<boolean>
  /**
   * Makes the partitions of this month and the next ones, and enters this month; done at the start too. When it is late,
   * rows go on where they went before. Missing where the store has none.
   */
  keepMonths?(): Promise<void>
  /**
   * Removes whole months of events: those that are older than `before` (epoch ms) and have nothing that waits. Answers
   * about how many rows went.
   */
  dropMonths?(before: number): Promise<number>
  close(): Promise<void>
}
