import { hasArrived } from './arrivals.ts'
import type { Json } from './checker.ts'
import { accountOf, contactOf, seconds, sendWebhook, userIdOf, valueOf, numberIsShown, type Cloud } from './cloud.ts'
import { groupId, requestId } from './identifiers.ts'
import { readTogether } from './journey.ts'
import { SetupError } from './setup.ts'
import type { BusinessNumber, Group, Message } from './world.ts'

/* Groups of a business number: created by the business, joined by link, left by the person or removed. */

const FIELD: Record<string, string> = {
  group_create: 'group_lifecycle_update',
  group_delete: 'group_lifecycle_update',
  group_participants_add: 'group_participants_update',
  group_participants_remove: 'group_participants_update',
  group_join_request_created: 'group_participants_update',
  group_join_request_revoked: 'group_participants_update',
  group_settings_update: 'group_settings_update',
  group_suspend: 'group_status_update',
  group_suspend_cleared: 'group_status_update',
}

export function tellGroup(cloud: Cloud, number: BusinessNumber, id: string, type: string, more: Json): Promise<void> {
  const groups = [{ timestamp: seconds(cloud.clock.now()), group_id: id, type, ...more }]
  return new Promise((resolve) => {
    sendWebhook(cloud, accountOf(cloud, number), number, FIELD[type]!, { ...valueOf(number), groups }, `group ${id}`, {
      onAnswered: resolve,
    })
  })
}

export function findGroup(cloud: Cloud, id: string): { number: BusinessNumber; group: Group } | undefined {
  for (const number of cloud.world.numbers.values()) {
    const group = number.groups?.find((one) => one.id === id)
    if (group) return { number, group }
  }
  return undefined
}

export function groupFor(cloud: Cloud, id: string): { number: BusinessNumber; group: Group } {
  const found = findGroup(cloud, id)
  if (!found) throw new SetupError(`There is no group ${id}.`)
  return found
}

export type NewGroup = Pick<Group, 'subject'> & Partial<Pick<Group, 'id' | 'description' | 'mode' | 'participants'>>

/** Returns the request at once. A webhook reports the group. */
export function createGroup(cloud: Cloud, number: BusinessNumber, given: NewGroup): { group: Group; request: string } {
  const id = given.id ?? groupId(cloud.source, number.number)
  const group: Group = {
    id,
    subject: given.subject,
    ...(given.description !== undefined && { description: given.description }),
    mode: given.mode ?? 'auto_approve',
    invite: cloud.source.draw('invite').toString('base64url', 0, 16),
    participants: given.participants ?? [],
    requests: [],
    createdAt: cloud.clock.now(),
    suspended: false,
  }
  for (const phone of group.participants) comeIn(cloud, group, phone)
  number.groups = [...(number.groups ?? []), group]
  saveGroup(cloud, number, group)
  const request = requestId(cloud.source)
  cloud.timerQueue.in(cloud.pace.statusDelayMs, () => {
    void tellGroup(cloud, number, id, 'group_create', {
      request_id: request,
      subject: group.subject,
      ...(group.description !== undefined && { description: group.description }),
      invite_link: inviteLink(group),
      join_approval_mode: group.mode,
    })
  })
  return { group, request }
}

/** Stores a group and tells the page. */
export function saveGroup(cloud: Cloud, number: BusinessNumber, group: Group): void {
  cloud.world.saveNumber(number)
  cloud.events.emit('group', cloud.clock.now(), () => ({ group: group.id }))
}

const MOST_STAYS = 500

function comeIn(cloud: Cloud, group: Group, phone: string): void {
  group.stays = [...(group.stays ?? []), { phone, from: cloud.clock.now() }].slice(-MOST_STAYS)
}

/** These people are no longer in the group: they left, or the business removed them. */
export function goOut(cloud: Cloud, number: BusinessNumber, group: Group, phones: string[]): void {
  group.participants = group.participants.filter((one) => !phones.includes(one))
  for (const stay of group.stays ?? []) if (phones.includes(stay.phone)) stay.to ??= cloud.clock.now()
  saveGroup(cloud, number, group)
}

/** A line of a group's chat: a message, or who came and went. `from` is missing for the business. */
export type GroupLine = { at: number; from?: string; message?: Message; note?: 'joined' | 'left' }

/**
 * The chat of a group as one person sees it: what was written while they were in it. A message of the business is in
 * every participant's thread, so only the person's own copy counts.
 */
export function groupChat(cloud: Cloud, id: string, phone: string): GroupLine[] {
  const { group } = groupFor(cloud, id)
  const stays = group.stays ?? []
  const mine = stays.filter((stay) => stay.phone === phone)
  const seen = (at: number): boolean => mine.some(({ from, to }) => at >= from && at <= (to ?? Infinity))
  const lines: GroupLine[] = []
  for (const other of new Set(stays.map((stay) => stay.phone))) {
    for (const message of cloud.world.thread(other)) {
      if (message.direction === 'in' && message.extra?.['group_id'] === id)
        lines.push({ at: message.at, from: other, message })
      else if (message.groupId === id && other === phone && hasArrived(message)) lines.push({ at: message.at, message })
    }
  }
  for (const [i, { phone: other, from, to }] of stays.entries()) {
    // People who join in the same millisecond have come in this order.
    const cameBefore = mine.some((stay) => stay.from === from && stays.indexOf(stay) > i)
    if (!cameBefore) lines.push({ at: from, from: other, note: 'joined' })
    if (to !== undefined) lines.push({ at: to, from: other, note: 'left' })
  }
  return lines.filter(({ at }) => seen(at)).sort((a, b) => a.at - b.at)
}

export const inviteLink = (group: Group): string => `https://chat.whatsapp.com/${group.invite}`

/** `wa_id` when it may be shown, else the BSUID. Meta's samples have only `wa_id` for a visible number. */
function participant(cloud: Cloud, number: BusinessNumber, phone: string): Json {
  const contact = contactOf(cloud, phone)
  const { businessId } = accountOf(cloud, number)
  return numberIsShown(contact, businessId) ? { wa_id: phone } : { user_id: userIdOf(cloud, contact, businessId) }
}

/** A person opens the invite link: they join, or they ask to join. */
export async function joinGroup(cloud: Cloud, id: string, phone: string): Promise<void> {
  const { number, group } = groupFor(cloud, id)
  if (group.participants.includes(phone)) return
  if (group.mode === 'auto_approve') return addParticipants(cloud, number, group, [phone])
  const request = `jr_${cloud.source.draw('join request').toString('hex', 0, 6)}`
  group.requests.push({ id: request, phone, at: cloud.clock.now() })
  saveGroup(cloud, number, group)
  await tellGroup(cloud, number, id, 'group_join_request_created', {
    join_request_id: request,
    ...participant(cloud, number, phone),
  })
}

export function addParticipants(cloud: Cloud, number: BusinessNumber, group: Group, phones: string[]): Promise<void> {
  group.participants.push(...phones)
  for (const phone of phones) comeIn(cloud, group, phone)
  saveGroup(cloud, number, group)
  return tellGroup(cloud, number, group.id, 'group_participants_add', {
    reason: 'invite_link',
    added_participants: phones.map((phone) => participant(cloud, number, phone)),
  })
}

export async function leaveGroup(cloud: Cloud, id: string, phone: string): Promise<void> {
  const { number, group } = groupFor(cloud, id)
  const asked = group.requests.find((request) => request.phone === phone)
  if (asked) {
    group.requests = group.requests.filter((request) => request !== asked)
    saveGroup(cloud, number, group)
    return tellGroup(cloud, number, id, 'group_join_request_revoked', {
      join_request_id: asked.id,
      ...participant(cloud, number, phone),
    })
  }
  if (!group.participants.includes(phone)) throw new SetupError(`${phone} is not in the group ${id}.`)
  goOut(cloud, number, group, [phone])
  await tellGroup(cloud, number, id, 'group_participants_remove', {
    initiated_by: 'participant',
    removed_participants: [participant(cloud, number, phone)],
  })
}

/** WhatsApp suspends a group, or lifts the suspension. */
export function suspendGroup(cloud: Cloud, id: string, suspended = true): Promise<void> {
  const { number, group } = groupFor(cloud, id)
  group.suspended = suspended
  saveGroup(cloud, number, group)
  return tellGroup(cloud, number, id, suspended ? 'group_suspend' : 'group_suspend_cleared', {})
}

/** All participants of a group read its messages: one webhook for each message. */
export async function readGroup(cloud: Cloud, id: string): Promise<void> {
  const { number, group } = groupFor(cloud, id)
  const byId = new Map<string, Message[]>()
  for (const phone of group.participants) {
    for (const message of cloud.world.thread(phone)) {
      if (message.groupId === id && message.status === 'delivered')
        byId.set(message.id, [...(byId.get(message.id) ?? []), message])
    }
  }
  for (const messages of byId.values()) await readTogether(cloud, number, messages)
}
