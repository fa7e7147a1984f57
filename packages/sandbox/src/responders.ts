import type { WebhookValue } from '@postern/cloud-api'
import { isObject, type Json } from './checker.ts'
import { accountOf, numberIsShown, seconds, sendWebhook, userIdOf, valueOf, type Cloud } from './cloud.ts'
import { outboundWamid } from './identifiers.ts'
import type { BusinessNumber, Contact } from './world.ts'

/*
 * A thread (a business number and a person) that several apps answer has one owner. While another app or Meta Business
 * Agent owns it, the person's messages arrive on `standby` instead of `messages`.
 */

export const isStandby = (contact: Contact, number: BusinessNumber): boolean =>
  contact.standby?.includes(number.id) ?? false

export function setStandby(cloud: Cloud, contact: Contact, number: BusinessNumber, standby: boolean): void {
  contact.standby = (contact.standby ?? []).filter((id) => id !== number.id)
  if (standby) contact.standby.push(number.id)
  cloud.world.saveContact(contact)
}

function post(
  cloud: Cloud,
  number: BusinessNumber,
  contact: Contact,
  field: string,
  value: WebhookValue,
): Promise<void> {
  return new Promise((resolve) => {
    sendWebhook(cloud, accountOf(cloud, number), number, field, value, contact.number, { onAnswered: resolve })
  })
}

export type Handover = {
  /** The new owner: this app, or another one. */
  to: 'app' | 'other'
  previousRole?: string
  newRole?: string
  metadata?: string
  summary?: string
}

/** Changes the owner of a thread. A webhook tells this app when it gains or loses the thread. */
export async function handOver(cloud: Cloud, contact: Contact, number: BusinessNumber, given: Handover): Promise<void> {
  const passed = given.to === 'app'
  setStandby(cloud, contact, number, !passed)
  const { metadata: about } = valueOf(number)
  const account = accountOf(cloud, number)
  const sender = numberIsShown(contact, account.businessId)
    ? { phone_number: contact.number }
    : { user_id: userIdOf(cloud, contact, account.businessId) }
  const type = passed ? 'control_passed' : 'control_taken'
  await post(cloud, number, contact, 'messaging_handovers', {
    messaging_product: 'whatsapp',
    recipient: about,
    sender,
    timestamp: seconds(cloud.clock.now()),
    type,
    [type]: {
      previous_owner_role: given.previousRole ?? (passed ? 'ai_agent' : 'customer_service'),
      new_owner_role: given.newRole ?? 'escalation',
      ...(given.metadata !== undefined && { metadata: given.metadata }),
      ...(passed &&
        given.summary !== undefined && {
          conversation_context: { type: 'summary', summary: { text: given.summary } },
        }),
    },
  })
}

/** Another responder writes to the person: standby webhooks report the posted body, and then its delivery. */
export async function otherAnswers(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  body: Json,
  inReplyTo?: string,
): Promise<string> {
  const id = outboundWamid(cloud.source, contact.number)
  const { template } = body
  const definition =
    isObject(template) && isObject(template['language'])
      ? cloud.world.findTemplate(number.wabaId, String(template['name']), String(template['language']['code']))
      : undefined
  const echo = {
    id,
    timestamp: seconds(cloud.clock.now()),
    message: {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: contact.number,
      ...body,
      ...(inReplyTo !== undefined && { context: { message_id: inReplyTo } }),
    },
    ...(definition && {
      template: {
        name: definition.name,
        language: definition.language,
        category: definition.category,
        components: definition.components,
        status: definition.status,
      },
    }),
  }
  await post(cloud, number, contact, 'standby', { ...valueOf(number), standby: { message_echoes: [echo] } })
  const status = {
    id,
    status: 'delivered',
    timestamp: seconds(cloud.clock.now()),
    recipient_id: contact.number,
    pricing: {
      billable: true,
      pricing_model: 'PMP',
      type: 'regular',
      category: definition?.category.toLowerCase() ?? 'service',
    },
  }
  await post(cloud, number, contact, 'standby', { ...valueOf(number), standby: { statuses: [status] } })
  return id
}
