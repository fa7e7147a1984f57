import { hasArrived } from '../arrivals.ts'
import type { Json } from '../checker.ts'
import type { Cloud } from '../cloud.ts'
import { groupChat } from '../groups.ts'
import type { Message } from '../world.ts'
import { viewMessage } from './view.ts'

/** These change another message, or stand on it, and are no line of a chat. */
const isLine = (message: Message): boolean => {
  const { extra = {}, type } = message
  const unsupported = extra['unsupported'] as { type?: string } | undefined
  return type !== 'reaction' && type !== 'edit' && type !== 'revoke' && unsupported?.type !== 'edit'
}

type Chat = { numberId: string; group?: string; at: number; unread: number; last?: Message }

/** The chats of a phone, newest first: one with each business number that it has messages of, and its groups. */
export function chatsOf(cloud: Cloud, phone: string): Json[] {
  const chats = new Map<string, Chat>()
  for (const { id: numberId, groups = [] } of cloud.world.numbers.values()) {
    for (const group of groups.filter((one) => one.participants.includes(phone))) {
      const line = groupChat(cloud, group.id, phone).findLast(({ message }) => message !== undefined && isLine(message))
      const chat = { numberId, group: group.id, at: line?.at ?? group.createdAt, unread: 0 }
      chats.set(group.id, { ...chat, ...(line?.message && { last: line.message }) })
    }
  }
  for (const message of cloud.world.thread(phone)) {
    if (!isLine(message) || (message.direction === 'out' && !hasArrived(message))) continue
    const { numberId } = message
    const group = message.groupId ?? (message.extra?.['group_id'] as string | undefined)
    let chat = chats.get(group ?? numberId)
    if (!chat) {
      // A group that the person has left is no chat any more.
      if (group !== undefined) continue
      chats.set(numberId, (chat = { numberId, at: 0, unread: 0 }))
    }
    if (message.direction === 'out' && message.status === 'delivered') chat.unread++
    if (group === undefined) {
      chat.at = message.at
      chat.last = message
    }
  }
  return [...chats.values()]
    .sort((a, b) => b.at - a.at)
    .map(({ last, ...chat }) => ({ ...chat, ...(last && { last: viewMessage(last) }) }))
}
