import { ERROR_CODES, TEMPLATE_SUBCODES } from '@postern/cloud-api'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { GatewayError } from '../../platform/errors.ts'
import type { MessageId } from '../../platform/ids.ts'
import { outcomeOf, type Outcome } from './outcome.ts'

export type Failed = Exclude<Outcome, { kind: 'accepted' }> | { kind: 'unavailable'; mayRetry: false; upstream: Error }

/**
 * Converts a refusal, throttle, outage or lost answer into the error of the contract. `id` is our message id, when
 * there is one. `cause`: what is known of the number, which explains a refusal better than WhatsApp's text.
 */
export function toGatewayError(outcome: Outcome | Failed, id?: MessageId, cause?: string): GatewayError {
  if (outcome.kind === 'accepted') throw new Error('an accepted message is no failure')
  const upstream = upstreamOf(outcome)
  if (upstream && cause !== undefined && outcome.kind === 'refused') upstream.advice = cause
  const data = { ...(upstream && { upstream }), ...(id !== undefined && { reference: id }) }
  const retryAfterMs = 'retryAfterMs' in outcome ? outcome.retryAfterMs : undefined
  const retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000))
  const options = { data, cause: outcome.upstream, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }
  const problem = problemOf(outcome.upstream)
  switch (outcome.kind) {
    case 'refused':
      return new GatewayError(
        'upstream_refused',
        { problem: cause === undefined ? problem : `${problem.replace(/\.?$/, '.')} ${cause}` },
        options,
      )
    case 'throttled':
      return new GatewayError('upstream_throttled', { problem }, options)
    case 'unavailable':
      return new GatewayError('upstream_unavailable', { problem }, options)
    case 'unknown':
      return new GatewayError('outcome_unknown', { reference: id ?? '' }, options)
  }
}

/**
 * Makes a call that is safe to repeat, and converts its error. A lost answer then counts as WhatsApp being unavailable,
 * because the caller can simply repeat the call.
 */
export async function repeatable<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof GatewayError) throw error
    const outcome = outcomeOf(error)
    throw toGatewayError(outcome.kind === 'unknown' ? { ...outcome, kind: 'unavailable' } : outcome)
  }
}

/**
 * `(#code) title` in every case, as the API page promises. Refusals of templates have "Invalid parameter" there, and
 * their problem in the text for a user.
 */
function problemOf(upstream: Error): string {
  if (!(upstream instanceof CloudApiError)) return upstream.message
  const problem = upstream.message.startsWith('(#') ? upstream.message : `(#${upstream.code}) ${upstream.message}`
  const words = [upstream.userTitle, upstream.userMessage].filter((text) => text !== undefined)
  return words.length > 0 ? `${problem.replace(/\.$/, '')}. ${words.join(': ')}` : problem
}

/** Code 100 has many causes: its details say which one. */
function adviceOf({ code, subcode, details }: CloudApiError): string | null {
  if (code === 100 && details?.includes('Direct Send') === true)
    return 'WhatsApp has not enabled Direct Send for this account. Send an approved template without category instead, and set direct_send of the channel to false.'
  return (subcode && TEMPLATE_SUBCODES[subcode]) || (ERROR_CODES[code]?.advice ?? null)
}

function upstreamOf({ upstream, mayRetry }: Failed): Record<string, unknown> | undefined {
  if (!(upstream instanceof CloudApiError)) return undefined
  return {
    code: upstream.code,
    title: upstream.title,
    details: upstream.details ?? null,
    subcode: upstream.subcode ?? null,
    fbtrace_id: upstream.fbtraceId ?? null,
    http_status: upstream.httpStatus,
    retryable: mayRetry,
    advice: adviceOf(upstream),
    ...(upstream.beside && { beside: upstream.beside }),
    ...(upstream.userTitle !== undefined && { user_title: upstream.userTitle }),
    ...(upstream.userMessage !== undefined && { user_message: upstream.userMessage }),
  }
}
