import { z } from 'zod'
import { matching } from '../../domain/fields/schema.ts'
import { timeOfMessageId } from '../../platform/ids.ts'
import type { Directory } from '../../store/directory.ts'
import { findByWords, LOOKS, ROWS_A_LOOK } from '../../store/message-words.ts'
import type { Store } from '../../store/store.ts'
import { mustFindChannel } from '../must-find-channel.ts'
import { ownChannels } from '../own-channels.ts'
import { route, type Route } from '../route.ts'
import { messageStatus, seconds } from '../shapes.ts'

const query = z.strictObject({
  q: z
    .string()
    .max(100)
    .refine((q) => q.trim() !== '', 'must have a word')
    .describe('Words with spaces between them. A message must have all of them, in any order.'),
  channels: matching(/^\d{1,15}(?:,\d{1,15}){0,49}$/, 'must be ids of channels with commas')
    .optional()
    .describe('Some channels. Default: all.'),
  last_id: matching(/^msg_[0-9A-Z]{26}$/, 'must be next_id of the answer before').optional(),
  count: matching(/^([1-9]|[1-4]\d|50)$/, 'must be a whole number from 1 to 50')
    .transform(Number)
    .default(20),
})

const hit = z.object({
  channel_id: z.int(),
  contact_id: z.int(),
  reference: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  type: z.string(),
  status: messageStatus,
  created_at: z.int(),
  name: z.string().nullable(),
  phone: z.string().nullable(),
  user_id: z.string().nullable(),
  excerpt: z
    .array(z.object({ text: z.string(), hit: z.literal(true).optional() }))
    .describe('The text around the first word, in pieces. `hit`: a word of the search.'),
})

/** Finds messages by what they say. */
export function wordRoutes({ store, directory }: { store: Store; directory: Directory }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/admin/conversations/search',
      tag: 'overview',
      summary: 'Find messages by their words, newest first',
      description: `Upper and lower case are the same, in every script. Looks at about ${(LOOKS * ROWS_A_LOOK).toLocaleString('en')} messages and then answers with what it has, which may be nothing: \`next_id\` continues further back, and is null when all messages were looked at. Templates are found by their name and by what was filled in.`,
      auth: 'admin',
      right: 'read',
      readsConversation: true,
      channels: 'own',
      query,
      data: z.object({
        messages: z.array(hit),
        next_id: z.string().nullable().describe('Continues further back, as last_id.'),
        searched_to: z.int().nullable().describe('Unix seconds: all since then was looked at. null: everything.'),
      }),
      fails: ['validation_failed'],
      async handle({ query: { q, channels, last_id: lastId, count }, request }) {
        const own = ownChannels(directory, request)
        const named = channels?.split(',')
        const some = named
          ? [...new Set(named)].map((id) => mustFindChannel((one) => own.find((channel) => channel.id === one), id))
          : own
        const channelIds = some.map(({ id }) => id)
        const { hits, next } = await findByWords(store, { channelIds, search: q, beforeId: lastId, count })
        return {
          messages: hits.map(({ id, direction, status, created_at: at, ...row }) => ({
            ...row,
            reference: id,
            direction: direction === 'in' ? ('inbound' as const) : ('outbound' as const),
            status: status as z.infer<typeof messageStatus>,
            created_at: Math.floor(at / 1000),
          })),
          next_id: next ?? null,
          searched_to: next === undefined ? null : seconds(timeOfMessageId(next)),
        }
      },
    }),
  ]
}
