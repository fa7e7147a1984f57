import type { WebhookContact, WebhookValue } from '@postern/cloud-api'
import type { Clock } from '@postern/runtime/clock'
import type { Log } from './log.ts'
import type { VoiceCall } from './calls.ts'
import type { Events } from './events.ts'
import type { Faults } from './faults.ts'
import { businessScopedUserId, parentScopedUserId } from './identifiers.ts'
import type { Limits } from './limits.ts'
import type { MediaStore } from './media-store.ts'
import type { SeededSource } from './random.ts'
import type { Update, Webhooks } from './webhooks.ts'
import type { TimerQueue } from './timer-queue.ts'
import type { Account, BusinessNumber, Contact, Message, Template, World } from './world.ts'

export type SandboxClock = Clock & { advance(ms: number): void }

/** Everything a part of the sandbox may need, made once by `startSandbox`. */
export type Cloud = {
  world: World
  source: SeededSource
  clock: SandboxClock
  timerQueue: TimerQueue
  webhooks: Webhooks
  faults: Faults
  limits: Limits
  media: MediaStore
  events: Events
  /** Who waits for messages to arrive at phones. */
  arrivals: Set<(message: Message) => void>
  log: Log
  /** Stores a snapshot of an object; does nothing when no state is kept. */
  saveSnapshot: (kind: string, id: string, value: unknown) => void
  /** Resolves once every snapshot is written; undefined when nothing is kept. */
  barrier: (() => Promise<void>) | undefined
  pace: Pace
  /** Header media on its way, by session id; not kept over a restart. */
  uploads: Map<string, UploadSession>
  /** Voice calls by id; not kept over a restart. */
  calls: Map<string, VoiceCall>
  /** The Graph origin, known once the server listens. */
  origin: string
}

export type UploadSession = {
  id: string
  signature: string
  length: number
  type: string
  name: string
  offset: number
}

export type Pace = {
  /** From acceptance to `sent`, from there to `delivered`, and to `read` of those who read at once. */
  statusDelayMs: number
  /** Everybody reads at once. */
  autoRead: boolean
  /** How long a new template is in review. */
  reviewDelayMs: number
  /** How the review ends; `manual` waits for a verdict by hand. */
  review: 'approve' | 'reject' | 'manual'
  /** Version chosen for webhooks in the app: below 24, statuses carry `conversation`. */
  webhookVersion: number
  /** Service messages a month that cost nothing, from October 2026. */
  freeServiceMessages: number
  /** Ask the media server when its address is on this machine. */
  fetchLinks: boolean
}

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

export const windowIsOpen = (cloud: Cloud, contact: Contact, numberId: string): boolean => {
  const last = contact.lastWroteAt[numberId]
  return last !== undefined && cloud.clock.now() - last < DAY_MS
}

const NAMES = ['Mira', 'Tom', 'Noor', 'Ines', 'Jonas', 'Aiko', 'Lucía', 'Kwame', 'Zofia', 'Ravi', 'Chloé', 'Omar']

/** The phone with this number: any number can be one, and is from the first time somebody names it. */
export function contactOf(cloud: Cloud, number: string): Contact {
  const known = cloud.world.contacts.get(number)
  if (known) return known
  const contact: Contact = {
    number,
    name: `${NAMES[cloud.source.fixed(`name ${number}`)[0]! % NAMES.length]!} ${number.slice(-4)}`,
    userKey: number,
    userIds: {},
    hidden: false,
    onWhatsApp: true,
    online: true,
    readReceipts: true,
    autoRead: false,
    blocks: [],
    stopped: [],
    lastWroteAt: {},
    freeEntry: {},
  }
  cloud.world.saveContact(contact)
  return contact
}

export function userIdOf(cloud: Cloud, contact: Contact, businessId: string): string {
  const known = contact.userIds[businessId]
  if (known !== undefined) return known
  const id = businessScopedUserId(cloud.source, businessId, contact.number, contact.userKey)
  contact.userIds[businessId] = id
  cloud.world.saveContact(contact)
  return id
}

/** Undefined unless the account is enrolled in a parent account, or the person was given such an id. */
export function parentUserIdOf(cloud: Cloud, contact: Contact, account: Account): string | undefined {
  if (contact.parentUserId === undefined && account.parentUserIds) {
    contact.parentUserId = parentScopedUserId(cloud.source, contact.number, contact.userKey)
    cloud.world.saveContact(contact)
  }
  return contact.parentUserId
}

/** Whether a webhook to this portfolio may show the person's number. */
export const numberIsShown = (contact: Contact, businessId: string): boolean =>
  !contact.hidden || (contact.sharedWith?.includes(businessId) ?? false)

/** Whom a wamid names inside: the number, or the BSUID where the number is not to be seen. */
export const nameInWamid = (cloud: Cloud, contact: Contact, account: Account): string =>
  numberIsShown(contact, account.businessId) ? contact.number : userIdOf(cloud, contact, account.businessId)

export function accountOf(cloud: Cloud, number: BusinessNumber): Account {
  const account = cloud.world.accounts.get(number.wabaId)
  if (!account) throw new Error(`sandbox: number ${number.id} belongs to no account`)
  return account
}

export const accountForTemplate = (cloud: Cloud, template: Template): Account | undefined =>
  cloud.world.accounts.get(template.wabaId)

/** `contacts[]` of a webhook: a hidden number is left out, not null. */
export function webhookContact(cloud: Cloud, contact: Contact, account: Account, withUsername = true): WebhookContact {
  const parent = parentUserIdOf(cloud, contact, account)
  return {
    profile: {
      name: contact.name,
      ...(withUsername && contact.username !== undefined && { username: contact.username }),
    },
    ...(numberIsShown(contact, account.businessId) && { wa_id: contact.number }),
    user_id: userIdOf(cloud, contact, account.businessId),
    ...(parent !== undefined && { parent_user_id: parent }),
  }
}

/** Fields whose webhooks follow the override of a number or account; all others go to the app's own callback. */
const FOLLOW_OVERRIDES = new Set([
  'messages',
  'message_echoes',
  'calls',
  'consumer_profile',
  'messaging_handovers',
  'group_lifecycle_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'smb_message_echoes',
  'smb_app_state_sync',
  'history',
  'account_settings_update',
  'standby',
])

export function callbackOf(cloud: Cloud, account: Account, field: string, number?: BusinessNumber): string | undefined {
  if (!account.subscribed) return undefined
  const override = FOLLOW_OVERRIDES.has(field) ? (number?.overrideUrl ?? account.overrideUrl) : undefined
  return override ?? cloud.world.app.callbackUrl
}

/**
 * Tells the business. Resolves when the first attempt has been answered (or lost), so that a test can go on
 * as soon as the other side knows. `key` names whose updates must stay in order.
 */
export function sendWebhook(
  cloud: Cloud,
  account: Account,
  number: BusinessNumber | undefined,
  field: string,
  value: WebhookValue,
  key: string,
  options: { timed?: boolean } & Pick<Update, 'onAnswered' | 'onFate'> = {},
): void {
  const url = callbackOf(cloud, account, field, number)
  if (url === undefined) {
    options.onAnswered?.()
    return
  }
  cloud.webhooks.push({
    id: cloud.source.count('update'),
    url,
    wabaId: account.wabaId,
    field,
    ...(options.timed && { time: Math.floor(cloud.clock.now() / 1000) }),
    value,
    key,
    attempts: 0,
    ...(options.onAnswered && { onAnswered: options.onAnswered }),
    ...(options.onFate && { onFate: options.onFate }),
  })
}

export const valueOf = (number: BusinessNumber): WebhookValue => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: number.number, phone_number_id: number.id },
})

export const seconds = (ms: number): string => String(Math.floor(ms / 1000))
