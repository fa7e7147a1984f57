import type { WebhookValue } from '@postern/cloud-api'
import { isObject, type Json } from './checker.ts'
import { DAY_MS, accountOf, numberIsShown, seconds, sendWebhook, userIdOf, valueOf, type Cloud } from './cloud.ts'
import { place } from './arrivals.ts'
import { fillTemplate } from './fill-template.ts'
import { GraphError } from './graph-error.ts'
import { outboundWamid } from './identifiers.ts'
import type { BusinessNumber, Contact, Message, ThreadOwner } from './world.ts'

/*
 * A thread (a business number and a person) that several apps answer has one owner. While another app or Meta Business
 * Agent owns it, the person's messages arrive on `standby` instead of `messages`.
 */

/** The owner now. A thread becomes idle after a day without a message of the person. */
export function ownerOf(cloud: Cloud, contact: Contact, number: BusinessNumber): ThreadOwner {
  const owner = contact.owners?.[number.id]
  if (!owner) return { who: 'app', since: 0 }
  const active = Math.max(owner.since, contact.lastWroteAt[number.id] ?? 0)
  return owner.who !== 'idle' && cloud.clock.now() - active >= DAY_MS ? { who: 'idle', since: active + DAY_MS } : owner
}

export const isStandby = (cloud: Cloud, contact: Contact, number: BusinessNumber): boolean =>
  ownerOf(cloud, contact, number).who === 'other'

export function setOwner(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  owner: Omit<ThreadOwner, 'since'>,
): void {
  contact.owners = { ...contact.owners, [number.id]: { ...owner, since: cloud.clock.now() } }
  cloud.world.saveContact(contact)
  cloud.events.emit('phone', cloud.clock.now(), () => ({
    phone: contact.number,
    contact: structuredClone(contact),
  }))
}

/**
 * A message of a person reaches an idle thread: it goes to the first responder. That is this app, or Meta Business
 * Agent when the number has `first_responder: 'ai_agent'`.
 */
export function routeIdle(cloud: Cloud, contact: Contact, number: BusinessNumber): void {
  if (ownerOf(cloud, contact, number).who !== 'idle') return
  const agent = number.settings['first_responder'] === 'ai_agent'
  setOwner(cloud, contact, number, agent ? { who: 'other', role: 'ai_agent' } : { who: 'app' })
}

/**
 * This app sends a free-form message to a thread of another responder. As the escalation partner it takes the thread.
 * Meta refuses everybody else and has not published the code: a number refuses when it has `refuse_non_owner: true`.
 */
export function speakInThread(cloud: Cloud, contact: Contact, number: BusinessNumber): void {
  if (!isStandby(cloud, contact, number)) return
  if (number.settings['escalation_partner'] === true) return setOwner(cloud, contact, number, { who: 'app' })
  if (number.settings['refuse_non_owner'] === true) throw new GraphError(10)
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
  const newRole = given.newRole ?? 'escalation'
  setOwner(cloud, contact, number, passed ? { who: 'app' } : { who: 'other', role: newRole })
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
      new_owner_role: newRole,
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
  const type = typeof body['type'] === 'string' ? body['type'] : 'text'
  const components = isObject(template) && Array.isArray(template['components']) ? template['components'] : []
  const message: Message = {
    id,
    direction: 'out',
    numberId: number.id,
    phone: contact.number,
    at: cloud.clock.now(),
    type,
    content: body[type],
    by: 'other',
    ...(definition && { face: fillTemplate(definition, components as Json[]) }),
    ...(inReplyTo !== undefined && { replyTo: inReplyTo }),
  }
  place(cloud, contact, message)
  const shown = numberIsShown(contact, accountOf(cloud, number).businessId)
  const echo = {
    id,
    timestamp: seconds(cloud.clock.now()),
    message: {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      ...(shown ? { to: contact.number } : { recipient: userIdIn(cloud, contact, number) }),
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
  if (message.status === 'delivered')
    await tellStandbyStatus(cloud, contact, number, message, {
      pricing: {
        billable: true,
        pricing_model: 'PMP',
        type: 'regular',
        category: definition?.category.toLowerCase() ?? 'service',
      },
    })
  return id
}

/** A receipt of a message of another responder. */
export const tellStandbyStatus = (
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  message: Message,
  more: Json = {},
): Promise<void> =>
  post(cloud, number, contact, 'standby', {
    ...valueOf(number),
    standby: {
      statuses: [
        {
          id: message.id,
          status: message.status!,
          timestamp: seconds(cloud.clock.now()),
          ...(numberIsShown(contact, accountOf(cloud, number).businessId)
            ? { recipient_id: contact.number }
            : { recipient_user_id: userIdIn(cloud, contact, number) }),
          ...more,
        },
      ],
    },
  })

const userIdIn = (cloud: Cloud, contact: Contact, number: BusinessNumber): string =>
  userIdOf(cloud, contact, accountOf(cloud, number).businessId)
