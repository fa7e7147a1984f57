import type { WebhookValue } from '@postern/cloud-api'
import type { Json } from './checker.ts'
import {
  accountOf,
  contactOf,
  numberIsShown,
  parentUserIdOf,
  sendWebhook,
  userIdOf,
  valueOf,
  webhookContact,
  type Cloud,
} from './cloud.ts'
import { parentScopedUserId } from './identifiers.ts'
import { writeSystem } from './inbound.ts'
import type { Account, BusinessNumber, Contact } from './world.ts'

/** Reports a change to the business. Resolves when the webhook was answered. */
function announce(
  cloud: Cloud,
  number: BusinessNumber,
  field: string,
  value: WebhookValue,
  key: string,
): Promise<void> {
  return new Promise((resolve) => {
    sendWebhook(cloud, accountOf(cloud, number), number, field, value, key, { onAnswered: resolve })
  })
}

/** A person stops or resumes a business's marketing messages. */
export async function setMarketing(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  stopped: boolean,
  signupId?: string,
): Promise<void> {
  contact.stopped = contact.stopped.filter((id) => id !== number.id)
  if (stopped) contact.stopped.push(number.id)
  cloud.world.saveContact(contact)
  const account = accountOf(cloud, number)
  const about = webhookContact(cloud, contact, account)
  await announce(
    cloud,
    number,
    'user_preferences',
    {
      ...valueOf(number),
      contacts: [about],
      user_preferences: [
        {
          ...(about.wa_id !== undefined && { wa_id: about.wa_id }),
          user_id: about.user_id,
          ...(about.parent_user_id !== undefined && { parent_user_id: about.parent_user_id }),
          detail: `User requested to ${stopped ? 'stop' : 'resume'} marketing messages`,
          category: 'marketing_messages',
          value: stopped ? 'stop' : 'resume',
          timestamp: Math.floor(cloud.clock.now() / 1000),
          ...(signupId !== undefined && { signup_id: signupId }),
        },
      ],
    },
    contact.number,
  )
}

export type NewIds = {
  userId?: string
  parentUserId?: string
  /** False leaves the previous ids out of the system message, as before 11 August 2026. */
  previous?: boolean
}

/**
 * Moves a person to a new number. Their data moves too; the BSUID is made anew. Every business they have written to
 * gets a system message: with both numbers when the new one may be shown (`user_changed_number`), and with BSUIDs only
 * when it is hidden (`user_changed_user_id`).
 */
export async function moveNumber(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  to: string,
  ids: NewIds = {},
): Promise<Contact> {
  const told = businessesOf(cloud, contact, number)
  const before = told.map((business) => idsFor(cloud, contact, accountOf(cloud, business)))
  const there = cloud.world.contacts.get(to)
  if (there) cloud.world.forgetUserIds(there)
  const moved: Contact = { ...structuredClone(contact), number: to, userKey: `${contact.userKey}>${to}`, userIds: {} }
  giveIds(cloud, moved, ids)
  cloud.world.saveContact(moved)
  for (const business of cloud.world.numbers.values()) {
    if (!business.blocked.includes(contact.number)) continue
    business.blocked.push(to)
    cloud.world.saveNumber(business)
  }
  await Promise.all(
    told.map((business, i) => {
      const account = accountOf(cloud, business)
      const shown = numberIsShown(contact, account.businessId)
      return writeSystem(
        cloud,
        contact,
        business,
        shown
          ? {
              body: `User ${contact.name} changed from ${contact.number} to ${to}`,
              wa_id: to,
              ...changed(before[i]!, idsFor(cloud, moved, account), ids),
              type: 'user_changed_number',
            }
          : changedUserId(contact, before[i]!, idsFor(cloud, moved, account), ids),
      )
    }),
  )
  const left = contactOf(cloud, contact.number)
  left.movedTo = to
  left.onWhatsApp = false
  cloud.world.saveContact(left)
  return moved
}

/** Gives a person a new BSUID. The number stays, visible or hidden. */
export async function changeUserId(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  ids: NewIds = {},
): Promise<void> {
  const told = businessesOf(cloud, contact, number)
  const before = told.map((business) => idsFor(cloud, contact, accountOf(cloud, business)))
  cloud.world.forgetUserIds(contact)
  contact.userKey += '>'
  contact.userIds = {}
  giveIds(cloud, contact, ids)
  cloud.world.saveContact(contact)
  await Promise.all(
    told.map((business, i) => {
      const now = idsFor(cloud, contact, accountOf(cloud, business))
      return writeSystem(cloud, contact, business, changedUserId(contact, before[i]!, now, ids))
    }),
  )
}

/** The operator reassigns the number: a new person without history, under another BSUID. No webhook reports it. */
export function recycleNumber(cloud: Cloud, contact: Contact, traits: { name?: string; userId?: string }): void {
  cloud.world.forgetUserIds(contact)
  cloud.world.contacts.delete(contact.number)
  const fresh = contactOf(cloud, contact.number)
  fresh.userKey = `${contact.userKey}|`
  if (traits.name !== undefined) fresh.name = traits.name
  giveIds(cloud, fresh, traits)
  cloud.world.saveContact(fresh)
}

type Ids = { userId: string; parentUserId?: string }

function idsFor(cloud: Cloud, contact: Contact, account: Account): Ids {
  const parentUserId = parentUserIdOf(cloud, contact, account)
  return {
    userId: userIdOf(cloud, contact, account.businessId),
    ...(parentUserId !== undefined && { parentUserId }),
  }
}

/** The given ids are valid for every portfolio. Missing ids come from the seed. */
function giveIds(cloud: Cloud, contact: Contact, ids: NewIds): void {
  const parentUserId =
    ids.parentUserId ?? (contact.parentUserId && parentScopedUserId(cloud.source, contact.number, contact.userKey))
  if (parentUserId !== undefined) contact.parentUserId = parentUserId
  if (ids.userId === undefined) return
  for (const account of cloud.world.accounts.values()) contact.userIds[account.businessId] = ids.userId
}

function changed(before: Ids, now: Ids, { previous = true }: NewIds): Json {
  return {
    user_id: now.userId,
    ...(now.parentUserId !== undefined && { parent_user_id: now.parentUserId }),
    ...(previous && { previous_user_id: before.userId }),
    ...(previous && before.parentUserId !== undefined && { previous_parent_user_id: before.parentUserId }),
  }
}

const changedUserId = (contact: Contact, before: Ids, now: Ids, ids: NewIds): Json => ({
  body: `User ${contact.name} changed from ${before.userId} to ${now.userId}`,
  ...changed(before, now, ids),
  type: 'user_changed_user_id',
})

/** The businesses that get the change: every business the person has written to, and the given one. */
function businessesOf(cloud: Cloud, contact: Contact, number: BusinessNumber): BusinessNumber[] {
  const others = Object.keys(contact.lastWroteAt).map((id) => cloud.world.numbers.get(id))
  return [...new Set([number, ...others])].filter((n) => n !== undefined)
}
