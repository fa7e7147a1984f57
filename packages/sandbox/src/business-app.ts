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
import { place } from './arrivals.ts'
import { applyEdit, applyRevoke } from './edits.ts'
import { outboundWamid } from './identifiers.ts'
import { inboundMedia, isMediaType, noteReaction, type InboundContent } from './inbound.ts'
import type { BusinessNumber, Contact } from './world.ts'

/* A number that the business also uses in the WhatsApp Business app (coexistence): echoes, contacts, history. */

export function post(
  cloud: Cloud,
  number: BusinessNumber,
  field: string,
  value: WebhookValue,
  key: string,
): Promise<void> {
  return new Promise((resolve) => {
    sendWebhook(cloud, accountOf(cloud, number), number, field, { ...valueOf(number), ...value }, key, {
      onAnswered: resolve,
    })
  })
}

export type Names = { phone?: string; userId: string; parent?: string; username?: string }

export function namesOf(cloud: Cloud, number: BusinessNumber, contact: Contact): Names {
  const account = accountOf(cloud, number)
  const parent = parentUserIdOf(cloud, contact, account)
  return {
    ...(numberIsShown(contact, account.businessId) && { phone: contact.number }),
    userId: userIdOf(cloud, contact, account.businessId),
    ...(parent !== undefined && { parent }),
    ...(contact.username !== undefined && { username: contact.username }),
  }
}

export const contactIn = ({ phone, userId, parent, username }: Names): Json => ({
  ...(username !== undefined && { profile: { username } }),
  ...(phone !== undefined && { wa_id: phone }),
  user_id: userId,
  ...(parent !== undefined && { parent_user_id: parent }),
})

export const sentTo = ({ phone, userId, parent }: Names): Json => ({
  ...(phone !== undefined && { to: phone }),
  to_user_id: userId,
  ...(parent !== undefined && { to_parent_user_id: parent }),
})

export const asObject = (value: unknown): Json => (isObject(value) ? value : {})

export function contentOf(cloud: Cloud, number: BusinessNumber, content: InboundContent): Json {
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
  const said = contentOf(cloud, number, content)
  showOnPhone(cloud, contact, number, id, content, said)
  const message = { from: number.number, ...sentTo(names), id, timestamp: seconds(cloud.clock.now()), ...said }
  await post(
    cloud,
    number,
    'smb_message_echoes',
    { contacts: [contactIn(names)], message_echoes: [message] },
    contact.number,
  )
  return id
}

/** The person sees what the app sent. Edits, deletions and reactions change the message that they are about. */
function showOnPhone(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  id: string,
  content: InboundContent,
  said: Json,
): void {
  const type = content.type
  const about = asObject(said[type])
  if (type === 'edit')
    return applyEdit(cloud, String(about['original_message_id']), 'out', asObject(about['message']) as { type: string })
  if (type === 'revoke') return applyRevoke(cloud, String(about['original_message_id']), 'out')
  if (type === 'reaction') return noteReaction(cloud, about)
  place(cloud, contact, {
    id,
    direction: 'out',
    numberId: number.id,
    phone: contact.number,
    at: cloud.clock.now(),
    type,
    content: said[type],
    by: 'app',
    ...(content.replyTo !== undefined && { replyTo: content.replyTo }),
  })
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
