import type { WebhookValue } from '@postern/cloud-api'
import type { ChannelState } from '../../domain/channels/state.ts'
import type { EventChannel } from '../../domain/events/bodies.ts'
import { digitsOf } from '../../platform/exact-json.ts'
import { isRecord } from '../../platform/is-record.ts'
import { text } from './values.ts'

/** Finds the channels that a part of a webhook is about. */

/** A channel, and how its endpoints get events. */
export type ReadChannel = EventChannel & {
  phoneNumberId?: string
  endpoints?: readonly { format: string }[]
  /** What becomes of messages that another program answers. */
  standby?: 'deliver' | 'store'
  stopWords?: readonly string[]
  startWords?: readonly string[]
  state?: ChannelState
}

/** The facts about our channels that reading needs. */
export type Routes = {
  byPhoneNumberId(id: string): ReadChannel | undefined
  byWaba(id: string): readonly ReadChannel[]
  /** The channel that created a template, if one of ours did. */
  creatorOf?(templateId: string): number | undefined
}

/** A webhook with more template updates than this goes to every channel of the account. */
const MOST_TEMPLATES = 100

/** A handover names our number as its recipient. */
export function numberIdOf(value: WebhookValue): string | undefined {
  return phoneNumberIdOf(value.metadata) ?? phoneNumberIdOf(value.recipient)
}

const phoneNumberIdOf = (named: unknown): string | undefined =>
  isRecord(named) ? digitsOf(named.phone_number_id) : undefined

/** How an update of an account names one number: by its digits, or by its id. */
function numberNamed(value: WebhookValue): { phone?: string; id?: string } {
  const phone = text(value.display_phone_number ?? value.phone_number)?.replace(/\D/g, '')
  if (phone) return { phone }
  const settings = isRecord(value.phone_number_settings)
    ? digitsOf(value.phone_number_settings.phone_number_id)
    : undefined
  const id = value.entity_type === 'PHONE_NUMBER' ? digitsOf(value.entity_id) : settings
  return id === undefined ? {} : { id }
}

/** True when an update of an account names this channel's number, or no number at all. */
export function isNamed(channel: ReadChannel, value: WebhookValue): boolean {
  const { phone, id } = numberNamed(value)
  if (phone !== undefined) return channel.businessPhone === phone
  return id === undefined || channel.phoneNumberId === undefined || channel.phoneNumberId === id
}

/** An account update that names one number belongs to that number's channel only. */
export function concerned(channels: readonly ReadChannel[], value: WebhookValue): readonly ReadChannel[] {
  const named = channels.filter((channel) => isNamed(channel, value))
  return named.length > 0 ? named : channels
}

const NO_TEMPLATES: readonly string[] = []

/** The template ids in a body, found without parsing it: their channels must be known before reading. */
export function templateIdsIn(raw: string): readonly string[] {
  if (!raw.includes('"message_template_id"')) return NO_TEMPLATES
  const ids = new Set<string>()
  for (const match of raw.matchAll(/"message_template_id"\s*:\s*"?(\d{1,32})/g)) {
    if (ids.size < MOST_TEMPLATES) ids.add(match[1]!)
  }
  return [...ids]
}

/** Our own body of a status drops some of Meta's keys: who wants Meta's format needs them. */
export const isToldAsMetaDoes = ({ endpoints }: ReadChannel): boolean =>
  endpoints?.some(({ format }) => format === 'meta') === true
