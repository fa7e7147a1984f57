import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { oneLine } from '../../domain/events/stored-event.ts'
import type { FeedNews } from '../../flows/feed/news.ts'
import type { FeedEvent, FeedPage, FeedQuestion } from '../../flows/feed/read.ts'
import { awaitEvents } from '../../flows/feed/wait.ts'
import { StoreUnavailable } from '../../platform/errors.ts'
import type { Log } from '../../platform/log.ts'
import { eventIdOf } from '../../store/events.ts'
import type { Store } from '../../store/store.ts'
import { type Call, route, type Route } from '../route.ts'
import { afterQuery, CURSOR, filterOf, filterQuery, placeOf } from './feed-query.ts'

/** Number of events read ahead for one reader. The next page is read when the reader has received this one. */
const PAGE_EVENTS = 50
const PAGE_BYTES = 256 * 1024
/** Proxies close silent connections, and only a write shows that a reader is gone. */
const KEEP_ALIVE_MS = 15_000
/** A reader that reads nothing for this long is disconnected. It resumes with Last-Event-ID. */
const SLOWEST_MS = 120_000
/** How long a client waits before it reconnects. */
const RECONNECT_MS = 2_000
const STORE_AWAY_MS = 1_000
/** How long the last writes of a stream may take to reach the reader. */
const LAST_WORDS_MS = 1_000

const query = z.strictObject({ after: afterQuery, last_id: afterQuery, ...filterQuery })

type Stream = {
  response: ServerResponse
  question: FeedQuestion
  /** False once the certification code or the key is revoked, or the channel deleted. */
  isAllowed: () => boolean
}

/** The feed of a channel as server-sent events: one for each callback, then each new one. */
export function eventStreamRoutes(options: {
  store: Store
  clock: Clock
  log: Log
  news: FeedNews
  byCode: (code: string) => { id: number } | undefined
  byKey: (key: string) => { id: string } | undefined
  channelById: (id: number) => unknown
}): Route[] {
  const { store, clock, log, news } = options
  const idOf = (place: number): string => eventIdOf(store.installation, place)

  /** Reads, writes and waits until the reader disconnects, the gateway shuts down, or the code is revoked. */
  async function serve({ response, question, isAllowed }: Stream, reader: ReturnType<FeedNews['open']>): Promise<void> {
    let { after } = question
    let saidAt = clock.monotonic()
    const isOpen = (): boolean => !reader.isOver && !response.destroyed && isAllowed()
    const say = (text: string): Promise<boolean> | boolean => {
      saidAt = clock.monotonic()
      return write(response, text, clock)
    }
    const next = (): Promise<FeedPage> => {
      const silentMs = Math.max(1, saidAt + KEEP_ALIVE_MS - clock.monotonic())
      return awaitEvents({ sql: store.sql, clock, reader }, { ...question, after }, silentMs)
    }
    await say(`retry: ${RECONNECT_MS}\n\n`)
    while (isOpen()) {
      const page = await next().catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable)) throw error
        return undefined
      })
      if (!isOpen()) break
      if (!page) {
        // Readers stay connected, because a browser does not reconnect after an answer of 503.
        await reader.changed(STORE_AWAY_MS)
        if (clock.monotonic() >= saidAt + KEEP_ALIVE_MS) await say(': the store cannot be reached\n\n')
        continue
      }
      for (const event of page.events) if (!(await say(textOf(idOf(event.seq), event)))) return
      // An id without an event moves the reader's place past filtered events.
      const place = page.cursor > after ? `id: ${idOf(page.cursor)}\n` : ''
      if (page.events.length === 0 && !(await say(`: keep-alive\n${place}\n`))) return
      after = page.cursor
    }
  }

  async function open(
    { channel, request, reply, query: { after, last_id, ...filter } }: Call<z.output<typeof query>, unknown>,
    isAllowed: () => boolean,
  ): Promise<undefined> {
    const header = request.headers['last-event-id']
    const [id, path] =
      typeof header === 'string' && header !== ''
        ? ([header.slice(0, 100), 'Last-Event-ID'] as const)
        : ([after ?? last_id, after === undefined ? 'last_id' : 'after'] as const)
    const place = await placeOf(store, id, path)
    const response = reply.raw
    const reader = news.open(channel.id, 'stream', () => {
      response.end()
      clock.after(LAST_WORDS_MS, () => response.destroy())
    })
    response.once('close', () => reader.close())
    response.on('error', () => reader.close())
    reply.hijack()
    // A reader that began with "now" has no id yet to go on from.
    response.writeHead(200, { ...HEADERS, 'x-request-id': request.id, [CURSOR]: idOf(place) })
    const question = {
      ...{ channelId: channel.id, after: place, filter: filterOf(filter) },
      ...{ count: PAGE_EVENTS, mostBytes: PAGE_BYTES },
    }
    serve({ response, question, isAllowed }, reader)
      .catch((error: unknown) => log.error({ err: error, request_id: request.id }, 'feed.stream_failed'))
      .finally(() => reader.close())
    return undefined
  }

  const shape = {
    method: 'GET',
    tag: 'events',
    query,
    data: null,
    streams: 'text/event-stream',
    requestHeaders: { 'Last-Event-ID': 'The id of the last event that you have. It counts more than after.' },
    answerHeaders: {
      [CURSOR]: 'The place that the stream begins after, if any: continue from it before an event came.',
    },
    fails: ['too_many_readers', 'overloaded', 'shutting_down'],
  } as const

  return [
    route({
      ...shape,
      path: '/external/events/stream',
      summary: 'The same as a stream of server-sent events',
      description:
        'Each event has the id of its callback in id, its name in event, and the body of the callback in data. ' +
        'A comment comes every 15 s. The header Last-Event-ID, or after, resumes without loss or repetition.',
      auth: 'code',
      readsConversation: true,
      handle(call) {
        const { headers, principal } = call.request
        if (principal) {
          const key = String(headers.authorization).replace(/^Bearer +/i, '')
          return open(call, () => options.byKey(key)?.id === principal.id)
        }
        const code = String(headers['certification-code'])
        return open(call, () => options.byCode(code)?.id === call.channel.id)
      },
    }),
    route({
      ...shape,
      path: '/admin/channels/{channel_id}/events/stream',
      summary: 'The events of a channel as a stream, for operators',
      description: 'What GET /external/events/stream gives, without a certification code.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      handle: (call) => open(call, () => options.channelById(call.channel.id) !== undefined),
    }),
  ]
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // nginx would otherwise hold the events back until its buffer is full.
  'x-accel-buffering': 'no',
}

const textOf = (id: string, { kind, body }: FeedEvent): string =>
  `id: ${id}\nevent: ${oneLine(kind)}\ndata: ${oneLine(body)}\n\n`

/** Writes and, when the reader is slow, waits until it has received the data. False when it is gone or too slow. */
function write(response: ServerResponse, text: string, clock: Clock): Promise<boolean> | boolean {
  if (response.destroyed || response.writableEnded) return false
  if (response.write(text)) return true
  return new Promise((resolve) => {
    const settle = (taken: boolean): void => {
      cancel()
      response.off('drain', onDrain).off('close', onClose)
      resolve(taken)
    }
    const onDrain = (): void => settle(true)
    const onClose = (): void => settle(false)
    const cancel = clock.after(SLOWEST_MS, () => {
      settle(false)
      response.destroy()
    })
    response.once('drain', onDrain).once('close', onClose)
  })
}
