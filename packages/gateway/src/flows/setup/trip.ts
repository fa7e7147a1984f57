import { createHmac, randomBytes } from 'node:crypto'
import type { SetupFacts, Trip } from '../../domain/setup/facts.ts'

const WITHIN_MS = 8_000
const MOST_BYTES = 4_096
/** A webhook without content: its signature is checked, and nothing is stored. */
const EMPTY = JSON.stringify({ object: 'whatsapp_business_account', entry: [] })

/**
 * Calls the public address as WhatsApp does, through whatever stands before it: the challenge with a number that only
 * this call knows, then a signed webhook.
 */
export async function travel(
  url: string,
  secrets: { verifyToken: string; appSecret: string },
): Promise<NonNullable<SetupFacts['address']>> {
  const nonce = randomBytes(8).toString('hex')
  const asked = new URL(url)
  asked.searchParams.set('hub.mode', 'subscribe')
  asked.searchParams.set('hub.verify_token', secrets.verifyToken)
  asked.searchParams.set('hub.challenge', nonce)
  const challenge = await request(asked, {}, (text) => text === nonce)
  if (challenge.kind !== 'ok') return { url, challenge, webhook: challenge }
  const signature = `sha256=${createHmac('sha256', secrets.appSecret).update(EMPTY).digest('hex')}`
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature }
  return { url, challenge, webhook: await request(url, { method: 'POST', headers, body: EMPTY }, () => true) }
}

async function request(url: string | URL, init: RequestInit, isRight: (text: string) => boolean): Promise<Trip> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(WITHIN_MS) })
    const text = await beginningOf(response)
    return response.status === 200 && isRight(text) ? { kind: 'ok' } : { kind: 'status', status: response.status }
  } catch (error) {
    const { cause, message } = error as Error
    const why = cause instanceof Error && cause.message !== '' ? cause.message : message
    return { kind: 'unreachable', why: why.slice(0, 200) }
  }
}

/** Not more than we would ever answer: whatever answers there may be anything. */
async function beginningOf(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > MOST_BYTES) break
  }
  return text
}
