import { createHmac } from 'node:crypto'

// A table of escapes: padding four hex digits for each character is measurable at thousands of webhooks a second.
const escaped = (c: string): string => (c === '/' ? '\\/' : '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'))

/** JSON in the form of Meta's webhooks: `/` as `\/`, non-ASCII characters as lowercase `\uXXXX`. */
export function metaJson(value: unknown): string {
  return JSON.stringify(value).replace(/[/\u0080-\uffff]/g, escaped)
}

/** Both signature headers over the exact bytes of the body. Meta still sends the older SHA-1 one. */
export function signatureHeaders(appSecret: string, body: Buffer): Record<string, string> {
  return {
    'x-hub-signature': 'sha1=' + createHmac('sha1', appSecret).update(body).digest('hex'),
    'x-hub-signature-256': 'sha256=' + createHmac('sha256', appSecret).update(body).digest('hex'),
  }
}
