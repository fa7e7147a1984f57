import type { Endpoint } from '../../domain/channels/endpoint.ts'
import { traceIn } from '../../domain/events/trace.ts'
import type { Answer } from '../../platform/answer.ts'
import { newSpanId, writeTraceparent } from '../../platform/tracing/trace-context.ts'
import type { Tracing } from '../../platform/tracing/tracing.ts'
import { verdictOf } from './attempt.ts'

/** One attempt that is in a trace. */
export type AttemptTrace = {
  /** The header for the endpoint. */
  traceparent: string
  ended(answer: Answer): void
}

/** Continues the trace that an event carries. Undefined for an event without one. */
export function traceAttempt(
  tracing: Tracing,
  endpoint: Endpoint,
  event: { id: string; body: string; attempts: number },
): AttemptTrace | undefined {
  const above = traceIn(event.body)
  if (!above) return undefined
  const place = { traceId: above.traceId, spanId: newSpanId() }
  const startedAt = tracing.now()
  return {
    traceparent: writeTraceparent(place),
    ended(answer) {
      const isDelivered = verdictOf(answer) === 'delivered'
      tracing.record({
        place,
        parent: above.spanId,
        name: endpoint.kind === 'http' ? 'POST' : `send ${endpoint.kind}`,
        kind: endpoint.kind === 'http' ? 'client' : 'producer',
        startedAt,
        endedAt: tracing.now(),
        failed: !isDelivered,
        attributes: {
          ...(endpoint.kind === 'http' ? httpAttributes(endpoint, answer) : { 'messaging.system': endpoint.kind }),
          'error.type': isDelivered ? undefined : String(answer.status ?? 'no_answer'),
          'http.request.resend_count': endpoint.kind === 'http' && event.attempts > 0 ? event.attempts : undefined,
          'postern.channel_id': endpoint.channelId,
          'postern.endpoint_id': endpoint.publicId,
          'postern.event_id': event.id,
          'postern.attempt': event.attempts + 1,
        },
      })
    },
  }
}

/** Host and port alone: a path or a query may be a secret of the customer's. */
function httpAttributes({ url }: Endpoint, { status }: Answer) {
  const { hostname, port, protocol } = new URL(url)
  return {
    'http.request.method': 'POST',
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    'http.response.status_code': status ?? undefined,
  }
}
