import type { WebhookContact, WebhookValue } from '@postern/cloud-api'
import { otherBody } from '../../domain/events/bodies.ts'
import { derivedBody, derivedEvent } from '../../domain/events/derived.ts'
import type { MessageStatus } from '../../domain/messages/status.ts'
import { isRecord } from '../../platform/is-record.ts'
import type { ContactIdentity, Fact, MessageFact } from '../../store/store.ts'
import { contactsBy, eventContact, identityOf, peopleIn } from './names.ts'
import { cutTo } from './parts.ts'
import type { ReadChannel } from './routing.ts'
import { hasId, arrayOf, recordsOf, text, without } from './values.ts'

/*
 * What Meta tells of the business's own app: messages that the business writes there, and its old chats. None of them
 * opens a window. Old messages are stored and become no messages of a callback, so a bot cannot answer them.
 */

type Item = Record<string, unknown>

/** `timeOf` converts Meta's seconds. `noticeOf` makes the event of a value, in the lane of its contact if it has one. */
export type AppReading = {
  channel: ReadChannel
  value: WebhookValue
  timeOf: (timestamp: unknown) => number
  noticeOf: (value: WebhookValue, contact: ContactIdentity | undefined, event: string, body: string) => Fact
}

/** The messages that the business wrote in its app. Undefined for an item: it has another form. */
export function readEchoes(field: string, { channel, value, timeOf }: AppReading): (MessageFact | WebhookValue)[] {
  const contactOf = contactsBy(recordsOf(value.contacts) as WebhookContact[])
  return arrayOf(value.message_echoes).map((item) => {
    const names = isRecord(item) ? personOf(item, channel, value) : undefined
    const contact = names && contactOf(names)
    const identity = names && identityOf(names, contact)
    const cut = cutTo(value, 'message_echoes', item, contact)
    const derived = identity && derivedEvent(field, cut, eventContact(identity, contact))
    if (!identity || !derived || !isRecord(item)) return { ...cut, message_echoes: [item] }
    const at = timeOf(item.timestamp)
    return {
      ...messageOf(channel, identity, item, at),
      event: derived.event,
      body: derivedBody(channel, derived, { field, value: cut, atSeconds: Math.floor(at / 1000) }),
      origin: 'app',
      sent: 'sent',
    }
  })
}

/** Old chats: an event for each, and a message of the conversation for each of their messages. */
export function readHistory(reading: AppReading): Fact[] {
  const { value } = reading
  const chunks = arrayOf(value.history)
  const beside = without(value, 'history', 'messages', 'message_echoes', 'contacts')
  const facts = chunks.flatMap((chunk): Fact[] => {
    const threads = isRecord(chunk) ? arrayOf(chunk.threads) : []
    if (threads.length === 0) return [historyOf(reading, { ...beside, history: [chunk] }, undefined)]
    return threads.flatMap((thread) =>
      readThread(reading, thread, { ...beside, history: [{ ...(chunk as Item), threads: [thread] }] }),
    )
  })
  for (const key of ['messages', 'message_echoes']) facts.push(...readFiles(reading, key))
  return facts.length > 0 ? facts : [historyOf(reading, value, undefined)]
}

const historyOf = (
  { channel, noticeOf }: AppReading,
  value: WebhookValue,
  contact: ContactIdentity | undefined,
): Fact => noticeOf(value, contact, 'history', otherBody(channel, 'history', value, undefined))

function readThread(reading: AppReading, thread: unknown, value: WebhookValue): Fact[] {
  const { channel, timeOf } = reading
  const [named] = isRecord(thread) ? peopleIn({ threads: [thread] }, new Set()) : []
  const phone = isRecord(thread) ? text(thread.id)?.replace(/^\+/, '') : undefined
  const identity = named && identityOf({ ...(phone !== undefined && { phone }), ...named }, undefined)
  const told = historyOf(reading, value, identity)
  if (!identity) return [told]
  const messages = recordsOf((thread as Item).messages).filter(hasId)
  // Meta's times are seconds: messages of one second keep the order in which they stand.
  const isNewestFirst = Number(messages[0]?.timestamp) > Number(messages.at(-1)?.timestamp)
  const inOrder = isNewestFirst ? messages.toReversed() : messages
  let last = { second: Number.NaN, count: 0 }
  const facts = inOrder.map((message) => {
    const second = timeOf(message.timestamp)
    last = { second, count: last.second === second ? last.count + 1 : 0 }
    return pastMessage(
      reading,
      identity,
      message,
      second + Math.min(last.count, 999),
      isOwn(message, channel, reading.value),
    )
  })
  return [told, ...facts]
}

/** The files of old messages: each comes later, under the id of its message. */
function readFiles(reading: AppReading, key: string): Fact[] {
  const { channel, value, timeOf } = reading
  const contactOf = contactsBy(recordsOf(value.contacts) as WebhookContact[])
  return arrayOf(value[key]).flatMap((item): Fact[] => {
    const names = isRecord(item) ? personOf(item, channel, value) : undefined
    const contact = names && contactOf(names)
    const identity = names && identityOf(names, contact)
    const told = historyOf(reading, { ...cutTo(value, key, item, contact), [key]: [item] }, identity)
    if (!identity || !isRecord(item) || !hasId(item)) return [told]
    return [told, pastMessage(reading, identity, item, timeOf(item.timestamp), key === 'message_echoes')]
  })
}

function pastMessage(
  { channel }: AppReading,
  identity: ContactIdentity,
  message: Item & { id: string },
  at: number,
  isOwn: boolean,
): MessageFact {
  const context = message.history_context
  const word = isRecord(context) ? text(context.status)?.toUpperCase() : undefined
  return {
    ...messageOf(channel, identity, message, at),
    body: '',
    origin: 'history',
    ...(isOwn && { sent: STATUSES.get(word ?? '') ?? 'sent' }),
  }
}

const STATUSES = new Map<string, MessageStatus>([
  ['SENT', 'sent'],
  ['DELIVERED', 'delivered'],
  ['READ', 'read'],
  ['PLAYED', 'played'],
  ['PENDING', 'accepted'],
  ['ERROR', 'failed'],
])

function messageOf(channel: ReadChannel, contact: ContactIdentity, message: Item, at: number): MessageFact {
  const change = isRecord(message[message.type as string]) ? (message[message.type as string] as Item) : {}
  const original = message.type === 'edit' || message.type === 'revoke' ? text(change.original_message_id) : undefined
  return {
    kind: 'message',
    channelId: channel.id,
    contact,
    wamid: message.id as string,
    type: text(message.type)?.slice(0, 64) ?? 'unknown',
    at,
    content: JSON.stringify(message),
    body: '',
    opensWindow: false,
    ...(original !== undefined && { changes: original }),
  }
}

/** The one contact of an item: everybody in it who is not the business. */
function personOf(
  item: Item,
  channel: ReadChannel,
  value: WebhookValue,
): ReturnType<typeof peopleIn>[number] | undefined {
  return hasId(item) ? peopleIn(item, business(channel, value))[0] : undefined
}

/** Numbers of the business: ours, and as Meta writes it here. */
const business = (channel: ReadChannel, value: WebhookValue): Set<string> => {
  const shown = isRecord(value.metadata) ? text(value.metadata.display_phone_number)?.replace(/\D/g, '') : undefined
  return new Set([channel.businessPhone, ...(shown === undefined ? [] : [shown])])
}

/** True for a message of the business in an old chat. A contact without a number has an id instead. */
function isOwn(message: Item, channel: ReadChannel, value: WebhookValue): boolean {
  const from = text(message.from)?.replace(/^\+/, '')
  if (from !== undefined) return business(channel, value).has(from)
  return message.from_user_id === undefined && (message.to !== undefined || message.to_user_id !== undefined)
}
