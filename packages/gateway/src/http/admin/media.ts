import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { GatewayError } from '../../platform/errors.ts'
import { browserHeaders } from '../../flows/media/browser-headers.ts'
import { contentTypeOf } from '../../flows/media/content.ts'
import { fetchPublic } from '../../flows/media/fetch.ts'
import { FORMATS } from '../../flows/media/formats.ts'
import { openMedia } from '../../flows/media/open.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import { repeatable } from '../../flows/send/to-gateway-error.ts'
import type { Directory } from '../../store/directory.ts'
import { messageById } from '../../store/search.ts'
import type { Store } from '../../store/store.ts'
import { takeUpload, UPLOAD_FAILS, uploadedShape } from '../external/media.ts'
import { ownChannels } from '../own-channels.ts'
import { route, type Route } from '../route.ts'

/** Maximum number of files that operators view at one time on this node. A browser opens six connections to a host. */
const MOST_OPEN = 48
const MOST_BYTES = FORMATS.document.maxBytes
/** The same limit as for a file of Meta's. */
const LINK_MS = 300_000
const LINK_HEADERS_MS = 15_000
/** Enough for the signature of every picture, sound and video format. */
const HEAD_BYTES = 4_200

const linkQuery = z.strictObject({
  link: z.string().max(8192).describe('A link that the message holds, letter for letter.'),
})

export type AdminMediaDeps = {
  store: Store
  directory: Directory
  cloudApi: CloudApi
  outbound: Outbound
  clock: Clock
}

/**
 * The files in messages, for an operator's browser. Files at WhatsApp come from WhatsApp. Links of our messages are
 * fetched by the gateway through its address guard, so that no foreign host learns who views them.
 */
export function adminMediaRoutes({ store, directory, cloudApi, outbound, clock }: AdminMediaDeps): Route[] {
  let open = 0
  /**
   * Counts a file until its answer has ended or the client has disconnected, which aborts `gone`. Otherwise a stalled
   * host would hold the place without limit.
   */
  function takePlace(answer: ServerResponse): { leave: () => void; gone: AbortSignal } {
    if (open >= MOST_OPEN) throw new GatewayError('rate_limited', { seconds: 1 }, { retryAfterSeconds: 1 })
    open++
    let left = false
    const going = new AbortController()
    const leave = (): void => {
      if (!left) open--
      left = true
    }
    answer.once('close', () => {
      leave()
      going.abort()
    })
    return { leave, gone: going.signal }
  }

  return [
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/media',
      tag: 'media',
      summary: 'Upload a file for messages of a channel, as POST /external/media',
      description: 'For the console. The id is valid for 30 days, on this number only.',
      auth: 'admin',
      right: 'converse',
      multipart: true,
      created: true,
      data: uploadedShape,
      fails: UPLOAD_FAILS,
      handle: ({ request, channel }) => takeUpload({ store, cloudApi, clock }, request, channel),
    }),
    route({
      method: 'GET',
      path: '/admin/channels/{channel_id}/media/{id}',
      tag: 'media',
      summary: 'A file that WhatsApp stores, for a browser',
      description:
        'Images, audio and video of types that WhatsApp accepts are shown. Other files are downloaded. Supports one Range.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      data: null,
      fails: ['rate_limited', 'media_too_large', 'upstream_refused', 'upstream_throttled', 'upstream_unavailable'],
      async handle({ channel, request, reply, params }) {
        const id = params.id!
        const { leave } = takePlace(reply.raw)
        try {
          const { phoneNumberId, accessToken: token } = channel
          const { range } = request.headers
          const opened = await repeatable(() => openMedia({ api: cloudApi, phoneNumberId, token, id, range }))
          if (!opened) throw missing('media', id)
          const length = Number(opened.headers['content-length'] ?? 0)
          if (length > MOST_BYTES) {
            opened.body.destroy()
            throw tooLarge()
          }
          const chunks = (opened.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
          // Read before the headers are sent: an early failure then gets an error answer, which is not cached.
          const first = await chunks.next().catch((cause: unknown) => {
            throw new GatewayError('upstream_unavailable', {}, { cause })
          })
          const body = rejoined(first.done ? [] : [first.value], chunks, opened.body)
          reply
            .status(opened.status)
            .headers({ ...opened.headers, ...browserHeaders(opened.headers['content-type']) })
            .send(bounded(body))
          return undefined
        } catch (error) {
          leave()
          throw error
        }
      },
    }),
    route({
      method: 'GET',
      path: '/admin/messages/{reference}/media',
      tag: 'media',
      summary: 'A file that a message links to, fetched by the gateway',
      description:
        'Fetches only links in the message, through the same guard as webhooks. The first bytes decide the type of the file.',
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      channels: 'own',
      query: linkQuery,
      data: null,
      fails: ['validation_failed', 'rate_limited', 'media_too_large', 'upstream_unavailable'],
      async handle({ request, reply, params, query }) {
        const reference = params.reference!
        const ids = ownChannels(directory, request).map((channel) => channel.id)
        const row = await messageById(store.sql, ids, reference)
        if (!row) throw missing('message', reference)
        if (!holdsLink(row.content, query.link)) throw missing('link in this message', query.link)
        const { leave, gone } = takePlace(reply.raw)
        try {
          const opened = await openLink(outbound, query.link, gone)
          reply.status(200).headers(opened.headers).send(bounded(opened.body))
          return undefined
        } catch (error) {
          leave()
          throw error
        }
      },
    }),
  ]
}

const missing = (what: string, id: string) => new GatewayError('resource_not_found', { what, id: id.slice(0, 100) })
const tooLarge = () => new GatewayError('media_too_large', { problem: `The file has more than ${MOST_BYTES} bytes.` })

/** True when a `link` of a message's JSON equals this one. */
function holdsLink(content: string, link: string): boolean {
  const look = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).some(([key, one]) => (key === 'link' && one === link) || look(one))
  try {
    return look(JSON.parse(content))
  } catch {
    return false
  }
}

/** Throws a `GatewayError` with the problem of the link. Such problems are the host's and not ours. */
async function openLink(
  outbound: Outbound,
  link: string,
  gone: AbortSignal,
): Promise<{ headers: Record<string, string>; body: AsyncIterable<Buffer> & Pick<Readable, 'destroy'> }> {
  const unavailable = (problem: string, cause?: unknown) =>
    new GatewayError('upstream_unavailable', { problem: `The link: ${problem}` }, { cause })
  if (!URL.canParse(link)) throw unavailable('is no address')
  const patience = new AbortController()
  const hurry = setTimeout(() => patience.abort(new Error('no answer in time')), LINK_HEADERS_MS)
  try {
    const signal = AbortSignal.any([patience.signal, gone, AbortSignal.timeout(LINK_MS)])
    const fetched = await fetchPublic(outbound, new URL(link), { signal })
    if (fetched.status !== 200) {
      fetched.body.destroy()
      throw unavailable(`its host answered ${fetched.status}`)
    }
    const length = Number(fetched.headers['content-length'] ?? 0)
    if (length > MOST_BYTES) {
      fetched.body.destroy()
      throw tooLarge()
    }
    const chunks = (fetched.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    const head: Buffer[] = []
    let size = 0
    while (size < HEAD_BYTES) {
      const next = await chunks.next()
      if (next.done) break
      head.push(next.value)
      size += next.value.length
    }
    const type = await contentTypeOf(Buffer.concat(head))
    return { headers: browserHeaders(type), body: rejoined(head, chunks, fetched.body) }
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw unavailable((error as Error).message.slice(0, 200), error)
  } finally {
    clearTimeout(hurry)
  }
}

function rejoined(head: Buffer[], rest: AsyncIterator<Buffer>, body: Readable) {
  async function* chunks(): AsyncGenerator<Buffer> {
    yield* head
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  }
  const joined = Readable.from(chunks(), { objectMode: false })
  return joined.once('close', () => body.destroy())
}

/** Cuts the stream off after the maximum size of a file. */
function bounded(body: AsyncIterable<Buffer> & Pick<Readable, 'destroy'>): Readable {
  let size = 0
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      size += chunk.length
      if (size > MOST_BYTES) throw tooLarge()
      yield chunk
    }
  }
  return Readable.from(chunks(), { objectMode: false }).once('close', () => body.destroy())
}
