import type { MessagePort } from 'node:worker_threads'
import type { Clock } from '@postern/runtime/clock'
import { StoreUnavailable } from '../../platform/errors.ts'
import type { Applied, LeaseOffer, Notification, Store } from '../store.ts'
import type { Backlog } from './backlog.ts'
import { type About, type CallBatch, type Call, handedOver, isWrite, sqlOver, type ReplyBatch } from './calls.ts'
import { crossed } from './errors.ts'

/** `weighs`: counts among the writes that wait for a commit. */
type Waiting = { call: Call; weighs: boolean; resolve: (value: never) => void; reject: (error: unknown) => void }

/** The store as another thread uses it: every call goes to the thread that owns it. */
export type StoreClient = Store & {
  /** The store's thread has ended and answers no more. */
  lost(cause: unknown): void
}

/**
 * A store over a port. All calls of one turn of the event loop go in one message, because a message costs ten times as
 * much as its content. Nothing here waits for SQL or for a disk.
 */
export function createStoreClient(options: {
  port: MessagePort
  about: About
  backlog: Backlog
  clock: Clock
  /** Ends the thread behind the port, once every call has been answered. */
  end: () => Promise<void>
}): StoreClient {
  const { port, about, backlog, clock } = options
  const waiting = new Map<number, Waiting>()
  const listeners = new Set<(notification: Notification) => void>()
  let asked: Waiting[] = []
  let next = 0
  let closed: Promise<void> | undefined
  let gone: { cause: unknown } | undefined
  let onQuiet: (() => void) | undefined

  port.on('message', hear)
  port.unref()

  function call<T>(one: Call, weighs = false): Promise<T> {
    if (gone) return Promise.reject(lostError(one))
    if (closed) return Promise.reject(new StoreUnavailable('the store is closed'))
    return new Promise<T>((resolve, reject) => {
      asked.push({ call: one, weighs, resolve, reject })
      if (weighs) backlog.add(1)
      if (asked.length === 1) setImmediate(send)
    })
  }

  const write = <T>(one: Call): Promise<T> => call<T>(one, true)

  function send(): void {
    const sent = asked
    asked = []
    if (gone) return refuse(sent)
    const first = next
    // A pending call keeps the process alive; an idle store does not.
    if (waiting.size === 0 && sent.length > 0) port.ref()
    for (const one of sent) waiting.set(next++, one)
    try {
      const calls = sent.map((one) => one.call)
      port.postMessage({ first, calls } satisfies CallBatch, handedOver(calls))
    } catch (error) {
      if (sent.length > 1) return sendEach(first, sent)
      // An argument cannot be cloned, for instance a function: a bug of the caller.
      settle(first)?.reject(error)
    }
  }

  /** One of them cannot be cloned; the others can. */
  function sendEach(first: number, sent: readonly Waiting[]): void {
    for (const [i, one] of sent.entries()) {
      try {
        port.postMessage({ first: first + i, calls: [one.call] } satisfies CallBatch)
      } catch (error) {
        settle(first + i)?.reject(error)
      }
    }
  }

  function settle(number: number): Waiting | undefined {
    const one = waiting.get(number)
    waiting.delete(number)
    if (one?.weighs) backlog.add(-1)
    if (waiting.size === 0) {
      port.unref()
      if (asked.length === 0) onQuiet?.()
    }
    return one
  }

  function hear(reply: ReplyBatch): void {
    for (const [number, value] of reply.done ?? []) settle(number)?.resolve(value as never)
    for (const [number, error] of reply.failed ?? []) settle(number)?.reject(crossed(error))
    for (const notification of reply.notifications ?? []) for (const listener of listeners) listener(notification)
  }

  function lostError(one: Call): StoreUnavailable {
    return new StoreUnavailable('the thread that has the store ended', {
      cause: gone?.cause,
      outcomeUnknown: isWrite(one),
    })
  }

  function refuse(all: Iterable<Waiting>): void {
    for (const one of all) {
      if (one.weighs) backlog.add(-1)
      one.reject(lostError(one.call))
    }
  }

  async function close(): Promise<void> {
    if (!gone && waiting.size + asked.length > 0) await new Promise<void>((resolve) => (onQuiet = resolve))
    await options.end()
    port.close()
  }

  return {
    engine: about.engine,
    installation: about.installation,
    sql: sqlOver(call, about),
    get backlog() {
      return backlog.total
    },
    // A file has one owner, on this machine, so its time is ours.
    now: about.engine === 'sqlite' ? () => Promise.resolve(clock.now()) : () => call({ kind: 'now' }),
    ping: () => call({ kind: 'ping' }),

    beginMessage: (message) => write({ kind: 'begin', message }),
    settleMessage: (settlement) => write({ kind: 'settle', settlement }),
    applyFacts: (facts, offer) => write<Applied>({ kind: 'facts', facts, offer: offer && onlyTheOffer(offer) }),
    claimLanes: (endpointId, limit, { holder, leaseMs }) =>
      write({ kind: 'claim', endpointId, limit, offer: { holder, leaseMs } }),
    recordAttempt: (record) => write({ kind: 'attempt', record }),
    releaseLanes: (holder, lanes) =>
      write({
        kind: 'release',
        holder,
        lanes: lanes.map(({ endpointId, contactId }) => ({ endpointId, contactId })),
      }),
    replayEvents: (channelId, endpointId, seqs) => write({ kind: 'replay', channelId, endpointId, seqs }),
    dueEndpoints: () => call({ kind: 'dueEndpoints' }),

    onNotification(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    notify(notification) {
      // A notification that cannot be sent is dropped.
      if (!closed) call({ kind: 'notify', notification }).catch(() => {})
    },
    ...(about.engine === 'sqlite' && { overwriteDeleted: () => call<boolean>({ kind: 'overwriteDeleted' }) }),
    ...(about.engine === 'postgres' && {
      keepMonths: () => call<void>({ kind: 'keepMonths' }),
      dropMonths: (before: number) => call<number>({ kind: 'dropMonths', before }),
    }),
    close: () => (closed ??= close()),

    lost(cause) {
      gone ??= { cause }
      const left = [...waiting.values(), ...asked]
      waiting.clear()
      asked = []
      port.unref()
      refuse(left)
      onQuiet?.()
    },
  }
}

/** Removes keys of an offer that the store does not need, for instance functions. */
const onlyTheOffer = ({ holder, leaseMs, capacities }: LeaseOffer): LeaseOffer => ({ holder, leaseMs, capacities })
