import type { InboundMessage, WebhookValue } from '@postern/cloud-api'
import { wishOf } from '../../domain/contacts/opt-out-words.ts'
import type { MarketingWish, Owner, StateChange } from '../../domain/contacts/state.ts'
import type { Names } from '../../domain/contacts/identity.ts'
import type { EventChannel } from '../../domain/events/bodies.ts'
import { type Derived, derivedBody } from '../../domain/events/derived.ts'
import { preferenceBody } from '../../domain/events/preference.ts'
import type { ContactIdentity, Notice } from '../../store/store.ts'
import { callPermissionIn } from './call-permission.ts'
import { changeOf, eventContact } from './names.ts'
import type { ReadChannel } from './routing.ts'
import { isRecord } from '../../platform/is-record.ts'
import { recordsOf, text } from './values.ts'

/** Reads what a part of a webhook tells of its contact beside the names. `timeOf` converts Meta's seconds. */

type TimeOf = (timestamp: unknown) => number

/** By a message of the contact. */
export function stateOfMessage(message: InboundMessage, at: number, channel: ReadChannel): StateChange | undefined {
  if (isChangeOfUnknown(message)) return { identity: { previous: 'unknown', at } }
  const { stopWords = [], startWords = [] } = channel
  const said = wordsOf(message)
  const state = said === undefined ? undefined : wishOf(said, { stopWords, startWords })
  if (state === undefined) return callPermissionIn(message, at)
  return { marketing: { state, at, by: 'contact', ...(state === 'stopped' && { from: message.id }) } }
}

/** The text of a message, or of the button that was pressed. */
function wordsOf(message: InboundMessage): string | undefined {
  if (message.type === 'text') return textAt(message.text, 'body')
  if (message.type === 'button') return textAt(message.button, 'text')
  if (message.type !== 'interactive' || !isRecord(message.interactive)) return undefined
  const { button_reply: button, list_reply: row } = message.interactive
  return textAt(button, 'title') ?? textAt(row, 'title')
}

const textAt = (part: unknown, key: string): string | undefined => (isRecord(part) ? text(part[key]) : undefined)

/** The event `contact_update` of a stop or start word. */
export function wishNotice(
  channel: ReadChannel,
  contact: ContactIdentity,
  message: InboundMessage,
  wish: MarketingWish,
): Notice {
  return {
    kind: 'notice',
    channelId: channel.id,
    event: 'contact_update',
    contact,
    key: `preferences ${message.id}`,
    ours: true,
    at: wish.at,
    body: preferenceBody(channel, contact, wish.state, wish.at, 'contact'),
  }
}

/** By any other part, of which we know the event. */
export function stateOfEvent(event: Derived | undefined, value: WebhookValue, timeOf: TimeOf): StateChange | undefined {
  if (event?.event === 'conversation_owner') {
    const at = timeOf(value.timestamp)
    const { owner, role } = event.keys as Pick<Owner, 'owner' | 'role'>
    return { owner: { owner, role, since: at, at, ...(owner === 'other' && { taken: true }) } }
  }
  if (event?.event === 'contact_update' && event.keys.category === 'marketing_messages') {
    const [wish] = recordsOf(value.user_preferences)
    const state = wish?.value === 'stop' ? 'stopped' : wish?.value === 'resume' ? 'allowed' : undefined
    if (state === undefined) return undefined
    const signup = text(wish!.signup_id)
    return { marketing: { state, at: timeOf(wish!.timestamp), by: 'contact', ...(signup !== undefined && { signup }) } }
  }
  return undefined
}

/** True when a system message reports a change and leaves the earlier names out. */
const isChangeOfUnknown = (message: InboundMessage): boolean =>
  message.type === 'system' &&
  isRecord(message.system) &&
  (message.system.type === 'user_changed_number' || message.system.type === 'user_changed_user_id') &&
  changeOf(message) === undefined

/** The event `contact_update` of a system message that reports a new number or id. */
export function nameChange(
  channel: EventChannel,
  message: InboundMessage,
  becomes: Names,
  at: number,
  meta: { field: string; value: WebhookValue },
): Notice {
  const what = becomes.userId !== undefined && becomes.phone === undefined ? 'user_id' : 'number'
  const update: Derived = { event: 'contact_update', keys: { contact: eventContact(becomes, undefined), what } }
  return {
    kind: 'notice',
    channelId: channel.id,
    event: update.event,
    contact: becomes,
    key: `contact_update ${message.id}`,
    ours: true,
    at,
    body: derivedBody(channel, update, { ...meta, atSeconds: Math.floor(at / 1000) }),
  }
}
