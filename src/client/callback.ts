import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import type { CallbackEvent, OtherEvent } from './types.ts'

/** A callback that is not Postern's, or was changed on the way, or is older than five minutes. Answer 401. */
export class CallbackRefused extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'CallbackRefused'
  }
}

export type Callback = {
  /** The same over all attempts to deliver an event: keep it, and drop what comes twice. */
  id: string
  event: CallbackEvent
}

type HeaderBag = Headers | Record<string, string | string[] | undefined>

const NAMES = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

/**
 * Checks the signature of a callback and reads it. `rawBody` is what came over the wire, before any JSON parser: other
 * spaces make another signature. Give both secrets while you exchange one for another. Throws `CallbackRefused`,
 * and another error when a secret is empty.
 */
export function verifyCallback(
  rawBody: string | Uint8Array,
  headers: HeaderBag,
  secrets: string | readonly string[],
): Callback {
  const known = typeof secrets === 'string' ? [secrets] : secrets
  // A setting that nobody filled in: the callback may be right, so it is not called wrong.
  if (known.some((secret) => secret.trim() === ''))
    throw new Error('A webhook secret is empty: give the whsec_… that was printed when the webhook was set.')
  const given: Record<string, string> = {}
  for (const name of NAMES) {
    const value = headers instanceof Headers ? headers.get(name) : headers[name]
    if (typeof value !== 'string' || value === '') throw new CallbackRefused(`The header ${name} is missing.`)
    given[name] = value
  }
  const text = typeof rawBody === 'string' ? rawBody : new TextDecoder('utf-8', { ignoreBOM: true }).decode(rawBody)
  let reason: unknown
  for (const secret of known) {
    try {
      return { id: given['webhook-id']!, event: new Webhook(secret).verify(text, given) as CallbackEvent }
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error
      reason = error
    }
  }
  const why = reason instanceof Error ? reason.message : 'no secret was given'
  throw new CallbackRefused(`The callback is not to be trusted: ${why}.`, { cause: reason })
}

const KNOWN = new Set<string>([
  'new_message',
  'message_status_update',
  'template_status_update',
  'template_category_update',
  'template_quality_update',
  'test',
])

/** Whether an event is of a kind that has no type of its own here. */
export function isOtherEvent(event: { event: string }): event is OtherEvent {
  return !KNOWN.has(event.event)
}
