import type { Answer } from '../answer.ts'

/** An event as an endpoint gets it that is no HTTP server. */
export type SinkEvent = {
  id: string
  /** Its place in the stored order: the events of a lane come with growing places. */
  seq: number
  /** The lane's cursor does not speak of it: it was replayed, or it was another contact's. */
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

/** The first `written` events are there for good. When some are missing, the answer says why the next one is not. */
export type SinkAnswer = Answer & { written: number }

/** Where events go that no HTTP server takes: a database or a stream. */
export type Sink = {
  /** Writes the next events of a lane, in order. Never rejects: a sink that fails is an outcome, not an error of ours. */
  write(lane: string, events: readonly SinkEvent[], timeoutMs: number): Promise<SinkAnswer>
  /** Tries what a write needs, at once. */
  test(event: SinkEvent, timeoutMs: number): Promise<Answer>
  /** Ends its connections; what waits is answered `notSent`. */
  close(): Promise<void>
}

/** The answer when everything was written: endpoints that know no HTTP status have this one. */
export const WRITTEN = 200
