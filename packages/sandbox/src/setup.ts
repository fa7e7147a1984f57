import { contactOf, sendWebhook, type Cloud } from './cloud.ts'
import { keepMedia } from './graph/media.ts'
import { digitsFrom, objectId, templateId } from './identifiers.ts'
import { sampleOf } from './samples.ts'
import type { AccessToken, Account, BusinessNumber, Contact, Media, Template } from './world.ts'

/** Objects besides the demo. Every missing field is made from the seed. */

export type NewAccount = Partial<
  Pick<Account, 'wabaId' | 'name' | 'businessId' | 'subscribed' | 'parentUserIds' | 'settings'>
>

export function addAccount(cloud: Cloud, given: NewAccount = {}): Account {
  const wabaId = given.wabaId ?? objectId(cloud.source, 'waba')
  if (cloud.world.accounts.has(wabaId)) throw new SetupError(`There is already an account ${wabaId}.`)
  const account: Account = {
    wabaId,
    name: given.name ?? `Account ${wabaId.slice(-4)}`,
    businessId: given.businessId ?? objectId(cloud.source, 'business'),
    subscribed: given.subscribed ?? true,
    ...(given.parentUserIds !== undefined && { parentUserIds: given.parentUserIds }),
    ...(given.settings !== undefined && { settings: given.settings }),
  }
  cloud.world.saveAccount(account)
  return account
}

export type NewNumber = { wabaId?: string } & Partial<Omit<BusinessNumber, 'wabaId'>>

/** Adds a business number, with a new account and token when it names no account. */
export function addNumber(cloud: Cloud, given: NewNumber = {}): { number: BusinessNumber; token: string } {
  const wabaId = given.wabaId ?? addAccount(cloud).wabaId
  if (!cloud.world.accounts.has(wabaId)) throw new SetupError(`There is no account ${wabaId}.`)
  const id = given.id ?? objectId(cloud.source, 'number')
  if (cloud.world.numbers.has(id)) throw new SetupError(`There is already a number ${id}.`)
  const digits = given.number ?? `1650555${digitsFrom(cloud.source.draw('business number'), 4)}`
  const number: BusinessNumber = {
    quality: 'GREEN',
    throughput: 'STANDARD',
    registered: true,
    profile: {},
    blocked: [],
    settings: {},
    ...given,
    id,
    wabaId,
    number: digits,
    verifiedName: given.verifiedName ?? `Business ${digits.slice(-4)}`,
  }
  cloud.world.saveNumber(number)
  const known = [...cloud.world.tokens.values()].find((t) => t.wabaIds !== 'all' && t.wabaIds.includes(wabaId))
  return { number, token: (known ?? addToken(cloud, { wabaIds: [wabaId] })).token }
}

export function addToken(cloud: Cloud, given: Partial<AccessToken> = {}): AccessToken {
  const token: AccessToken = {
    token: given.token ?? `EAA${cloud.source.draw('token').toString('base64url')}`,
    wabaIds: given.wabaIds ?? 'all',
    ...(given.expiresAt !== undefined && { expiresAt: given.expiresAt }),
    ...(given.scopes !== undefined && { scopes: given.scopes }),
  }
  cloud.world.saveToken(token)
  return token
}

export type NewTemplate = Pick<Template, 'name' | 'components'> & Partial<Template>

/** Adds a template without review or webhook. Default status: approved. */
export function addTemplate(cloud: Cloud, given: NewTemplate): Template {
  const wabaId = given.wabaId ?? cloud.world.accounts.keys().next().value
  if (wabaId === undefined || !cloud.world.accounts.has(wabaId)) throw new SetupError('There is no such account.')
  const template: Template = {
    language: 'en_US',
    status: 'APPROVED',
    category: 'UTILITY',
    parameter_format: 'POSITIONAL',
    createdAt: cloud.clock.now(),
    ...given,
    id: given.id ?? templateId(cloud.source),
    wabaId,
  }
  cloud.world.saveTemplate(template)
  return template
}

export type NewMedia = {
  numberId: string
  type?: string
  id?: string
  mimeType?: string
  bytes?: Buffer | string
  filename?: string
}

/** Adds uploaded media. Without bytes, a small sample of the type (a string is Base64). */
export function addMedia(cloud: Cloud, given: NewMedia): Media {
  const number = cloud.world.numbers.get(given.numberId)
  if (!number) throw new SetupError(`There is no number ${given.numberId}.`)
  const sample = sampleOf(given.type ?? 'image')
  return keepMedia(cloud, number, {
    bytes: typeof given.bytes === 'string' ? Buffer.from(given.bytes, 'base64') : (given.bytes ?? sample.bytes),
    mimeType: given.mimeType ?? sample.mimeType,
    ...(given.id !== undefined && { id: given.id }),
    ...(given.filename !== undefined && { filename: given.filename }),
  })
}

export type PhoneTraits = {
  name?: string
  username?: string
  hidden?: boolean
  onWhatsApp?: boolean
  online?: boolean
  readReceipts?: boolean
  autoRead?: boolean
  /** The BSUID, for one portfolio or for all portfolios. */
  userId?: string
  /** The BSUID that the portfolios of one parent account share. */
  parentUserId?: string
  /**
   * Opens (`true`: now; or a time in epoch milliseconds) or closes (`false`) the window with one or every business
   * number.
   */
  window?: boolean | number
}

/** Changes the traits of a person. */
export function describePhone(cloud: Cloud, number: string, traits: PhoneTraits, numberId?: string): Contact {
  const contact = contactOf(cloud, number)
  const { userId, parentUserId, window, name, username } = traits
  if (name !== undefined) contact.name = String(name)
  if (username !== undefined) contact.username = String(username)
  for (const key of ['hidden', 'onWhatsApp', 'online', 'readReceipts', 'autoRead'] as const) {
    if (traits[key] !== undefined) contact[key] = Boolean(traits[key])
  }
  if (userId !== undefined || parentUserId !== undefined) cloud.world.forgetUserIds(contact)
  if (parentUserId !== undefined) contact.parentUserId = parentUserId
  if (userId !== undefined) {
    for (const account of cloud.world.accounts.values()) contact.userIds[account.businessId] = userId
  }
  if (window !== undefined) {
    for (const id of numberId === undefined ? cloud.world.numbers.keys() : [numberId]) {
      if (window === false) delete contact.lastWroteAt[id]
      else contact.lastWroteAt[id] = window === true ? cloud.clock.now() : window
    }
  }
  cloud.world.saveContact(contact)
  return contact
}

export type CustomWebhook = {
  field: string
  value: Record<string, unknown>
  wabaId?: string
  numberId?: string
  timed?: boolean
}

/** Sends any webhook by hand: account updates, errors of a number, future fields. Resolves when it was answered. */
export function sendCustomWebhook(cloud: Cloud, webhook: CustomWebhook): Promise<void> {
  const number = webhook.numberId === undefined ? undefined : cloud.world.numbers.get(webhook.numberId)
  const account = cloud.world.accounts.get(
    webhook.wabaId ?? number?.wabaId ?? cloud.world.accounts.keys().next().value ?? '',
  )
  if (!account) throw new SetupError('There is no such account.')
  const value =
    number && webhook.value['metadata'] === undefined
      ? {
          messaging_product: 'whatsapp' as const,
          metadata: { display_phone_number: number.number, phone_number_id: number.id },
          ...webhook.value,
        }
      : webhook.value
  return new Promise((resolve) => {
    sendWebhook(cloud, account, number, webhook.field, value, `${webhook.field} ${account.wabaId}`, {
      timed: webhook.timed ?? number === undefined,
      onAnswered: resolve,
    })
  })
}

/** A request that cannot be carried out. The message is for the caller. */
export class SetupError extends Error {}
