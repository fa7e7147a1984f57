import { z } from 'zod'
import { matching, text } from '../../domain/fields/schema.ts'
import {
  type BroadcastChange,
  type BroadcastIntake,
  FAILURES_SHOWN,
  type Progress,
} from '../../flows/send/broadcast-intake.ts'
import { newId } from '../../platform/ids.ts'
import { listBroadcasts, listRecipients, type BroadcastRow, type RecipientRow } from '../../store/broadcasts.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { count, seconds } from '../shapes.ts'

const STATES = ['waiting', 'sending', 'accepted', 'failed', 'unknown'] as const

const body = z.record(z.string(), z.unknown())
const recipients = z
  .array(z.unknown())
  .max(20_000)
  .describe(
    'Numbers or business-scoped ids, or objects `{to | recipient, components?, biz_opaque_callback_data?}` with what is theirs alone: `components` stand in the place of the template’s.',
  )

const createBody = z.strictObject({
  name: text(1, 200, { description: 'Name of the broadcast in lists.' }).optional(),
  message: body.describe('The body of a send, of any type, without `to` and `recipient`.'),
  recipients: recipients.optional(),
  start: z.boolean().optional().describe('false: it waits, paused, until it is resumed.'),
})

const listQuery = z.strictObject({
  last_id: matching(/^bc_[0-9A-Z]{26}$/, 'must be the id of the last broadcast of the page before').optional(),
  count,
})

const recipientsQuery = z.strictObject({
  state: z.enum(STATES).optional(),
  last_n: matching(/^\d{1,15}$/, 'must be the n of the last recipient of the page before')
    .transform(Number)
    .optional(),
  count: matching(/^([1-9]\d{0,2}|1000)$/, 'must be a whole number from 1 to 1000')
    .transform(Number)
    .default(100),
})

const reason = z.object({ reason: z.string(), message: z.string(), code: z.int().optional() })

const recipientShape = z
  .object({
    n: z.int().describe('The place in the list.'),
    recipient: z.string(),
    state: z.enum(STATES).describe('Result of the send. unknown: it may have arrived, and is not sent again.'),
    status: z.string().nullable().describe('Current status of the message.'),
    msg_id: z.string().nullable(),
    reference: z.string().nullable(),
    error: reason.nullable(),
    at: z.int().nullable().describe('Unix seconds.'),
  })
  .meta({ id: 'BroadcastRecipient' })

const broadcastShape = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    state: z
      .enum(['draft', 'checked', 'preparing', 'scheduled', 'running', 'paused', 'stopped', 'cancelled', 'done'])
      .describe('stopped: by itself, because no send can succeed now; put it right and resume.'),
    reason: reason.nullable().describe('Why it stopped.'),
    counts: z.object({
      total: z.int(),
      waiting: z.int().describe('Not sent yet.'),
      accepted: z.int().describe('Accepted by WhatsApp.'),
      failed: z.int(),
      unknown: z.int(),
      duplicates: z.int().describe('Duplicates in the request; each recipient gets the message once.'),
    }),
    created_at: z.int(),
    updated_at: z.int(),
    finished_at: z.int().nullable(),
  })
  .meta({ id: 'Broadcast' })

const withFailures = broadcastShape.extend({
  failures: z.array(recipientShape).describe(`The first ${FAILURES_SHOWN} that failed or are unknown.`),
})

/** Long: a table of routes. */
export function broadcastRoutes({ store, intake }: { store: Store; intake: BroadcastIntake }): Route[] {
  const { sql } = store

  function change(verb: BroadcastChange, summary: string): Route {
    return route({
      method: 'POST',
      path: `/external/broadcasts/{id}/${verb}`,
      tag: 'broadcasts',
      summary,
      auth: 'code',
      data: withFailures,
      fails: ['conflict'],
      async handle({ channel, params }) {
        await intake.change(channel.id, params.id!, verb)
        return progressOf(await intake.progress(channel.id, params.id!))
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
        'Sent at the number’s rate limit, after single messages, and continued after a restart. No contact gets it twice. Without recipients it is paused: add recipients in pages, then resume it.',
      auth: 'code',
      created: true,
      body: createBody,
      data: broadcastShape,
      fails: ['validation_failed'],
      idempotency: {
        newId: (now) => newId('bc', now),
        async became(channel, id) {
          const row = await intake.created(channel.id, id)
          return row ? { kind: 'made', data: broadcastOf(row) } : { kind: 'nothing' }
        },
      },
      handle: async ({ channel, body: { name = null, message, recipients = [], start = true }, resourceId: id }) =>
        broadcastOf(await intake.create(channel.id, { id, name, message, recipients, start })),
    }),
    route({
      method: 'GET',
      path: '/external/broadcasts',
      tag: 'broadcasts',
      summary: 'List broadcasts, newest first',
      auth: 'code',
      query: listQuery,
      data: z.array(broadcastShape),
      handle: async ({ channel, query }) =>
        (await listBroadcasts(sql, channel.id, { beforeId: query.last_id, count: query.count })).map(broadcastOf),
    }),
    route({
      method: 'GET',
      path: '/external/broadcasts/{id}',
      tag: 'broadcasts',
      summary: 'Progress of a broadcast',
      auth: 'code',
      data: withFailures,
      handle: async ({ channel, params }) => progressOf(await intake.progress(channel.id, params.id!)),
    }),
    route({
      method: 'GET',
      path: '/external/broadcasts/{id}/recipients',
      tag: 'broadcasts',
      summary: 'Each recipient, in the order of the list',
      auth: 'code',
      query: recipientsQuery,
      data: z.array(recipientShape),
      async handle({ channel, params, query }) {
        const row = await intake.find(channel.id, params.id!)
        const rows = await listRecipients(sql, channel.id, row.id, {
          states: query.state === undefined ? STATES : [query.state],
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
      body: z.strictObject({ recipients }),
      data: z.object({ added: z.int(), duplicates: z.int() }),
      fails: ['validation_failed', 'conflict'],
      handle: ({ channel, params, body: given }) => intake.add(channel.id, params.id!, given.recipients),
    }),
    change('pause', 'Pause a broadcast; what is on its way ends'),
    change('resume', 'Go on with a broadcast that was paused or has stopped'),
    change('cancel', 'End a broadcast for good'),
  ]
}

const progressOf = ({ broadcast, failures }: Progress): z.infer<typeof withFailures> => ({
  ...broadcastOf(broadcast),
  failures: failures.map(recipientOf),
})

function broadcastOf(row: BroadcastRow): z.infer<typeof broadcastShape> {
  const [total, accepted, failed, unknown] = [row.total, row.accepted, row.failed, row.unknown].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    reason: row.reason === null ? null : (JSON.parse(row.reason) as z.infer<typeof reason>),
    counts: {
      total,
      // Contacts that were erased meanwhile are no longer listed.
      waiting: row.state === 'done' ? 0 : Math.max(0, total - accepted - failed - unknown),
      accepted,
      failed,
      unknown,
      duplicates: Number(row.duplicates),
    },
    created_at: Math.floor(Number(row.created_at) / 1000),
    updated_at: Math.floor(Number(row.updated_at) / 1000),
    finished_at: seconds(row.finished_at === null ? null : Number(row.finished_at)),
  }
}

function recipientOf(row: RecipientRow): z.infer<typeof recipientShape> {
  return {
    n: Number(row.n),
    recipient: row.person,
    state: row.state,
    status: row.status,
    msg_id: row.wamid,
    reference: row.status === null ? null : row.message_id,
    error: row.error === null ? null : (JSON.parse(row.error) as z.infer<typeof reason>),
    at: seconds(row.at === null ? null : Number(row.at)),
  }
}
