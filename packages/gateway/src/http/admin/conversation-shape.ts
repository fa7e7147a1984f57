import { z } from 'zod'
import type { Channel } from '../../domain/channels/channel.ts'
import { freeUntil, ownerNow, readState } from '../../domain/contacts/state.ts'
import { windowOf } from '../../domain/messages/window.ts'
import { GatewayError } from '../../platform/errors.ts'
import { contactById, type ContactRow } from '../../store/search.ts'
import type { Sql } from '../../store/sql.ts'
import {
  freeUntilShape,
  limitedUntilShape,
  marketingOf,
  marketingShape,
  ownerShape,
} from '../external/contact-shape.ts'
import { seconds } from '../shapes.ts'

export const contactShape = z.object({
  channel_id: z.int(),
  contact_id: z.int(),
  name: z.string().nullable(),
  phone: z.string().nullable(),
  user_id: z.string().nullable(),
  marketing: marketingShape,
  marketing_limited_until: limitedUntilShape,
  owner: ownerShape.nullable().describe('null: no other program ever answered this contact.'),
  group_id: z.string().nullable().describe('For a group, which has no window: messages may be sent at any time.'),
  window: z.object({
    state: z.enum(['open', 'closed', 'unknown']),
    closes_at: z.int().nullable().describe('Unix seconds; in the past when closed; null when unknown.'),
    free_until: freeUntilShape,
  }),
})

const namesOf = (
  { id }: Channel,
  row: ContactRow,
): Omit<z.infer<typeof contactShape>, 'window' | 'owner' | keyof ReturnType<typeof marketingOf>> => ({
  channel_id: id,
  contact_id: row.id,
  name: row.name,
  phone: row.phone,
  user_id: row.user_id,
  group_id: row.group_id,
})

/** A contact as the console's routes answer it. */
export function contactOf(channel: Channel, row: ContactRow, now: number): z.infer<typeof contactShape> {
  if (row.group_id !== null)
    return {
      ...namesOf(channel, row),
      ...marketingOf({}, now),
      owner: null,
      window: { state: 'open', closes_at: null, free_until: null },
    }
  const lastInboundAt = row.last_inbound_at === null ? undefined : Number(row.last_inbound_at)
  const window = windowOf({ lastInboundAt, channelCreatedAt: channel.createdAt }, now)
  const closes = window.state === 'open' ? window.closesAt : window.state === 'closed' ? window.closedAt : undefined
  const state = readState(row.state)
  const owner = ownerNow(state.owner, lastInboundAt, now)
  return {
    ...namesOf(channel, row),
    ...marketingOf(state, now),
    owner: owner ? { owner: owner.owner, role: owner.role, since: seconds(owner.since) } : null,
    window: {
      state: window.state,
      closes_at: seconds(closes ?? null),
      free_until: seconds(freeUntil(state, now)),
    },
  }
}

export async function mustFindContact(sql: Sql, channel: Channel, id: string): Promise<ContactRow> {
  const row = /^\d{1,15}$/.test(id) ? await contactById(sql, channel.id, Number(id)) : undefined
  if (!row) throw new GatewayError('resource_not_found', { what: 'contact', id: id.slice(0, 40) })
  return row
}
