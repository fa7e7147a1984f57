import { StoreUnavailable } from '../../platform/errors.ts'
import { asStoreError, codeOf } from './errors.ts'

/** The primary has the commit and the standby did not confirm it. */
export const unconfirmed = (): StoreUnavailable =>
  new StoreUnavailable('PostgreSQL: the standby did not confirm a commit', { outcomeUnknown: true })

/**
 * Converts the error of a write that was sent to the server. The server's own errors mean that it was rolled back; a
 * lost connection means that the result is unknown.
 */
export function asWriteError(error: unknown): unknown {
  if (error instanceof StoreUnavailable || codeOf(error) !== undefined) return error
  const told = asStoreError(error)
  // pg refuses statements on a closed client before a byte is written.
  if (!(told instanceof StoreUnavailable) || /not queryable/.test(told.message)) return error
  return new StoreUnavailable(told.message, { cause: error, outcomeUnknown: true })
}
