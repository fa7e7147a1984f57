/** One recipient, as `results.csv` shows it. Times are epoch milliseconds. */
export type ResultRow = {
  n: number
  /** Of the file that the recipients came from. */
  line: number | null
  recipient: string
  name: string | null
  state: string
  status: string | null
  msgId: string | null
  reference: string | null
  at: number | null
  sentAt: number | null
  deliveredAt: number | null
  readAt: number | null
  failedAt: number | null
  answeredAt: number | null
  code: number | null
  reason: string | null
  message: string | null
}

const COLUMNS: [name: string, value: (row: ResultRow) => string | number | null][] = [
  ['n', (row) => row.n],
  ['line', (row) => row.line],
  ['recipient', (row) => row.recipient],
  ['name', (row) => row.name],
  ['state', (row) => row.state],
  ['status', (row) => row.status],
  ['msg_id', (row) => row.msgId],
  ['reference', (row) => row.reference],
  ['at', (row) => moment(row.at)],
  ['sent_at', (row) => moment(row.sentAt)],
  ['delivered_at', (row) => moment(row.deliveredAt)],
  ['read_at', (row) => moment(row.readAt)],
  ['failed_at', (row) => moment(row.failedAt)],
  ['answered_at', (row) => moment(row.answeredAt)],
  ['error_code', (row) => row.code],
  ['error_reason', (row) => row.reason],
  ['error_message', (row) => row.message],
]

export const RESULTS_HEADER = csvLine(COLUMNS.map(([name]) => name))

export const resultLine = (row: ResultRow): string => csvLine(COLUMNS.map(([, value]) => value(row)))

const moment = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** A line of RFC 4180. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/**
 * A cell that no spreadsheet takes for a formula: a name or an error text comes from others. An apostrophe before the
 * first mark makes it text (OWASP, CSV Injection). Numbers of ours stay numbers.
 */
function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe =
    /^[\s\u0000]*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}
