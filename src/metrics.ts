import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** What Prometheus is told. One registry for each gateway, so that several in one process do not mix. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'postern_' })
  const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  return {
    registry,
    sends: new Counter({
      name: 'postern_sends_total',
      help: 'Messages handed to WhatsApp, by outcome and error code.',
      labelNames: ['outcome', 'code'],
      registers,
    }),
    sendSeconds: new Histogram({
      name: 'postern_send_seconds',
      help: 'From the request to WhatsApp’s answer.',
      buckets: seconds,
      registers,
    }),
    webhooks: new Counter({
      name: 'postern_webhooks_total',
      help: 'Webhooks from Meta, by our answer.',
      labelNames: ['status'],
      registers,
    }),
    events: new Counter({ name: 'postern_events_total', help: 'Events stored.', registers }),
    duplicates: new Counter({
      name: 'postern_duplicates_total',
      help: 'Messages and statuses that were stored already.',
      registers,
    }),
    attempts: new Counter({
      name: 'postern_delivery_attempts_total',
      help: 'Requests to customers’ webhooks, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    attemptSeconds: new Histogram({
      name: 'postern_delivery_seconds',
      help: 'How long customers’ webhooks take to answer.',
      buckets: seconds,
      registers,
    }),
    pending: new Gauge({ name: 'postern_deliveries_pending', help: 'Events waiting to be delivered.', registers }),
    oldest: new Gauge({
      name: 'postern_delivery_oldest_pending_seconds',
      help: 'The age of the oldest event that waits.',
      registers,
    }),
    dead: new Gauge({
      name: 'postern_deliveries_dead',
      help: 'Events that were given up after three days.',
      registers,
    }),
    live: new Gauge({ name: 'postern_live', help: 'What is in hand right now.', labelNames: ['what'], registers }),
  }
}
