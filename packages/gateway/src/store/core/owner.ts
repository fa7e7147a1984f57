import {
  idleAt,
  knownOwner,
  limitedUntil,
  type Owner,
  ownerNow,
  readState,
  stateAfter,
  stateText,
} from '../../domain/contacts/state.ts'
import { ownerBody } from '../../domain/events/owner.ts'
import { isRecord } from '../../platform/is-record.ts'
import type { ContactIdentity, MarketingLimited, MessageFact, NotOwner, OptedOut } from '../store.ts'
import type { Contact } from './rows.ts'
import type { WorkingSet } from './working-set.ts'

/**
 * Applies who answers a contact, as a message of the contact shows it: on `messages` we do, on standby another program.
 * Returns the owner if it changed. A contact whom no other program ever answered has no owner, which costs nothing.
 */
export function hearOwner(set: WorkingSet, contact: Contact, fact: MessageFact): Owner | undefined {
  const { at, standby, opensWindow } = fact
  if (!opensWindow || (standby === undefined && contact.state === null)) return undefined
  const known = readState(contact.state)
  if (standby === undefined && known.owner === undefined) return undefined
  const lastInboundAt = contact.lastInboundAt ?? undefined
  const before = ownerNow(knownOwner(known.owner, lastInboundAt), lastInboundAt, at)
  const told: Owner = { owner: standby === undefined ? 'us' : 'other', role: null, since: at, at }
  const after = stateAfter({ ...(before && { owner: before }) }, { owner: told }).owner!
  if (after === before) return undefined
  set.changeContact(contact, { state: stateText({ ...known, owner: after }), ...watch(contact, after) })
  return after.owner === before?.owner ? undefined : after
}

/** While somebody holds the conversation, the sweep looks whether the contact was quiet for a day. */
export function watch(contact: Contact, owner: Owner | undefined): { idleAt?: number | null } {
  const at = idleAt(owner, contact.lastInboundAt ?? undefined) ?? null
  return (at === null) === (contact.idleAt === null) ? {} : { idleAt: at }
}

/** Why a message that only the owner may send is not sent; undefined when it may be. */
export function refusalBy(contact: Contact | undefined, now: number): NotOwner | undefined {
  if (!contact || contact.state === null) return undefined
  const owner = ownerNow(readState(contact.state).owner, contact.lastInboundAt ?? undefined, now)
  return owner?.owner === 'other' ? { state: 'not_owner', role: owner.role, since: owner.since } : undefined
}

/**
 * Why a marketing template is not sent; undefined when it may be. `elsewhere`: the same person at the other numbers of
 * the account.
 */
export function marketingRefusal(
  contact: Contact | undefined,
  elsewhere: readonly (Contact | undefined)[],
  now: number,
): OptedOut | MarketingLimited | undefined {
  const state = readState(contact?.state ?? null)
  const wish = state.marketing
  if (wish?.state === 'stopped') return { state: 'opted_out', by: wish.by, since: wish.at }
  const states = [state, ...elsewhere.map((other) => readState(other?.state ?? null))]
  const until = Math.max(...states.map((one) => limitedUntil(one, now) ?? 0))
  return until > 0 ? { state: 'marketing_limited', until } : undefined
}

/** The event `conversation_owner` that follows from a message, with the value of that message if it is delivered. */
export function ownerBodyAfter(contact: Contact, fact: MessageFact, owner: Owner): string {
  const told = parsed(fact.body)
  const businessPhone = typeof told.business_phone === 'string' ? told.business_phone : ''
  const field = fact.standby === undefined ? 'messages' : 'standby'
  const from = { field, value: (fact.standby === 'store' ? undefined : told.message) ?? {} }
  return ownerBody({ id: fact.channelId, businessPhone }, owner, identityOf(contact), from)
}

const identityOf = ({ phone, userId, parentId, username, name }: Contact): ContactIdentity => ({
  ...(phone !== null && { phone }),
  ...(userId !== null && { userId }),
  ...(parentId !== null && { parentId }),
  ...(username !== null && { username }),
  ...(name !== null && { name }),
})

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
