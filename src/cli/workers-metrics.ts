import type { Worker } from 'node:cluster'
import { AggregatorRegistry, type MetricObject, type Registry } from 'prom-client'
import type { MetricsText } from '../metrics.ts'

/** A worker that Prometheus reached asks for the figures of all; then each tells its own. */
export type ToGather =
  { postern: 'gather'; ask: number } | { postern: 'figures'; round: number; figures?: MetricObject[]; error?: string }
type ToWorker = { postern: 'gathered'; ask: number; text?: string; error?: string } | { postern: 'tell'; round: number }

/** A worker that is busier than this tells nothing, and the scrape fails: a figure that dips would look like a restart. */
const PATIENCE_MS = 4_000

type Round = { left: Set<Worker>; figures: MetricObject[][]; end: (outcome: { text?: string; error?: string }) => void }

/** The primary's part: gathers from the workers that are open, and adds up. */
export function createGatherer() {
  const open = new Set<Worker>()
  const rounds = new Map<number, Round>()
  let last = 0

  async function gather(asker: Worker, ask: number): Promise<void> {
    const round = ++last
    const outcome = await new Promise<{ text?: string; error?: string }>((resolve) => {
      rounds.set(round, { left: new Set(open), figures: [], end: resolve })
      setTimeout(() => resolve({ error: `a worker said nothing within ${PATIENCE_MS / 1000} s` }), PATIENCE_MS).unref()
      for (const worker of open) worker.send({ postern: 'tell', round } satisfies ToWorker)
    })
    rounds.delete(round)
    if (asker.isConnected()) asker.send({ postern: 'gathered', ask, ...outcome } satisfies ToWorker)
  }

  function done(round: Round): void {
    if (round.left.size > 0) return
    AggregatorRegistry.aggregate(round.figures)
      .metrics()
      .then(
        (text) => round.end({ text }),
        (error: Error) => round.end({ error: error.message }),
      )
  }

  return {
    add: (worker: Worker): void => void open.add(worker),
    remove(worker: Worker): void {
      open.delete(worker)
      for (const round of rounds.values()) if (round.left.delete(worker)) done(round)
    },
    hear(worker: Worker, message: ToGather): void {
      if (message.postern === 'gather') return void gather(worker, message.ask)
      const round = message.postern === 'figures' ? rounds.get(message.round) : undefined
      if (!round?.left.delete(worker)) return
      if (!message.figures) return round.end({ error: message.error ?? 'a worker could not tell its figures' })
      round.figures.push(message.figures)
      done(round)
    },
  }
}

/** A worker's part. Whichever of them Prometheus reaches answers for all, so that no counter jumps. */
export function shareMetrics(registry: Registry): () => Promise<MetricsText> {
  let asks = 0
  const waiting = new Map<number, (outcome: { text?: string; error?: string }) => void>()
  const say = (message: ToGather): void => void process.send?.(message)
  process.on('message', (message: ToWorker) => {
    if (message?.postern === 'gathered') waiting.get(message.ask)?.(message)
    if (message?.postern !== 'tell') return
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
