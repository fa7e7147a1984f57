import type { Names } from '../contacts/identity.ts'
import type { Owner } from '../contacts/state.ts'
import type { EventChannel } from './bodies.ts'
import { derivedBody, type EventContact } from './derived.ts'

type Known = Names & { name?: string; username?: string }

export function eventContactOf({ phone, userId, parentId, username, name }: Known): EventContact {
  return {
    ...(phone !== undefined && { phone }),
    ...(userId !== undefined && { user_id: userId }),
    ...(parentId !== undefined && { parent_user_id: parentId }),
    ...(username !== undefined && { username }),
    ...(name !== undefined && { name }),
  }
}

/** `conversation_owner` where no handover of Meta's tells it. `from`: the field and the value that it follows from. */
export function ownerBody(
  channel: EventChannel,
  owner: Owner,
  contact: Known,
  from: { field: string; value: unknown } = { field: 'thread_control', value: {} },
): string {
  const keys = {
    contact: eventContactOf(contact),
    owner: owner.owner,
    role: owner.role,
    since: Math.floor(owner.since / 1000),
  }
  return derivedBody(
    channel,
    { event: 'conversation_owner', keys },
    { ...from, atSeconds: Math.floor(owner.at / 1000) },
  )
}
