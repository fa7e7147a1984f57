import type { Channel } from '../../domain/channels/channel.ts'
import type { Owner } from '../../domain/contacts/state.ts'
import { ownerBody } from '../../domain/events/owner.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import type { Clock } from '@postern/runtime/clock'
import { newId } from '../../platform/ids.ts'
import { isRecord } from '../../platform/is-record.ts'
import type { ContactIdentity, Notice } from '../../store/store.ts'
import { repeatable } from './to-gateway-error.ts'

export type ThreadChange = {
  action: 'take' | 'pass' | 'release'
  /** For whom the conversation is passed on, in Meta's words. Meta's default is the escalation partner. */
  role?: string | undefined
  /** Words for the new owner. */
  metadata?: string | undefined
}

/** `newest`: the time of the newest fact about the contact; 0 without any. */
export type ThreadControl = (
  channel: Channel,
  contact: ContactIdentity,
  newest: number,
  change: ThreadChange,
) => Promise<{ owner: Owner; requestId: string | undefined }>

const OWNER_AFTER = { take: 'us', pass: 'other', release: 'idle' } as const

/**
 * Takes a conversation, passes it on or gives it up at WhatsApp, and then tells the channel's endpoints. Safe to repeat.
 * `tell` stores the event and the new owner in one commit.
 */
export function createThreadControl(deps: {
  cloudApi: CloudApi
  clock: Clock
  tell: (notice: Notice) => Promise<unknown>
}): ThreadControl {
  const { cloudApi, clock, tell } = deps
  return async (channel, contact, newest, { action, role, metadata }) => {
    const answer = await repeatable(() =>
      cloudApi.resource(
        {
          method: 'POST',
          path: [channel.phoneNumberId, 'thread_control'],
          query: {},
          json: {
            messaging_product: 'whatsapp',
            // Meta's pages disagree on whether `recipient` works here yet.
            ...(contact.phone !== undefined
              ? { to: contact.phone }
              : { recipient: contact.userId ?? contact.parentId }),
            action,
            ...(role !== undefined && { control_pass: { target_role: role } }),
            ...(metadata !== undefined && { metadata }),
          },
        },
        channel.accessToken,
      ),
    )
    // In whole seconds, as the times of Meta's later reports. Whatever we knew before is older.
    const at = Math.max(Math.floor(clock.now() / 1000) * 1000, newest + 1)
    const owner: Owner = {
      owner: OWNER_AFTER[action],
      role: action === 'pass' ? (role ?? 'escalation') : null,
      since: at,
      at,
    }
    await tell({
      kind: 'notice',
      channelId: channel.id,
      event: 'conversation_owner',
      contact,
      key: newId('thread', clock.now()),
      at,
      body: ownerBody(channel, owner, contact),
      ours: true,
      state: { owner },
    })
    const requestId = isRecord(answer) && typeof answer.request_id === 'string' ? answer.request_id : undefined
    return { owner, requestId }
  }
}
