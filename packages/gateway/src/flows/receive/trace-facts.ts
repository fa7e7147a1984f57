import { bodyInTrace, statusInTrace } from '../../domain/events/trace.ts'
import { newSpanId, placeOf, type SpanPlace } from '../../platform/tracing/trace-context.ts'
import type { Attributes, Tracing } from '../../platform/tracing/tracing.ts'
import type { Fact } from '../../store/store.ts'

type Traced = { place: SpanPlace; parent: string | undefined; attributes: Attributes }

/**
 * Gives each fact whose trace is sampled its place in it, which its event carries to the delivery. Returns a function that
 * records the spans, once the facts are stored.
 */
export function traceFacts(tracing: Tracing, facts: readonly Fact[], startedAt: number): () => void {
  const traced: Traced[] = []
  for (const fact of facts) {
    const found = placeIn(tracing, fact)
    if (!found) continue
    giveTo(fact, found.place)
    traced.push({ ...found, attributes: attributesOf(fact) })
  }
  return () => {
    const endedAt = tracing.now()
    for (const { place, parent, attributes } of traced)
      tracing.record({ place, parent, name: 'process whatsapp', kind: 'consumer', startedAt, endedAt, attributes })
  }
}

/** A status continues the trace of its message. Everything else begins one. */
function placeIn(tracing: Tracing, fact: Fact): Pick<Traced, 'place' | 'parent'> | undefined {
  // An old message becomes no event.
  if (fact.kind === 'message' && fact.origin === 'history') return undefined
  const sent = fact.kind === 'status' ? fact : fact.kind === 'notice' ? fact.reached : undefined
  if (sent?.reference !== undefined) {
    const message = placeOf(sent.reference)
    // What the caller decided was decided with the send.
    const traceId = sent.trace === undefined ? sampled(tracing, message.traceId) : (sent.trace ?? undefined)
    return traceId === undefined ? undefined : { place: { traceId, spanId: newSpanId() }, parent: message.spanId }
  }
  const { traceId } = placeOf(fact.kind === 'notice' ? `${fact.channelId} ${fact.key}` : fact.wamid)
  return tracing.samples(traceId) ? { place: { traceId, spanId: newSpanId() }, parent: undefined } : undefined
}

const sampled = (tracing: Tracing, traceId: string): string | undefined =>
  tracing.samples(traceId) ? traceId : undefined

function giveTo(fact: Fact, place: SpanPlace): void {
  if (fact.kind === 'status') fact.body = statusInTrace(fact.body, place)
  else {
    fact.body = bodyInTrace(fact.body, place)
    if (fact.kind === 'notice' && fact.reached) fact.reached.body = statusInTrace(fact.reached.body, place)
  }
}

/** Without WhatsApp's ids of messages: they contain the contact's number. */
function attributesOf(fact: Fact): Attributes {
  const sent = fact.kind === 'status' ? fact : fact.kind === 'notice' ? fact.reached : undefined
  return {
    'messaging.system': 'whatsapp',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.message.id': sent?.reference,
    'postern.channel_id': fact.channelId,
    'postern.event': eventOf(fact),
    'postern.message_type': fact.kind === 'message' ? fact.type : undefined,
    'postern.message_status': sent?.status,
  }
}

function eventOf(fact: Fact): string {
  if (fact.kind === 'status') return 'message_status_update'
  return fact.kind === 'message' ? (fact.event ?? 'new_message') : fact.event
}
