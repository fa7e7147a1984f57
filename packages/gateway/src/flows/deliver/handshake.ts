import { randomInt } from 'node:crypto'
import { request } from 'undici'
import type { Outbound } from '../../platform/outbound/guard.ts'

const LONGEST_MS = 10_000
/** A challenge has ten digits; more than this is some other page. */
const READ_BYTES = 1024

/**
 * Asks an endpoint in Meta's format as Meta asks: GET with `hub.mode`, `hub.challenge` and `hub.verify_token`. Answers
 * undefined when it gave the challenge back, else what is wrong. Redirects are not followed.
 */
export async function handshakeProblem(
  outbound: Outbound,
  endpoint: { url: string; secret: string; headers: Record<string, string>; userAgent: string },
  timeoutMs = LONGEST_MS,
): Promise<string | undefined> {
  // Digits, as Meta's: some programs read the challenge as a 32-bit number.
  const challenge = String(randomInt(1_000_000_000, 2 ** 31))
  const url = new URL(endpoint.url)
  url.searchParams.set('hub.mode', 'subscribe')
  url.searchParams.set('hub.challenge', challenge)
  url.searchParams.set('hub.verify_token', endpoint.secret)
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const { statusCode, body } = await request(url, {
      dispatcher: outbound.dispatcher,
      headers: { ...endpoint.headers, 'user-agent': endpoint.userAgent, accept: '*/*', 'accept-encoding': 'identity' },
      signal,
    })
    body.on('error', () => {})
    if (statusCode < 200 || statusCode > 299) {
      body.destroy()
      return `it answered HTTP ${statusCode} to the handshake (GET with hub.mode, hub.challenge, hub.verify_token)`
    }
    let answer = ''
    for await (const chunk of body as AsyncIterable<Buffer>) {
      answer += chunk.toString('latin1')
      if (answer.length > READ_BYTES) break
    }
    if (answer.trim() === challenge) return undefined
    return 'it did not answer the handshake with the value of hub.challenge alone'
  } catch (error) {
    if (signal.aborted) return `it did not answer the handshake within ${timeoutMs} ms`
    return `the handshake got no answer: ${problemOf(error as Error)}`
  }
}

function problemOf(error: Error): string {
  const text = error.message || (error as NodeJS.ErrnoException).code || error.name
  return text.slice(0, 200)
}
