import type { InboundMessage } from '@postern/cloud-api'
import { isObject, type Json } from './checker.ts'
import {
  DAY_MS,
  accountOf,
  contactOf,
  nameInWamid,
  numberIsShown,
  parentUserIdOf,
  seconds,
  sendWebhook,
  userIdOf,
  valueOf,
  webhookContact,
  type Cloud,
} from './cloud.ts'
import { inboundWamid } from './identifiers.ts'
import { keepMedia } from './graph/media.ts'
import { mediaUrl } from './media-url.ts'
import { isStandby, routeIdle } from './responders.ts'
import { sampleOf } from './samples.ts'
import { SetupError } from './setup.ts'
import type { Account, BusinessNumber, Contact, Message } from './world.ts'

/** A message of a person: its type, its content under the key of the same name, and further keys. */
export type InboundContent = {
  type: string
  /** The wamid of the quoted message. */
  replyTo?: string
  context?: Json
  referral?: Json
  errors?: unknown[]
  unsupported?: Json
  /** The group of the message. */
  group_id?: string
  /** Further context of the message: the conversation of another responder with the person. */
  conversation_context?: Json
  [key: string]: unknown
}

/** Meta's error for a message that it cannot show to a business. */
const UNKNOWN_TYPE = {
  code: 131051,
  title: 'Message type unknown',
  message: 'Message type unknown',
  error_data: { details: 'Message type is currently not supported.' },
}

/** The placeholder of a first message is replaced within seconds. Every other type stays unknown. */
const whyUnsupported = (unsupported: Json | undefined): Json =>
  unsupported?.['type'] === 'media_placeholder' ? UNAVAILABLE : UNKNOWN_TYPE

const UNAVAILABLE = {
  code: 131060,
  title: 'This message is currently unavailable.',
  message: 'This message is currently unavailable.',
  error_data: { details: 'This message is currently unavailable.' },
}

/** Keys that the sandbox sets and a person cannot. */
const OURS = ['from', 'from_user_id', 'from_parent_user_id', 'id', 'timestamp']

export const isMediaType = (type: string): boolean => MEDIA_TYPES.has(type)

const MEDIA_TYPES = new Set(['image', 'video', 'audio', 'document', 'sticker'])
const INBOUND_MEDIA_LIFE_MS = 7 * DAY_MS

/**
 * A person writes to a business: the message is stored, shown, and sent by webhook. Resolves after the first answer to
 * the webhook.
 */
export async function write(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  content: InboundContent,
): Promise<Message> {
  const now = cloud.clock.now()
  const { type, replyTo, context, referral, errors, unsupported, [content.type]: inner, ...beside } = content
  const reserved = OURS.find((key) => beside[key] !== undefined)
  if (reserved !== undefined) throw new SetupError(`"${reserved}" of a message is made by the sandbox: leave it out.`)
  const message: Message = {
    id: inboundWamid(cloud.source, nameInWamid(cloud, contact, accountOf(cloud, number))),
    direction: 'in',
    numberId: number.id,
    phone: contact.number,
    at: now,
    type,
    content: MEDIA_TYPES.has(type) ? inboundMedia(cloud, number, type, asObject(inner)) : inner,
    extra: {
      ...(replyTo !== undefined || context ? { context: contextOf(cloud, number, replyTo, context) } : {}),
      ...(referral && { referral }),
      ...(unsupported && { unsupported }),
      ...((errors ?? type === 'unsupported') && { errors: errors ?? [whyUnsupported(unsupported)] }),
      ...beside,
    },
    ...(replyTo !== undefined && { replyTo }),
  }
  if (type === 'reaction') noteReaction(cloud, asObject(message.content))
  if (typeof beside['group_id'] === 'string') mustBeIn(number, beside['group_id'], contact.number)
  if (referral) {
    contact.freeEntry[number.id] = { id: cloud.source.draw('conversation').toString('hex', 0, 16), beganAt: now }
  }
  if (beside['group_id'] === undefined) routeIdle(cloud, contact, number)
  // Group messages, edits and revokes do not open the window of the chat with the person.
  if (beside['group_id'] === undefined && type !== 'edit' && type !== 'revoke') contact.lastWroteAt[number.id] = now
  cloud.world.saveContact(contact)
  cloud.world.addMessage(message)
  cloud.events.emit('message', now, () => ({ direction: 'in', message: structuredClone(message) }))
  // Messages of a blocked person do not reach the business.
  if (number.blocked.includes(contact.number)) return message
  await announce(cloud, contact, number, message)
  return message
}

/** A system message of Meta's about a person: the webhook has no `contacts`, and the window does not change. */
export async function writeSystem(cloud: Cloud, contact: Contact, number: BusinessNumber, system: Json): Promise<void> {
  const message: Message = {
    id: inboundWamid(cloud.source, nameInWamid(cloud, contact, accountOf(cloud, number))),
    direction: 'in',
    numberId: number.id,
    phone: contact.number,
    at: cloud.clock.now(),
    type: 'system',
    content: system,
  }
  cloud.world.addMessage(message)
  cloud.events.emit('message', message.at, () => ({ direction: 'in', message: structuredClone(message) }))
  await announce(cloud, contact, number, message)
}

function announce(cloud: Cloud, contact: Contact, number: BusinessNumber, message: Message): Promise<void> {
  const account = accountOf(cloud, number)
  const value = valueOf(number)
  if (message.type !== 'system') value.contacts = [webhookContact(cloud, contact, account)]
  value.messages = [wireOf(cloud, contact, account, message)]
  const summary = message.extra?.['conversation_context']
  if (summary !== undefined) value['conversation_context'] = summary
  const { contacts, messages } = value
  const inThread = message.type !== 'system' && message.extra?.['group_id'] === undefined
  const standby = inThread && isStandby(cloud, contact, number)
  const told = standby ? { ...valueOf(number), standby: { contacts, messages } } : value
  return new Promise((resolve) => {
    sendWebhook(cloud, account, number, standby ? 'standby' : 'messages', told, contact.number, { onAnswered: resolve })
  })
}

/** Keys in the order of Meta's own samples: context, sender, id, timestamp, content. */
function wireOf(cloud: Cloud, contact: Contact, account: Account, message: Message): InboundMessage {
  const { context, conversation_context: _beside, ...rest } = message.extra ?? {}
  return {
    ...(context !== undefined && { context: context as Json }),
    ...senderOf(cloud, contact, account, message),
    id: message.id,
    timestamp: seconds(message.at),
    type: message.type,
    ...(message.content !== undefined && { [message.type]: message.content }),
    ...rest,
  }
}

/** A changed BSUID has no sender: only `system` contains the previous id. */
function senderOf(cloud: Cloud, contact: Contact, account: Account, message: Message): Json {
  if (message.type === 'system' && !(message.content as Json)['wa_id']) return {}
  const parent = parentUserIdOf(cloud, contact, account)
  return {
    ...(numberIsShown(contact, account.businessId) && { from: contact.number }),
    from_user_id: userIdOf(cloud, contact, account.businessId),
    ...(parent !== undefined && { from_parent_user_id: parent }),
  }
}

function contextOf(cloud: Cloud, number: BusinessNumber, replyTo: string | undefined, context: Json | undefined): Json {
  if (replyTo === undefined) return context ?? {}
  const quoted = cloud.world.messages.get(replyTo)
  const { businessId } = accountOf(cloud, number)
  // A person who quotes themselves appears with the ids that the business may see.
  const own = quoted?.direction === 'in'
  const shown = !own || numberIsShown(contactOf(cloud, quoted.phone), businessId)
  return { ...(shown && { from: own ? quoted.phone : number.number }), id: replyTo, ...context }
}

/** Only participants write to a group. An unknown group may be one of another sandbox: it passes. */
function mustBeIn(number: BusinessNumber, id: string, phone: string): void {
  const group = number.groups?.find((one) => one.id === id)
  if (group && !group.participants.includes(phone)) throw new SetupError(`${phone} is not in the group ${id}.`)
}

export function noteReaction(cloud: Cloud, reaction: Json): void {
  const target = cloud.world.messages.get(String(reaction['message_id']))
  if (!target) return
  if (reaction['emoji'] === undefined) delete target.reaction
  else target.reaction = String(reaction['emoji'])
  cloud.world.saveMessage(target)
}

const asObject = (value: unknown): Json => (isObject(value) ? value : {})

/** Stores the bytes (or a sample when there are none) and returns the content as the webhook shows it. */
export function inboundMedia(cloud: Cloud, number: BusinessNumber, type: string, given: Json): Json {
  const sample = sampleOf(type)
  const bytes = Buffer.isBuffer(given['bytes'])
    ? given['bytes']
    : typeof given['bytes'] === 'string'
      ? Buffer.from(given['bytes'], 'base64')
      : sample.bytes
  const mimeType = typeof given['mime_type'] === 'string' ? given['mime_type'] : sample.mimeType
  const filename =
    typeof given['filename'] === 'string' ? given['filename'] : type === 'document' ? sample.filename : undefined
  const media = keepMedia(cloud, number, {
    bytes,
    mimeType,
    inbound: true,
    lifeMs: INBOUND_MEDIA_LIFE_MS,
    ...(filename !== undefined && { filename }),
    ...(typeof given['id'] === 'string' && { id: given['id'] }),
  })
  return {
    ...(typeof given['caption'] === 'string' && { caption: given['caption'] }),
    ...(filename !== undefined && { filename }),
    mime_type: mimeType,
    sha256: Buffer.from(media.sha256, 'hex').toString('base64'),
    id: media.id,
    url: mediaUrl(cloud, media.id),
    ...(type === 'audio' && { voice: given['voice'] !== false }),
    ...(type === 'sticker' && { animated: given['animated'] === true }),
  }
}
