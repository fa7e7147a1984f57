import { lockBroadcast } from './broadcast-run.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

/** A recipient who did not get the message. */
export type FailedRow = {
  n: number
  person: string
  own: string | null
  name: string | null
  line: number | null
  state: string
  status: string | null
  error: string | null
  /** The time of the failure. */
  at: number | null
}

const FAILED = `select r.n, r.person, r.own, r.name, r.line, r.state, coalesce(m.status, r.status) as status, r.error,
    coalesce(m.failed_at, r.at) as at
  from broadcast_recipients r left join messages m on m.channel_id = $1 and m.id = r.message_id`

/** refused: WhatsApp or the gateway did not accept the message. undelivered: it failed later. */
export function failedPage(
  sql: Sql,
  channelId: number,
  id: string,
  { which, afterN, count }: { which: 'refused' | 'undelivered'; afterN: number; count: number },
): Promise<FailedRow[]> {
  const is = which === 'refused' ? `r.state = 'failed'` : `r.status = 'failed' and r.state <> 'failed'`
  return sql.all<FailedRow>(`${FAILED} where r.broadcast_id = $2 and r.n > $3 and ${is} order by r.n limit $4`, [
    channelId,
    id,
    afterN,
    count,
  ])
}

export type Retry = { id: string; state: string }

/** The newest retry of a broadcast that was not cancelled. */
export function retryOf(sql: Sql, channelId: number, id: string): Promise<Retry | undefined> {
  return sql.get<Retry>(
    `select id, state from broadcasts where channel_id = $1 and retry_of = $2 and state <> 'cancelled'
     order by id desc limit 1`,
    [channelId, id],
  )
}

/**
 * A broadcast with the message and the rules of another one, and without recipients. A broadcast has one retry at most that
 * was not cancelled. The answer is that one: this one, or that of a call that was faster.
 */
export async function createRetry(
  sql: Sql,
  retry: { channelId: number; id: string; of: string; name: string | null; now: number },
): Promise<Retry | undefined> {
  await sql.atomically([
    // Where several nodes write, another one creates its retry before this, or after the commit.
    lockBroadcast(retry.channelId, retry.of),
    {
      sql: `insert into broadcasts
              (channel_id, id, name, message, state, created_at, updated_at, retry_of, quiet_hours, stop_when, test_numbers)
            select channel_id, $2, $4, message, 'preparing', $5, $5, id, quiet_hours, stop_when, test_numbers
            from broadcasts where channel_id = $1 and id = $3 and not exists (
              select 1 from broadcasts r where r.channel_id = $1 and r.retry_of = $3 and r.state <> 'cancelled')
            on conflict (channel_id, id) do nothing`,
      params: [retry.channelId, retry.id, retry.of, retry.name, retry.now],
    },
  ])
  return retryOf(sql, retry.channelId, retry.of)
}

const ROWS_PER_STATEMENT = 100

/** Enters recipients under the places that they had. Who is there already stays: an interrupted copy is made again. */
export async function copyRecipients(
  sql: Sql,
  channelId: number,
  id: string,
  rows: readonly FailedRow[],
): Promise<number> {
  const statements: Statement[] = []
  for (let i = 0; i < rows.length; i += ROWS_PER_STATEMENT) {
    const params: SqlValue[] = [id]
    const values = rows.slice(i, i + ROWS_PER_STATEMENT).map(({ n, person, own, name, line }) => {
      params.push(Number(n), person, own, name, line === null ? null : Number(line))
      const at = params.length
      return `($1, $${at - 4}, $${at - 3}, $${at - 2}, $${at - 1}, $${at}, 'waiting')`
    })
    statements.push({
      sql: `insert into broadcast_recipients (broadcast_id, n, person, own, name, line, state)
            values ${values.join(', ')} on conflict do nothing`,
      params,
    })
  }
  const entered = (await sql.atomically(statements)).reduce((sum, count) => sum + count, 0)
  const next = Math.max(...rows.map(({ n }) => Number(n))) + 1
  await sql.run(
    `update broadcasts set total = total + $3, next_n = case when next_n < $4 then $4 else next_n end
     where channel_id = $1 and id = $2`,
    [channelId, id, entered, next],
  )
  return entered
}
