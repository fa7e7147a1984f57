import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'

const HEADER = /^sha256=([0-9a-f]{64})$/

/** False when no body could fit this `X-Hub-Signature-256`. */
export const mayBeSignature = (header: string | undefined): boolean => header !== undefined && HEADER.test(header)

/**
 * True when Meta signed exactly these bytes. `header` is `X-Hub-Signature-256`; `rawBody` must be what came over the
 * wire, because Meta escapes `/` and non-ASCII in its own way and a body parsed and written again differs.
 * Compared in constant time, so that an answer's delay tells nothing about the expected signature. A `KeyObject` for
 * `appSecret` saves preparing the key for every webhook.
 */
export function verifySignature(rawBody: Buffer, header: string | undefined, appSecret: string | KeyObject): boolean {
  const given = header === undefined ? null : HEADER.exec(header)
  if (!given?.[1]) return false
  const expected = createHmac('sha256', appSecret).update(rawBody).digest()
  return timingSafeEqual(Buffer.from(given[1], 'hex'), expected)
}
