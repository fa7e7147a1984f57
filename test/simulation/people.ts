import { statusBody } from '../../packages/gateway/src/domain/events/bodies.ts'
import type { MessageStatus } from '../../packages/gateway/src/domain/messages/status.ts'
import type { MessageFact, Notice, ContactIdentity, StatusFact } from '../../packages/gateway/src/store/store.ts'
import type { Random } from './random.ts'
import { EPOCH } from './loop.ts'

/** A user of WhatsApp, as Meta knows them. Meta decides which names a webhook contains. */
export type Someone = {
  n: number
  phone: string
  userId: string
  parentId: string | undefined
  /** Probability of each name in a webhook. */
  tellsPhone: number
  tellsId: number
  /** Sends and gets no messages, until a number has passed on. */
  isAway?: boolean
  /** How many erasures of them have ended. */
  erasures: number
}

export function somebody(n: number, random: Random): Someone {
  return {
    n,
    phone: `1555000${String(n).padStart(4, '0')}`,
    userId: `US.person${n}`,
    erasures: 0,
    parentId: random.chance(0.2) ? `US.ENT.person${n}` : undefined,
    ...random.pick([
      { tellsPhone: 1, tellsId: 0 },
      { tellsPhone: 0, tellsId: 1 },
      { tellsPhone: 1, tellsId: 1 },
      { tellsPhone: 0.5, tellsId: 0.5 },
      { tellsPhone: 0.7, tellsId: 0.1 },
    ]),
  }
}

/** A person who got the number of another person. WhatsApp always sends their id: a number alone could mean either. */
export function newHolder(n: number, phone: string, random: Random): Someone {
  return { ...somebody(n, random), phone, tellsPhone: random.pick([1, 0.5]), tellsId: 1, isAway: true }
}

/** The names of a person in one webhook. */
export function namesOf(who: Someone, random: Random): ContactIdentity {
  const phone = random.chance(who.tellsPhone)
  const id = random.chance(who.tellsId)
  if (!phone && !id) return random.chance(0.5) ? { phone: who.phone } : { userId: who.userId }
  return {
    ...(phone && { phone: who.phone }),
    ...(id && { userId: who.userId }),
    ...(id && who.parentId !== undefined && random.chance(0.5) && { parentId: who.parentId }),
    ...(random.chance(0.3) && { name: `Person ${who.n}` }),
  }
}

export const allNamesOf = (who: Someone): ContactIdentity => ({
  phone: who.phone,
  userId: who.userId,
  ...(who.parentId !== undefined && { parentId: who.parentId }),
})

const CHANNEL = { businessPhone: '15550009999' }

/** The identity of an event: delivered once, whatever else happens. */
export const messageIdent = (channelId: number, wamid: string): string => `message ${channelId} ${wamid}`
export const statusIdent = (channelId: number, wamid: string, status: string): string =>
  `status ${channelId} ${wamid} ${status}`
export const noticeIdent = (channelId: number, key: string): string => `notice ${channelId} ${key}`

export function identOf(fact: MessageFact | StatusFact | Notice): string {
  if (fact.kind === 'message') return messageIdent(fact.channelId, fact.wamid)
  if (fact.kind === 'status') return statusIdent(fact.channelId, fact.wamid, fact.status)
  return noticeIdent(fact.channelId, fact.key)
}

/** The same, read from a callback. */
export function identOfBody(channelId: number, body: string): string {
  const status = /"message_id":"([^"]+)","message_status":"([^"]+)"/.exec(body)
  return status ? statusIdent(channelId, status[1]!, status[2]!) : `${body.slice(1, -1)}`
}

export function written(channelId: number, wamid: string, contact: ContactIdentity, now: number): MessageFact {
  return {
    kind: 'message',
    channelId,
    contact,
    wamid,
    type: 'text',
    // Meta's times are whole seconds.
    at: EPOCH + Math.floor(now / 1000) * 1000,
    content: '{"text":{"body":"hello"}}',
    body: `"${messageIdent(channelId, wamid)}"`,
    opensWindow: true,
  }
}

const PRICE = '{"billable":true,"pricing_model":"PMP","type":"regular","category":"utility"}'

/** Meta writes the price in `sent`, in one of the later statuses, or in both. */
function isPriced(wamid: string, status: MessageStatus): boolean {
  const which = wamid.length % 3
  return status === 'sent' ? which !== 0 : status === 'delivered' || status === 'read' ? which !== 1 : false
}

export function told(
  channelId: number,
  wamid: string,
  reference: string | undefined,
  status: MessageStatus,
  contact: ContactIdentity,
  now: number,
): StatusFact {
  const at = EPOCH + Math.floor(now / 1000) * 1000
  return {
    kind: 'status',
    channelId,
    contact,
    wamid,
    ...(reference !== undefined && { reference }),
    status,
    at,
    ...(isPriced(wamid, status) && { pricing: PRICE }),
    error: status === 'failed' ? '{"code":131026}' : null,
    body: statusBody(
      { id: channelId, ...CHANNEL },
      { wamid, status, errors: [], atSeconds: at / 1000, recipient: contact.phone, more: {} },
      undefined,
    ),
  }
}

export function noticed(channelId: number, key: string, contact: ContactIdentity | undefined, now: number): Notice {
  return {
    kind: 'notice',
    channelId,
    event: contact ? 'user_preferences' : 'template_status_update',
    key,
    at: EPOCH + now,
    body: `"${noticeIdent(channelId, key)}"`,
    ...(contact && { contact }),
  }
}
