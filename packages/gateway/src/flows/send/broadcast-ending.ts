import { GatewayError, StoreUnavailable } from '../../platform/errors.ts'
import { heldUntil } from './held-back.ts'

/**
 * What a failed send means for its broadcast. failed: this recipient does not get it. unknown: the recipient may get
 * it. again: not sent; try again after a pause. stop: no recipient would get it now, so the whole broadcast stops, and
 * this recipient waits with the others. lost: our store failed, so the result is read from it later. look: the error
 * does not tell the result; the message's row does. notBefore: it waits for this moment (epoch ms), and nothing is wrong. fresh: WhatsApp refused the message, so the next try needs a new
 * id.
 */
export type SendEnding =
  | { kind: 'failed' | 'unknown'; error: string }
  | { kind: 'again'; error: string; counts: boolean; fresh: boolean; restMs: number; notBefore?: number }
  | { kind: 'stop'; error: string; fresh: boolean }
  | { kind: 'lost' }
  | { kind: 'look'; error: string }

/** Token, permission, registration, lock, payment, restriction, spam: the next send would fail too. */
const STOPS = new Set([
  0, 3, 10, 33, 104, 190, 368, 131005, 131031, 131037, 131042, 131045, 131048, 131063, 131064, 133010,
])
/** The template cannot be sent to any recipient. */
const STOPPING_TEMPLATES = new Set([132001, 132015, 132016, 132068, 134102])
const STOPPING_REASONS = new Set([
  'template_not_found',
  'template_not_approved',
  'template_language_needed',
  'direct_send_not_allowed',
])
/** WhatsApp was not called, so this does not count as a try. */
const OUR_LIMITS = new Set(['rate_limited_number', 'overloaded', 'shutting_down'])

export function endingOf(error: unknown): SendEnding {
  if (error instanceof StoreUnavailable) return { kind: 'lost' }
  // Another node that was taken for dead has the id, or a bug happened, perhaps after WhatsApp was called.
  if (!(error instanceof GatewayError)) return { kind: 'look', error: kept('internal', 'Internal error.') }
  const code = codeOf(error)
  const told = kept(error.reason, error.message, code)
  const fresh = code !== undefined || error.reason.startsWith('upstream_')
  const restMs = (error.retryAfterSeconds ?? 1) * 1000
  if (error.reason === 'outcome_unknown') return { kind: 'unknown', error: told }
  if (STOPPING_REASONS.has(error.reason)) return { kind: 'stop', error: told, fresh }
  if (code !== undefined && isStopping(code)) return { kind: 'stop', error: told, fresh }
  const notBefore = heldUntil(error)
  if (notBefore !== undefined) return { kind: 'again', error: told, counts: false, fresh: false, restMs, notBefore }
  if (OUR_LIMITS.has(error.reason)) return { kind: 'again', error: told, counts: false, fresh, restMs }
  // A contact with many messages must not delay all others.
  if (error.reason === 'rate_limited_pair') return { kind: 'again', error: told, counts: true, fresh, restMs: 1_000 }
  if (error.reason === 'upstream_throttled' || error.reason === 'upstream_unavailable') {
    return { kind: 'again', error: told, counts: true, fresh, restMs }
  }
  return { kind: 'failed', error: told }
}

function isStopping(code: number): boolean {
  return STOPS.has(code) || STOPPING_TEMPLATES.has(code) || (code >= 200 && code <= 299)
}

function codeOf(error: GatewayError): number | undefined {
  const upstream = error.data.upstream as { code?: unknown } | undefined
  return typeof upstream?.code === 'number' ? upstream.code : undefined
}

const kept = (reason: string, message: string, code?: number): string =>
  JSON.stringify({ reason, message, ...(code !== undefined && { code }) })
