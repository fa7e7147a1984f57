import { isObject, type Json } from '../checker.ts'
import type { Cloud } from '../cloud.ts'
import type { SandboxEvent } from '../events.ts'
import { groupChat } from '../groups.ts'
import type { BusinessNumber, Contact, Group, Message } from '../world.ts'
import { viewMessage, viewPhone } from './view.ts'

/* What a handset with a token sees: its own phone, as the person sees it. Nothing of other people, the business or Meta. */

const picked = (from: Json, keys: readonly string[]): Json =>
  Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]))

const OF_PHONE =
  'number name username hidden onWhatsApp online readReceipts autoRead blocks stopped windows owners'.split(' ')
const OF_MESSAGE =
  'id direction numberId phone at type content face replyTo status reaction seen text groupId by edited revoked payment'.split(
    ' ',
  )

export const seenPhone = (cloud: Cloud, contact: Contact): Json => picked(viewPhone(cloud, contact), OF_PHONE)

export function seenMessage(message: Message): Json {
  const group = message.extra?.['group_id']
  const unsupported = message.extra?.['unsupported']
  const extra = { ...(group !== undefined && { group_id: group }), ...(isObject(unsupported) && { unsupported }) }
  return { ...picked(viewMessage(message), OF_MESSAGE), extra }
}

const isIn = (group: Group, phone: string): boolean => group.participants.includes(phone)

const seenNumber = ({ id, number, verifiedName, groups = [] }: BusinessNumber, phone: string): Json => ({
  id,
  number,
  verifiedName,
  groups: groups
    .filter((group) => isIn(group, phone))
    .map((group) => ({ ...picked(group, ['id', 'subject', 'mode', 'participants', 'suspended']), requests: [] })),
})

export const seenState = (cloud: Cloud, phone: string): Json => ({
  now: cloud.clock.now(),
  numbers: [...cloud.world.numbers.values()].map((number) => seenNumber(number, phone)),
})

export const groupsOf = (cloud: Cloud, phone: string): Group[] =>
  [...cloud.world.numbers.values()].flatMap(({ groups = [] }) => groups.filter((group) => isIn(group, phone)))

/** The messages that this phone has: of its chats, and of its groups. */
export function messagesOf(cloud: Cloud, phone: string): Message[] {
  const inGroups = groupsOf(cloud, phone).flatMap((group) =>
    groupChat(cloud, group.id, phone).flatMap(({ message }) => (message ? [message] : [])),
  )
  return [...cloud.world.thread(phone), ...inGroups]
}

/** True when a message of this phone has the file. */
export const hasMedia = (cloud: Cloud, phone: string, id: string): boolean =>
  messagesOf(cloud, phone).some(({ content, face }) => JSON.stringify([content, face]).includes(JSON.stringify(id)))

/** An event as this phone is told of it. Undefined: it is not about this phone. */
export function seenEvent(cloud: Cloud, phone: string, event: SandboxEvent): SandboxEvent | undefined {
  const { data, type } = event
  const told = (changed: Json, as = type): SandboxEvent => ({ ...event, type: as, data: changed })
  const isMine = data['phone'] === phone
  const inGroup = (id: unknown): boolean => groupsOf(cloud, phone).some((group) => group.id === id)
  switch (type) {
    case 'message': {
      const message = data['message'] as Message
      const group = message.groupId ?? message.extra?.['group_id']
      if (message.phone === phone) return told({ direction: data['direction'], message: seenMessage(message) })
      return inGroup(group) ? told({ group }, 'group') : undefined
    }
    case 'group':
      // Also when the phone has just left it: its page asks what is left.
      return told(inGroup(data['group']) ? { group: data['group'] } : {})
    case 'status':
      return isMine ? told(picked(data, ['id', 'phone', 'status'])) : undefined
    case 'typing':
      return isMine ? told(picked(data, ['phone', 'numberId'])) : undefined
    case 'phone':
    case 'call':
      return isMine ? told({ phone }) : undefined
    case 'number':
    case 'reset':
      return told({})
    default:
      return undefined
  }
}
