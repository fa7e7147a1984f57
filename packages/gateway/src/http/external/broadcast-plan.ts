import { Readable } from 'node:stream'
import { z } from 'zod'
import type { BroadcastPlan } from '../../flows/recipients/plan.ts'
import type { BroadcastRow } from '../../store/broadcasts.ts'
import { route, type Route } from '../route.ts'
import { changeBroadcastSchema, settingsOf } from './broadcast-body.ts'
import { broadcastOf, broadcastShape } from './broadcast-shapes.ts'

const row = z.object({
  line: z.int().describe('Line of the file at which the row begins.'),
  recipient: z.string(),
  reason: z
    .enum([
      'row_unreadable',
      'number_missing',
      'number_invalid',
      'template',
      'values',
      'duplicate',
      'opted_out',
      'marketing_limited',
      'window_closed',
    ])
    .describe('The first five: the row is bad.'),
  message: z.string().describe('What is wrong, in words.'),
})

const reportShape = z
  .object({
    ok: z.boolean().describe('May it be started as it is?'),
    problem: z.string().nullable(),
    checked_at: z.int().describe('Unix seconds.'),
    starts_at: z.int().describe('Unix seconds: send_at, or the moment of the check.'),
    rows: z.int(),
    forecast: z
      .object({
        total: z.int(),
        accepted: z.int(),
        failed: z.int(),
        failed_by_reason: z.record(z.string(), z.int()),
        duplicates: z.int(),
        skipped: z.int(),
      })
      .describe('The counts of the broadcast when it is done, if nothing changes in between.'),
    bad: z.object({ rows: z.int(), first: z.array(row).describe('At most 100. All: GET …/check.csv.') }),
    reasons: z
      .array(z.object({ reason: z.string(), rows: z.int(), message: z.string().describe('Of the first such row.') }))
      .describe('Why rows are not sent, the most frequent first.'),
    opted_out: z.int(),
    duplicates: z.int(),
    preview: z
      .array(
        z.object({
          line: z.int(),
          to: z.string(),
          name: z.string().nullable(),
          template: z.string().nullable(),
          language: z.string().nullable(),
          rendered: z
            .unknown()
            .describe('The template as the person will see it; null for a message that is no template.'),
          message: z.unknown().describe('A message that is no template; null for a template.'),
        }),
      )
      .describe('The first five.'),
    templates: z.array(z.object({ name: z.string(), language: z.string(), category: z.string(), rows: z.int() })),
    pace: z.object({ messages_per_second: z.int(), seconds: z.int().describe('At the number’s rate limit.') }),
    quiet_hours: z.object({
      held: z.int().describe('People who have quiet hours at the start. Their messages wait.'),
      first_until: z.int().nullable(),
      last_until: z.int().nullable(),
    }),
    messaging_limit: z
      .object({
        limit: z.int().describe('People a day whom the number may write to unasked, as WhatsApp told.'),
        people: z.int().describe('People of this broadcast who have not written within 24 hours.'),
        exceeded: z.boolean(),
      })
      .nullable()
      .describe('Null: no limit, or WhatsApp has told none.'),
    categories: z
      .array(z.object({ category: z.string(), type: z.string(), messages: z.int() }))
      .describe('By WhatsApp’s category and type of the price.'),
    countries: z.array(z.object({ country: z.string(), messages: z.int() })),
    cost: z
      .object({
        currency: z.string(),
        amount: z.string(),
        amount_micros: z.int(),
        unpriced: z.int().describe('Messages without a price on the card.'),
        warning: z.string().nullable(),
      })
      .nullable()
      .describe('By RATE_CARD_FILE; null without it. An estimate: WhatsApp’s bill decides.'),
  })
  .meta({ id: 'BroadcastReport' })

const testShape = z.object({
  results: z.array(
    z.object({
      to: z.string(),
      state: z.enum(['accepted', 'failed', 'unknown']),
      msg_id: z.string().nullable(),
      reference: z.string().nullable(),
      error: z.object({ reason: z.string(), message: z.string() }).nullable(),
    }),
  ),
})

/** What a broadcast goes through before it runs. Long: a table of routes. */
export function broadcastPlanRoutes(deps: { plan: BroadcastPlan; currency: string | undefined }): Route[] {
  const { plan, currency } = deps
  const shown = (found: BroadcastRow) => broadcastOf(found, currency)
  return [
    route({
      method: 'PATCH',
      path: '/external/broadcasts/{id}',
      tag: 'broadcasts',
      summary: 'Change a broadcast that has not begun',
      description: 'A new map makes a checked broadcast a draft again.',
      auth: 'code',
      body: changeBroadcastSchema,
      data: broadcastShape,
      fails: ['validation_failed', 'conflict'],
      handle: async ({ channel, params, body }) => shown(await plan.change(channel, params.id!, settingsOf(body))),
    }),
    route({
      method: 'POST',
      path: '/external/broadcasts/{id}/check',
      tag: 'broadcasts',
      summary: 'Dry run: judge every row, and send nothing',
      description:
        'Every row against number, duplicates, template and its values, opt-outs and quiet hours. A million rows take up to a minute; the answer comes then.',
      auth: 'code',
      data: reportShape,
      fails: ['validation_failed', 'conflict'],
      handle: ({ channel, params }) => plan.check(channel, params.id!),
    }),
    route({
      method: 'GET',
      path: '/external/broadcasts/{id}/check',
      tag: 'broadcasts',
      summary: 'The last report of a dry run',
      description: 'As `POST …/check` answered it. It tells the facts of that moment.',
      auth: 'code',
      data: reportShape,
      fails: ['conflict'],
      handle: ({ channel, params }) => plan.report(channel.id, params.id!),
    }),
    route({
      method: 'GET',
      path: '/external/broadcasts/{id}/check.csv',
      tag: 'broadcasts',
      summary: 'All rows that the last dry run found, as CSV',
      description:
        'Bad rows, duplicates, and people who would not get the message: line, recipient, reason, message. No cell is a formula.',
      auth: 'code',
      data: null,
      streams: 'text/csv',
      fails: ['conflict'],
      async handle({ reply, channel, params }) {
        const id = params.id!
        await plan.report(channel.id, id)
        reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${id}-check.csv"`)
          .header('cache-control', 'no-store')
        reply.send(Readable.from(plan.rows(channel.id, id), { objectMode: false }))
        return undefined
      },
    }),
    route({
      method: 'POST',
      path: '/external/broadcasts/{id}/test',
      tag: 'broadcasts',
      summary: 'Send the first row’s message to own numbers',
      description:
        'To the given numbers, or the `test_numbers` of the broadcast. They get what the first person will get.',
      auth: 'code',
      body: z.strictObject({
        numbers: changeBroadcastSchema.shape.test_numbers
          .unwrap()
          .unwrap()
          .optional()
          .describe('Instead of test_numbers of the broadcast.'),
      }),
      data: testShape,
      fails: ['validation_failed', 'conflict'],
      handle: async ({ channel, params, body }) => ({ results: await plan.test(channel, params.id!, body.numbers) }),
    }),
    route({
      method: 'POST',
      path: '/external/broadcasts/{id}/start',
      tag: 'broadcasts',
      summary: 'Start a draft',
      description:
        'Checks it first when that was not done. With bad rows it is refused, unless skip_bad is true. Recipients of a file are entered first (preparing), then it runs, or waits for send_at.',
      auth: 'code',
      body: z.strictObject({ skip_bad: z.boolean().optional() }),
      data: broadcastShape,
      fails: ['validation_failed', 'conflict'],
      async handle({ channel, params, body }) {
        await plan.start(channel, params.id!, { skipBad: body.skip_bad })
        return shown(await plan.find(channel.id, params.id!))
      },
    }),
  ]
}
