import type { ServerResponse } from 'node:http'
import type { Clock } from '@postern/runtime/clock'

/** Topics of a console's lists. A stream names the changed topic and never the data. */
export const TOPICS = ['messages', 'deliveries', 'endpoints', 'templates', 'channels'] as const
export type Topic = (typeof TOPICS)[number]

/** Streams of one node. A hidden page closes its stream. */
const MOST_STREAMS = 64
/** Streams of one session. */
const MOST_STREAMS_OF_ONE = 16
/** Time for the commit behind a change, and for related changes. */
const GATHER_MS = 150
/** Minimum time between two notifications of a stream. */
const BETWEEN_MS = 400
/** Proxies close silent connections, and only a write shows that a page is gone. */
const HEARTBEAT_MS = 15_000
/** A reader with this many unread bytes is disconnected. It reconnects and requests everything again. */
const MOST_PILED_BYTES = 16 * 1024

export type Live = {
  /** Records a change of these topics. Costs nothing without a reader. */
  changed(...topics: Topic[]): void
  /** The same for a change on another node. It goes to the streams here and to no further node. */
  heard(topics: readonly Topic[]): void
  /** Number of open streams. */
  readonly open: number
  /** True when this session may open another stream. */
  hasRoom(session: string): boolean
  /** Turns an answer into a stream of server-sent events, until the session ends or the reader disconnects. */
  stream(response: ServerResponse, session: { id: string; endsAt: number }): void
  /** Closes the streams of one session. */
  endSession(id: string): void
  /** Other nodes want notifications until this time: changes of this node go to `relay`, collected as for streams. */
  relayUntil(at: number, relay: (topics: Topic[]) => void): void
  close(): void
}

type Stream = { response: ServerResponse; session: string; cancel: () => void }

/**
 * Notifies open consoles of changes, at most a few times a second, so that they request new data at once. `isOpen` is
 * called now and then to check whether a session with streams still exists.
 */
export function createLive(clock: Clock, isOpen?: (session: string) => Promise<boolean>): Live {
  const streams = new Set<Stream>()
  const gathered = new Set<Topic>()
  /** The topics that changed on this node. */
  const own = new Set<Topic>()
  let relay: { until: number; notify: (topics: Topic[]) => void } | undefined
  let notifiedAt = -Infinity
  let scheduled: (() => void) | undefined
  let beating: (() => void) | undefined
  let closed = false

  function drop(stream: Stream): void {
    if (!streams.delete(stream)) return
    stream.cancel()
    if (streams.size > 0) return
    beating?.()
    beating = undefined
  }

  function write(stream: Stream, text: string): void {
    const { response } = stream
    if (response.writableLength > MOST_PILED_BYTES || response.destroyed) {
      drop(stream)
      response.destroy()
    } else response.write(text)
  }

  function end(stream: Stream, last: string): void {
    drop(stream)
    stream.response.end(last)
  }

  function notifyPages(): void {
    scheduled = undefined
    notifiedAt = clock.monotonic()
    const topics = TOPICS.filter((topic) => gathered.has(topic))
    const ours = topics.filter((topic) => own.has(topic))
    gathered.clear()
    own.clear()
    for (const stream of streams) write(stream, `event: changed\ndata: ${topics.join(' ')}\n\n`)
    if (relay && relay.until <= notifiedAt) relay = undefined
    if (ours.length > 0) relay?.notify(ours)
  }

  function gather(topics: readonly Topic[]): void {
    for (const topic of topics) gathered.add(topic)
    scheduled ??= clock.after(Math.max(GATHER_MS, notifiedAt + BETWEEN_MS - clock.monotonic()), notifyPages)
  }

  function endSession(id: string): void {
    for (const stream of [...streams]) if (stream.session === id) end(stream, 'event: ended\ndata: session\n\n')
  }

  /** Sessions can be ended on other nodes. When the store cannot be asked, they stay open. */
  function endThoseOver(): void {
    if (!isOpen) return
    for (const id of new Set([...streams].map((stream) => stream.session))) {
      isOpen(id).then(
        (open) => !open && endSession(id),
        () => undefined,
      )
    }
  }

  function beat(): void {
    for (const stream of streams) write(stream, ': still here\n\n')
    endThoseOver()
    beating = streams.size > 0 ? clock.after(HEARTBEAT_MS, beat) : undefined
  }

  return {
    changed(...topics) {
      if (streams.size === 0 && !relay) return
      for (const topic of topics) own.add(topic)
      gather(topics)
    },
    heard(topics) {
      if (streams.size > 0) gather(topics)
    },
    get open() {
      return streams.size
    },
    hasRoom: (session) =>
      !closed &&
      streams.size < MOST_STREAMS &&
      [...streams].filter((stream) => stream.session === session).length < MOST_STREAMS_OF_ONE,
    stream(response, { id, endsAt }) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        // nginx would otherwise hold the events back until its buffer is full.
        'x-accel-buffering': 'no',
      })
      const stream: Stream = {
        response,
        session: id,
        cancel: clock.after(Math.max(0, endsAt - clock.now()), () => end(stream, 'event: ended\ndata: session\n\n')),
      }
      streams.add(stream)
      response.once('close', () => drop(stream))
      response.on('error', () => drop(stream))
      beating ??= clock.after(HEARTBEAT_MS, beat)
      write(stream, 'retry: 2000\nevent: open\ndata: \n\n')
    },
    endSession,
    relayUntil(until, notifyNodes) {
      relay = { until, notify: notifyNodes }
    },
    close() {
      closed = true
      scheduled?.()
      for (const stream of [...streams]) end(stream, '')
    },
  }
}
