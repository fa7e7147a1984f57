import type { Operation } from '../core/operations.ts'
import type { Sql, SqlValue, Statement } from '../sql.ts'
import type { Notification, Store } from '../store.ts'
import type { CrossedError } from './errors.ts'

/** What the store's thread is asked. Plain data, all of it. */
export type Call =
  | Operation
  | { kind: 'all' | 'get' | 'run' | 'returning'; sql: string; params: readonly SqlValue[] | undefined }
  | { kind: 'atomically'; statements: readonly Statement[] }
  | { kind: 'feedEnd' }
  | { kind: 'dueEndpoints' }
  | { kind: 'now' }
  | { kind: 'ping' }
  | { kind: 'overwriteDeleted' }
  | { kind: 'keepMonths' }
  | { kind: 'dropMonths'; before: number }
  | { kind: 'notify'; notification: Notification }

/** The calls of one turn of the event loop, in order. The first one's number is `first`, and so on. */
export type CallBatch = { first: number; calls: Call[] }

/** What was settled in one turn over there, and what other threads or nodes have to tell. */
export type ReplyBatch = {
  done?: [number: number, value: unknown][]
  failed?: [number: number, error: CrossedError][]
  notifications?: Notification[]
}

/** What a store is, for whoever connects to it. */
export type About = { engine: Store['engine']; installation: string }

/** Runs a call on a store that is here. */
export function perform(store: Store, call: Call): Promise<unknown> {
  switch (call.kind) {
    case 'begin':
      return store.beginMessage(call.message)
    case 'settle':
      return store.settleMessage(call.settlement)
    case 'facts':
      return store.applyFacts(call.facts, call.offer)
    case 'claim':
      return store.claimLanes(call.endpointId, call.limit, call.offer)
    case 'attempt':
      return store.recordAttempt(call.record)
    case 'release':
      return store.releaseLanes(call.holder, call.lanes)
    case 'replay':
      return store.replayEvents(call.channelId, call.endpointId, call.seqs)
    case 'atomically':
      return store.sql.atomically(call.statements)
    case 'notify':
      return Promise.resolve(store.notify?.(call.notification))
    case 'feedEnd':
      return store.sql.feedEnd!()
    case 'dueEndpoints':
      return store.dueEndpoints()
    case 'now':
      return store.now()
    case 'ping':
      return store.ping()
    case 'overwriteDeleted':
      return store.overwriteDeleted!()
    case 'keepMonths':
      return store.keepMonths!()
    case 'dropMonths':
      return store.dropMonths!(call.before)
    default:
      return store.sql[call.kind](call.sql, call.params)
  }
}

/** True of what changes something: when it is not answered, nobody knows whether it was done. */
export function isWrite({ kind }: Call): boolean {
  return !READS.has(kind)
}

const READS = new Set<Call['kind']>([
  ...(['all', 'get', 'feedEnd', 'dueEndpoints', 'now', 'notify'] as const),
  // Asked again in any case.
  ...(['overwriteDeleted', 'keepMonths', 'dropMonths'] as const),
])

/** The statements of the cold tables, each as a call. */
export function sqlOver(call: <T>(call: Call) => Promise<T>, { engine }: About): Sql {
  return {
    all: (sql, params) => call({ kind: 'all', sql, params: own(params) }),
    get: (sql, params) => call({ kind: 'get', sql, params: own(params) }),
    run: (sql, params) => call({ kind: 'run', sql, params: own(params) }),
    returning: (sql, params) => call({ kind: 'returning', sql, params: own(params) }),
    atomically: (statements) =>
      call({ kind: 'atomically', statements: statements.map(({ sql, params }) => ({ sql, params: own(params) })) }),
    ...(engine === 'postgres' && { feedEnd: () => call<number>({ kind: 'feedEnd' }) }),
  }
}

/** Bytes from here on cost more to copy than to hand over: the memory for a copy of megabytes takes milliseconds to get. */
const LARGE_BYTES = 64 * 1024

/**
 * Bytes that are a small part of a larger memory are copied: the way between threads would take all of it along. Large
 * ones that fill most of theirs are not, since that memory is handed over as it is.
 */
function own(params: readonly SqlValue[] | undefined): readonly SqlValue[] | undefined {
  const isPart = (value: SqlValue): value is Uint8Array =>
    value instanceof Uint8Array &&
    value.byteLength !== value.buffer.byteLength &&
    (value.byteLength < LARGE_BYTES || 2 * value.byteLength < value.buffer.byteLength)
  return params?.some(isPart) ? params.map((value) => (isPart(value) ? new Uint8Array(value) : value)) : params
}

/** What a statement's large bytes lie in. They are handed over with the call, and whoever gave them has them no more. */
export function handedOver(calls: readonly Call[]): ArrayBuffer[] {
  const memories = new Set<ArrayBuffer>()
  for (const call of calls) {
    if (call.kind !== 'run') continue
    for (const value of call.params ?? [])
      if (value instanceof Uint8Array && value.byteLength >= LARGE_BYTES && value.buffer instanceof ArrayBuffer)
        memories.add(value.buffer)
  }
  return [...memories]
}
