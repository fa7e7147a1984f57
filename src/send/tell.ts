import { ERROR_CODES } from '../cloud-api/error-codes.ts'
import { CloudApiError } from '../cloud-api/errors.ts'
import { GatewayError } from '../errors.ts'
import type { MessageId } from '../ids.ts'
import type { Outcome } from './outcome.ts'

export type Failed = Exclude<Outcome, { kind: 'accepted' }> | { kind: 'unavailable'; mayRetry: false; upstream: Error }

/** A refusal, throttle, outage or lost answer, in the words of the contract. `id` is our message id, when there is one. */
export function tellUpstream(outcome: Outcome | Failed, id?: MessageId): GatewayError {
  if (outcome.kind === 'accepted') throw new Error('an accepted message is no failure')
  const upstream = upstreamOf(outcome)
  const data = { ...(upstream && { upstream }), ...(id !== undefined && { reference: id }) }
  const retryAfterMs = 'retryAfterMs' in outcome ? outcome.retryAfterMs : undefined
  const retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000))
  const options = { data, cause: outcome.upstream, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }
  const problem = problemOf(outcome.upstream)
  switch (outcome.kind) {
    case 'refused':
      return new GatewayError('upstream_refused', { problem }, options)
    case 'throttled':
      return new GatewayError('upstream_throttled', { problem }, options)
    case 'unavailable':
      return new GatewayError('upstream_unavailable', { problem }, options)
    case 'unknown':
      return new GatewayError('outcome_unknown', { reference: id ?? '' }, options)
  }
}

/** `(#code) title` whatever form Meta used: the API page promises it. */
function problemOf(upstream: Error): string {
  if (!(upstream instanceof CloudApiError)) return upstream.message
  return upstream.message.startsWith('(#') ? upstream.message : `(#${upstream.code}) ${upstream.message}`
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
    advice: ERROR_CODES[upstream.code]?.advice ?? null,
  }
}
