import type { Readable } from 'node:stream'
import { request } from 'undici'
import { OutboundRefused, type Outbound } from '../../platform/outbound/guard.ts'

export type Fetched = {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** Read it to its end or destroy it. Errors after that are ignored. */
  body: Readable
  /** The URL of the answer, after redirects. */
  url: URL
}

const MAX_REDIRECTS = 5

/**
 * GET through the address guard. Redirects are followed here, one by one, so that each target is checked like the
 * first. Throws `OutboundRefused`, `TooManyRedirects` or an error of undici.
 */
export async function fetchPublic(
  outbound: Outbound,
  address: URL,
  options: { signal: AbortSignal; headers?: Record<string, string> },
): Promise<Fetched> {
  let url = address
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const check = outbound.checkUrl(url.href)
    if (!check.ok) throw new OutboundRefused(url.host || url.protocol, check.message)
    const { statusCode, headers, body } = await request(check.url, {
      dispatcher: outbound.dispatcher,
      // The bytes themselves are checked, so the server must not compress them.
      headers: { 'user-agent': 'Postern', accept: '*/*', 'accept-encoding': 'identity', ...options.headers },
      signal: options.signal,
    })
    body.on('error', () => {})
    const location = headers.location
    const redirected = [301, 302, 303, 307, 308].includes(statusCode) && typeof location === 'string'
    if (!redirected || !URL.canParse(location, url.href)) return { status: statusCode, headers, body, url }
    body.destroy()
    url = new URL(location, url)
  }
  throw new TooManyRedirects()
}

export class TooManyRedirects extends Error {
  constructor() {
    super(`more than ${MAX_REDIRECTS} redirects`)
    this.name = 'TooManyRedirects'
  }
}

/** At most `limit` bytes from the front, and whether the stream ended before that. Leaves nothing open. */
export async function readFront(body: Readable, limit: number): Promise<{ bytes: Buffer; ended: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  let ended = true
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= limit) {
      ended = false
      break // leaves the loop and destroys the stream
    }
  }
  return { bytes: Buffer.concat(chunks).subarray(0, limit), ended }
}

/** A header that was sent once. */
export function headerOf(fetched: Pick<Fetched, 'headers'>, name: string): string | undefined {
  const value = fetched.headers[name]
  return typeof value === 'string' ? value : undefined
}
