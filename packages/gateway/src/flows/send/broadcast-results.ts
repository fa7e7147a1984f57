import { type ResultRow, resultLine, RESULTS_HEADER } from '../../domain/broadcasts/results-csv.ts'
import { type ResultRecord, resultsPage } from '../../store/broadcast-results.ts'
import type { Sql } from '../../store/sql.ts'

const ROWS_AT_ONCE = 500

/** The results as CSV, one page after another: the next one is read when the reader has taken this one. */
export async function* resultsAsCsv(sql: Sql, channelId: number, id: string): AsyncGenerator<string> {
  yield RESULTS_HEADER
  for (let afterN = -1; ;) {
    const rows = await resultsPage(sql, channelId, id, { afterN, count: ROWS_AT_ONCE })
    if (rows.length === 0) return
    yield rows.map((row) => resultLine(resultOf(row))).join('')
    afterN = Number(rows.at(-1)!.n)
  }
}

function resultOf(row: ResultRecord): ResultRow {
  const error = (row.error === null ? {} : JSON.parse(row.error)) as {
    code?: number
    reason?: string
    message?: string
  }
  return {
    n: Number(row.n),
    line: numberOf(row.line),
    recipient: row.person,
    name: row.name,
    state: row.state === 'held' ? 'waiting' : row.state,
    status: row.status,
    msgId: row.wamid,
    reference: row.status === null ? null : row.message_id,
    at: numberOf(row.at),
    sentAt: numberOf(row.sent_at),
    deliveredAt: numberOf(row.delivered_at),
    readAt: numberOf(row.read_at),
    failedAt: numberOf(row.failed_at),
    answeredAt: numberOf(row.answered_at),
    code: error.code ?? null,
    reason: error.reason ?? null,
    message: error.message ?? null,
  }
}

const numberOf = (value: number | null): number | null => (value === null ? null : Number(value))
