import type { Parent, SpanPlace } from './trace-context.ts'

export type Attributes = Record<string, string | number | boolean | undefined>

/** One finished span. Times are epoch milliseconds with fractions, by `Tracing.now`. */
export type FinishedSpan = {
  place: SpanPlace
  /** The id of the span above it, in the same trace. */
  parent?: string | undefined
  name: string
  kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal'
  startedAt: number
  endedAt: number
  /** Never personal data: ids of ours, names of hosts, numbers. An id of WhatsApp's contains a phone number. */
  attributes: Attributes
  failed?: boolean
}

/** The trace of one HTTP request of a caller. */
export type RequestTrace = {
  startedAt: number
  spanId: string
  parent: Parent | undefined
  /** Set by a send: its trace, or null when it is not sampled. Undefined: the request sent nothing. */
  traceId?: string | null
}

/**
 * Records spans when they have ended. Whether a trace is recorded is decided before, from its id: what is not sampled costs
 * a hash and nothing else. Undefined everywhere while tracing is off, and then its library is not loaded.
 */
export type Tracing = {
  /** The sampler's decision for a trace. The same for the same trace on every node. */
  samples(traceId: string, parent?: Parent): boolean
  /** Keeps a span for the next export. Never throws and never waits. */
  record(span: FinishedSpan): void
  now(): number
  /** Exports what is left, within limits. */
  stop(): Promise<void>
}

export const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const
export type SamplerName = (typeof SAMPLERS)[number]
