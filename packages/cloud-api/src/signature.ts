import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'

const HEADER = /^sha256=([0-9a-f]{64})$/

/** False when the header `X-Hub-Signature-256` cannot be a signature of any body. */
export const mayBeSignature = (header: string | undefined): boolean => header !== undefined && HEADER.test(header)

/**
 * True when Meta signed exactly these bytes. `header` is `X-Hub-Signature-256`. `rawBody` must be the received bytes:
 * Meta escapes `/` and non-ASCII characters in its own way, so a body that was parsed and serialized again differs. The
 * comparison takes constant time, so that the delay of an answer does not reveal the expected signature. A `KeyObject`
 * as `appSecret` saves preparing the key for every webhook.
 */
export function verifySignature(rawBody: Buffer, header: string | undefined, appSecret: string | KeyObject): boolean {
  const given = header === undefined ? null : HEADER.exec(header)
  if (!given?.[1]) return false
  const expected = createHmac('sha256', appSecret).update(rawBody).digest()
  return timingSafeEqual(Buffer.from(given[1], 'hex'), expected)
}
