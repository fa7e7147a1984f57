import { z } from 'zod'
import { matching } from '../../domain/fields/schema.ts'
import type { BroadcastPlan } from '../../flows/recipients/plan.ts'
import type { BroadcastChange, BroadcastIntake } from '../../flows/send/broadcast-intake.ts'
import { newId } from '../../platform/ids.ts'
import { type BroadcastRow, listBroadcasts, listRecipients, type RecipientState } from '../../store/broadcasts.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { count } from '../shapes.ts'
import { createBroadcastSchema, givenOf, recipientsSchema } from './broadcast-body.ts'
import {
  broadcastOf,
  broadcastShape,
  progressOf,
  RECIPIENT_STATES,
  recipientOf,
  recipientShape,
  withFailures,
} from './broadcast-shapes.ts'

const listQuery = z.strictObject({
  last_id: matching(/^bc_[0-9A-Z]{26}$/, 'must be the id of the last broadcast of the page before').optional(),
  count,
})

const recipientsQuery = z.strictObject({
  state: z.enum(RECIPIENT_STATES).optional(),
  status: z
    .enum(['sent', 'delivered', 'read', 'failed'])
    .optional()
    .describe('Only those whose message has this status now. failed: WhatsApp accepted it, and could not deliver it.'),
  last_n: matching(/^\d{1,15}$/, 'must be the n of the last recipient of the page before')
    .transform(Number)
    .optional(),
  count: matching(/^([1-9]\d{0,2}|1000)$/, 'must be a whole number from 1 to 1000')
    .transform(Number)
    .default(100),
})

/** Long: a table of routes. */
export function broadcastRoutes(deps: {
  store: Store
  intake: BroadcastIntake
  plan: BroadcastPlan
  /** Of the rate card. */
  currency: string | undefined
}): Route[] {
  const { store, intake, plan, currency } = deps
  const { sql } = store
  const shown = (row: BroadcastRow) => broadcastOf(row, currency)

  function change(verb: BroadcastChange, summary: string, description: string): Route {
    return route({
      method: 'POST',
      path: `/external/broadcasts/{id}/${verb}`,
      tag: 'broadcasts',
      summary,
      description,
      auth: 'code',
      data: withFailures,
      fails: ['conflict'],
      async handle({ channel, params }) {
        await intake.change(channel, params.id!, verb)
        return progressOf(await intake.progress(channel.id, params.id!), currency)
      },
    })
  }

  return [
    route({
      method: 'POST',
      path: '/external/broadcasts',
      tag: 'broadcasts',
      summary: 'Send one message to many people',
      description:
        'Sent at the number’s rate limit, after single messages, and continued after a restart. No contact gets it twice. Without recipients it is paused: add recipients in pages, then resume it. With draft: true it is checked, tested and started in steps. Rows of a file that cannot be sent are named, and nothing is made of it.',
      auth: 'code',
      created: true,
      body: createBroadcastSchema,
      data: broadcastShape,
      fails: ['validation_failed', 'conflict'],
      idempotency: {
        newId: (now) => newId('bc', now),
        async became(channel, id) {
          const row = await intake.created(channel.id, id)
          return row ? { kind: 'made', data: shown(row) } : { kind: 'nothing' }
        },
      },
      handle: async ({ channel, body, resourceId }) => shown(await plan.create(channel, givenOf(body), resourceId)),
    }),
    route({
      method: 'GET',
      path: '/external/broadcasts',
      tag: 'broadcasts',
      summary: 'List broadcasts, newest first',
      description: 'With state and counts. For the next page, pass the `id` of the last one as `last_id`.',
      auth: 'code',
      query: listQuery,
      data: z.array(broadcastShape),
      handle: async ({ channel, query }) =>
        (await listBroadcasts(sql, channel.id, { beforeId: query.last_id, count: query.count })).map(shown),
    }),
    route({
      method: 'GET',
      path: '/external/broadcasts/{id}',
      tag: 'broadcasts',
      summary: 'Progress of a broadcast',
      description: 'State, counts and message, and the first recipients who did not get it, with the reason.',
      auth: 'code',
      data: withFailures,
      handle: async ({ channel, params }) => progressOf(await intake.progress(channel.id, params.id!), currency),
    }),
    route({
      method: 'GET',
      path: '/external/broadcasts/{id}/recipients',
      tag: 'broadcasts',
      summary: 'Each recipient, in the order of the list',
      description:
        'With the result of the send and the present status of the message. For the next page, pass the `n` of the last one as `last_n`.',
      auth: 'code',
      query: recipientsQuery,
      data: z.array(recipientShape),
      async handle({ channel, params, query }) {
        const row = await intake.find(channel.id, params.id!)
        const rows = await listRecipients(sql, channel.id, row.id, {
          states: statesOf(query.state),
          status: query.status,
          afterN: query.last_n ?? -1,
          count: query.count,
        })
        return rows.map(recipientOf)
      },
    }),
    route({
      method: 'POST',
      path: '/external/broadcasts/{id}/recipients',
      tag: 'broadcasts',
      summary: 'Add recipients',
      description:
        'Recipients who are already in the broadcast are skipped. A finished broadcast continues with the new recipients.',
      auth: 'code',
      body: z.strictObject({ recipients: recipientsSchema }),
      data: z.object({ added: z.int(), duplicates: z.int() }),
      fails: ['validation_failed', 'conflict'],
      handle: ({ channel, params, body: given }) => intake.add(channel.id, params.id!, given.recipients),
    }),
    change(
      'pause',
      'Pause a broadcast; what is on its way ends',
      'Nobody else gets the message until you resume it. 409 when the state does not allow it.',
    ),
    change(
      'resume',
      'Go on with a broadcast that was paused or has stopped',
      'Correct first what made it stop; `reason` says what that was.',
    ),
    change(
      'cancel',
      'End a broadcast for good',
      'Sends on their way end. Those who have not got the message never get it.',
    ),
  ]
}

/** A recipient who is held back because of quiet hours waits. */
function statesOf(state: (typeof RECIPIENT_STATES)[number] | undefined): readonly RecipientState[] {
  if (state === undefined) return [...RECIPIENT_STATES, 'held']
  return state === 'waiting' ? ['waiting', 'held'] : [state]
}
