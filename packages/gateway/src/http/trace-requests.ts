import type { FastifyInstance } from 'fastify'
import { newSpanId, placeOf, readTraceparent } from '../platform/tracing/trace-context.ts'
import type { RequestTrace, Tracing } from '../platform/tracing/tracing.ts'
import { templateOf } from './answer-times.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined while tracing is off. */
    trace: RequestTrace | undefined
  }
}

const TRACED = /^\/(?:external|admin)\//

/** Records a span for each sampled request of customers and operators. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.addHook('onRequest', (request, _reply, done) => {
    request.trace = {
      startedAt: tracing.now(),
      spanId: newSpanId(),
      parent: readTraceparent(request.headers.traceparent),
    }
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { trace } = request
    const route = request.routeOptions.url
    if (trace && route !== undefined && TRACED.test(route)) {
      const traceId = trace.traceId === undefined ? traceOf(tracing, trace, request.id) : trace.traceId
      if (traceId !== null) {
        const status = reply.statusCode
        tracing.record({
          place: { traceId, spanId: trace.spanId },
          parent: trace.parent?.spanId,
          name: `${request.method} ${templateOf(route)}`,
          kind: 'server',
          startedAt: trace.startedAt,
          endedAt: tracing.now(),
          failed: status >= 500,
          attributes: {
            'http.request.method': request.method,
            'http.route': templateOf(route),
            'http.response.status_code': status,
            'url.scheme': request.protocol,
            'error.type': status >= 500 ? String(status) : undefined,
            'postern.channel_id': request.channel?.id,
            'postern.request_id': request.id,
          },
        })
      }
    }
    done()
  })
}

/** The trace of a request that sent nothing. Null: it is not sampled. */
function traceOf(tracing: Tracing, { parent }: RequestTrace, requestId: string): string | null {
  const traceId = parent?.traceId ?? placeOf(requestId).traceId
  return tracing.samples(traceId, parent) ? traceId : null
}
