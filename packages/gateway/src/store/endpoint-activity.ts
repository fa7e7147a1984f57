import { addCounts, type AttemptCounts, noAttempts } from '../domain/channels/attempt-counts.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

/** What is counted together: the last hour is twelve of these. */
export const SPAN_MS = 5 * 60_000
const HOUR_MS = 60 * 60_000
const ROWS_AT_ONCE = 100

export const spanOf = (ms: number): number => Math.floor(ms / SPAN_MS) * SPAN_MS

export type LastAnswer = {
  endpointId: number
  at: number
  outcome: string
  status: number | null
  ms: number
  /** Why no answer came. The text of one may quote the event, so it is kept with the delivery only. */
  problem: string | null
}

export type SpanCounts = { span: number; endpointId: number; counts: AttemptCounts }

/** Writes what one process counted, and the newest answers. What is older than two hours goes. */
export async function keepActivity(
  sql: Sql,
  holder: string,
  { spans, answers }: { spans: readonly SpanCounts[]; answers: readonly LastAnswer[] },
  now: number,
): Promise<void> {
  const statements: Statement[] = []
  for (const some of inPieces(spans)) {
    const params = some.flatMap<SqlValue>((one) => [one.span, one.endpointId, holder, JSON.stringify(one.counts)])
    statements.push({
      sql: `insert into endpoint_activity (span, endpoint_id, holder, counts) values ${rows(some.length, 4)}
            on conflict (span, endpoint_id, holder) do update set counts = excluded.counts`,
      params,
    })
  }
  for (const some of inPieces(answers)) {
    const params = some.flatMap<SqlValue>((one) => [
      ...[one.endpointId, one.at, one.outcome, one.status, one.ms, one.problem],
    ])
    statements.push({
      sql: `insert into endpoint_answers (endpoint_id, at, outcome, status, ms, problem) values ${rows(some.length, 6)}
            on conflict (endpoint_id) do update set at = excluded.at, outcome = excluded.outcome,
              status = excluded.status, ms = excluded.ms, problem = excluded.problem
            where excluded.at >= endpoint_answers.at`,
      params,
    })
  }
  statements.push({ sql: 'delete from endpoint_activity where span < $1', params: [spanOf(now - 2 * HOUR_MS)] })
  await sql.atomically(statements)
}

function* inPieces<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += ROWS_AT_ONCE) yield items.slice(i, i + ROWS_AT_ONCE)
}

const rows = (count: number, width: number): string =>
  Array.from({ length: count }, (_, row) => {
    const places = Array.from({ length: width }, (__, i) => `$${row * width + i + 1}`)
    return `(${places.join(', ')})`
  }).join(', ')

/** What the last hour came to, by endpoint, but for what `holder` counted: that one knows newer numbers. */
export async function activityOfHour(
  sql: Sql,
  endpointIds: readonly number[],
  now: number,
  holder: string,
): Promise<Map<number, AttemptCounts>> {
  const activity = new Map(endpointIds.map((id) => [id, noAttempts()]))
  if (endpointIds.length === 0) return activity
  const spans = Array.from({ length: HOUR_MS / SPAN_MS + 1 }, (_, i) => spanOf(now - HOUR_MS) + (i + 1) * SPAN_MS)
  const kept = await sql.all<{ endpoint_id: number; counts: string }>(
    `select endpoint_id, counts from endpoint_activity
     where span in (${spans.join(', ')}) and endpoint_id in (${endpointIds.join(', ')}) and holder <> $1`,
    [holder],
  )
  for (const { endpoint_id: id, counts } of kept) addCounts(activity.get(id)!, JSON.parse(counts) as AttemptCounts)
  return activity
}

export async function lastAnswers(sql: Sql, endpointIds: readonly number[]): Promise<Map<number, LastAnswer>> {
  if (endpointIds.length === 0) return new Map()
  const found = await sql.all<Omit<LastAnswer, 'endpointId'> & { endpoint_id: number }>(
    `select endpoint_id, at, outcome, status, ms, problem from endpoint_answers
     where endpoint_id in (${endpointIds.join(', ')})`,
  )
  return new Map(found.map(({ endpoint_id: endpointId, ...answer }) => [endpointId, { endpointId, ...answer }]))
}

export type WaitingOfEndpoint = { pending: number; dead: number; oldestPendingAt: number | null }

/** What waits for each of these endpoints, from the counts that are kept and the index of what is due. */
export async function waitingOf(sql: Sql, endpointIds: readonly number[]): Promise<Map<number, WaitingOfEndpoint>> {
  const waiting = new Map<number, WaitingOfEndpoint>(
    endpointIds.map((id) => [id, { pending: 0, dead: 0, oldestPendingAt: null }]),
  )
  if (endpointIds.length === 0) return waiting
  const ids = endpointIds.join(', ')
  const counted = await sql.all<{ id: number; pending: number; dead: number }>(
    `select endpoint_id as id, sum(pending) as pending, sum(dead) as dead from delivery_counts
     where endpoint_id in (${ids}) group by endpoint_id`,
  )
  const oldest = await sql.all<{ id: number; since: number | null }>(
    `select endpoint_id as id, min(waiting_since) as since from lanes
     where endpoint_id in (${ids}) and due_at is not null group by endpoint_id`,
  )
  for (const { id, pending, dead } of counted)
    Object.assign(waiting.get(id)!, { pending: Number(pending), dead: Number(dead) })
  for (const { id, since } of oldest) waiting.get(id)!.oldestPendingAt = since === null ? null : Number(since)
  return waiting
}
