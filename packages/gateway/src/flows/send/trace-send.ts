import type { Channel } from '../../domain/channels/channel.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import type { SendPath } from '../../platform/cloud-api/client.ts'
import type { MessageId } from '../../platform/ids.ts'
import { newSpanId, placeOf, referenceWith } from '../../platform/tracing/trace-context.ts'
import type { RequestTrace, Tracing } from '../../platform/tracing/tracing.ts'
import type { Outcome } from './outcome.ts'

/** What the spans of a send tell of WhatsApp's address. */
export type SendTracing = { tracing: Tracing; origin: string; version: string }

type Begun = { channel: Channel; id: MessageId; type: string; request: RequestTrace | undefined }
type Ended = { outcome: Outcome['kind']; code: number | undefined; waitedMs: number; startedAt: number }

/** The spans of one message. */
export type SendTrace = {
  /** Our id of the message, as WhatsApp gets it. */
  reference: string
  /** Undefined: this message is not sampled. */
  spans:
    | {
        now(): number
        /** One call of WhatsApp ended. */
        called(path: SendPath, startedAt: number, attempt: number, problem: Outcome | undefined): void
        ended(send: Ended): void
      }
    | undefined
}

/** Begins the trace of a message: the caller's, else one whose id follows from the message's. */
export function traceSend({ tracing, origin, version }: SendTracing, begun: Begun): SendTrace {
  const { channel, id, type, request } = begun
  const own = placeOf(id)
  const parent = request?.parent
  const traceId = parent?.traceId ?? own.traceId
  const isSampled = tracing.samples(traceId, parent)
  if (request) request.traceId = isSampled ? traceId : null
  const reference = referenceWith(id, parent && (isSampled ? traceId : null))
  if (!isSampled) return { reference, spans: undefined }
  const place = { traceId, spanId: own.spanId }
  const { hostname, port, protocol } = new URL(origin)

  return {
    reference,
    spans: {
      now: () => tracing.now(),
      called(path, startedAt, attempt, problem) {
        const status = statusOf(problem)
        tracing.record({
          place: { traceId, spanId: newSpanId() },
          parent: place.spanId,
          name: `POST /{phone_number_id}/${path}`,
          kind: 'client',
          startedAt,
          endedAt: tracing.now(),
          failed: problem !== undefined,
          attributes: {
            'http.request.method': 'POST',
            'url.template': `/${version}/{phone_number_id}/${path}`,
            'server.address': hostname,
            'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
            'http.response.status_code': status,
            'http.request.resend_count': attempt === 0 ? undefined : attempt,
            'error.type': problem && (codeOf(problem) ?? String(status ?? problem.kind)),
          },
        })
      },
      ended({ outcome, code, waitedMs, startedAt }) {
        tracing.record({
          place,
          parent: request?.spanId,
          name: 'send whatsapp',
          kind: 'producer',
          startedAt,
          endedAt: tracing.now(),
          failed: outcome !== 'accepted',
          attributes: {
            'messaging.system': 'whatsapp',
            'messaging.operation.name': 'send',
            'messaging.operation.type': 'send',
            'messaging.destination.name': channel.phoneNumberId,
            'messaging.message.id': id,
            'postern.channel_id': channel.id,
            'postern.message_type': type,
            'postern.outcome': outcome,
            'postern.waited_ms': Math.round(waitedMs),
            'error.type': outcome === 'accepted' ? undefined : code === undefined ? outcome : String(code),
          },
        })
      },
    },
  }
}

const statusOf = (problem: Outcome | undefined): number | undefined => {
  if (problem === undefined) return 200
  return problem.kind !== 'accepted' && problem.upstream instanceof CloudApiError
    ? problem.upstream.httpStatus
    : undefined
}

const codeOf = (problem: Outcome): string | undefined =>
  problem.kind !== 'accepted' && problem.upstream instanceof CloudApiError ? String(problem.upstream.code) : undefined
