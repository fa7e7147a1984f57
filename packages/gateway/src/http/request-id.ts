import { randomBytes } from 'node:crypto'

const process = randomBytes(6).toString('base64url').replace(/[-_]/g, '0')
let count = 0

/** Unique over processes and restarts: a caller quotes it, and the log contains it. */
export function newRequestId(): string {
  return `req_${process}${(++count).toString(36)}`
}
