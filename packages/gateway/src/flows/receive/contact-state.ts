import type { InboundMessage, WebhookValue } from '@postern/cloud-api'
import type { Owner, StateChange } from '../../domain/contacts/state.ts'
import type { Derived } from '../../domain/events/derived.ts'
import { callPermissionIn } from './call-permission.ts'
import { changeOf } from './names.ts'
import { isRecord } from '../../platform/is-record.ts'
import { recordsOf, text } from './values.ts'

/** Reads what a part of a webhook tells of its contact beside the names. `timeOf` converts Meta's seconds. */

type TimeOf = (timestamp: unknown) => number

/** By a message of the contact. */
export function stateOfMessage(message: InboundMessage, at: number): StateChange | undefined {
  if (isChangeOfUnknown(message)) return { identity: { previous: 'unknown', at } }
  return callPermissionIn(message, at)
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
    return { marketing: { state, at: timeOf(wish!.timestamp), ...(signup !== undefined && { signup }) } }
  }
  return undefined
}

/** True when a system message reports a change and leaves the earlier names out. */
const isChangeOfUnknown = (message: InboundMessage): boolean =>
  message.type === 'system' &&
  isRecord(message.system) &&
  (message.system.type === 'user_changed_number' || message.system.type === 'user_changed_user_id') &&
  changeOf(message) === undefined
