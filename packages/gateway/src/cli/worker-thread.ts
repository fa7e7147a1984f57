import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '@postern/runtime/clock'
import { readConfig } from '../platform/config.ts'
import { startGateway } from '../app/gateway.ts'
import { deliverySettings } from '../flows/deliver/settings.ts'
import { createLogTo, type Log, type LogLevel } from '../platform/log.ts'
import { connectMachine } from '../app/machine.ts'
import { releaseMemoryAfterStart } from '../platform/heap.ts'
import { type Connection, connectStore } from '../store/thread/open.ts'
import { crossing, type CrossedError } from '../store/thread/errors.ts'
import { shareMetrics, type ToGather, type ToWorker } from './workers-metrics.ts'

/** Data for a new worker thread. */
export type WorkerData = {
  number: number
  /** Number of worker threads. They share the machine's limits equally. */
  count: number
  port: number
  logLevel: LogLevel
  store: Connection
  machine: MessagePort
  holder: string
}

export type FromWorker =
  | { postern: 'open'; url: string }
  | { postern: 'failed'; error: CrossedError }
  | { postern: 'lines'; lines: string[] }
  | { postern: 'quiet' }
  | ToGather
export type ToThread =
  | { postern: 'stop'; withinMs: number; idleForMs: number }
  /** Answered with `quiet` once no connection is accepted any more. */
  | { postern: 'stop_listening' }
  | ToWorker

const given = workerData as WorkerData
const main = parentPort!
const say = (message: FromWorker): void => main.postMessage(message)
const writer = createLineSender()
const log: Log = createLogTo(given.logLevel, writer).child({ worker: given.number })

/** Also for a request to stop during the start. */
const stopAsked = new Promise<{ withinMs: number; idleForMs: number }>((resolve) =>
  main.on('message', (message: ToThread) => message.postern === 'stop' && resolve(message)),
)

try {
  const config = { ...readConfig(process.env), port: given.port }
  const gateway = await startGateway({
    config,
    log,
    deliver: deliverySettings(config, given.count),
    thread: {
      store: connectStore(given.store),
      machine: (events) => connectMachine(given.machine, given.holder, events),
      leads: given.number === 1,
      shareMetrics: (registry) => shareMetrics(main, registry),
    },
  })
  main.on('message', (message: ToThread) => {
    if (message.postern === 'stop_listening') void gateway.stopListening().then(() => say({ postern: 'quiet' }))
  })
  void stopAsked
    .then(({ withinMs, idleForMs }) => gateway.stop(withinMs, idleForMs))
    .finally(() => {
      writer.drain()
      // Posted messages are read before the thread ends.
      setImmediate(() => process.exit(0))
    })
  say({ postern: 'open', url: gateway.url })
  log.info('worker.ready')
  releaseMemoryAfterStart(systemClock)
} catch (error) {
  say({ postern: 'failed', error: crossing(error) })
  setImmediate(() => process.exit(1))
}

/** The main thread writes the logs of all threads, so that every line is whole. */
function createLineSender() {
  let lines: string[] = []
  const drain = (): void => {
    if (lines.length > 0) say({ postern: 'lines', lines })
    lines = []
  }
  return {
    write(line: string): void {
      lines.push(line)
      if (lines.length === 1) setImmediate(drain)
    },
    drain,
  }
}
