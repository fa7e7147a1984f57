import type { MessagePort } from 'node:worker_threads'
import { AggregatorRegistry, type MetricObject, type Registry } from 'prom-client'
import type { MetricsText } from '../platform/metrics.ts'

/** A thread that is asked and tells: its port. */
export type Teller = { postMessage(message: unknown): void }

/** A worker that Prometheus reached asks for the figures of all; then each tells its own. */
export type ToGather =
  { postern: 'gather'; ask: number } | { postern: 'figures'; round: number; figures?: MetricObject[]; error?: string }
export type ToWorker =
  { postern: 'gathered'; ask: number; text?: string; error?: string } | { postern: 'tell'; round: number }

/** A worker that is busier than this tells nothing, and the scrape fails: a figure that dips would look like a restart. */
const PATIENCE_MS = 4_000

type Outcome = { text?: string; error?: string }

/** What only ever rises. It stays in the sum when its worker has ended: a sum that falls would be taken for a restart. */
const RISING = new Set(['counter', 'histogram'])

/** The main thread's part: gathers from the workers that are open, and adds up, with what is the machine's. */
export function createGatherer(machine: Registry) {
  const open = new Set<Teller>()
  const latest = new Map<Teller, MetricObject[]>()
  /** What ended workers had counted when they last told. */
  let past: Promise<MetricObject[]> = Promise.resolve([])
  let current:
    { round: number; left: Set<Teller>; told: MetricObject[][]; done: (problem?: string) => void } | undefined
  let answer: Promise<Outcome> | undefined
  let last = 0

  /** One round at a time answers all who ask meanwhile. */
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
      const tired = setTimeout(() => resolve(`a worker said nothing within ${PATIENCE_MS / 1000} s`), PATIENCE_MS)
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
    /** Workers that are open. */
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
        // It answers at the port, so it is open, even if its word of that is still to come.
        open.add(worker)
        void gather().then((outcome) => say(worker, { postern: 'gathered', ask: message.ask, ...outcome }))
        return
      }
      if (message.postern !== 'figures' || current?.round !== message.round || !current.left.has(worker)) return
      if (!message.figures) return current.done(message.error ?? 'a worker could not tell its figures')
      latest.set(worker, message.figures)
      current.told.push(message.figures)
      without(worker)
    },
  }
}

/** A worker's part. Whichever of them Prometheus reaches answers for all, so that no counter jumps. */
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
    if (text === undefined) throw new Error(`the workers' figures could not be gathered: ${error}`)
    return { type: registry.contentType, text }
  }
}
