import type { EndpointFilter } from '../../packages/gateway/src/domain/channels/endpoint.ts'
import type { Keys } from '../../packages/gateway/src/store/core/keys.ts'
import type { Lane, Dead, Message, Contact } from '../../packages/gateway/src/store/core/rows.ts'
import type { Changes, Snapshot } from '../../packages/gateway/src/store/core/working-set.ts'
import type { SqlValue } from '../../packages/gateway/src/store/sql.ts'

/** A locked row of a transaction: its kind, and its key in the order in which nodes lock. */
export type Lock = string

/** Another node was faster: the key of a new row is taken. */
export class Taken extends Error {
  readonly what: string

  constructor(what: string) {
    super(`${what} is taken`)
    this.what = what
  }
}

/** How an endpoint is told apart from others of its channel, and what it wants; null for everything. */
export type EndpointPlace = { slot: number; filter: EndpointFilter | null }
export const EVERYTHING_AT_0: EndpointPlace = { slot: 0, filter: null }

export type LoadOptions = {
  now: number
  contactIds: readonly number[]
  /** Lanes that another node has locked: a claim skips them. */
  isLocked: (lock: Lock) => boolean
}

/** The whole content of the store, in a form for comparing two engines. */
export type Dump = {
  contacts: Contact[]
  keys: [place: string, contactId: number][]
  messages: Message[]
  events: {
    seq: number
    channelId: number
    contactId: number
    kind: string
    messageId: string | null
    audience: number
    body: string
  }[]
  lanes: Lane[]
  owed: { endpointId: number; seq: number; contactId: number; attempts: number }[]
  dead: Dead[]
  attempts: string[]
  seen: string[]
  counts: { endpointId: number; pending: number; dead: number }[]
  costs: string[]
  idempotency: string[]
}

/**
 * The engine under the core: `load` and `write` as in the two real engines. A load yields the rows that it must lock;
 * its runner waits for them, or continues at once when there is no other node.
 */
export interface Engine {
  load(asked: Keys, options: LoadOptions): Generator<Lock[], Snapshot>
  /** Writes all of it, or throws and writes nothing. */
  write(changes: Changes, at: number, shard: number): void
  lastContact(): number
  /** A statement of a cold table. */
  all(sql: string, params: readonly SqlValue[]): unknown[]
  run(sql: string, params: readonly SqlValue[]): number
  dueAt(): { endpointId: number; at: number }[]
  setEndpoint(endpointId: number, channelId: number, place?: EndpointPlace): void
  addChannel(channelId: number): void
  /** A process that owns the store alone starts: every earlier holder of a lane has ended. */
  freeLanes(now: number): void
  dump(): Dump
  close(): void
}
