import type { WebhookValue } from '@postern/cloud-api'
import { isObject, type Json } from './checker.ts'
import {
  accountOf,
  contactOf,
  numberIsShown,
  parentUserIdOf,
  seconds,
  sendWebhook,
  userIdOf,
  valueOf,
  type Cloud,
} from './cloud.ts'
import { inboundWamid, outboundWamid } from './identifiers.ts'
import { inboundMedia, isMediaType, type InboundContent } from './inbound.ts'
import type { BusinessNumber, Contact } from './world.ts'

/* A number that the business also uses in the WhatsApp Business app (coexistence): echoes, contacts, history. */

function post(cloud: Cloud, number: BusinessNumber, field: string, value: WebhookValue, key: string): Promise<void> {
  return new Promise((resolve) => {
    sendWebhook(cloud, accountOf(cloud, number), number, field, { ...valueOf(number), ...value }, key, {
      onAnswered: resolve,
    })
  })
}

type Names = { phone?: string; userId: string; parent?: string; username?: string }

function namesOf(cloud: Cloud, number: BusinessNumber, contact: Contact): Names {
  const account = accountOf(cloud, number)
  const parent = parentUserIdOf(cloud, contact, account)
  return {
    ...(numberIsShown(contact, account.businessId) && { phone: contact.number }),
    userId: userIdOf(cloud, contact, account.businessId),
    ...(parent !== undefined && { parent }),
    ...(contact.username !== undefined && { username: contact.username }),
  }
}

const contactIn = ({ phone, userId, parent, username }: Names): Json => ({
  ...(username !== undefined && { profile: { username } }),
  ...(phone !== undefined && { wa_id: phone }),
  user_id: userId,
  ...(parent !== undefined && { parent_user_id: parent }),
})

const sentTo = ({ phone, userId, parent }: Names): Json => ({
  ...(phone !== undefined && { to: phone }),
  to_user_id: userId,
  ...(parent !== undefined && { to_parent_user_id: parent }),
})

const asObject = (value: unknown): Json => (isObject(value) ? value : {})

function contentOf(cloud: Cloud, number: BusinessNumber, content: InboundContent): Json {
  const { type, [content.type]: inner } = content
  if (inner === undefined) return { type }
  return { type, [type]: isMediaType(type) ? inboundMedia(cloud, number, type, asObject(inner)) : inner }
}

/** An edit as both sides show it: the new content of the message. `M0` is the value in Meta's samples. */
export const editOf = (
  cloud: Cloud,
  number: BusinessNumber,
  original: string,
  content: InboundContent,
): InboundContent => ({
  type: 'edit',
  edit: {
    original_message_id: original,
    message: { context: { id: 'M0' }, ...contentOf(cloud, number, content) },
  },
})

export const revokeOf = (original: string): InboundContent => ({
  type: 'revoke',
  revoke: { original_message_id: original },
})

/** The business sends, edits or deletes a message in the app. Resolves with the wamid. */
export async function echo(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  content: InboundContent,
): Promise<string> {
  const id = outboundWamid(cloud.source, contact.number)
  const names = namesOf(cloud, number, contact)
  const message = {
    from: number.number,
    ...sentTo(names),
    id,
    timestamp: seconds(cloud.clock.now()),
    ...contentOf(cloud, number, content),
  }
  await post(
    cloud,
    number,
    'smb_message_echoes',
    { contacts: [contactIn(names)], message_echoes: [message] },
    contact.number,
  )
  return id
}

export type BookEntry = { phone: string; fullName?: string; firstName?: string }

/** Contacts of the app are added, edited (same webhook) or removed. */
export function syncContacts(
  cloud: Cloud,
  number: BusinessNumber,
  entries: BookEntry[],
  action: 'add' | 'remove' = 'add',
): Promise<void> {
  const state_sync = entries.map(({ phone, fullName, firstName }) => {
    const contact = contactOf(cloud, phone)
    const names = namesOf(cloud, number, contact)
    const name = fullName ?? contact.name
    return {
      type: 'contact',
      contact: {
        ...(action === 'add' && { full_name: name, first_name: firstName ?? name.split(' ')[0]! }),
        ...(names.phone !== undefined && { phone_number: names.phone }),
        user_id: names.userId,
        ...(names.parent !== undefined && { parent_user_id: names.parent }),
        ...(action === 'add' && names.username !== undefined && { username: names.username }),
      },
      action,
      metadata: { timestamp: seconds(cloud.clock.now()) },
    }
  })
  return post(cloud, number, 'smb_app_state_sync', { state_sync }, `sync ${number.id}`)
}

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

/** The messages that the sandbox still has of a number, as its history: for `POST /{number}/smb_app_data`. */
export function ownHistory(cloud: Cloud, number: BusinessNumber): HistoryChunk {
  const threads: HistoryChunk['threads'] = []
  for (const [phone, thread] of cloud.world.threads) {
    const messages = thread.filter((m) => m.numberId === number.id && m.type !== 'system' && m.type !== 'template')
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
  return { threads }
}

/** Actions of a business in its WhatsApp Business app. Each resolves when the webhook was answered. */
export type BusinessApp = {
  /** Sends a text, or any message, to a person. Resolves with the wamid. */
  says(phone: string, content: string | InboundContent): Promise<string>
  edits(phone: string, wamid: string, content: string | InboundContent): Promise<string>
  revokes(phone: string, wamid: string): Promise<string>
  /** Adds, changes or removes contacts in the app's address book. */
  saves(entries: BookEntry[]): Promise<void>
  removes(phones: string[]): Promise<void>
  /** Shares a chunk of the history, the media of one message of it, or nothing. */
  shares(chunk: HistoryChunk): Promise<void>
  sharesMedia(phone: string, message: HistoryMessage): Promise<void>
  declines(): Promise<void>
}

const asContent = (content: string | InboundContent): InboundContent =>
  typeof content === 'string' ? { type: 'text', text: { body: content } } : content

export function businessApp(cloud: Cloud, number: BusinessNumber): BusinessApp {
  number.onBizApp = true
  cloud.world.saveNumber(number)
  return {
    says: (phone, content) => echo(cloud, contactOf(cloud, phone), number, asContent(content)),
    edits: (phone, wamid, content) => {
      const edit = editOf(cloud, number, wamid, asContent(content))
      return echo(cloud, contactOf(cloud, phone), number, edit)
    },
    revokes: (phone, wamid) => echo(cloud, contactOf(cloud, phone), number, revokeOf(wamid)),
    saves: (entries) => syncContacts(cloud, number, entries),
    removes: (phones) =>
      syncContacts(
        cloud,
        number,
        phones.map((phone) => ({ phone })),
        'remove',
      ),
    shares: (chunk) => tellHistory(cloud, number, chunk),
    sharesMedia: (phone, message) => tellHistoryMedia(cloud, contactOf(cloud, phone), number, message),
    declines: () => declineHistory(cloud, number),
  }
}
