import { z } from 'zod'
import {
  type CallPermission,
  type ContactState,
  freeUntil,
  limitedUntil,
  ownerNow,
} from '../../domain/contacts/state.ts'
import { windowOf } from '../../domain/messages/window.ts'
import type { StoredContact } from '../../store/contacts.ts'
import { seconds } from '../shapes.ts'

/** The end of a free entry point, where a window is shown. */
export const freeUntilShape = z
  .int()
  .nullable()
  .describe(
    'Unix seconds: all messages are free until then, because the contact came from an ad. WhatsApp says the end.',
  )

const at = z.int().nullable().describe('Unix seconds.')

/** Who may answer the contact now. */
export const ownerShape = z
  .object({
    owner: z.enum(['us', 'other', 'idle']).describe('other: another program answers. idle: nobody does.'),
    role: z.string().nullable().describe('The role of the owner, in WhatsApp’s words.'),
    since: at,
  })
  .meta({ id: 'ConversationOwnerState' })

export const marketingShape = z
  .object({
    state: z.enum(['allowed', 'stopped']),
    since: at,
    by: z
      .enum(['contact', 'business', 'whatsapp'])
      .describe('Who said so: the contact in WhatsApp, you for the contact, or WhatsApp by refusing a message.'),
    signup: z.string().optional(),
  })
  .nullable()
  .describe('Whether the contact wants marketing messages; null when nobody said.')

export const limitedUntilShape = at.describe(
  'Unix seconds: no marketing goes to the contact until then, because WhatsApp did not deliver one (131049). null: not limited.',
)

/** What is known of a contact: `GET /external/contacts/{to}`. */
export const contactShape = z
  .object({
    phone: z.string().nullable().describe('Digits. null while WhatsApp hides the number.'),
    user_id: z.string().nullable().describe('The business-scoped id (BSUID).'),
    parent_user_id: z.string().nullable().describe('The id in all portfolios of one parent account.'),
    username: z.string().nullable().describe('Changes at any time, and cannot be sent to.'),
    name: z.string().nullable().describe('The name in WhatsApp.'),
    earlier_user_ids: z.array(z.string()).describe('Business-scoped ids before a change. They still lead here.'),
    earlier_parent_user_ids: z.array(z.string()),
    earlier_phones: z.array(z.string()).describe('Numbers before a change that no other contact has now.'),
    window: z.object({
      open: z.boolean().describe('True only when the window is known to be open.'),
      state: z.enum(['open', 'closed', 'unknown']),
      until: at.describe('Unix seconds; in the past when the window is closed, null when nothing is known.'),
      last_inbound_at: at.describe('Unix seconds, by WhatsApp’s clock.'),
      free_until: freeUntilShape,
    }),
    owner: ownerShape.nullable().describe('null: no other program ever answered this contact.'),
    marketing: marketingShape,
    marketing_limited_until: limitedUntilShape,
    calls: z
      .object({ permission: z.enum(['temporary', 'permanent', 'none']), until: at, since: at })
      .nullable()
      .describe('Whether the contact may be called; null when it was never asked.'),
    notes: z
      .array(z.object({ kind: z.string(), text: z.string() }))
      .describe('What to know about this contact. New kinds may come.'),
  })
  .meta({ id: 'Contact' })

export type ShownContact = z.output<typeof contactShape>

export function contactOf(
  contact: StoredContact,
  channel: { createdAt: number },
  now: number,
): z.input<typeof contactShape> {
  const { state, lastInboundAt, earlier } = contact
  const window = windowOf({ lastInboundAt, channelCreatedAt: channel.createdAt }, now)
  const until = window.state === 'open' ? window.closesAt : window.state === 'closed' ? window.closedAt : undefined
  const owner = ownerNow(state.owner, lastInboundAt, now)
  const { calls } = state
  return {
    phone: contact.phone ?? null,
    user_id: contact.userId ?? null,
    parent_user_id: contact.parentId ?? null,
    username: contact.username ?? null,
    name: contact.name ?? null,
    earlier_user_ids: earlier.userIds,
    earlier_parent_user_ids: earlier.parentIds,
    earlier_phones: earlier.phones,
    window: {
      open: window.state === 'open',
      state: window.state,
      until: seconds(until ?? null),
      last_inbound_at: seconds(lastInboundAt ?? null),
      free_until: seconds(freeUntil(state, now)),
    },
    owner: owner ? { owner: owner.owner, role: owner.role, since: seconds(owner.since) } : null,
    ...marketingOf(state, now),
    calls: calls
      ? { permission: permissionNow(calls, now), until: seconds(calls.until), since: seconds(calls.at) }
      : null,
    notes: notesOn(contact),
  }
}

/** What a contact wishes of marketing, and until when none may be sent. */
export function marketingOf(
  state: ContactState,
  now: number,
): { marketing: z.input<typeof marketingShape>; marketing_limited_until: number | null } {
  const { marketing } = state
  return {
    marketing: marketing
      ? {
          state: marketing.state,
          since: seconds(marketing.at),
          by: marketing.by,
          ...(marketing.signup !== undefined && { signup: marketing.signup }),
        }
      : null,
    marketing_limited_until: seconds(limitedUntil(state, now) ?? null),
  }
}

/** A permission with an end is none afterwards. */
const permissionNow = ({ permission, until }: CallPermission, now: number): CallPermission['permission'] =>
  until !== null && until <= now ? 'none' : permission

function notesOn({ phone, userId, parentId, state }: StoredContact): { kind: string; text: string }[] {
  const notes: { kind: string; text: string }[] = []
  if (phone === undefined && (userId ?? parentId) !== undefined)
    notes.push({
      kind: 'number_hidden',
      text: 'WhatsApp does not show the number of this contact. Send to user_id, in the key recipient.',
    })
  if (state.identity?.previous === 'unknown')
    notes.push({
      kind: 'identity_changed',
      text: 'WhatsApp reported a changed number or id without the earlier id. The same person may also be another contact here.',
    })
  return notes
}
