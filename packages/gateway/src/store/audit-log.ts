import type { AuditRow } from '../domain/people/audit.ts'
import { firstMessageIdAt } from '../platform/ids.ts'
import type { Prune } from './retention.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

type Row = {
  id: string
  at: number
  actor_kind: AuditRow['actorKind']
  actor_id: string
  actor_name: string
  role: string | null
  action: string
  kind: AuditRow['kind']
  channel_id: number | null
  object: string
  address: string
  outcome: string
  before: string | null
  after: string | null
  request_id: string
}

const jsonOf = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value))
const parsed = (text: string | null): unknown => (text === null ? null : (JSON.parse(text) as unknown))

/** Adds a row, in the transaction of the change that it is about where there is one. */
export const auditStatement = (row: AuditRow): Statement => ({
  sql: `insert into audit_log (id, at, actor_kind, actor_id, actor_name, role, action, kind, channel_id, object, address, outcome, before, after, request_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
  params: [
    ...[row.id, row.at, row.actorKind, row.actorId, row.actorName, row.role, row.action, row.kind, row.channelId],
    ...[JSON.stringify(row.object), row.address, row.outcome, jsonOf(row.before), jsonOf(row.after), row.requestId],
  ],
})

export type AuditFilter = {
  actor?: string | undefined
  action?: string | undefined
  kind?: AuditRow['kind'] | undefined
  channelId?: number | undefined
  from?: number | undefined
  to?: number | undefined
  /** Rows before this one. */
  beforeId?: string | undefined
  count: number
}

/** Ids begin with their time, so a time span is a range of the primary key. */
const firstIdAt = (ms: number): string => firstMessageIdAt(ms).replace('msg_', 'aud_')

/** The newest first. */
export async function auditRows(sql: Sql, filter: AuditFilter): Promise<AuditRow[]> {
  const wheres: string[] = []
  const params: SqlValue[] = [filter.count]
  const where = (condition: string, value: SqlValue | undefined): void => {
    if (value === undefined) return
    params.push(value)
    wheres.push(condition.replace('?', `$${params.length}`))
  }
  where('actor_id = ?', filter.actor)
  where('action = ?', filter.action)
  where('kind = ?', filter.kind)
  where('channel_id = ?', filter.channelId)
  where('id >= ?', filter.from === undefined ? undefined : firstIdAt(filter.from))
  where('id < ?', filter.to === undefined ? undefined : firstIdAt(filter.to))
  where('id < ?', filter.beforeId)
  const rows = await sql.all<Row>(
    `select * from audit_log ${wheres.length > 0 ? `where ${wheres.join(' and ')}` : ''} order by id desc limit $1`,
    params,
  )
  return rows.map((row) => ({
    id: row.id,
    at: Number(row.at),
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    actorName: row.actor_name,
    role: row.role,
    action: row.action,
    kind: row.kind,
    channelId: row.channel_id === null ? null : Number(row.channel_id),
    object: parsed(row.object) as Record<string, unknown>,
    address: row.address,
    outcome: row.outcome,
    before: parsed(row.before),
    after: parsed(row.after),
    requestId: row.request_id,
  }))
}

/** The only statement that removes rows: the log's own retention. */
export const pruneAudit: Prune = async (sql, before, limit) => {
  const gone = await sql.run(
    'delete from audit_log where id in (select id from audit_log where id < $1 order by id limit $2)',
    [firstIdAt(before), limit],
  )
  return { gone, next: gone < limit ? undefined : 'more' }
}
