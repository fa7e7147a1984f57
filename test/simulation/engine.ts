import type { EndpointFilter } from '../../packages/gateway/src/domain/channels/endpoint.ts'
import type { Keys } from '../../packages/gateway/src/store/core/keys.ts'
import type { Lane, Dead, Message, Contact } from '../../packages/gateway/src/store/core/rows.ts'
import type { Changes, Snapshot } from '../../packages/gateway/src/store/core/working-set.ts'
import type { SqlValue } from '../../packages/gateway/src/store/sql.ts'

/** A row that a transaction keeps from the others: its kind, and its key in the order in which nodes lock. */
export type Lock = string

/** Somebody else was quicker: the key that a row was to be made under is taken. */
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
  /** Lanes that somebody else has locked: a claim passes them by. */
  isLocked: (lock: Lock) => boolean
}

/** Everything that is stored, in a form that two engines can be compared by. */
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
  idempotency: string[]
}

/**
 * What is under the core: `load` and `write` as the two real engines have them. A load says on its way which rows it
 * has to lock; whoever runs it waits for them, or goes on at once where there is nobody else.
 */
export interface Engine {
  load(asked: Keys, options: LoadOptions): Generator<Lock[], Snapshot>
  /** All of it, or throws and does nothing. */
  write(changes: Changes, at: number, shard: number): void
  lastContact(): number
  /** A statement of a cold table. */
  all(sql: string, params: readonly SqlValue[]): unknown[]
  run(sql: string, params: readonly SqlValue[]): number
  dueAt(): { endpointId: number; at: number }[]
  setEndpoint(endpointId: number, channelId: number, place?: EndpointPlace): void
  /** A process that has the store to itself begins: whoever held a lane is gone. */
  freeLanes(now: number): void
  dump(): Dump
  close(): void
}
