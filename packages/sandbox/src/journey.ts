import type { WebhookError, WebhookStatus } from '@postern/cloud-api'
import {
  DAY_MS,
  accountOf,
  contactOf,
  numberIsShown,
  parentUserIdOf,
  seconds,
  sendWebhook,
  userIdOf,
  valueOf,
  webhookContact,
  type Cloud,
} from './cloud.ts'
import { arrive } from './arrivals.ts'
import { priceOf } from './bill.ts'
import { webhookError } from './graph-error.ts'
import { mediaProblem } from './links.ts'
import { peopleADay } from './standing.ts'
import { isStandby, tellStandbyStatus } from './responders.ts'
import type { Account, BusinessNumber, Contact, Message, OutStatus, Step } from './world.ts'

/*
 * The statuses of an accepted message: accepted → sent → delivered → read. It can fail instead of being sent. It waits
 * between sent and delivered while the phone is offline, and is dropped without a status when its time to live ends
 * there. A person who has blocked the business never receives it, and no status reports that.
 */

/** Starts the statuses of an accepted message. */
export function launch(cloud: Cloud, number: BusinessNumber, message: Message): void {
  const delay = cloud.pace.statusDelayMs
  if (message.status === 'held') return
  cloud.timerQueue.in(delay, () => {
    const problem = laterProblem(cloud, number, message)
    if (problem instanceof Promise) void problem.then((p) => depart(cloud, number, message, p))
    else depart(cloud, number, message, problem)
  })
}

function depart(cloud: Cloud, number: BusinessNumber, message: Message, problem: WebhookError | undefined): void {
  if (message.status !== 'accepted') return // a control call has failed it meanwhile
  if (problem) return fail(cloud, number, message, problem)
  step(cloud, number, message, 'sent')
  if (message.type === 'reaction') {
    // Reactions report only `sent`, although they do arrive.
    const target = cloud.world.messages.get(String((message.content as { message_id?: string }).message_id))
    if (target) target.reaction = String((message.content as { emoji?: string }).emoji ?? '')
    return arrive(cloud, message)
  }
  cloud.timerQueue.in(cloud.pace.statusDelayMs, () => deliver(cloud, number, message))
}

/** Delivers when the phone is online. Called again for all waiting messages when a phone comes online. */
export function deliver(cloud: Cloud, number: BusinessNumber, message: Message): void {
  if (message.status !== 'sent') return
  const contact = contactOf(cloud, message.phone)
  if (contact.blocks.includes(number.id)) return
  const ttlMs = message.template?.ttlMs ?? 30 * DAY_MS
  if (cloud.clock.now() - message.at > ttlMs) {
    message.status = 'dropped'
    message.steps?.push({ status: 'dropped', at: cloud.clock.now() })
    cloud.world.saveMessage(message)
    cloud.events.emit('status', cloud.clock.now(), () => ({ id: message.id, phone: message.phone, status: 'dropped' }))
    return
  }
  if (!contact.online) return
  step(cloud, number, message, 'delivered')
  arrive(cloud, message)
  if (cloud.pace.autoRead || contact.autoRead)
    cloud.timerQueue.in(cloud.pace.statusDelayMs, () => markRead(cloud, message))
}

/** The person opens the chat at this message. */
export function markRead(cloud: Cloud, message: Message): void {
  if (message.direction !== 'out' || message.status !== 'delivered') return
  const number = cloud.world.numbers.get(message.numberId)
  const contact = contactOf(cloud, message.phone)
  if (!number || !contact.readReceipts) return
  step(cloud, number, message, 'read')
}

/** The person plays a voice message for the first time. */
export function markPlayed(cloud: Cloud, message: Message): void {
  const number = cloud.world.numbers.get(message.numberId)
  if (number && (message.status === 'read' || message.status === 'delivered')) step(cloud, number, message, 'played')
}

export function fail(cloud: Cloud, number: BusinessNumber, message: Message, error: WebhookError): void {
  message.error = error
  step(cloud, number, message, 'failed')
}

/** Stores a status and sends its webhook, unless a fault skips it. */
function step(cloud: Cloud, number: BusinessNumber, message: Message, status: OutStatus): void {
  const now = cloud.clock.now()
  const contact = contactOf(cloud, message.phone)
  const isFirst = !message.steps?.some((one) => one.status === 'delivered')
  // The app's messages are free, and another responder has a bill of its own.
  if (!message.by && (status === 'sent' || ((status === 'delivered' || status === 'read') && isFirst)))
    priceOf(cloud, number, contact, message, status)
  const noted = noteStatus(cloud, message, status, now)
  if (message.by) {
    // Meta sends no statuses of the app's messages, and those of another responder only on standby.
    if (message.by === 'other' && isStandby(cloud, contact, number))
      void tellStandbyStatus(cloud, contact, number, message)
    return
  }
  const skip = cloud.faults.find(
    (f) => f.on === 'statuses' && (f.skip?.includes(status) ?? false) && fitsMessage(f.match, message),
  )
  if (skip) {
    cloud.faults.take((f) => f === skip)
    return
  }
  const account = accountOf(cloud, number)
  const value = valueOf(number)
  if (status !== 'failed') value.contacts = [webhookContact(cloud, contact, account, status !== 'sent')]
  value.statuses = [statusOf(cloud, contact, account, message, status, now)]
  sendWebhook(cloud, account, number, 'messages', value, message.phone, { onFate: (fate) => (noted.told = fate) })
}

function noteStatus(cloud: Cloud, message: Message, status: OutStatus, now: number): Step {
  message.status = status
  const noted: Step = { status, at: now, told: 'PENDING' }
  message.steps?.push(noted)
  cloud.world.saveMessage(message)
  cloud.events.emit('status', now, () => ({
    id: message.id,
    phone: message.phone,
    status,
    ...(message.error && { error: message.error }),
  }))
  return noted
}

function statusOf(
  cloud: Cloud,
  contact: Contact,
  account: Account,
  message: Message,
  status: OutStatus,
  now: number,
): WebhookStatus {
  const { businessId } = account
  if (message.groupId !== undefined) return groupStatusOf(cloud, contact, account, message, status, now)
  const toldPhone = !message.toUserId || numberIsShown(contact, businessId)
  const toldUserId = status !== 'failed' || message.toUserId
  const parent = parentUserIdOf(cloud, contact, account)
  const skippedDelivered = status === 'read' && !message.steps?.some((s) => s.status === 'delivered')
  return {
    id: message.id,
    status,
    timestamp: seconds(now),
    ...(toldPhone && { recipient_id: message.phone }),
    ...(toldUserId && { recipient_user_id: userIdOf(cloud, contact, businessId) }),
    ...(toldUserId && parent !== undefined && { recipient_parent_user_id: parent }),
    ...(message.direct && { template_id: message.direct.templateId }),
    ...(message.callbackData !== undefined && { biz_opaque_callback_data: message.callbackData }),
    ...(message.conversation &&
      (status === 'sent' || status === 'delivered') && { conversation: conversationIn(message, status) }),
    ...(message.pricing &&
      (status === 'sent' || status === 'delivered' || skippedDelivered) && { pricing: message.pricing }),
    ...(status === 'failed' && message.error && { errors: [message.error] }),
  }
}

/** In a group every participant has their own statuses of the same message. */
function groupStatusOf(
  cloud: Cloud,
  contact: Contact,
  account: Account,
  message: Message,
  status: OutStatus,
  now: number,
): WebhookStatus {
  const parent = parentUserIdOf(cloud, contact, account)
  return {
    id: message.id,
    status,
    timestamp: seconds(now),
    recipient_id: message.groupId!,
    recipient_type: 'group',
    ...(numberIsShown(contact, account.businessId) && { recipient_participant_id: contact.number }),
    recipient_participant_user_id: userIdOf(cloud, contact, account.businessId),
    ...(parent !== undefined && { recipient_participant_parent_user_id: parent }),
    ...(message.callbackData !== undefined && { biz_opaque_callback_data: message.callbackData }),
    ...(message.pricing && status !== 'failed' && { pricing: message.pricing }),
    ...(status === 'failed' && message.error && { errors: [message.error] }),
  }
}

/** Several participants of a group read at once: one webhook reports all of them. */
export function readTogether(cloud: Cloud, number: BusinessNumber, messages: Message[]): Promise<void> {
  const now = cloud.clock.now()
  const account = accountOf(cloud, number)
  const read = messages.filter((m) => m.status === 'delivered' && contactOf(cloud, m.phone).readReceipts)
  if (read.length === 0) return Promise.resolve()
  for (const message of read) noteStatus(cloud, message, 'read', now)
  const contacts = read.map((m) => contactOf(cloud, m.phone))
  const value = {
    ...valueOf(number),
    contacts: contacts.map((contact) => webhookContact(cloud, contact, account)),
    statuses: read.map((m, i) => statusOf(cloud, contacts[i]!, account, m, 'read', now)),
  }
  return new Promise((resolve) => {
    sendWebhook(cloud, account, number, 'messages', value, `group ${read[0]!.groupId!}`, { onAnswered: resolve })
  })
}

function conversationIn(message: Message, status: OutStatus): Record<string, unknown> {
  const { expiration_timestamp, ...rest } = message.conversation!
  // Only `sent` has the expiration.
  return status === 'sent' ? { id: rest['id'], expiration_timestamp, origin: rest['origin'] } : rest
}

type Problem = WebhookError | undefined

/** The reason why an accepted message fails, in the order of Meta's checks. */
function laterProblem(cloud: Cloud, number: BusinessNumber, message: Message): Problem | Promise<Problem> {
  const fault = cloud.faults.take((f) => f.on === 'statuses' && f.code !== undefined && fitsMessage(f.match, message))
  if (fault?.code !== undefined) return webhookError(fault.code, fault.details)
  if (message.error) return message.error // a send that was accepted under a fault
  const contact = contactOf(cloud, message.phone)
  if (number.blocked.includes(contact.number)) return webhookError(130403)
  if (message.type === 'reaction') {
    const target = cloud.world.messages.get(String((message.content as { message_id?: string }).message_id))
    const old = target && cloud.clock.now() - target.at > 30 * DAY_MS
    if (!target || old || target.type === 'reaction') return webhookError(131009, 'Message to react to cannot be found')
  }
  const needsWindow = message.type !== 'template' && message.groupId === undefined && !message.direct
  if (needsWindow && !windowIsOpenAt(message, contact, number.id)) return webhookError(131047)
  if (!contact.onWhatsApp) return webhookError(131026)
  const account = accountOf(cloud, number)
  const isCounted = message.groupId === undefined && !windowIsOpenAt(message, contact, number.id)
  if (isCounted && !cloud.limits.reaches(account.businessId, contact.number, peopleADay(account)))
    return webhookError(131048)
  if (message.template?.category.toUpperCase() === 'MARKETING' && contact.stopped.includes(number.id))
    return webhookError(131050)
  return mediaProblem(cloud, message)
}

/** The window at the time of sending: it may close while the message is on its way. */
function windowIsOpenAt(message: Message, contact: Contact, numberId: string): boolean {
  const last = contact.lastWroteAt[numberId]
  return last !== undefined && message.at - last < DAY_MS
}

export function fitsMessage(
  match: { to?: string; numberId?: string; template?: string } | undefined,
  message: Message,
): boolean {
  if (!match) return true
  return (
    (match.to === undefined || match.to === message.phone) &&
    (match.numberId === undefined || match.numberId === message.numberId) &&
    (match.template === undefined || match.template === message.template?.name)
  )
}
