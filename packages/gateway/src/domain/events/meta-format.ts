import { isRecord } from '../../platform/is-record.ts'
import { parseExact } from '../../platform/exact-json.ts'
import { withoutTrace } from './trace.ts'

/** The channel as Meta names it. */
export type MetaChannel = { wabaId: string; phoneNumberId: string; businessPhone: string }

type Loose = Record<string, unknown>

/** Events that Meta sends under another field. Every other event has the name of its field. */
const FIELDS: Record<string, string> = {
  message_status_update: 'messages',
  template_status_update: 'message_template_status_update',
  template_quality_update: 'message_template_quality_update',
}

/** What our body of a status has for itself: the rest are Meta's own keys. */
const OURS_OF_STATUS = new Set([
  ...['event', 'channel_id', 'business_phone', 'message_id', 'message_status', 'error', 'errors', 'received_at'],
  ...['recipient', 'contact', 'reference', 'callback_data', 'value'],
])

/** A callback's body as Meta would send it: one message, one status, or one change of something else. */
export function metaBody(stored: string, channel: MetaChannel): string {
  const body = withoutTrace(stored)
  const isMessage = body.startsWith('{"event":"new_message",')
  const isOnStandby = isMessage && body.slice(0, 200).includes(STANDBY)
  if (isMessage && !isOnStandby) return envelope(channel, 'messages', messageValue(body))
  const told = parseExact(body, 'raw') as Loose
  if (isOnStandby) return envelope(channel, 'standby', JSON.stringify(standbyValue(told)))
  const event = String(told.event)
  if (event === 'test') return testBody(channel, told.received_at)
  const field = typeof told.field === 'string' ? told.field : Object.hasOwn(FIELDS, event) ? FIELDS[event]! : event
  const value = event === 'message_status_update' ? statusValue(told, channel) : (told.value ?? ownValue(told, channel))
  // Meta's `time` comes with what is not about a message.
  const time = event === 'message_status_update' || field === 'messages' ? undefined : told.received_at
  return envelope(channel, field, JSON.stringify(value), time)
}

/** For a test: the status of a message that does not exist, which a program for Meta's webhooks reads and leaves. */
function testBody(channel: MetaChannel, atSeconds: unknown): string {
  const timestamp = String(atSeconds)
  const status = { id: `wamid.test.${timestamp}`, status: 'sent', timestamp, recipient_id: channel.businessPhone }
  return envelope(channel, 'messages', JSON.stringify({ ...base(channel), statuses: [status] }))
}

function envelope({ wabaId }: MetaChannel, field: string, value: string, time?: unknown): string {
  const at = typeof time === 'number' ? `,"time":${time}` : ''
  const change = `{"value":${value},"field":${JSON.stringify(field)}}`
  const entry = `{"id":${JSON.stringify(wabaId)}${at},"changes":[${change}]}`
  return asMetaWrites(`{"object":"whatsapp_business_account","entry":[${entry}]}`)
}

/**
 * The same JSON in the bytes that Meta uses: everything beyond ASCII is escaped, and so are slashes. Meta signs these
 * bytes, and some programs escape what they got before they verify: with other bytes, their signature would not hold.
 */
const asMetaWrites = (json: string): string =>
  json.replace(/[/\x7f-\uffff]/g, (c) => (c === '/' ? '\\/' : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`))

/** Events of the gateway alone have no value of Meta's: they come with what they tell. */
function ownValue({ event: _e, channel_id: _c, business_phone: _b, ...told }: Loose, channel: MetaChannel): Loose {
  return { ...base(channel), ...told }
}

const base = ({ businessPhone, phoneNumberId }: MetaChannel): Loose => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: businessPhone, phone_number_id: phoneNumberId },
})

/** Cut out as text, since it is Meta's already and the commonest event. Before `message` there are only our own words. */
function messageValue(body: string): string {
  const key = ',"message":'
  return body.slice(body.indexOf(key) + key.length, -1)
}

/** Our words before the message: of one that another program answers. */
const STANDBY = ',"standby":true,"message":'

/** Meta puts what another program answers a level deeper. */
function standbyValue({ message }: Loose): Loose {
  const { contacts, messages, ...beside } = isRecord(message) ? message : {}
  return { ...beside, standby: { ...(contacts !== undefined && { contacts }), messages } }
}

/**
 * Meta's value of a status. Our body has it as it came when the channel had an endpoint in Meta's format at that time;
 * otherwise it is made again from what the body tells.
 */
function statusValue(told: Loose, channel: MetaChannel): Loose {
  const kept = isRecord(told.value) ? told.value : undefined
  if (!kept) return { ...base(channel), statuses: [statusOf(told)] }
  if (told.reference === undefined) return kept
  // Meta knows our id of the message. Whoever sent it through us knows the words that they gave with it.
  const [status] = Array.isArray(kept.statuses) ? (kept.statuses as unknown[]) : []
  const { biz_opaque_callback_data: _, ...rest } = isRecord(status) ? status : {}
  return { ...kept, statuses: [{ ...rest, ...callbackData(told) }] }
}

function statusOf(told: Loose): Loose {
  const own = Object.entries(told).filter(([key]) => !OURS_OF_STATUS.has(key))
  const errors = Array.isArray(told.errors) ? (told.errors as unknown[]) : undefined
  return {
    id: told.message_id,
    status: told.message_status,
    timestamp: String(told.received_at),
    ...recipientOf(told),
    ...Object.fromEntries(own),
    ...(errors && { errors: errors.map(metaError) }),
    ...callbackData(told),
  }
}

const callbackData = ({ callback_data: data }: Loose): Loose =>
  data === undefined ? {} : { biz_opaque_callback_data: data }

/** A number is digits; a person who hides theirs has an id with letters and a dot. */
function recipientOf({ recipient, recipient_id: given }: Loose): Loose {
  if (given !== undefined || typeof recipient !== 'string') return {}
  if (!recipient.includes('.')) return { recipient_id: recipient }
  return recipient.includes('.ENT.') ? { recipient_parent_user_id: recipient } : { recipient_user_id: recipient }
}

/** `details` is our copy of `error_data.details`. */
function metaError(error: unknown): unknown {
  if (!isRecord(error)) return error
  const { details, ...rest } = error
  return isRecord(rest.error_data) || details === undefined ? rest : error
}
