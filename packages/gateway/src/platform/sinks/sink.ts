import type { Answer } from '../answer.ts'

/** An event for an endpoint that is not an HTTP server. */
export type SinkEvent = {
  id: string
  /** Its place in the stored order: the events of a lane come with growing places. */
  seq: number
  /** The lane's cursor does not cover it: it was replayed, or it was another contact's. */
  owed: boolean
  channelId: number
  event: string
  /** The contact's phone number or id; null when the event is about the channel. */
  contact: string | null
  /** Epoch ms. */
  createdAt: number
  /** The callback's body. */
  body: string
}

/**
 * The first `written` events are stored for good. When some are missing, the answer gives the reason for the next one.
 */
export type SinkAnswer = Answer & { written: number }

/** A target of events that is not an HTTP server: a database or a stream. */
export type Sink = {
  /** Writes the next events of a lane, in order. Never rejects: a failing sink is an outcome, not an error of ours. */
  write(lane: string, events: readonly SinkEvent[], timeoutMs: number): Promise<SinkAnswer>
  /** Tests everything that a write needs, at once. */
  test(event: SinkEvent, timeoutMs: number): Promise<Answer>
  /** Closes its connections; waiting writes are answered `notSent`. */
  close(): Promise<void>
}

/** The answer when everything was written, for endpoints without an HTTP status. */
export const WRITTEN = 200
