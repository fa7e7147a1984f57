import type { WebhookValue } from '@postern/cloud-api'
import { isRecord } from '../../platform/is-record.ts'
import type { EventChannel } from './bodies.ts'

/*
 * Events that say in our words what a field of Meta's means. Each has Meta's value whole, and the name of Meta's field,
 * so that a program that knows Meta's format loses nothing. A value that is not understood has no event here: it keeps
 * the name of its field.
 */

/** How a contact is named in an event. */
export type EventContact = {
  phone?: string
  user_id?: string
  parent_user_id?: string
  username?: string
  name?: string
}

/** The event's name, and its keys beside the channel and the value. */
export type Derived = { event: string; keys: Record<string, unknown> }

type Loose = Record<string, unknown>

/** What a part of a webhook means, or undefined. `contact` is the one that the part names. */
export function derivedEvent(
  field: string,
  value: WebhookValue,
  contact: EventContact | undefined,
): Derived | undefined {
  return FIELDS.get(field)?.(value, contact && { contact })
}

type Reader = (value: Loose, who: { contact: EventContact } | undefined) => Derived | undefined

const FIELDS = new Map<string, Reader>(
  Object.entries({
    smb_message_echoes: echo,
    message_echoes: echo,
    messaging_handovers: handover,
    calls: call,
    user_preferences: preference,
    messages: userAction,
    smb_app_state_sync: nameOfContact,
    account_update: accountUpdate,
    account_review_update: (value) => channelUpdate('review', value.decision),
    account_alerts: alert,
    account_settings_update: (value) => channelUpdate('settings', value.phone_number_settings),
    business_capability_update: (value) => channelUpdate('limit', value.max_daily_conversations_per_business),
    business_username_updates: (value) =>
      channelUpdate('username', value.status === undefined ? undefined : pick(value, 'username', 'status')),
    phone_number_name_update: (value) =>
      channelUpdate(
        'name',
        value.decision === undefined
          ? undefined
          : pick(value, 'decision', 'requested_verified_name', 'rejection_reason'),
      ),
    phone_number_quality_update: qualityUpdate,
    security: (value) => channelUpdate('security', value.event),
  } satisfies Record<string, Reader>),
)

/** A change of a message: its new content, or its removal. `undefined` for every other message. */
export function changedMessage(message: unknown, who: { contact: EventContact } | undefined): Derived | undefined {
  if (!isRecord(message) || (message.type !== 'edit' && message.type !== 'revoke')) return undefined
  const change = message[message.type]
  if (!isRecord(change) || typeof change.original_message_id !== 'string') return undefined
  const keys = { message_id: message.id, original_message_id: change.original_message_id, ...who }
  return { event: `message_${message.type}`, keys }
}

/** The state of a payment, which Meta writes among the statuses of messages. */
export function paymentStatus(status: unknown, who: { contact: EventContact } | undefined): Derived | undefined {
  if (!isRecord(status) || status.type !== 'payment' || !isRecord(status.payment)) return undefined
  const { reference_id: reference } = status.payment
  const keys = { message_id: status.id, reference_id: reference ?? null, payment_status: status.status, ...who }
  return { event: 'payment_status', keys }
}

/** The body of such an event. */
export function derivedBody(
  channel: EventChannel,
  { event, keys }: Derived,
  meta: { field: string; value: unknown; atSeconds: number | undefined },
): string {
  const head = { event, channel_id: channel.id, business_phone: channel.businessPhone }
  return JSON.stringify({ ...head, ...keys, received_at: meta.atSeconds, field: meta.field, value: meta.value })
}

function echo(value: Loose, who: { contact: EventContact } | undefined): Derived | undefined {
  const one = only(value.message_echoes)
  if (!one || typeof one.id !== 'string') return undefined
  return changedMessage(one, who) ?? { event: 'message_echo', keys: { message_id: one.id, ...who } }
}

/** Who speaks from now on: Meta tells the new owner that it was passed, and the one before that it was taken. */
function handover(value: Loose, who: { contact: EventContact } | undefined): Derived | undefined {
  const owner = value.type === 'control_passed' ? 'us' : value.type === 'control_taken' ? 'other' : undefined
  if (owner === undefined) return undefined
  const change = value[value.type as string]
  const role = isRecord(change) ? text(change.new_owner_role) : undefined
  return { event: 'conversation_owner', keys: { ...who, owner, role: role ?? null, since: seconds(value.timestamp) } }
}

/** What an event of a call repeats of Meta's value, so that most programs need not look into it. */
const CALL_KEYS = [
  ...['session', 'status', 'start_time', 'end_time', 'duration', 'deeplink_payload', 'cta_payload'],
  ...['biz_opaque_callback_data', 'call_recording', 'call_transcript'],
]

function call(value: Loose, who: { contact: EventContact } | undefined): Derived | undefined {
  const one = only(value.calls)
  if (one && typeof one.id === 'string' && typeof one.event === 'string') {
    const keys = callKeys(one.id, one.event, one.direction, who)
    return { event: 'call', keys: { ...keys, ...pick(one, ...CALL_KEYS), ...pick(value, 'errors') } }
  }
  const status = only(value.statuses)
  if (!status || typeof status.id !== 'string' || typeof status.status !== 'string') return undefined
  // Only calls of the business have statuses.
  const keys = callKeys(status.id, status.status.toLowerCase(), 'BUSINESS_INITIATED', who)
  return { event: 'call', keys: { ...keys, ...pick(status, 'biz_opaque_callback_data') } }
}

const callKeys = (id: string, event: string, direction: unknown, who: object | undefined): Loose => ({
  call_id: id,
  call_event: event,
  direction: text(direction) ?? null,
  ...who,
})

function preference(value: Loose, who: { contact: EventContact } | undefined): Derived | undefined {
  const one = only(value.user_preferences)
  if (!one || !who) return undefined
  const { category, value: wish } = one
  return { event: 'contact_update', keys: { ...who, what: 'preferences', category, preference: wish } }
}

/** A click on a link of a marketing message, or what the person did behind it. */
function userAction(value: Loose, who: { contact: EventContact } | undefined): Derived | undefined {
  const one = only(value.user_actions)
  if (!one || typeof one.action_type !== 'string') return undefined
  const click = isRecord(one.marketing_messages_link_click_data) ? one.marketing_messages_link_click_data : {}
  const more = pick(click, 'click_component', 'product_id', 'click_id', 'tracking_token')
  return { event: 'user_action', keys: { action: one.action_type, at: seconds(one.timestamp), ...more, ...who } }
}

function nameOfContact(value: Loose, who: { contact: EventContact } | undefined): Derived | undefined {
  const one = only(value.state_sync)
  if (!one || !who) return undefined
  return { event: 'contact_update', keys: { ...who, what: 'name', action: text(one.action) ?? null } }
}

function channelUpdate(what: string, now: unknown): Derived | undefined {
  return now === undefined || now === null ? undefined : { event: 'channel_update', keys: { what, now } }
}

/** What each event of an account is about. Every other one is about the account. */
const ACCOUNT_EVENTS = new Map([
  ['ACCOUNT_RESTRICTION', ['restriction', 'restriction_info']],
  ['ACCOUNT_VIOLATION', ['restriction', 'violation_info']],
  ['DISABLED_UPDATE', ['restriction', 'ban_info']],
] as const)

function accountUpdate(value: Loose): Derived | undefined {
  const event = text(value.event)
  if (event === undefined) return undefined
  const [what, key] = ACCOUNT_EVENTS.get(event as 'DISABLED_UPDATE') ?? ['account', 'disconnection_info']
  const more = value[key]
  return channelUpdate(what, more === undefined ? { event } : { event, [key]: more })
}

/** Some of Meta's samples have the keys of the alert beside the entity. */
function alert(value: Loose): Derived | undefined {
  const info = isRecord(value.alert_info) ? value.alert_info : value
  const keys = ['alert_type', 'alert_severity', 'alert_status', 'alert_description']
  return info.alert_type === undefined ? undefined : channelUpdate('alert', pick(info, ...keys))
}

/** Named after the quality, it tells mostly of limits today. */
function qualityUpdate(value: Loose): Derived | undefined {
  const limit = value.max_daily_conversations_per_business ?? value.current_limit
  const event = text(value.event)
  if (event === undefined && limit === undefined) return undefined
  const what = event === 'FLAGGED' || event === 'UNFLAGGED' ? 'quality' : 'limit'
  return channelUpdate(what, { ...(event !== undefined && { event }), ...(limit !== undefined && { limit }) })
}

function only(list: unknown): Loose | undefined {
  return Array.isArray(list) && list.length === 1 && isRecord(list[0]) ? list[0] : undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

function seconds(value: unknown): number | null {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  return Number.isSafeInteger(number) && number > 0 ? number : null
}

const pick = (value: Loose, ...keys: string[]): Loose =>
  Object.fromEntries(keys.filter((key) => value[key] !== undefined).map((key) => [key, value[key]]))
