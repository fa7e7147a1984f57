import { isRecord } from '../../platform/is-record.ts'

/*
 * What is known of a contact beside the names: who holds the conversation, whether the business may call, whether the
 * contact wants marketing. Each part has the time of the fact that it comes from, so that an older fact that arrives
 * late never replaces a newer one. Decides only; the store applies the decision in the commit of the fact.
 *
 * Times are epoch milliseconds.
 */

export type ContactState = {
  owner?: Owner
  calls?: CallPermission
  marketing?: MarketingWish
  identity?: IdentityDoubt
  freeEntry?: FreeEntry
  limited?: MarketingLimit
}

/** Who answers the contact: we, another program, or nobody yet. Meta calls it the owner of the thread. */
export type Owner = {
  owner: 'us' | 'other' | 'idle'
  /** Meta's word for the task of the owner, such as `escalation`. */
  role: string | null
  /** Since when this owner holds the conversation. */
  since: number
  /** The newest fact that shows this owner. */
  at: number
  /** True when Meta reported that the conversation was taken from us: in the same second that outranks all else. */
  taken?: true
}

/** Whether the business may call the contact. `until` is null without an end. */
export type CallPermission = {
  permission: 'temporary' | 'permanent' | 'none'
  until: number | null
  at: number
}

/** What the contact, or the business for the contact, wished about marketing messages. */
export type MarketingWish = {
  state: 'allowed' | 'stopped'
  at: number
  /** Who said so: the contact in WhatsApp, the business for the contact, or WhatsApp when it refused a message. */
  by: 'contact' | 'business' | 'whatsapp'
  signup?: string
  /** The message with a stop word that stopped it: the first one, which is answered. */
  from?: string
}

/**
 * WhatsApp did not deliver a marketing message (131049), because the contact has had enough for now. Repeats within a day
 * close the contact to all messages of the account, so none is sent until the day is over.
 */
export type MarketingLimit = { at: number }

const LIMITED_FOR_MS = 24 * 60 * 60 * 1000

/** Until when no marketing message goes to the contact; undefined when they may. */
export function limitedUntil({ limited }: ContactState, now: number): number | undefined {
  return limited !== undefined && now < limited.at + LIMITED_FOR_MS ? limited.at + LIMITED_FOR_MS : undefined
}

/** A change of number or id was reported without the earlier id: the person may be another contact, too. */
export type IdentityDoubt = { previous: 'unknown'; at: number }

/** Until when all messages to a contact who came from an ad are free. WhatsApp says the end; it is never computed. */
export type FreeEntry = { until: number; at: number }

/** The end of the free entry point that is open at `now`, or null. */
export const freeUntil = ({ freeEntry }: ContactState, now: number): number | null =>
  freeEntry !== undefined && freeEntry.until > now ? freeEntry.until : null

/** The parts that one fact reports. An owner without a role leaves a known role of the same owner. */
export type StateChange = ContactState

/** WhatsApp's refusals of marketing: the contact wants none, or has had enough for now. */
const STOPPED_MARKETING = 131050
const ENOUGH_MARKETING = 131049

/** What the error codes of a message tell of its contact: for a stop, no webhook but this refusal may have told it. */
export function refusedMarketing(codes: readonly unknown[], at: number): StateChange | undefined {
  if (codes.includes(STOPPED_MARKETING)) return { marketing: { state: 'stopped', at, by: 'whatsapp' } }
  return codes.includes(ENOUGH_MARKETING) ? { limited: { at } } : undefined
}

/** Reads the stored text. Null, and text that is not ours, is a contact of whom nothing is known. */
export function readState(text: string | null): ContactState {
  if (text === null) return {}
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? (value as ContactState) : {}
  } catch {
    return {}
  }
}

/** The text to store; null when nothing is known. */
export function stateText(state: ContactState): string | null {
  return Object.keys(state).length === 0 ? null : JSON.stringify(state)
}

/** The state after a fact. Returns the same object when the fact is older than all that is known. */
export function stateAfter(state: ContactState, change: StateChange): ContactState {
  let next = state
  for (const part of Object.keys(change) as (keyof ContactState)[]) {
    const [known, told] = [state[part], change[part]]
    if (told === undefined) continue
    const after = known === undefined ? told : partAfter(known, told)
    if (after !== known) next = { ...next, [part]: after }
  }
  return next
}

/** The state of one person who was two contacts: the newer part of each. `into` is the contact that remains. */
export function joinedState(into: ContactState, from: ContactState): ContactState {
  let next = into
  for (const part of Object.keys(from) as (keyof ContactState)[]) {
    const [kept, other] = [into[part], from[part]]
    if (other !== undefined && (kept === undefined || other.at > kept.at)) next = { ...next, [part]: other }
  }
  return next
}

/** WhatsApp gives a conversation up when the contact was quiet for so long. */
export const IDLE_AFTER_MS = 24 * 60 * 60 * 1000

/** When a conversation becomes idle if the contact stays quiet; undefined when nobody holds it. */
export function idleAt(owner: Owner | undefined, lastInboundAt: number | undefined): number | undefined {
  if (owner === undefined || owner.owner === 'idle') return undefined
  return Math.max(owner.at, lastInboundAt ?? 0) + IDLE_AFTER_MS
}

/** The owner at `now`: whoever was the last, until the contact was quiet for a day. */
export function ownerNow(owner: Owner | undefined, lastInboundAt: number | undefined, now: number): Owner | undefined {
  const at = idleAt(owner, lastInboundAt)
  return at === undefined || now < at ? owner : { owner: 'idle', role: null, since: at, at }
}

/**
 * The owner that a new fact is compared with. A contact whom no other program ever answered has none: then it is us since
 * the last message, so that an older report that arrives late changes nothing.
 */
export function knownOwner(owner: Owner | undefined, lastInboundAt: number | undefined): Owner | undefined {
  if (owner !== undefined || lastInboundAt === undefined) return owner
  return { owner: 'us', role: null, since: lastInboundAt, at: lastInboundAt }
}

type Part = NonNullable<ContactState[keyof ContactState]>

function partAfter<T extends Part>(known: T, told: T): T {
  if (told.at < known.at) return known
  if ('owner' in known && 'owner' in told) return ownerAfter(known, told) as T
  return 'by' in known && 'by' in told ? (wishAfter(known, told) as T) : told
}

/** A stop that is repeated is still the stop of its first message. */
const wishAfter = (known: MarketingWish, told: MarketingWish): MarketingWish =>
  known.state === told.state && known.from !== undefined ? { ...told, from: known.from } : told

/** Meta's times are whole seconds: of two facts with one time, the report of a loss is right, else the later arrival. */
function ownerAfter(known: Owner, told: Owner): Owner {
  if (told.at === known.at && known.taken && !told.taken) return known
  const isSame = told.owner === known.owner
  const role = told.role ?? (isSame ? known.role : null)
  return { ...told, role, since: isSame && role === known.role ? known.since : told.since }
}
