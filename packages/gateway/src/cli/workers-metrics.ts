import type { MessagePort } from 'node:worker_threads'
import { AggregatorRegistry, type MetricObject, type Registry } from 'prom-client'
import type { MetricsText } from '../platform/metrics.ts'

/** The port of a worker thread that can report its metrics. */
export type Teller = { postMessage(message: unknown): void }

/** The worker that Prometheus reached asks for the metrics of all; then each worker reports its own. */
export type ToGather =
  { postern: 'gather'; ask: number } | { postern: 'figures'; round: number; figures?: MetricObject[]; error?: string }
export type ToWorker =
  { postern: 'gathered'; ask: number; text?: string; error?: string } | { postern: 'tell'; round: number }

/** Timeout of a worker's report. Then the scrape fails: a counter that drops would look like a restart. */
const PATIENCE_MS = 4_000

type Outcome = { text?: string; error?: string }

/**
 * Metrics that only increase. They stay in the sum when their worker has ended: a falling sum would look like a
 * restart.
 */
const RISING = new Set(['counter', 'histogram'])

/** The main thread's part: collects the metrics of the open workers, and adds them up with the machine's own. */
export function createGatherer(machine: Registry) {
  const open = new Set<Teller>()
  const latest = new Map<Teller, MetricObject[]>()
  /** Last counts of workers that have ended. */
  let past: Promise<MetricObject[]> = Promise.resolve([])
  let current:
    { round: number; left: Set<Teller>; told: MetricObject[][]; done: (problem?: string) => void } | undefined
  let answer: Promise<Outcome> | undefined
  let last = 0

  /** One round answers all requests that arrive meanwhile. */
  function gather(): Promise<Outcome> {
    answer ??= round()
      .catch((error: Error): Outcome => ({ error: error.message }))
      .finally(() => (answer = undefined))
    return answer
  }

  async function round(): Promise<Outcome> {
    const number = ++last
    const told: MetricObject[][] = []
    const problem = await new Promise<string | undefined>((resolve) => {
      const tired = setTimeout(() => resolve(`a worker did not answer within ${PATIENCE_MS / 1000} s`), PATIENCE_MS)
      const done = (why?: string): void => {
        clearTimeout(tired)
        resolve(why)
      }
      current = { round: number, left: new Set(open), told, done }
      for (const worker of open) say(worker, { postern: 'tell', round: number })
      if (open.size === 0) done()
    })
    current = undefined
    if (problem !== undefined) return { error: problem }
    return {
      text: await AggregatorRegistry.aggregate([await machine.getMetricsAsJSON(), await past, ...told]).metrics(),
    }
  }

  const say = (worker: Teller, message: ToWorker): void => worker.postMessage(message)

  function without(worker: Teller): void {
    if (current?.left.delete(worker) && current.left.size === 0) current.done()
  }

  return {
    /** Number of open workers. */
    get size(): number {
      return open.size
    },
    add: (worker: Teller): void => void open.add(worker),
    remove(worker: Teller): void {
      open.delete(worker)
      const rising = latest.get(worker)?.filter((metric) => RISING.has(String(metric.type)))
      latest.delete(worker)
      if (rising) {
        past = past.then((before) => AggregatorRegistry.aggregate([before, rising]).getMetricsAsJSON())
      }
      without(worker)
    },
    hear(worker: Teller, message: ToGather): void {
      if (message.postern === 'gather') {
        // It got a request at the port, so it is open, even if its own message of that has not arrived yet.
        open.add(worker)
        void gather().then((outcome) => say(worker, { postern: 'gathered', ask: message.ask, ...outcome }))
        return
      }
      if (message.postern !== 'figures' || current?.round !== message.round || !current.left.has(worker)) return
      if (!message.figures) return current.done(message.error ?? 'a worker could not read its metrics')
      latest.set(worker, message.figures)
      current.told.push(message.figures)
      without(worker)
    },
  }
}

/** A worker's part. Every worker reports the metrics of all, so that counters do not jump between scrapes. */
export function shareMetrics(port: MessagePort, registry: Registry): () => Promise<MetricsText> {
  let asks = 0
  const waiting = new Map<number, (outcome: { text?: string; error?: string }) => void>()
  const say = (message: ToGather): void => port.postMessage(message)
  port.on('message', (message: ToWorker) => {
    if (message.postern === 'gathered') waiting.get(message.ask)?.(message)
    if (message.postern !== 'tell') return
    const { round } = message
    registry.getMetricsAsJSON().then(
      (figures) => say({ postern: 'figures', round, figures }),
      (error: Error) => say({ postern: 'figures', round, error: error.message }),
    )
  })
  return async () => {
    const ask = ++asks
    const { text, error } = await new Promise<{ text?: string; error?: string }>((resolve) => {
      waiting.set(ask, resolve)
      say({ postern: 'gather', ask })
    })
    waiting.delete(ask)
    if (text === undefined) throw new Error(`the workers' metrics could not be collected: ${error}`)
    return { type: registry.contentType, text }
  }
}
