import type { WebhookContact, WebhookValue } from '@postern/cloud-api'
import type { Clock } from '@postern/runtime/clock'
import type { Log } from './log.ts'
import type { VoiceCall } from './calls.ts'
import type { Events } from './events.ts'
import type { Faults } from './faults.ts'
import { businessScopedUserId, parentScopedUserId } from './identifiers.ts'
import type { Handsets, Reach } from './handsets.ts'
import type { Limits } from './limits.ts'
import type { MediaStore } from './media-store.ts'
import type { SeededSource } from './random.ts'
import type { Update, Webhooks } from './webhooks.ts'
import type { Story } from './story.ts'
import type { TimerQueue } from './timer-queue.ts'
import type { Account, BusinessNumber, Contact, Message, Template, World } from './world.ts'

export type SandboxClock = Clock & { advance(ms: number): void }

/** The shared objects of the sandbox's parts. `startSandbox` makes them once. */
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
  /** Callbacks that wait for messages to arrive at phones. */
  arrivals: Set<(message: Message) => void>
  log: Log
  /** Stores a snapshot of an object. Does nothing when no state is kept on disk. */
  saveSnapshot: (kind: string, id: string, value: unknown) => void
  /** Resolves once every snapshot is written. Undefined when nothing is kept on disk. */
  barrier: (() => Promise<void>) | undefined
  pace: Pace
  /** Uploads of header media in progress, by session id. Lost at a restart. */
  uploads: Map<string, UploadSession>
  /** Voice calls by id. Lost at a restart. */
  calls: Map<string, VoiceCall>
  /** Phones that are opened on real handsets, and where those reach the sandbox. */
  handsets: Handsets
  reach: () => Reach
  /** What `POST /sandbox/settled` waits for, when it is more than the sandbox. */
  settled: (() => Promise<void>) | undefined
  story: Story | undefined
  /** Origin of the Graph API, known once the server listens. */
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
  /** Delay from acceptance to `sent`, from `sent` to `delivered`, and to `read` for phones that read at once. */
  statusDelayMs: number
  /** Every phone reads at once. */
  autoRead: boolean
  /** Duration of a new template's review. */
  reviewDelayMs: number
  /** Result of a review. `manual` waits for a verdict from a control call. */
  review: 'approve' | 'reject' | 'manual'
  /** Webhook version that the app selected. Below 24, statuses carry `conversation`. */
  webhookVersion: number
  /** Free service messages a month, from October 2026. */
  freeServiceMessages: number
  /** Fetches media links when their address is on this machine. */
  fetchLinks: boolean
}

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

export const windowIsOpen = (cloud: Cloud, contact: Contact, numberId: string): boolean => {
  const last = contact.lastWroteAt[numberId]
  return last !== undefined && cloud.clock.now() - last < DAY_MS
}

const NAMES = ['Mira', 'Tom', 'Noor', 'Ines', 'Jonas', 'Aiko', 'Lucía', 'Kwame', 'Zofia', 'Ravi', 'Chloé', 'Omar']

/** The phone with this number. Any number can be a phone; it is created at its first use. */
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

/** Undefined unless the account belongs to a parent account, or a parent id was set for the person. */
export function parentUserIdOf(cloud: Cloud, contact: Contact, account: Account): string | undefined {
  if (contact.parentUserId === undefined && account.parentUserIds) {
    contact.parentUserId = parentScopedUserId(cloud.source, contact.number, contact.userKey)
    cloud.world.saveContact(contact)
  }
  return contact.parentUserId
}

/** True when a webhook to this portfolio may show the person's number. */
export const numberIsShown = (contact: Contact, businessId: string): boolean =>
  !contact.hidden || (contact.sharedWith?.includes(businessId) ?? false)

/** The recipient inside a wamid: the number, or the BSUID when the number is hidden. */
export const nameInWamid = (cloud: Cloud, contact: Contact, account: Account): string =>
  numberIsShown(contact, account.businessId) ? contact.number : userIdOf(cloud, contact, account.businessId)

export function accountOf(cloud: Cloud, number: BusinessNumber): Account {
  const account = cloud.world.accounts.get(number.wabaId)
  if (!account) throw new Error(`sandbox: number ${number.id} belongs to no account`)
  return account
}

export const accountForTemplate = (cloud: Cloud, template: Template): Account | undefined =>
  cloud.world.accounts.get(template.wabaId)

/** `contacts[]` of a webhook. A hidden number is left out and not null. */
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

/** Fields whose webhooks go to the override of a number or account. All others go to the app's own callback. */
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
  if (!account.subscribed || cloud.world.app.fields?.includes(field) === false) return undefined
  const override = FOLLOW_OVERRIDES.has(field) ? (number?.overrideUrl ?? account.overrideUrl) : undefined
  return override ?? cloud.world.app.callbackUrl
}

/**
 * Sends a webhook. Resolves when the first attempt was answered (or lost), so that a test can continue as soon as the
 * other side has it. Updates with the same `key` stay in order.
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
  const isCutOff = number?.away !== undefined && FOLLOW_OVERRIDES.has(field)
  const url = isCutOff ? undefined : callbackOf(cloud, account, field, number)
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
