import pg from 'pg'
import { StoreUnavailable } from '../../platform/errors.ts'
import { MessageIdTaken } from '../store.ts'

// https://www.postgresql.org/docs/current/errcodes-appendix.html Classes of errors that concern the server and not the
// statement: connection, resources (disk full, too many connections), operator intervention, system error, internal
// error, and credentials that are no longer accepted.
const UNAVAILABLE_CLASSES = new Set(['08', '28', '53', '57', '58', 'F0', 'XX'])
const UNAVAILABLE_CODES = new Set([
  '25006', // a standby, or a server set to read-only
  '3D000', // no such database
  '40001', // two nodes in conflict, and no try succeeded
  '40P01',
  '55P03', // a lock was not available in time
])

// Two nodes in conflict.
const CONFLICTS = new Set(['40001', '40P01'])

// After these the connection is unusable, whatever the statement was.
const LOST_CLASSES = new Set(['08', '57'])

export const codeOf = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined

export const isConflict = (error: unknown): boolean => CONFLICTS.has(codeOf(error) ?? '')

export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === '23505'

/**
 * A lane or a message was to be created for a contact that another node merged into another: see `MAKE_LANES`,
 * `MAKE_MESSAGES`.
 */
export const isOvertaken = (error: unknown): boolean =>
  error instanceof pg.DatabaseError &&
  error.code === '23502' &&
  ((error.table === 'lanes' && error.column === 'channel_id') ||
    (error.table === 'messages' && error.column === 'contact_id'))

// Messages of pg's plain errors about a connection, and of ours for a server that is silent or rolls back without a
// reason.
const OF_THE_CONNECTION =
  /^(Connection terminated|timeout expired|Query read timeout|no answer within|a commit was rolled back|Received unexpected|SASL|Unknown authenticationOk|The server does not support SSL|There was an error establishing an SSL|Client (was closed|has encountered))/

/** True for errors of the network or the driver's connection. False for errors of this program, such as a TypeError. */
function isOfConnection(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return true
  if (!(error instanceof Error)) return false
  // Node gives errors of the system and of TLS a code, but also errors of wrong arguments.
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return false
  return typeof (error as NodeJS.ErrnoException).code === 'string' || OF_THE_CONNECTION.test(error.message)
}

/** True when the connection of this error must be closed: it broke, or another server must be found. */
export function endsConnection(error: unknown): boolean {
  const code = codeOf(error)
  if (code === undefined) return isOfConnection(error)
  return code === '25006' || (LOST_CLASSES.has(code.slice(0, 2)) && code !== '57014')
}

/**
 * Converts an error of a query or a connection. Errors of the server, the disk or the network become StoreUnavailable;
 * all others are bugs. Only code and message of a server's error are kept: `detail` may quote a row, and so a message.
 */
export function asStoreError(error: unknown): Error {
  if (error instanceof StoreUnavailable) return error
  const code = codeOf(error)
  const says = error instanceof Error ? error.message : String(error)
  if (code === undefined) {
    if (!isOfConnection(error)) return error instanceof Error ? error : new Error(says)
    const what = (error as NodeJS.ErrnoException).code
    return new StoreUnavailable(
      `PostgreSQL: ${what && !says.includes(what) ? `${what}, ` : ''}${says || 'no connection'}`,
    )
  }
  const text = `PostgreSQL ${code}: ${says.slice(0, 300)}`
  if (UNAVAILABLE_CLASSES.has(code.slice(0, 2)) || UNAVAILABLE_CODES.has(code)) return new StoreUnavailable(text)
  if (code === '23505' && (error as pg.DatabaseError).constraint === 'messages_pkey') return new MessageIdTaken()
  return Object.assign(new Error(text), { code })
}
