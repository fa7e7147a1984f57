import type { InboundMessage } from '@postern/cloud-api'
import type { StateChange } from '../../domain/contacts/state.ts'
import { isRecord } from '../../platform/is-record.ts'

/** Meta's duration of a permission, for a reply without its end. */
const TEMPORARY_MS = 7 * 24 * 60 * 60 * 1000

/** What a reply to a call permission request changes: whether the business may call the contact, and until when. */
export function callPermissionIn(message: InboundMessage, at: number): StateChange | undefined {
  const { interactive } = message
  if (message.type !== 'interactive' || !isRecord(interactive)) return undefined
  const reply = interactive.call_permission_reply
  if (interactive.type !== 'call_permission_reply' || !isRecord(reply)) return undefined
  if (reply.response === 'reject') return { calls: { permission: 'none', until: null, at } }
  if (reply.response !== 'accept') return undefined
  if (reply.is_permanent === true) return { calls: { permission: 'permanent', until: null, at } }
  const end = Number(reply.expiration_timestamp ?? Number.NaN)
  const until = Number.isSafeInteger(end) && end > 0 ? end * 1000 : at + TEMPORARY_MS
  return { calls: { permission: 'temporary', until, at } }
}
