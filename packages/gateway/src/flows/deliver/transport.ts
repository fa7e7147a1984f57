import { LRUCache } from 'lru-cache'
import type { Dispatcher } from 'undici'
import type { Clock } from '@postern/runtime/clock'
import type { Endpoint } from '../../domain/channels/endpoint.ts'
import type { MetaChannel } from '../../domain/events/meta-format.ts'
import type { Answer } from '../../platform/answer.ts'
import { type SinkAnswer, WRITTEN } from '../../platform/sinks/sink.ts'
import type { SinkEndpoint, Sinks } from '../../platform/sinks/sinks.ts'
import { wholeUrl } from '../../store/endpoints.ts'
import { eventIdOf, headsOf } from '../../store/events.ts'
import type { LeasedLane, PendingEvent, Store } from '../../store/store.ts'
import type { Tracing } from '../../platform/tracing/tracing.ts'
import { postEvent } from './attempt.ts'
import { inFormat, signedBody } from './request.ts'
import { traceAttempt } from './trace-delivery.ts'

export type TransportOptions = {
  store: Pick<Store, 'installation' | 'sql'>
  /** Never connects to a private address: the guard's dispatcher. */
  dispatcher: Dispatcher
  clock: Pick<Clock, 'now' | 'monotonic'>
  /** The time in signatures, when it is not the clock's: receivers compare it with their own clock, which a test cannot move. */
  signedAt?: () => number
  userAgent: string
  timeoutMs: number
  /** The channel of an endpoint, in Meta's form. */
  metaChannel?: (channelId: number) => MetaChannel | undefined
  /** Calls the customer. */
  call?: typeof postEvent
  /** Databases and streams. */
  sinks?: Sinks
  tracing?: Tracing | undefined
}

/** Sends events to endpoints. Never rejects: a failing endpoint is an outcome. */
export type Transport = {
  /**
   * Sends the next events of a lane: one over HTTP, all of them to a database or a stream. Returns an answer for each
   * sent event, from the first on; only the last answer may be a failure.
   */
  send(endpoint: Endpoint, lane: LeasedLane, events: readonly PendingEvent[]): Promise<Answer[]>
  /** Sends one event outside the queue. */
  test(endpoint: Endpoint, id: string, body: string): Promise<Answer>
}

/** The only place that decides by an endpoint's kind how its events are sent. */
export function createTransport(options: TransportOptions): Transport {
  const {
    store,
    dispatcher,
    clock,
    userAgent,
    timeoutMs,
    metaChannel,
    call = postEvent,
    sinks = NO_SINKS,
    tracing,
  } = options

  function overHttp(endpoint: Endpoint, id: string, body: string, attempts = 0): Promise<Answer> {
    const { origin, path } = targetOf(endpoint.url)
    const written = signedBody(endpoint, { id, body, now: clock.now(), signedAt: options.signedAt?.() }, metaChannel)
    const trace = tracing && traceAttempt(tracing, endpoint, { id, body, attempts })
    // Ours last: the operator's headers cannot replace the promised ones.
    const headers = {
      ...endpoint.headers,
      'content-type': 'application/json',
      'user-agent': userAgent,
      ...(trace && { traceparent: trace.traceparent }),
      ...written.headers,
    }
    return call(dispatcher, { origin, path, headers, body: written.body, timeoutMs }, clock).then((answer) => {
      trace?.ended(answer)
      return rounded(answer)
    })
  }

  async function intoSink(endpoint: Endpoint, lane: LeasedLane, events: readonly PendingEvent[]): Promise<Answer[]> {
    const seqs = events.map(({ seq }) => seq)
    const heads = await headsOf(store.sql, lane.contactId, seqs).catch((error: Error) => error)
    // The endpoint was not called.
    if (heads instanceof Error) return [{ status: null, ms: 0, text: heads.message, notSent: true }]
    const told = events.map(({ seq, body, owed, since }) => ({
      id: eventIdOf(store.installation, seq),
      seq,
      owed: owed === true,
      channelId: lane.channelId,
      event: heads.events.get(seq)?.kind ?? '',
      contact: heads.contact,
      createdAt: heads.events.get(seq)?.createdAt ?? since,
      body: inFormat(endpoint, body),
    }))
    const traces = tracing && told.map(({ id }, i) => traceAttempt(tracing, endpoint, { ...events[i]!, id }))
    const answers = answersOf(
      await sinks.write(asSink(endpoint), String(lane.contactId), told, timeoutMs),
      events.length,
    )
    for (const [i, answer] of answers.entries()) traces?.[i]?.ended(answer)
    return answers
  }

  return {
    send(endpoint, lane, events) {
      if (endpoint.kind !== 'http') return intoSink(endpoint, lane, events)
      const { seq, body, attempts } = events[0]!
      return overHttp(endpoint, eventIdOf(store.installation, seq), body, attempts).then((answer) => [answer])
    },
    async test(endpoint, id, body) {
      if (endpoint.kind === 'http') return overHttp(endpoint, id, body)
      const { channelId } = endpoint
      const about = { id, seq: 0, owed: true, channelId, event: 'test', contact: null, createdAt: clock.now(), body }
      return rounded(await sinks.test(asSink(endpoint), about, timeoutMs))
    },
  }
}

/** Rounds in place: the answer was made for this attempt. */
function rounded<T extends Answer>(answer: T): T {
  answer.ms = Math.round(answer.ms)
  return answer
}

/** One answer for each stored event, and one with the reason why the next is not stored. */
function answersOf({ written, ...answer }: SinkAnswer, sent: number): Answer[] {
  const last = rounded(answer)
  const there: Answer = written < sent ? { status: WRITTEN, ms: last.ms, text: 'written' } : last
  return [...Array.from({ length: written }, () => there), ...(written < sent ? [last] : [])]
}

const asSink = (endpoint: Endpoint): SinkEndpoint => ({
  id: endpoint.id,
  publicId: endpoint.publicId,
  url: wholeUrl(endpoint),
})

const unknownHere = (endpoint: SinkEndpoint): SinkAnswer => ({
  status: null,
  ms: 0,
  text: `endpoints of the kind of ${endpoint.publicId} are not known here`,
  written: 0,
})
const NO_SINKS: Sinks = {
  write: (endpoint) => Promise.resolve(unknownHere(endpoint)),
  test: (endpoint) => Promise.resolve(unknownHere(endpoint)),
  close: () => Promise.resolve(),
}

const targets = new LRUCache<string, { origin: string; path: string }>({ max: 10_000 })

function targetOf(url: string): { origin: string; path: string } {
  let target = targets.get(url)
  if (!target) {
    const parsed = new URL(url)
    target = { origin: parsed.origin, path: parsed.pathname + parsed.search }
    targets.set(url, target)
  }
  return target
}
