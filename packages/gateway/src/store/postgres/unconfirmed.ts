import { StoreUnavailable } from '../../platform/errors.ts'
import { asStoreError, codeOf } from './errors.ts'

/** The primary has the commit and the standby did not confirm it. */
export const unconfirmed = (): StoreUnavailable =>
  new StoreUnavailable('PostgreSQL: the standby did not confirm a commit', { outcomeUnknown: true })

/**
 * The error of a write that was handed to the server. The server's own errors mean that it was rolled back; a connection
 * that was lost under it means that nobody knows.
 */
export function asWriteError(error: unknown): unknown {
  if (error instanceof StoreUnavailable || codeOf(error) !== undefined) return error
  const told = asStoreError(error)
  // pg refuses what is given to a client that has ended, before a byte of it is written.
  if (!(told instanceof StoreUnavailable) || /not queryable/.test(told.message)) return error
  return new StoreUnavailable(told.message, { cause: error, outcomeUnknown: true })
}
