import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { addBackupGauge } from './backup-gauge.ts'
import { addChannelGauges, type ChannelReading } from './channel-gauges.ts'
import { durations, SECONDS } from './durations.ts'
import { addIncidentGauge, type IncidentReading } from './incident-gauge.ts'

/** The answer of `/metrics`, and its content type. */
export type MetricsText = { type: string; text: string }

type Counts = { pending: number; dead: number; oldestPendingMs: number | null }

/** An endpoint as it is now. */
export type EndpointReading = Counts & { channel: string; endpoint: string; state: string }

/** Values that are read when Prometheus asks, and not counted along the way. */
export type Readings = {
  /** Current values of this process. */
  live: () => Record<string, number>
  /** Counts of the store, the same for every process on it. Times are milliseconds. */
  deliveries: () => Promise<Counts>
  /** The endpoints of all channels: 20 for each at the most, which bounds their labels. */
  endpoints?: () => Promise<EndpointReading[]>
  channels?: () => ChannelReading[]
  /** The open incidents. Undefined: nobody knows. */
  incidents?: () => Promise<readonly IncidentReading[] | undefined>
  /** Epoch ms of the last good scheduled backup. */
  backedUpAt?: () => number | undefined
}

/** The only current value that is not summed over processes. */
const DELAY = 'event_loop_delay_ms'

/** Maximum age of the store's counts, so that frequent scrapes do not make it count all the time. */
const COUNTS_FOR_MS = 5_000
/** Timeout of the counts in a scrape. */
const COUNTS_WITHIN_MS = 1_500

/** Current values that are the same in every thread of a machine. */
const LIVE_OF_MACHINE = new Set(['rss_bytes', 'store_backlog'])
const OF_PROCESS = /^postern_process_/

function leaveOut(registry: Registry, names: RegExp): void {
  for (const { name } of registry.getMetricsAsArray()) if (names.test(name)) registry.removeSingleMetric(name)
}

/** Metrics that a machine with several threads reports once: its threads leave them out. */
export function createMachineMetrics(live: { store_backlog: () => number }): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'postern_' })
  leaveOut(registry, /^(?!postern_process_)/)
  new Gauge({
    name: 'postern_live',
    help: LIVE_HELP,
    labelNames: ['what'],
    registers: [registry],
    collect() {
      this.set({ what: 'rss_bytes' }, process.memoryUsage.rss())
      this.set({ what: 'store_backlog' }, live.store_backlog())
    },
  })
  return registry
}

const LIVE_HELP = 'Current values of this process, by name.'

/** The metrics for Prometheus. One registry for each gateway, so that several in one process do not mix. */
export function createMetrics(scope: 'process' | 'thread' = 'process') {
  const registry = new Registry()
  const registers = [registry]
  let readings: Readings | undefined
  let kept: { at: number; counts: Counts; endpoints: EndpointReading[] } | undefined
  let counting: Promise<void> | undefined

  /** The store's counts, at most some seconds old. Undefined while it does not answer. */
  async function countsOfStore(): Promise<typeof kept> {
    if (!readings) return undefined
    if (kept && performance.now() - kept.at < COUNTS_FOR_MS) return kept
    counting ??= Promise.all([readings.deliveries(), readings.endpoints?.() ?? []])
      .then(
        ([counts, endpoints]) => void (kept = { at: performance.now(), counts, endpoints }),
        () => void (kept = undefined),
      )
      .finally(() => (counting = undefined))
    await Promise.race([counting, new Promise((resolve) => setTimeout(resolve, COUNTS_WITHIN_MS).unref())])
    return kept && performance.now() - kept.at < COUNTS_FOR_MS + COUNTS_WITHIN_MS ? kept : undefined
  }

  const stored = (name: string, help: string, pick: (counts: Counts) => number) =>
    new Gauge({
      name,
      help,
      registers,
      // Every process of a machine reports the same values of the one store.
      aggregator: 'max',
      async collect() {
        const counts = (await countsOfStore())?.counts
        // An unavailable store must not remove the other metrics: they are needed most then.
        this.set(counts ? pick(counts) : NaN)
      },
    })
  stored('postern_deliveries_pending', 'Events waiting to be delivered.', ({ pending }) => pending)
  stored(
    'postern_delivery_oldest_pending_seconds',
    'Age of the oldest waiting event.',
    ({ oldestPendingMs }) => (oldestPendingMs ?? 0) / 1000,
  )
  stored('postern_deliveries_dead', 'Dead events: their retries ended.', ({ dead }) => dead)
  const ofEndpoint = (name: string, help: string, pick: (one: EndpointReading) => number, more: 'state'[] = []) =>
    new Gauge({
      name,
      help,
      registers,
      labelNames: ['channel', 'endpoint', ...more],
      aggregator: 'max',
      async collect() {
        // An endpoint that was removed, or a state that is over, is told no more.
        this.reset()
        for (const one of (await countsOfStore())?.endpoints ?? []) {
          const { channel, endpoint, state } = one
          this.set({ channel, endpoint, ...(more.length > 0 && { state }) }, pick(one))
        }
      },
    })
  ofEndpoint('postern_endpoint_pending', 'Events waiting for an endpoint.', ({ pending }) => pending)
  ofEndpoint('postern_endpoint_dead', 'Dead events of an endpoint: their retries ended.', ({ dead }) => dead)
  ofEndpoint(
    'postern_endpoint_oldest_pending_seconds',
    'Age of the oldest event that waits for an endpoint.',
    ({ oldestPendingMs }) => (oldestPendingMs ?? 0) / 1000,
  )
  ofEndpoint('postern_endpoint_state', '1 for the state of an endpoint: active, resting or paused.', () => 1, ['state'])
  addChannelGauges(registers, () => readings?.channels?.() ?? [])
  addIncidentGauge(registers, async () => (readings?.incidents ? await readings.incidents() : []))
  addBackupGauge(registers, () => readings?.backedUpAt?.())
  new Gauge({
    name: 'postern_processes',
    help: 'Threads that serve this port: 1, or the number of workers.',
    registers,
  }).set(1)
  new Gauge({
    name: 'postern_live',
    help: LIVE_HELP,
    labelNames: ['what'],
    registers,
    collect() {
      for (const [what, value] of Object.entries(readings?.live() ?? {}))
        if (what !== DELAY && !(scope === 'thread' && LIVE_OF_MACHINE.has(what))) this.set({ what }, value)
    },
  })
  new Gauge({
    name: 'postern_event_loop_delay_seconds',
    help: 'Delay of the event loop; of several processes, the largest.',
    registers,
    aggregator: 'max',
    collect() {
      this.set((readings?.live()[DELAY] ?? 0) / 1000)
    },
  })
  collectDefaultMetrics({ register: registry, prefix: 'postern_' })
  if (scope === 'thread') leaveOut(registry, OF_PROCESS)
  return {
    registry,
    ...countersOf(registry),
    buildInfo: new Gauge({
      name: 'postern_build_info',
      help: 'Always 1: the version of Postern and of Node, and the store: sqlite or postgres.',
      registers,
      labelNames: ['version', 'node', 'store'],
      aggregator: 'max',
    }),
    /** Sets the source of the readings, once there is one. */
    read(from: Readings): void {
      readings = from
    },
  }
}

/** What is counted along the way. */
function countersOf(registry: Registry) {
  const counter = (name: string, help: string, labels: string[] = []) => tally(registry, name, help, labels)
  return {
    sends: counter('postern_sends_total', 'Messages sent to WhatsApp, by outcome and error code.', ['outcome', 'code']),
    channelSends: counter('postern_channel_sends_total', 'Messages sent to WhatsApp from a channel, by outcome.', [
      ...['channel', 'outcome'],
    ]),
    sendSeconds: timing(registry, 'postern_send_seconds', 'Time from the request to WhatsApp’s answer.'),
    sendWaitSeconds: timing(
      registry,
      'postern_send_wait_seconds',
      'Time that a send waits for a place and its rate limits.',
    ),
    whatsappSeconds: timing(registry, 'postern_whatsapp_seconds', 'Time that WhatsApp takes to answer a send.'),
    httpSeconds: durations(registry, 'postern_http_request_seconds', 'Time from a request to its answer, by route.', [
      ...['route', 'method', 'status'],
    ]),
    limited: counter('postern_rate_limited_total', 'Requests answered 429, by limit.', ['limit']),
    throttled: counter('postern_throttled_total', 'Sends that WhatsApp throttled, by the scope of the limit.', [
      'scope',
    ]),
    shed: counter('postern_shed_total', 'Requests refused because of overload, by cause.', ['cause']),
    pruned: counter('postern_retention_rows_total', 'Rows removed by retention, by kind.', ['kind']),
    recipients: counter('postern_broadcast_recipients_total', 'Sends of broadcasts, by result.', ['outcome']),
    webhooks: counter('postern_webhooks_total', 'Webhooks from Meta, by our answer.', ['status']),
    events: counter('postern_events_total', 'Events stored.'),
    duplicates: counter('postern_duplicates_total', 'Duplicate messages and statuses from Meta.'),
    attempts: counter('postern_delivery_attempts_total', 'Requests to customers’ endpoints, by outcome.', ['outcome']),
    endpointAttempts: counter('postern_endpoint_attempts_total', 'Requests to an endpoint, by outcome.', [
      ...['channel', 'endpoint', 'outcome'],
    ]),
    spans: counter('postern_trace_spans_total', 'Spans sent to the collector, by result: exported or failed.', [
      'result',
    ]),
    attemptSeconds: timing(registry, 'postern_delivery_seconds', 'Time until customers’ endpoints answer.'),
  }
}

/**
 * Counts in plain numbers and passes them to the library when Prometheus asks: the library looks up the labels at every
 * count, which is too slow for the hot path.
 */
function tally(registry: Registry, name: string, help: string, labelNames: string[]) {
  const counts = new Map<string, number>()
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset()
      for (const [key, count] of counts) {
        const values = key.split('\n')
        this.inc(Object.fromEntries(labelNames.map((label, i) => [label, values[i] ?? ''])), count)
      }
    },
  })
  return {
    add(count = 1, ...labels: string[]): void {
      const key = labels.length === 1 ? labels[0]! : labels.join('\n')
      counts.set(key, (counts.get(key) ?? 0) + count)
    },
  }
}

function timing(registry: Registry, name: string, help: string): Histogram {
  return new Histogram({ name, help, buckets: SECONDS, registers: [registry] })
}
