import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError } from '../../platform/errors.ts'
import { matching } from '../../domain/fields/schema.ts'
import type { Log } from '../../platform/log.ts'
import type { Directory } from '../../store/directory.ts'
import { listErasures } from '../../store/erasures.ts'
import type { Store } from '../../store/store.ts'
import { eraseContact, type EraseInBroadcasts } from '../../flows/maintenance/erase.ts'
import { route, type Route } from '../route.ts'
import { count } from '../shapes.ts'

const erasureShape = z
  .object({
    erasure_id: z.string().describe('The proof of the erasure. It does not identify the person.'),
    channel_id: z.int(),
    erased_at: z.int().describe('Unix seconds.'),
    counts: z.record(z.string(), z.int()).describe('Rows that were removed, by kind.'),
  })
  .meta({ id: 'Erasure' })

const listQuery = z.strictObject({
  channel_id: matching(/^\d{1,15}$/, 'must be the id of a channel')
    .transform(Number)
    .optional(),
  last_id: matching(/^era_[0-9A-Z]{26}$/, 'must be the erasure_id of the last one of the page before').optional(),
  count,
})

export function erasureRoutes(deps: {
  store: Store
  directory: Directory
  clock: Clock
  log: Log
  eraseInBroadcasts: EraseInBroadcasts
}): Route[] {
  const { store, directory } = deps
  return [
    route({
      method: 'DELETE',
      path: '/admin/channels/{channel_id}/contacts/{contact}',
      tag: 'contacts',
      summary: 'Erase all data of one contact on one channel',
      description:
        'Name the contact by number or business-scoped id. Deletes messages, events, attempts, idempotency keys, broadcast recipients and rows of broadcasts’ files, under all ids of this person. If it is interrupted, call it again.',
      auth: 'admin',
      right: 'administer',
      channelMayBeDeleted: true,
      data: erasureShape,
      async handle({ params }) {
        const channelId = /^\d{1,15}$/.test(params.channel_id!) ? Number(params.channel_id) : -1
        // The contacts of a deleted channel exist until retention removes them.
        const known =
          directory.channel(channelId) ?? (await store.sql.get('select 1 from channels where id = $1', [channelId]))
        if (!known)
          throw new GatewayError('resource_not_found', { what: 'channel', id: params.channel_id!.slice(0, 40) })
        const given = params.contact!
        const name = /^\+?[\d\s()-]+$/.test(given) ? { phone: given } : { userId: given }
        const erasure = await eraseContact(deps, channelId, name)
        if (!erasure) throw new GatewayError('resource_not_found', { what: 'contact', id: given.slice(0, 100) })
        return {
          erasure_id: erasure.id,
          channel_id: channelId,
          erased_at: Math.floor(erasure.erasedAt / 1000),
          counts: erasure.counts,
        }
      },
    }),
    route({
      method: 'GET',
      path: '/admin/erasures',
      tag: 'contacts',
      summary: 'Proofs of erasures, newest first',
      description: 'What was erased and when. Nothing in it tells whom.',
      auth: 'admin',
      right: 'administer',
      query: listQuery,
      data: z.array(erasureShape),
      async handle({ query }) {
        const rows = await listErasures(store.sql, {
          count: query.count,
          ...(query.channel_id !== undefined && { channelId: query.channel_id }),
          ...(query.last_id !== undefined && { beforeId: query.last_id }),
        })
        return rows.map((row) => ({
          erasure_id: row.id,
          channel_id: Number(row.channel_id),
          erased_at: Math.floor(Number(row.erased_at) / 1000),
          counts: JSON.parse(row.counts) as Record<string, number>,
        }))
      },
    }),
  ]
}
