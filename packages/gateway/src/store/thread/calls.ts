import type { Operation } from '../core/operations.ts'
import type { Sql, SqlValue, Statement } from '../sql.ts'
import type { Notification, Store } from '../store.ts'
import type { CrossedError } from './errors.ts'

/** A call of the store's thread. Plain data. */
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

/** The results of one turn of the store's thread, and notifications of other threads or nodes. */
export type ReplyBatch = {
  done?: [number: number, value: unknown][]
  failed?: [number: number, error: CrossedError][]
  notifications?: Notification[]
}

/** Properties of the store, for a thread that connects to it. */
export type About = { engine: Store['engine']; installation: string }

/** Runs a call on the store of this thread. */
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

/** True for a call that changes something: without an answer, its result is unknown. */
export function isWrite({ kind }: Call): boolean {
  return !READS.has(kind)
}

const READS = new Set<Call['kind']>([
  ...(['all', 'get', 'feedEnd', 'dueEndpoints', 'now', 'notify'] as const),
  // Repeated in any case.
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

/** From this size on, bytes are transferred and not copied: allocating megabytes for a copy takes milliseconds. */
const LARGE_BYTES = 64 * 1024

/**
 * Bytes that are a small part of a larger buffer are copied, because a transfer would take the whole buffer along.
 * Large ones that fill most of their buffer are not: their buffer is transferred.
 */
function own(params: readonly SqlValue[] | undefined): readonly SqlValue[] | undefined {
  const isPart = (value: SqlValue): value is Uint8Array =>
    value instanceof Uint8Array &&
    value.byteLength !== value.buffer.byteLength &&
    (value.byteLength < LARGE_BYTES || 2 * value.byteLength < value.buffer.byteLength)
  return params?.some(isPart) ? params.map((value) => (isPart(value) ? new Uint8Array(value) : value)) : params
}

/** The buffers of a statement's large bytes. They are transferred with the call, so the caller loses them. */
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

/** Large bytes that a call brought, or that its answer takes along: buffers outside of the heap. */
export function largeBytes(call: Call, value: unknown): number {
  if (call.kind !== 'run' && call.kind !== 'get') return 0
  const values = call.kind === 'run' ? (call.params ?? []) : Object.values(value ?? {})
  let sum = 0
  for (const one of values) if (one instanceof Uint8Array && one.byteLength >= LARGE_BYTES) sum += one.byteLength
  return sum
}
