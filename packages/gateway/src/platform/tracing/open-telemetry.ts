import { randomUUID } from 'node:crypto'
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  type IdGenerator,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Log } from '../log.ts'
import { newSpanId, type Parent, type SpanPlace } from './trace-context.ts'
import type { FinishedSpan, SamplerName, Tracing } from './tracing.ts'

export type TracingOptions = {
  /** The base of the collector's address; `/v1/traces` is added. */
  endpoint: string
  headers?: Record<string, string> | undefined
  serviceName: string
  version: string
  sampler: SamplerName
  /** For the samplers by ratio: 0 to 1. */
  ratio: number
  log: Log
  /** Called with each export's result. */
  onExport?: (result: 'exported' | 'failed', spans: number) => void
  /** For tests. */
  delayMs?: number
}

/** Spans that wait for their export. Further ones are dropped: a collector that is away costs nothing but its spans. */
const MOST_WAITING = 2_048
/** Few enough that writing them as JSON does not hold up the event loop. */
const MOST_AT_ONCE = 256
const EXPORT_EVERY_MS = 2_000
const EXPORT_WITHIN_MS = 10_000
/** The last export at the shutdown, which has its own deadline. */
const STOP_WITHIN_MS = 2_000
const COMPLAIN_EVERY_MS = 60_000
/** How long the distance between the two clocks counts. */
const ANCHOR_MS = 10_000

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
}

/**
 * OpenTelemetry's SDK behind our interface. This file is imported only when an endpoint is configured. Nothing global is
 * set: a program that embeds the gateway may have an SDK of its own.
 */
export function createTracing(options: TracingOptions): Tracing {
  const sampler = samplerOf(options.sampler, options.ratio)
  const ids = createGivenIds()
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': options.version,
      'service.instance.id': randomUUID(),
    }),
    // `samples` has decided before a span is recorded.
    sampler: new AlwaysOnSampler(),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: reporting(
          new OTLPTraceExporter({
            url: `${options.endpoint}/v1/traces`,
            timeoutMillis: EXPORT_WITHIN_MS,
            ...(options.headers && { headers: options.headers }),
          }),
          options,
        ),
        maxQueueSize: MOST_WAITING,
        maxExportBatchSize: MOST_AT_ONCE,
        scheduledDelayMillis: options.delayMs ?? EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_WITHIN_MS,
      }),
    ],
  })
  const tracer = provider.getTracer('postern', options.version)

  return {
    samples(traceId, parent) {
      const above = parent ? contextOf(parent, parent.sampled) : ROOT_CONTEXT
      const { decision } = sampler.shouldSample(above, traceId, '', SpanKind.INTERNAL, {}, [])
      return decision === SamplingDecision.RECORD_AND_SAMPLED
    },
    record({ place, parent, name, kind, startedAt, endedAt, attributes, failed }: FinishedSpan) {
      ids.next = place
      const above = parent === undefined ? ROOT_CONTEXT : contextOf({ traceId: place.traceId, spanId: parent }, true)
      const span = tracer.startSpan(name, { kind: KINDS[kind], startTime: startedAt, attributes }, above)
      if (failed === true) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end(Math.max(startedAt, endedAt))
    },
    now: createEpochClock(),
    async stop() {
      let timer: NodeJS.Timeout | undefined
      await Promise.race([
        provider.shutdown().catch(() => {}),
        new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_WITHIN_MS))),
      ])
      clearTimeout(timer)
    },
  }
}

function samplerOf(name: SamplerName, ratio: number): Sampler {
  if (name.startsWith('parentbased_'))
    return new ParentBasedSampler({ root: samplerOf(name.slice('parentbased_'.length) as SamplerName, ratio) })
  if (name === 'always_off') return new AlwaysOffSampler()
  return name === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler()
}

const contextOf = ({ traceId, spanId }: SpanPlace | Parent, sampled: boolean): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  })

/** Gives the next span the ids that its place has. */
function createGivenIds(): IdGenerator & { next: SpanPlace } {
  return {
    next: { traceId: '', spanId: '' },
    generateTraceId() {
      return this.next.traceId
    },
    generateSpanId() {
      return this.next.spanId || newSpanId()
    },
  }
}

/** Counts exports, and logs failed ones once a minute: each has many spans, and a collector may be away for hours. */
function reporting(exporter: SpanExporter, { log, onExport }: TracingOptions): SpanExporter {
  let complainedAt = Number.NEGATIVE_INFINITY
  let lost = 0
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined || result.code !== 0
        onExport?.(failed ? 'failed' : 'exported', spans.length)
        if (failed) lost += spans.length
        const now = performance.now()
        if (failed && now - complainedAt > COMPLAIN_EVERY_MS) {
          log.warn({ err: result.error ?? new Error('the export failed'), spans: lost }, 'tracing.export_failed')
          complainedAt = now
          lost = 0
        }
        // The SDK's own handler of errors is global, so it hears of none.
        done({ code: 0 })
      })
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush!() }),
  }
}

/** Epoch milliseconds with fractions, which follow the wall clock when it is set. */
function createEpochClock(): () => number {
  let anchoredAt = Number.NEGATIVE_INFINITY
  let distance = 0
  return () => {
    const now = performance.now()
    if (now - anchoredAt > ANCHOR_MS) {
      anchoredAt = now
      distance = Date.now() - now
    }
    return now + distance
  }
}
