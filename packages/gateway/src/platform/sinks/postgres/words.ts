import pg from 'pg'
import { TablesNotReady } from './tables.ts'

// https://www.postgresql.org/docs/current/errcodes-appendix.html Classes whose messages concern values and may quote
// one, such as a contact's number or text: for these the name of the condition is used instead.
const QUOTING_CLASSES = new Set(['22', '23', '44', 'P0', '21', 'HV', '27', '09', '2F', '38', '39'])
const CONDITIONS: Record<string, string> = {
  '22001': 'a value is too long for its column',
  '22007': 'a value does not fit the type of its column',
  '22008': 'a value does not fit the type of its column',
  '22003': 'a value does not fit the type of its column',
  '22P02': 'a value does not fit the type of its column',
  '22P05': 'the encoding of the database lacks a character; it should be UTF8',
  '23502': 'a column of the table wants a value',
  '23503': 'a foreign key of the table refuses the row',
  '23505': 'a unique constraint of the table refuses the row',
  '23514': 'a check of the table refuses the row',
  P0001: 'a trigger refuses the row',
}
// Errors of the statement and not of a value: every other event would fail too.
const HINTS: Record<string, string> = {
  '42P10': 'the table needs a unique index on event_id alone',
  '55P03': 'another transaction holds a lock',
}

// Errors of a row and not of the server or the whole table.
const OF_ROWS = new Set(['21', '22', '23', '27', '38', '39', '44', '54', 'P0'])

/** True when another batch may succeed although this one failed: a row was refused, or a row was locked. */
export function isOfSomeRow(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return false
  return OF_ROWS.has(error.code.slice(0, 2)) || error.code === '55P03'
}

/** True when the connection of this error is unusable. */
export function endsConnection(error: unknown): boolean {
  if (error instanceof TablesNotReady) return false
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return true
  const { code } = error
  return code === '25006' || code.startsWith('08') || (code.startsWith('57') && code !== '57014')
}

/** True when the known structure of the tables may be wrong: one is missing, or has changed. */
export const isOfTables = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code !== undefined && /^(42|0A)/.test(error.code)

/** The message for an operator. It quotes no event and no password, whatever the server sends. */
export function wordsOf(error: unknown, password: string): string {
  const text = said(error)
  return (password.length < 3 ? text : text.replaceAll(password, '…')).slice(0, 500)
}

function said(error: unknown): string {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) {
    const { message, code, name } = error as NodeJS.ErrnoException
    // A host with several addresses has an error for each, and no message of its own.
    const inner = error instanceof AggregateError ? (error.errors as Error[]).map((one) => one.message).join('; ') : ''
    const text = message || inner || name
    return code && !text.includes(code) ? `${code}: ${text}` : text
  }
  const { code, table, constraint, column, message } = error
  const what = `PostgreSQL ${code}`
  if (!QUOTING_CLASSES.has(code.slice(0, 2))) return [`${what}: ${message}`, HINTS[code]].filter(Boolean).join('; ')
  const where = [
    constraint === undefined ? '' : `constraint ${constraint}`,
    column === undefined ? '' : `column ${column}`,
    table === undefined ? '' : `table ${table}`,
  ].filter(Boolean)
  return `${what}: ${CONDITIONS[code] ?? 'a row was refused'}${where.length > 0 ? ` (${where.join(', ')})` : ''}`
}
