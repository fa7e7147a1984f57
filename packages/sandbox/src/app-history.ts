import type { WebhookValue } from '@postern/cloud-api'
import { asObject, contactIn, contentOf, namesOf, post, sentTo, type Names } from './business-app.ts'
import type { Json } from './checker.ts'
import { contactOf, seconds, type Cloud } from './cloud.ts'
import { inboundWamid, outboundWamid } from './identifiers.ts'
import { isMediaType, type InboundContent } from './inbound.ts'
import { SetupError } from './setup.ts'
import type { BusinessNumber, Contact } from './world.ts'

/* What a number in the WhatsApp Business app knew before it joined the platform: history in chunks. */

export type HistoryMessage = InboundContent & {
  /** Author of the message. Default: the person. */
  by?: 'person' | 'business'
  /** Status in the history. Default: READ. */
  status?: string
  /** Epoch milliseconds. Default: now. */
  at?: number
  id?: string
  /** False leaves out the person's BSUID, as some chunks do. */
  userId?: boolean
}
export type HistoryChunk = {
  phase?: 0 | 1 | 2
  chunkOrder?: number
  progress?: number
  threads: { phone: string; messages: HistoryMessage[] }[]
}

/** Sends one chunk of messages from before the number joined the platform. It opens no window. */
export function tellHistory(cloud: Cloud, number: BusinessNumber, chunk: HistoryChunk): Promise<void> {
  const threads = chunk.threads.map(({ phone, messages }) => {
    const contact = contactOf(cloud, phone)
    const names = namesOf(cloud, number, contact)
    return {
      ...(names.phone !== undefined && { id: names.phone }),
      context: {
        ...(names.phone !== undefined && { wa_id: names.phone }),
        user_id: names.userId,
        ...(names.parent !== undefined && { parent_user_id: names.parent }),
        ...(names.username !== undefined && { username: names.username }),
      },
      messages: messages.map((message) => historyMessage(cloud, number, contact, names, message)),
    }
  })
  const { phase = 0, chunkOrder = 1, progress = 100 } = chunk
  const history = [{ metadata: { phase, chunk_order: chunkOrder, progress }, threads }]
  return post(cloud, number, 'history', { history }, `history ${number.id}`)
}

function historyMessage(
  cloud: Cloud,
  number: BusinessNumber,
  contact: Contact,
  names: Names,
  message: HistoryMessage,
): Json {
  const { by = 'person', status = 'READ', at, id, userId = true, ...content } = message
  const own = by === 'business'
  return {
    ...(own
      ? { from: number.number }
      : { ...(names.phone !== undefined && { from: names.phone }), ...(userId && { from_user_id: names.userId }) }),
    ...(own && names.phone !== undefined && { to: names.phone }),
    id: id ?? (own ? outboundWamid : inboundWamid)(cloud.source, contact.number),
    timestamp: seconds(at ?? cloud.clock.now()),
    ...contentOf(cloud, number, content as InboundContent),
    history_context: { status },
  }
}

/** Sends the content of a media placeholder in the history, by the same id: of the person, or of the business. */
export function tellHistoryMedia(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  message: HistoryMessage,
): Promise<void> {
  const names = namesOf(cloud, number, contact)
  const { by = 'person', status: _status, at, id, ...content } = message
  const own = by === 'business'
  const told = contentOf(cloud, number, content as InboundContent)
  const media = asObject(told[String(told['type'])])
  delete media['url']
  const body = {
    ...(own
      ? { from: number.number, ...sentTo(names) }
      : { ...(names.phone !== undefined && { from: names.phone }), from_user_id: names.userId }),
    id: id ?? (own ? outboundWamid : inboundWamid)(cloud.source, contact.number),
    timestamp: seconds(at ?? cloud.clock.now()),
    ...told,
  }
  const value = { contacts: [contactIn(names)], [own ? 'message_echoes' : 'messages']: [body] }
  return post(cloud, number, 'history', value as WebhookValue, `history ${number.id}`)
}

const DECLINED = {
  code: 2593109,
  title: 'History sync is turned off by the business from the WhatsApp Business App',
  message: 'History sync is turned off by the business from the WhatsApp Business App',
  error_data: { details: 'History sharing is turned off by the business' },
}

export const declineHistory = (cloud: Cloud, number: BusinessNumber): Promise<void> =>
  post(cloud, number, 'history', { history: [{ errors: [DECLINED] }] }, `history ${number.id}`)

type Thread = HistoryChunk['threads'][number]

/** Messages of one webhook. Small enough to be built and signed within a few milliseconds. */
const PER_CHUNK = 200

/** Splits threads into chunks. The last one of the last phase reports 100 percent. */
function* chunksOf(threads: Iterable<Thread>, total: number, phase: 0 | 1 | 2, before = 0): Generator<HistoryChunk> {
  let order = 0
  let done = before
  let held: Thread[] = []
  let room = PER_CHUNK
  const full = (): HistoryChunk => {
    const progress = total === 0 ? 100 : Math.floor((100 * done) / total)
    const chunk: HistoryChunk = { phase, chunkOrder: ++order, progress, threads: held }
    held = []
    room = PER_CHUNK
    return chunk
  }
  for (const { phone, messages } of threads) {
    for (let i = 0; i < messages.length;) {
      const part = messages.slice(i, i + room)
      held.push({ phone, messages: part })
      i += part.length
      done += part.length
      room -= part.length
      if (room === 0) yield full()
    }
  }
  if (held.length > 0) yield full()
}

/** The messages that the sandbox still has of a number, as its history: for `POST /{number}/smb_app_data`. */
export async function shareOwnHistory(cloud: Cloud, number: BusinessNumber): Promise<void> {
  const threads: Thread[] = []
  for (const [phone, thread] of cloud.world.threads) {
    const messages = thread.filter((m) => m.numberId === number.id && !NOT_SHARED.has(m.type) && isPersonal(m))
    if (messages.length === 0) continue
    threads.push({
      phone,
      messages: messages.map((m) => ({
        by: m.direction === 'out' ? 'business' : 'person',
        id: m.id,
        at: m.at,
        ...(isMediaType(m.type) ? { type: 'media_placeholder' } : { type: m.type, [m.type]: m.content }),
      })),
    })
  }
  const total = threads.reduce((sum, { messages }) => sum + messages.length, 0)
  if (total === 0) return tellHistory(cloud, number, { threads: [] })
  for (const chunk of chunksOf(threads, total, 0)) await tellHistory(cloud, number, chunk)
}

const NOT_SHARED = new Set(['system', 'template', 'edit', 'revoke', 'unsupported'])
/** Groups of the app are not shared. */
const isPersonal = (m: { groupId?: string; extra?: Record<string, unknown> }): boolean =>
  m.groupId === undefined && m.extra?.['group_id'] === undefined

export type MadeHistory = {
  /** Messages in total. Default: 10,000. */
  messages?: number
  /** The people of the history. Default: 50 numbers of the sandbox's own. */
  phones?: string[]
}

const MOST_MADE = 100_000
const DAY = 24 * 3_600_000
/** Age of each phase's newest and oldest message, and its share of the messages. */
const PHASES = [
  { phase: 0, from: 0, to: DAY, share: 0.05 },
  { phase: 1, from: DAY, to: 90 * DAY, share: 0.6 },
  { phase: 2, from: 90 * DAY, to: 180 * DAY, share: 0.35 },
] as const

/** Words that no other message has, so that a test can tell an old message from a new one. */
const lineOf = (n: number, by: 'person' | 'business'): string =>
  by === 'person' ? `Question ${n} of long ago` : `Answer ${n} of long ago`

/**
 * Shares a made-up history of many messages, as an old shop has: the newest day first, then back to 180 days. One chunk
 * is built at a time and the next one waits for the answer, so that neither memory nor a turn of the process grows
 * with the history. Resolves with the number of messages and chunks.
 */
export async function shareMadeHistory(
  cloud: Cloud,
  number: BusinessNumber,
  { messages: total = 10_000, phones = defaultPhones(total) }: MadeHistory,
): Promise<{ messages: number; chunks: number }> {
  if (!Number.isInteger(total) || total < 1 || total > MOST_MADE)
    throw new SetupError(`"messages" must be a whole number from 1 to ${MOST_MADE}.`)
  if (phones.length === 0) throw new SetupError('"phones" must name at least one phone.')
  const now = cloud.clock.now()
  let made = 0
  let chunks = 0
  for (const { phase, from, to, share } of PHASES) {
    const count = phase === 2 ? total - made : Math.min(total - made, Math.ceil(total * share))
    if (count <= 0) continue
    const threads = madeThreads(phones, made, count, now - to + 1, now - from)
    for (const chunk of chunksOf(threads, total, phase, made)) {
      await tellHistory(cloud, number, chunk)
      chunks++
    }
    made += count
  }
  return { messages: made, chunks }
}

/** 4915 50…: German numbers that nobody has. */
const defaultPhones = (total: number): string[] =>
  Array.from({ length: Math.min(50, Math.max(1, total)) }, (_, i) => `49155500${String(10_000 + i)}`)

/** One thread after the other, each in order of time. A thread is built only when its chunk is. */
function* madeThreads(phones: string[], first: number, count: number, from: number, to: number): Generator<Thread> {
  const each = Math.ceil(count / phones.length)
  for (const [i, phone] of phones.entries()) {
    const mine = Math.min(each, count - i * each)
    if (mine <= 0) return
    yield {
      phone,
      messages: Array.from({ length: mine }, (_, k): HistoryMessage => {
        const n = first + i * each + k + 1
        const by = n % 2 === 0 ? 'business' : 'person'
        const at = Math.floor(from + ((to - from) * k) / mine)
        // One in twenty is a file: Meta shares its place, and the file itself later or never.
        if (n % 20 === 0) return { by, at, type: 'media_placeholder' }
        return { by, at, type: 'text', text: { body: lineOf(n, by) } }
      }),
    }
  }
}
