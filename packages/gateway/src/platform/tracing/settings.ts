import { headerList, oneOf, optional, origin, ratio, text } from '../setting-readers.ts'
import { type SamplerName, SAMPLERS } from './tracing.ts'

/** OpenTelemetry's own names, so that what an operator sets for all programs works here. */
export const TRACING_SETTINGS = {
  otlpEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    read: optional(origin),
    fallback: undefined,
    shown: 'unset: no traces',
    help: 'Address of an OpenTelemetry collector that takes OTLP over HTTP, for instance http://collector:4318 (docs/tracing.md).',
  },
  otlpHeaders: {
    env: 'OTEL_EXPORTER_OTLP_HEADERS',
    read: optional(headerList),
    fallback: undefined,
    secret: true,
    shown: 'none',
    help: 'Headers for the collector: name=value, separated by commas.',
  },
  serviceName: {
    env: 'OTEL_SERVICE_NAME',
    read: text,
    fallback: 'postern',
    help: 'The name of the gateway in traces.',
  },
  tracesSampler: {
    env: 'OTEL_TRACES_SAMPLER',
    read: oneOf(SAMPLERS),
    fallback: 'parentbased_always_on' as SamplerName,
    help: 'Which traces are recorded: parentbased_traceidratio for a share of them.',
  },
  tracesRatio: {
    env: 'OTEL_TRACES_SAMPLER_ARG',
    read: ratio,
    fallback: 1,
    help: 'The share of the traces for the samplers by ratio: 0.01 is one in a hundred.',
  },
}
