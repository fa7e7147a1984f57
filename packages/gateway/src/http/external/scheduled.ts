import { z } from 'zod'
import { moment, msOf } from '../../domain/messages/later.ts'
import { matching } from '../../domain/fields/schema.ts'
import type { Scheduling } from '../../flows/send/scheduling.ts'
import { SCHEDULED_STATES, type ScheduledRow } from '../../store/scheduled.ts'
import { route, type Route } from '../route.ts'
import { count, seconds } from '../shapes.ts'

const unixSeconds = z.int().describe('Unix seconds.')

export const scheduledShape = z
  .object({
    reference: z.string(),
    state: z.enum(SCHEDULED_STATES),
    to: z.string().nullable().describe('The number; null for a message to a user id.'),
    recipient: z.string().nullable(),
    type: z.string(),
    message: z.record(z.string(), z.unknown()).describe('The body of the send, without its times.'),
    send_at: unixSeconds,
    expires_at: unixSeconds.nullable(),
    next_try_at: unixSeconds.nullable().describe('While it is scheduled: send_at, or later after a failed try.'),
    msg_id: z.string().nullable().describe('WhatsApp’s id of the message, once it is sent.'),
    sent_as: z
      .string()
      .nullable()
      .describe('The type of the message that went out: template when the fallback was used.'),
    error: z.record(z.string(), z.unknown()).nullable().describe('Why it was not sent, or why the last try failed.'),
    created_at: unixSeconds,
    updated_at: unixSeconds,
  })
  .meta({ id: 'ScheduledMessage' })

/** The data of the answer to a send that goes out later. */
export const scheduledAnswer = z.object({ reference: z.string(), state: z.literal('scheduled') })

const changeBody = z.strictObject({
  send_at: moment.optional(),
  expires_at: moment.nullable().optional().describe('null: it does not expire.'),
  message: z.record(z.string(), z.unknown()).optional().describe('Another message: the body of a send, without times.'),
})

const listQuery = z.strictObject({
  state: z.enum(SCHEDULED_STATES).optional(),
  to: z.string().max(200).optional().describe('The number, or the business-scoped id, of the contact.'),
  last_id: matching(/^.{1,100}$/, 'must be the reference of the last message of the page before').optional(),
  count,
})

const PATH = '/external/scheduled'
const ONE = `${PATH}/{reference}` as const

export function scheduledRoutes({ scheduling }: { scheduling: Scheduling }): Route[] {
  const shown = async (row: ScheduledRow) => shownScheduled(await scheduling.known(row))
  return [
    route({
      method: 'GET',
      path: PATH,
      tag: 'messages',
      summary: 'List messages that were sent with send_at, newest first',
      description: 'Waiting ones and those whose time is over, until they are removed with the messages.',
      auth: 'code',
      query: listQuery,
      data: z.array(scheduledShape),
      async handle({ channel, query }) {
        const rows = await scheduling.list(channel.id, {
          count: query.count,
          ...(query.state !== undefined && { state: query.state }),
          ...(query.to !== undefined && { contact: query.to.replace(/^\+/, '') }),
          ...(query.last_id !== undefined && { beforeId: query.last_id }),
        })
        return Promise.all(rows.map(shown))
      },
    }),
    route({
      method: 'GET',
      path: ONE,
      tag: 'messages',
      summary: 'One message that was sent with send_at',
      description: 'Its state, and what became of it. `reference` is what the send answered.',
      auth: 'code',
      data: scheduledShape,
      handle: async ({ channel, params }) => shown(await scheduling.mustFind(channel, params.reference!)),
    }),
    route({
      method: 'PATCH',
      path: ONE,
      tag: 'messages',
      summary: 'Change a scheduled message',
      description: 'Its times, or the message itself. Only while its state is scheduled.',
      auth: 'code',
      body: changeBody,
      data: scheduledShape,
      fails: ['validation_failed', 'conflict'],
      async handle({ channel, params, body }) {
        const { send_at: sendAt, expires_at: expiresAt, message } = body
        return shown(
          await scheduling.change(channel, params.reference!, {
            ...(sendAt !== undefined && { sendAt: msOf(sendAt) }),
            ...(expiresAt !== undefined && { expiresAt: expiresAt === null ? null : msOf(expiresAt) }),
            ...(message !== undefined && { message }),
          }),
        )
      },
    }),
    route({
      method: 'DELETE',
      path: ONE,
      tag: 'messages',
      summary: 'Cancel a scheduled message',
      description: 'Only while its state is scheduled. Afterwards it is not sent, and an event says so.',
      auth: 'code',
      data: scheduledShape,
      fails: ['conflict'],
      handle: async ({ channel, params }) => shown(await scheduling.cancel(channel, params.reference!)),
    }),
  ]
}

function shownScheduled(row: ScheduledRow): z.infer<typeof scheduledShape> {
  const message = JSON.parse(row.body) as Record<string, unknown>
  const textOf = (key: string): string | null => (typeof message[key] === 'string' ? message[key] : null)
  const at = (ms: number): number => seconds(Number(ms))!
  return {
    reference: row.id,
    state: row.state,
    to: textOf('to'),
    recipient: textOf('recipient'),
    type: textOf('type') ?? 'text',
    message,
    send_at: at(row.send_at),
    expires_at: row.expires_at === null ? null : at(row.expires_at),
    next_try_at: row.state === 'scheduled' ? at(row.due_at) : null,
    msg_id: row.wamid,
    sent_as: row.sent_as,
    error: row.error === null ? null : (JSON.parse(row.error) as Record<string, unknown>),
    created_at: at(row.created_at),
    updated_at: at(row.updated_at),
  }
}
