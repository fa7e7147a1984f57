import { PosternError } from './error.ts'
import { mayRepeat, type Call, type Requester } from './request.ts'
import { parseEventStream } from './event-stream.ts'
import { sleep } from './sleep.ts'
import type { KeptEvent } from './generated/schemas.ts'
import type { CallbackEvent, EventName, SentStatus } from './types.ts'

export type EventOptions = {
  /** The id of the last event that you have, or `now`. Without it, the events begin with the oldest. */
  after?: string
  /** Names of events. Without it, all events. */
  events?: readonly EventName[]
  /** Types of messages: of the event `new_message`, only these. */
  types?: readonly string[]
  /** Statuses of messages: of the event `message_status_update`, only these. */
  statuses?: readonly SentStatus[]
  /** Ends the iteration. */
  signal?: AbortSignal
}

/** An event of a stream. `id` is the `webhook-id` of its callback. */
export type StreamedEvent = { id: string; body: CallbackEvent }

const CURSOR = 'x-postern-cursor'
/** The longest that the gateway lets a call wait. */
const LONGEST_WAIT_S = 30
/** After an empty answer that came at once, as one of a gateway that stops. */
const EMPTY_PAUSE_MS = 1_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
/** The gateway says something every 15 s. A stream that is silent for so long is dead. */
const SILENT_MS = 45_000

const filterOf = ({ events, types, statuses }: EventOptions) => ({ events, types, statuses })

/** Reads the events of a channel page by page. Goes on after an outage of the gateway, and ends with the signal. */
export function createEvents(requester: Requester, timeoutMs: number) {
  const wait = Math.max(0, Math.min(LONGEST_WAIT_S, Math.floor(timeoutMs / 2_000)))

  return async function* events(given: EventOptions = {}): AsyncGenerator<KeptEvent, void> {
    const { signal } = given
    const options = signal && { signal }
    const outages = createOutages(signal)
    let last = given.after
    try {
      while (!signal?.aborted) {
        const query = { count: 100, last_id: last, wait, ...filterOf(given) }
        const askedAt = performance.now()
        const call: Call = { method: 'GET', path: '/external/events', query, options }
        const page = await outages.over(call, () => requester.answer<KeptEvent[]>(call))
        if (!page) continue
        for (const event of page.data) {
          yield event
          last = event.id
        }
        // Further than the last event, when a filter leaves out what follows it.
        last = page.headers.get(CURSOR) ?? last
        if (page.data.length === 0 && performance.now() - askedAt < EMPTY_PAUSE_MS) await sleep(EMPTY_PAUSE_MS, signal)
      }
    } catch (error) {
      // An abort is not a failure.
      if (!signal?.aborted) throw error
    }
  }
}

/** Reads the events of a channel over one connection, again and again, until the signal. */
export function createStream(requester: Requester, path = '/external/events/stream') {
  return async function* stream(given: EventOptions = {}): AsyncGenerator<StreamedEvent, void> {
    const { signal } = given
    const outages = createOutages(signal)
    let last = given.after
    try {
      while (!signal?.aborted) {
        const query = { after: last, ...filterOf(given) }
        const call: Call = { method: 'GET', path, query, options: signal && { signal } }
        const opened = await outages.over(call, () => requester.open(call, SILENT_MS))
        if (!opened) continue
        // Where the stream begins, so that nothing is missed when it breaks before the first id.
        last = opened.headers.get(CURSOR) ?? last
        try {
          for await (const { id, data } of parseEventStream(opened.chunks)) {
            if (data !== undefined) yield { id: id!, body: JSON.parse(data) as CallbackEvent }
            last = id ?? last
          }
        } catch (error) {
          if (signal?.aborted || !isLost(error)) throw error
        }
        await sleep(FIRST_PAUSE_MS, signal)
      }
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  }
}

/** A connection that ended in the middle; a line that is no JSON is none. */
const isLost = (error: unknown): boolean => error instanceof TypeError || (error as Error).name === 'TimeoutError'

/** Waits longer and longer while the gateway is away. Other errors are the caller's. */
function createOutages(signal: AbortSignal | undefined) {
  let pauseMs = FIRST_PAUSE_MS
  return {
    /** Undefined when the gateway was away and the call should be made again. */
    async over<T>(call: Call, work: () => Promise<T>): Promise<T | undefined> {
      try {
        const answer = await work()
        pauseMs = FIRST_PAUSE_MS
        return answer
      } catch (error) {
        if (!(error instanceof PosternError && (mayRepeat(call, error) || error.http > 500))) throw error
        await sleep(Math.max(pauseMs, (error.retryAfter ?? 0) * 1000), signal)
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
        return undefined
      }
    },
  }
}
