import type { Names } from '../contacts/identity.ts'
import type { WebhookError, WebhookValue } from '@postern/cloud-api'
import type { EventContact } from './derived.ts'

/** The channel as in callbacks. */
export type EventChannel = { id: number; businessPhone: string }

type Head = { event: string; channel_id: number; business_phone: string }

const head = (event: string, channel: EventChannel): Head => ({
  event,
  channel_id: channel.id,
  business_phone: channel.businessPhone,
})

/**
 * `new_message`: Meta's value unchanged, but for one message and the one contact it is from. `standby`: another program
 * answers the contact.
 */
export function newMessageBody(channel: EventChannel, value: WebhookValue, standby = false): string {
  return JSON.stringify({ ...head('new_message', channel), ...(standby && { standby }), message: value })
}

export type ToldStatus = {
  wamid: string
  status: string
  /** All of Meta's errors, unchanged. */
  errors: readonly WebhookError[]
  atSeconds: number
  recipient: string | undefined
  /** All names of the contact, of which `recipient` is one. */
  contact?: EventContact | undefined
  /** All other keys of Meta's status: pricing, conversation, a payment, the group's participant. */
  more: Record<string, unknown>
  /** Meta's whole value, where an endpoint of the channel gets it as Meta sends it. */
  value?: WebhookValue | undefined
}

/**
 * The body of a `message_status_update`, before it is known whose message it is: plain data, so that it may wait and be
 * transferred. `own` is the callback data of another program that sent the message over the same number.
 */
export type StatusBody = {
  /** JSON without `reference` and `callback_data`. */
  text: string
  /** The position of `reference`. `callback_data` comes last. */
  referenceAt: number
  own?: string
}

/**
 * `error` is null when there is none; `received_at` is in whole seconds. The rest are additions: `recipient`, Meta's
 * own keys, and, for a message sent through Postern, `reference` and its callback data.
 */
export function statusBody(channel: EventChannel, status: ToldStatus, own: string | undefined): StatusBody {
  const errors = status.errors.map(toldError)
  const first = {
    ...head('message_status_update', channel),
    message_id: status.wamid,
    message_status: status.status,
    error: errors[0] ?? null,
    received_at: status.atSeconds,
    recipient: status.recipient,
    contact: status.contact,
  }
  const isSaid = (key: string): boolean => key in first || SAID_BY_US.has(key)
  const more = Object.keys(status.more).some(isSaid)
    ? Object.fromEntries(Object.entries(status.more).filter(([key]) => !isSaid(key)))
    : status.more
  const rest = errors.length > 0 || status.value ? { ...(errors.length > 0 && { errors }), ...more } : more
  if (status.value) rest.value = status.value
  const beginning = JSON.stringify(first).slice(0, -1)
  const end = JSON.stringify(rest).slice(1)
  return {
    text: `${beginning}${end === '}' ? '' : ','}${end}`,
    referenceAt: beginning.length,
    ...(own !== undefined && { own }),
  }
}

const SAID_BY_US = new Set(['reference', 'errors', 'callback_data', 'value', 'traceparent'])

/** The callback's body of a status; for a message of ours with its id and its callback data. */
export function toldStatusBody(
  { text, referenceAt, own }: StatusBody,
  ours: { reference: string; callbackData: string | undefined } | undefined,
): string {
  const callbackData = ours ? ours.callbackData : own
  const reference = ours ? `,"reference":${JSON.stringify(ours.reference)}` : ''
  const end = callbackData === undefined ? '}' : `,"callback_data":${JSON.stringify(callbackData)}}`
  return `${text.slice(0, referenceAt)}${reference}${text.slice(referenceAt, -1)}${end}`
}

/** Meta's error in the form of the API page, code and title first, with all its other keys. */
export function toldError({ code, title, ...more }: WebhookError): Record<string, unknown> {
  const details = (more.error_data as { details?: unknown } | null | undefined)?.details
  return { code, title, ...(details !== undefined && { details }), ...more }
}

/** `template_status_update`, `template_category_update`, `template_quality_update`. Meta's further keys follow. */
export function templateBody(
  channel: EventChannel,
  event: TemplateEvent,
  change: { templateId: string; templateName: string; newValue: string; reason: string; atSeconds: number },
  value: WebhookValue,
): string {
  const info = (key: string) =>
    value[key] as { title?: unknown; description?: unknown; disable_date?: unknown } | undefined
  return JSON.stringify({
    ...head(event, channel),
    template_id: change.templateId,
    template_name: change.templateName,
    new_value: change.newValue,
    reason: change.reason,
    received_at: change.atSeconds,
    language: value.message_template_language,
    category: value.message_template_category ?? value.new_category,
    title: info('other_info')?.title,
    description: info('other_info')?.description,
    rejection_info: value.rejection_info,
    disable_date: info('disable_info')?.disable_date,
    value,
  })
}

export type TemplateEvent = 'template_status_update' | 'template_category_update' | 'template_quality_update'

/** An event for any other field of Meta's: it has the field's name and the unchanged value. */
export function otherBody(channel: EventChannel, field: string, value: unknown, atSeconds: number | undefined): string {
  return JSON.stringify({ ...head(field, channel), received_at: atSeconds, value })
}

/** The body of `POST /admin/channels/{channel_id}/webhook/test`. */
export function testBody(channel: EventChannel, atSeconds: number): string {
  return JSON.stringify({ ...head('test', channel), received_at: atSeconds })
}

/** A scheduled send that ended. Times are epoch milliseconds; an error is JSON. */
export type EndedSend = {
  id: string
  state: string
  send_at: number
  wamid: string | null
  sent_as: string | null
  error: string | null
  updated_at: number
}

/** `message_scheduled_update`: what became of a scheduled send. */
export function scheduledUpdateBody(channel: EventChannel, send: EndedSend, { phone, userId, groupId }: Names): string {
  return JSON.stringify({
    ...head('message_scheduled_update', channel),
    reference: send.id,
    state: send.state,
    contact: { phone, user_id: userId, group_id: groupId },
    send_at: Math.floor(Number(send.send_at) / 1000),
    message_id: send.wamid,
    sent_as: send.sent_as,
    error: send.error === null ? null : (JSON.parse(send.error) as unknown),
    received_at: Math.floor(Number(send.updated_at) / 1000),
  })
}
