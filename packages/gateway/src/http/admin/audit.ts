import { Readable } from 'node:stream'
import { z } from 'zod'
import { csvLine } from '../../domain/broadcasts/results-csv.ts'
import { matching } from '../../domain/fields/schema.ts'
import type { AuditRow } from '../../domain/people/audit.ts'
import { type AuditFilter, auditRows } from '../../store/audit-log.ts'
import type { Sql } from '../../store/sql.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { count } from '../shapes.ts'

const ROWS_AT_ONCE = 500
const whole = matching(/^\d{1,15}$/, 'must be a whole number').transform(Number)

const filters = {
  actor: z.string().max(64).optional().describe('The id of a user or key, admin_token, or unknown.'),
  action: z.string().max(100).optional().describe('The name of an operation, such as adminChangeChannel.'),
  kind: z.enum(['change', 'read', 'sign_in']).optional().describe('read: of conversations.'),
  channel_id: whole.optional(),
  from: whole.optional().describe('Unix seconds.'),
  to: whole.optional().describe('Unix seconds.'),
}

const query = z.strictObject({
  ...filters,
  last_id: matching(/^aud_[0-9A-Z]{26}$/, 'must be the id of the last row of the page before').optional(),
  count,
})

const auditShape = z
  .object({
    id: z.string(),
    at: z.int().describe('Unix seconds.'),
    actor: z.object({
      kind: z
        .enum(['token', 'user', 'key', 'unknown'])
        .describe('unknown: a sign-in failed before anybody was recognised.'),
      id: z.string(),
      name: z.string(),
      role: z.string().nullable(),
    }),
    action: z.string().describe('The name of the operation.'),
    kind: z.enum(['change', 'read', 'sign_in']),
    channel_id: z.int().nullable(),
    object: z.record(z.string(), z.unknown()).describe('What it was about: ids, and filters of a search.'),
    address: z.string().describe('Where the call came from.'),
    outcome: z.string().describe('ok, or the reason of an error after which the change may have been made.'),
    before: z.unknown().describe('The changed values as they were, without secrets and personal data.'),
    after: z.unknown().describe('What was asked for, without secrets and personal data.'),
    request_id: z.string(),
  })
  .meta({ id: 'AuditEntry' })

const shown = (row: AuditRow): z.infer<typeof auditShape> => ({
  id: row.id,
  at: Math.floor(row.at / 1000),
  actor: { kind: row.actorKind, id: row.actorId, name: row.actorName, role: row.role },
  action: row.action,
  kind: row.kind,
  channel_id: row.channelId,
  object: row.object,
  address: row.address,
  outcome: row.outcome,
  before: row.before,
  after: row.after,
  request_id: row.requestId,
})

type Filters = z.output<z.ZodObject<typeof filters>>
const filterOf = ({ actor, action, kind, channel_id, from, to }: Filters): Omit<AuditFilter, 'count'> => ({
  ...{ actor, action, kind, channelId: channel_id },
  from: from === undefined ? undefined : from * 1000,
  to: to === undefined ? undefined : to * 1000,
})

/** Who did what. */
export function auditRoutes({ store: { sql } }: { store: Store }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/admin/audit',
      tag: 'people',
      summary: 'The audit log, newest first',
      description:
        'Every change of an admin route, every read of a conversation and every sign-in: who, what, when and from where. All filters must match. For the next page, pass the id of the last row as last_id.',
      auth: 'admin',
      right: 'administer',
      query,
      data: z.array(auditShape),
      handle: async ({ query: { last_id: beforeId, count: most, ...asked } }) =>
        (await auditRows(sql, { ...filterOf(asked), beforeId, count: most })).map(shown),
    }),
    route({
      method: 'GET',
      path: '/admin/audit/export',
      tag: 'people',
      summary: 'The audit log as a file',
      description:
        'JSON, one row in a line, or CSV; newest first, with the filters of the list. Cells that a spreadsheet would take for a formula begin with an apostrophe.',
      auth: 'admin',
      right: 'administer',
      query: z.strictObject({ ...filters, format: z.enum(['jsonl', 'csv']).default('jsonl') }),
      data: null,
      streams: 'application/x-ndjson',
      async handle({ reply, query: { format, ...asked } }) {
        reply
          .header('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
          .header('content-disposition', `attachment; filename="audit.${format}"`)
        reply.send(Readable.from(lines(sql, filterOf(asked), format), { objectMode: false }))
        return undefined
      },
    }),
  ]
}

const COLUMNS =
  'id,at,actor_kind,actor_id,actor_name,role,action,kind,channel_id,object,address,outcome,before,after,request_id'

/** One page after another: the next one is read when the reader has taken this one. */
async function* lines(sql: Sql, filter: Omit<AuditFilter, 'count'>, format: 'jsonl' | 'csv'): AsyncGenerator<string> {
  if (format === 'csv') yield `${COLUMNS}\r\n`
  for (let beforeId: string | undefined; ;) {
    const rows = await auditRows(sql, { ...filter, beforeId, count: ROWS_AT_ONCE })
    if (rows.length === 0) return
    yield rows.map((row) => (format === 'csv' ? csvOf(row) : `${JSON.stringify(shown(row))}\n`)).join('')
    beforeId = rows.at(-1)!.id
  }
}

const csvOf = (row: AuditRow): string =>
  csvLine([
    ...[row.id, new Date(row.at).toISOString(), row.actorKind, row.actorId, row.actorName, row.role, row.action],
    ...[row.kind, row.channelId, JSON.stringify(row.object), row.address, row.outcome],
    ...[row.before, row.after].map((value) => (value === null ? null : JSON.stringify(value))),
    row.requestId,
  ])
