import { EVENT_NAMES } from './generated/event-names.ts'
import type { CallbackEvent, OtherEvent } from './types.ts'

/**
 * Thrown for a callback that Postern did not sign, that was changed, or that is older than five minutes. Answer it with
 * HTTP 401.
 */
export class CallbackRefused extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'CallbackRefused'
  }
}

export type Callback = {
  /** The same in all attempts to deliver an event. Store it, and ignore an event whose id you already have. */
  id: string
  event: CallbackEvent
}

export type HeaderBag = Headers | Record<string, string | string[] | undefined>

const NAMES = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

/** Largest allowed difference between the clocks of sender and receiver, as in Standard Webhooks. */
const TOLERANCE_S = 5 * 60

/**
 * Checks the signature of a callback (Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`) and parses its body.
 * `rawBody` must be the bytes of the request before any JSON parser: different whitespace makes a different signature.
 * Give both secrets while you rotate the secret. Rejects with `CallbackRefused`; rejects with another error when a
 * secret is not valid.
 */
export async function verifyCallback(
  rawBody: string | Uint8Array,
  headers: HeaderBag,
  secrets: string | readonly string[],
): Promise<Callback> {
  const known = typeof secrets === 'string' ? [secrets] : secrets
  // An empty secret is a configuration mistake. The callback may be authentic, so the error is not CallbackRefused.
  if (known.some((secret) => secret.trim() === ''))
    throw new Error('A webhook secret is empty: give the whsec_… that was printed when the webhook was set.')
  const [id, timestamp, signatures] = NAMES.map((name) => headerOf(headers, name)) as [string, string, string]
  const sentAt = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : undefined
  if (sentAt === undefined)
    throw untrusted(`the header webhook-timestamp is "${timestamp}", not a Unix time in seconds`)
  const age = Date.now() / 1000 - sentAt
  if (age > TOLERANCE_S) throw untrusted('it was signed more than five minutes ago')
  if (age < -TOLERANCE_S) throw untrusted('it was signed more than five minutes in the future')
  if (known.length === 0) throw untrusted('no secret was given')

  const text = typeof rawBody === 'string' ? rawBody : new TextDecoder('utf-8', { ignoreBOM: true }).decode(rawBody)
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${text}`)
  const given = signatures.split(' ').flatMap((one) => (one.startsWith('v1,') ? [bytesOf(one.slice(3))] : []))
  for (const secret of known) {
    const key = await keyOf(secret)
    for (const signature of given) {
      if (signature && (await crypto.subtle.verify('HMAC', key, signature, signed))) return { id, event: eventIn(text) }
    }
  }
  throw untrusted('no signature matches this secret and this body')
}

const untrusted = (why: string): CallbackRefused => new CallbackRefused(`The callback cannot be trusted: ${why}.`)

function headerOf(headers: HeaderBag, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name]
  if (typeof value !== 'string' || value === '') throw new CallbackRefused(`The header ${name} is missing.`)
  return value
}

function keyOf(secret: string): ReturnType<typeof crypto.subtle.importKey> {
  const bytes = bytesOf(secret.trim().replace(/^whsec_/, ''))
  if (!bytes || bytes.length === 0)
    throw new Error('A webhook secret is not valid: give the whsec_… that was printed when the webhook was set.')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

/** Returns undefined when the text is not Base64. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

function eventIn(text: string): CallbackEvent {
  try {
    return JSON.parse(text) as CallbackEvent
  } catch (cause) {
    throw new CallbackRefused('The body of the callback is not JSON.', { cause })
  }
}

const KNOWN = new Set<string>(EVENT_NAMES)

/** True when the event has nothing but WhatsApp's value, as one that this version of the client does not know. */
export function isOtherEvent(event: { event: string }): event is OtherEvent {
  return !KNOWN.has(event.event)
}
