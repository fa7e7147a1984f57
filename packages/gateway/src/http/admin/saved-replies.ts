import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { text } from '../../domain/fields/schema.ts'
import { GatewayError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { changeReply, insertReply, MOST_SAVED_REPLIES, removeReply, savedReplies } from '../../store/conversations.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'

const body = z.strictObject({
  name: text(1, 60, { oneLine: true, trimmed: true }),
  text: text(1, 4_096),
})
const shape = z.object({ id: z.string(), name: z.string(), text: z.string() }).meta({ id: 'SavedReply' })

/** Texts that everybody who answers may use again. */
export function savedReplyRoutes({ store: { sql }, clock }: { store: Store; clock: Clock }): Route[] {
  const missing = (id: string) => new GatewayError('resource_not_found', { what: 'saved reply', id: id.slice(0, 40) })
  return [
    route({
      method: 'GET',
      path: '/admin/saved-replies',
      tag: 'overview',
      summary: 'Texts that users of the console use again',
      description: `By name, at most ${MOST_SAVED_REPLIES}. The installation has one list.`,
      auth: 'admin',
      right: 'read',
      channels: 'none',
      data: z.array(shape),
      handle: () => savedReplies(sql),
    }),
    route({
      method: 'POST',
      path: '/admin/saved-replies',
      tag: 'overview',
      summary: 'Save a text for later',
      description: 'Everybody who answers sees it in the composer.',
      auth: 'admin',
      right: 'converse',
      channels: 'none',
      created: true,
      body,
      data: shape,
      fails: ['validation_failed', 'conflict'],
      async handle({ body: given }) {
        const reply = { id: newId('rpl', clock.now()), ...given }
        if (!(await insertReply(sql, reply, clock.now())))
          throw new GatewayError('conflict', {
            problem: `There are at most ${MOST_SAVED_REPLIES} saved replies: remove one first.`,
          })
        return reply
      },
    }),
    route({
      method: 'PUT',
      path: '/admin/saved-replies/{id}',
      tag: 'overview',
      summary: 'Replace a saved text',
      description: 'Its name and its words.',
      auth: 'admin',
      right: 'converse',
      channels: 'none',
      body,
      data: shape,
      fails: ['validation_failed'],
      async handle({ params, body: given }) {
        const reply = { id: params.id!, ...given }
        if (!(await changeReply(sql, reply, clock.now()))) throw missing(params.id!)
        return reply
      },
    }),
    route({
      method: 'DELETE',
      path: '/admin/saved-replies/{id}',
      tag: 'overview',
      summary: 'Remove a saved text',
      description: 'Messages that were sent with it stay.',
      auth: 'admin',
      right: 'converse',
      channels: 'none',
      data: z.object({ success: z.literal(true) }),
      async handle({ params }) {
        if (!(await removeReply(sql, params.id!))) throw missing(params.id!)
        return { success: true }
      },
    }),
  ]
}
