import type { WebhookError, WireTemplateEntry } from '@postern/cloud-api'
import type { Account, App, BusinessNumber } from './business.ts'

/** The sandbox's state: plain data, so that it can be stored and restored whole. */

export type { Account, App, BusinessNumber, Flow } from './business.ts'

export type Group = {
  id: string
  subject: string
  description?: string
  mode: 'auto_approve' | 'approval_required'
  /** The last part of the invite link. */
  invite: string
  /** Phone numbers. */
  participants: string[]
  requests: { id: string; phone: string; at: number }[]
  createdAt: number
  suspended: boolean
  /** Who was in the group from when to when: a person sees what was written in that time. */
  stays?: { phone: string; from: number; to?: number }[]
}

export type AccessToken = {
  token: string
  wabaIds: string[] | 'all'
  expiresAt?: number
  /** Its permissions. Undefined: both of WhatsApp's. */
  scopes?: string[]
}

/** `idle`: nobody. `role` is the role of another responder, in Meta's words. */
export type ThreadOwner = { who: 'app' | 'other' | 'idle'; role?: string; since: number }

export type Contact = {
  number: string
  name: string
  username?: string
  /** The seed of the BSUIDs. A new phone number makes a new one. */
  userKey: string
  /** BSUIDs by portfolio, created at their first use. */
  userIds: Record<string, string>
  /** The BSUID that all portfolios of one parent account share. Only accounts with parent BSUIDs see it. */
  parentUserId?: string
  /** The person uses a username and hides the number. */
  hidden: boolean
  /** Portfolios whose contact book has the hidden number, because the person shared it. */
  sharedWith?: string[]
  onWhatsApp: boolean
  online: boolean
  readReceipts: boolean
  /** Reads every message on arrival. */
  autoRead: boolean
  /** Phone number ids of businesses that this person has blocked, or whose marketing they have stopped. */
  blocks: string[]
  stopped: string[]
  /** By phone number id: time of the person's last message, and the end of an advertisement's free entry point. */
  lastWroteAt: Record<string, number>
  freeEntry: Record<string, { id: string; answeredAt?: number; beganAt: number }>
  /** By phone number id: who holds the thread with this person. Without an entry, the app does. */
  owners?: Record<string, ThreadOwner>
  /** By phone number id: until when the business may call. */
  callsAllowed?: Record<string, number>
  /** By phone number id: times of requests for that permission, and of connected calls of the business. */
  callLog?: Record<string, { asked: number[]; connected: number[] }>
  /** The new number of this phone. */
  movedTo?: string
}

export type OutStatus = 'accepted' | 'held' | 'sent' | 'delivered' | 'read' | 'played' | 'failed' | 'dropped'

export type Pricing = { billable: boolean; pricing_model: 'PMP'; type: string; category: string }

/** A filled template as the phone shows it. */
export type Face = {
  header?: Record<string, unknown>
  body?: string
  footer?: string
  buttons?: FaceButton[]
  cards?: { header?: Record<string, unknown>; body?: string; buttons?: FaceButton[] }[]
}
export type FaceButton = { type: string; text: string; payload?: string; url?: string; [key: string]: unknown }

/** `told`: the state of the status's webhook, in the words of the message history. */
export type Step = { status: OutStatus; at: number; told?: 'PENDING' | 'DELIVERED' | 'RETRYING' | 'FAILED' }

export type Message = {
  id: string
  direction: 'in' | 'out'
  numberId: string
  phone: string
  at: number
  type: string
  /** The value under the key named like the type. Undefined for inbound messages without one. */
  content?: unknown
  /** Further keys of an inbound message: context, referral, errors, unsupported. */
  extra?: Record<string, unknown>
  /** The wamid of the quoted message. */
  replyTo?: string

  status?: OutStatus
  steps?: Step[]
  error?: WebhookError
  callbackData?: string
  toUserId?: boolean
  /** Sent to a group: every participant has a message with this id in their thread. */
  groupId?: string
  /** Sent as utility or authentication without a template; and the id of the template that WhatsApp made of it. */
  direct?: { category: string; templateId: string }
  /** Sent by the Marketing Messages API. */
  lite?: boolean
  template?: { id: string; name: string; language: string; category: string; ttlMs: number }
  face?: Face
  pricing?: Pricing
  conversation?: Record<string, unknown>
  /** The other side's reaction to this message. */
  reaction?: string
  /** Written by the business in its app, or by another responder: this app gets no status of it. */
  by?: 'app' | 'other'
  /** Time of the last edit, or of the deletion for everybody. */
  edited?: number
  revoked?: number
  /** The newest payment of an order. */
  payment?: { status: string; at: number }

  /** Inbound: the business has read it. */
  seen?: boolean
}

export type Template = WireTemplateEntry & {
  wabaId: string
  createdAt: number
}

export type Media = {
  id: string
  numberId: string
  mimeType: string
  sha256: string
  size: number
  filename?: string
  createdAt: number
  expiresAt: number
  inbound: boolean
}

export type WorldState = {
  app: App
  accounts: Account[]
  numbers: BusinessNumber[]
  tokens: AccessToken[]
  contacts: Contact[]
  templates: Template[]
  media: Media[]
  messages: Message[]
}

/** Called for every change, so that a store can write it. `value` undefined: the object was deleted. */
export type ChangeListener = (kind: keyof WorldState, id: string, value: unknown) => void

const NEWEST_MESSAGES = 5_000
const NEWEST_PER_PHONE = 500
/** A load run may write to millions. A removed contact is created again with the same values and a closed window. */
const MOST_CONTACTS = 50_000

export class World {
  app: App
  readonly accounts = new Map<string, Account>()
  readonly numbers = new Map<string, BusinessNumber>()
  readonly tokens = new Map<string, AccessToken>()
  readonly contacts = new Map<string, Contact>()
  /** By BSUID, for sends with a `recipient`. */
  readonly byUserId = new Map<string, string>()
  readonly templates = new Map<string, Template>()
  /** `wabaId\nname\nlanguage` → template: a send names a template so. */
  readonly #templateKeys = new Map<string, Template>()
  readonly media = new Map<string, Media>()
  readonly messages = new Map<string, Message>()
  readonly threads = new Map<string, Message[]>()
  onChange: ChangeListener = () => {}

  constructor(app: App) {
    this.app = app
  }

  saveApp(): void {
    this.onChange('app', 'app', this.app)
  }

  saveAccount(account: Account): void {
    this.accounts.set(account.wabaId, account)
    this.onChange('accounts', account.wabaId, account)
  }

  saveNumber(number: BusinessNumber): void {
    this.numbers.set(number.id, number)
    this.onChange('numbers', number.id, number)
  }

  saveToken(token: AccessToken): void {
    this.tokens.set(token.token, token)
    this.onChange('tokens', token.token, token)
  }

  saveContact(contact: Contact): void {
    this.contacts.set(contact.number, contact)
    for (const id of idsOf(contact)) this.byUserId.set(id, contact.number)
    this.onChange('contacts', contact.number, contact)
    if (this.contacts.size > MOST_CONTACTS) this.#forgetOldestContact()
  }

  #forgetOldestContact(): void {
    const oldest = this.contacts.values().next().value
    if (!oldest) return
    this.contacts.delete(oldest.number)
    this.forgetUserIds(oldest)
    this.onChange('contacts', oldest.number, undefined)
  }

  /** Called before a person's ids change: the old ids must no longer find the person. */
  forgetUserIds(contact: Contact): void {
    for (const id of idsOf(contact)) if (this.byUserId.get(id) === contact.number) this.byUserId.delete(id)
  }

  saveTemplate(template: Template): void {
    this.templates.set(template.id, template)
    this.#templateKeys.set(templateKey(template.wabaId, template.name, template.language), template)
    this.onChange('templates', template.id, template)
  }

  removeTemplate(template: Template): void {
    this.templates.delete(template.id)
    this.#templateKeys.delete(templateKey(template.wabaId, template.name, template.language))
    this.onChange('templates', template.id, undefined)
  }

  findTemplate(wabaId: string, name: string, language: string): Template | undefined {
    return this.#templateKeys.get(templateKey(wabaId, name, language))
  }

  saveMedia(media: Media): void {
    this.media.set(media.id, media)
    this.onChange('media', media.id, media)
  }

  removeMedia(id: string): void {
    this.media.delete(id)
    this.onChange('media', id, undefined)
  }

  /** Keeps only the newest messages: of all phones together, and of each phone. */
  addMessage(message: Message): void {
    this.messages.set(message.id, message)
    const thread = this.threads.get(message.phone)
    if (thread) {
      thread.push(message)
      if (thread.length > NEWEST_PER_PHONE) this.#forget(thread[0]!)
    } else this.threads.set(message.phone, [message])
    if (this.messages.size > NEWEST_MESSAGES) {
      for (const oldest of this.messages.values()) {
        this.#forget(oldest)
        break
      }
    }
    this.onChange('messages', message.id, message)
  }

  saveMessage(message: Message): void {
    // A message that was removed is not stored again, although its last statuses may still be pending.
    if (this.messages.has(message.id)) this.onChange('messages', message.id, message)
  }

  #forget(message: Message): void {
    this.messages.delete(message.id)
    const thread = this.threads.get(message.phone)
    if (thread) {
      const at = thread.indexOf(message)
      if (at >= 0) thread.splice(at, 1)
      if (thread.length === 0) this.threads.delete(message.phone)
    }
    this.onChange('messages', message.id, undefined)
  }

  /** Newest last. */
  thread(phone: string): readonly Message[] {
    return this.threads.get(phone) ?? []
  }

  state(): WorldState {
    return structuredClone({
      app: this.app,
      accounts: [...this.accounts.values()],
      numbers: [...this.numbers.values()],
      tokens: [...this.tokens.values()],
      contacts: [...this.contacts.values()],
      templates: [...this.templates.values()],
      media: [...this.media.values()],
      messages: [...this.messages.values()],
    })
  }

  clear(): void {
    const kinds = ['accounts', 'numbers', 'tokens', 'contacts', 'templates', 'media', 'messages'] as const
    for (const kind of kinds) {
      for (const id of this[kind].keys()) this.onChange(kind, id, undefined)
      this[kind].clear()
    }
    this.byUserId.clear()
    this.#templateKeys.clear()
    this.threads.clear()
  }

  restore(state: WorldState): void {
    this.clear()
    const copy = structuredClone(state)
    this.app = copy.app
    this.saveApp()
    for (const account of copy.accounts) this.saveAccount(account)
    for (const number of copy.numbers) this.saveNumber(number)
    for (const token of copy.tokens) this.saveToken(token)
    for (const contact of copy.contacts) this.saveContact(contact)
    for (const template of copy.templates) this.saveTemplate(template)
    for (const media of copy.media) this.saveMedia(media)
    for (const message of copy.messages) this.addMessage(message)
  }
}

const idsOf = (contact: Contact): string[] =>
  contact.parentUserId === undefined
    ? Object.values(contact.userIds)
    : [...Object.values(contact.userIds), contact.parentUserId]

const templateKey = (wabaId: string, name: string, language: string): string => `${wabaId}\n${name}\n${language}`
