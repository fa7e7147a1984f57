import { createServer, type AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { MessageChannel, Worker } from 'node:worker_threads'
import { systemClock } from '@postern/runtime/clock'
import type { Config } from '../platform/config.ts'
import { VERSION } from '../app/version.ts'
import { newHolder, prepareStore, waitForStore } from '../app/foundations.ts'
import { loadSecrets, type Secrets } from '../platform/installation.ts'
import { type Log, type LogLevel, stdoutLines } from '../platform/log.ts'
import { createMachine, serveMachine } from '../app/machine.ts'
import { createMachineMetrics } from '../platform/metrics.ts'
import { createVault } from '../platform/secrets.ts'
import { openStoreThread } from '../store/thread/open.ts'
import { crossed } from '../store/thread/errors.ts'
import { Failed, Misused } from './command.ts'
import type { FromWorker, ToThread, WorkerData } from './worker-thread.ts'
import { createGatherer } from './workers-metrics.ts'

const MOST_WORKERS = 256
/** A worker that ran this long ended for a new reason. It is restarted at once. */
const SETTLED_MS = 60_000
const LONGEST_PAUSE_MS = 30_000
/** How much longer than its own deadline a worker may take to end. */
const LATE_MS = 2_000
const QUIET_WITHIN_MS = 1_000
/** The built file, or the source file. */
const THREAD = new URL(`./worker-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** Refuses settings that several threads cannot share, before any thread starts. */
export function refuseWorkers(count: number, config: Config, platform: string = process.platform): void {
  if (count < 1 || count > MOST_WORKERS) throw new Misused(`--workers must be from 1 to ${MOST_WORKERS}, got ${count}`)
  if (count === 1) return
  if (platform !== 'linux') {
    throw new Failed(
      `Several workers can share a port on Linux only, and this is ${platform}: remove --workers, or start several nodes on separate ports with one DATABASE_URL.`,
    )
  }
  if (config.sandbox) {
    throw new Failed(
      'The built-in sandbox needs a single worker: start it separately (npm run sandbox) and set CLOUD_API_URL to it, or remove --workers.',
    )
  }
}

export type WorkersOptions = {
  count: number
  config: Config
  /** The threads read their settings from it. */
  env: Record<string, string | undefined>
  log: Log
  logLevel: LogLevel
  onStoreEnd: (cause: Error) => void
  onReason: (reason: string) => void
  /** Aborted when the process is asked to end. */
  signal: AbortSignal
}

export type Workers = {
  url: string
  secrets: Secrets
  stop(withinMs: number, idleForMs: number): Promise<void>
}

/**
 * Keeps `count` threads on one port. Each is an HTTP server with everything that a request needs; all use one store and
 * the shared counters of the machine. The first thread starts alone, so that a failed start is reported once. A thread
 * that ends by itself is restarted, after a pause that grows with each early end.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { count, config, log, signal } = options
  const clock = systemClock
  const secrets = loadSecrets(config)
  const open = () => openStoreThread(config, { log, onEnd: options.onStoreEnd, threads: count })
  const waiting = { host: config.host, port: config.port, version: VERSION, log, clock }
  const thread =
    config.databaseUrl === undefined
      ? await open()
      : await waitForStore(
          async () => {
            const opened = await open()
            return { ...opened, close: () => opened.store.close() }
          },
          { ...waiting, onReason: options.onReason, signal },
        )
  const { store } = thread
  const running = new Map<number, Running>()
  /** Timers of later restarts. */
  const pausing = new Set<NodeJS.Timeout>()
  let stopping = false
  try {
    await prepareStore(store, { config, vault: createVault(secrets.masterKey), clock, log })
    // Finds another program on the port: our threads would otherwise share the port with it.
    const port = await freePort(config.host, config.port)
    const holder = newHolder()
    const machine = createMachine({ store, clock, holder, mostSendsInFlight: config.mostSendsInFlight, events: {} })
    const gatherer = createGatherer(createMachineMetrics({ store_backlog: () => store.backlog }))

    const start = (number: number, pauseMs: number): Promise<string> => {
      const startedAt = performance.now()
      const given = { number, count, port, logLevel: options.logLevel, holder }
      const worker = startThread(given, options.env, thread, machine)
      running.set(number, worker)
      return new Promise<string>((resolve, reject) => {
        worker.thread.on('message', (message: FromWorker) => {
          switch (message.postern) {
            case 'open':
              gatherer.add(worker.thread)
              return resolve(message.url)
            case 'quiet':
              return
            case 'failed':
              worker.error = crossed(message.error)
              return
            case 'lines':
              for (const line of message.lines) stdoutLines().write(line)
              return
            default:
              gatherer.hear(worker.thread, message)
          }
        })
        worker.thread.on('error', (error: Error) => (worker.error ??= error))
        worker.thread.once('exit', (code) => {
          gatherer.remove(worker.thread)
          worker.free()
          running.delete(number)
          const why = worker.error ?? new Error(`a worker ended with ${code}`)
          reject(why)
          if (stopping || (number === 1 && !isOpen)) return
          const pause = performance.now() - startedAt > SETTLED_MS ? 0 : pauseMs
          log.error({ worker: number, err: why, again_in_ms: pause }, 'worker.ended')
          const timer = setTimeout(() => {
            pausing.delete(timer)
            start(number, Math.min(Math.max(pause * 2, 500), LONGEST_PAUSE_MS)).catch(() => {})
          }, pause)
          pausing.add(timer)
        })
      })
    }

    const stop = async (withinMs: number, idleForMs: number): Promise<void> => {
      stopping = true
      for (const timer of pausing) clearTimeout(timer)
      machine.pacer.close()
      // A client whose connection is closed opens another one at once. It must not reach a listener that is about to
      // close.
      await Promise.all([...running.values()].map((worker) => worker.stopListening()))
      await Promise.all([...running.values()].map((worker) => worker.stop(withinMs, idleForMs)))
      await store.close()
    }

    let isOpen = false
    const url = await start(1, 0)
    isOpen = true
    for (let number = 2; number <= count; number++) start(number, 0).catch(() => {})
    return { url, secrets, stop }
  } catch (error) {
    stopping = true
    await Promise.all([...running.values()].map((worker) => worker.stop(0, 0)))
    await store.close()
    throw error
  }
}

/** The number of used cores, for people. */
export const coresUsed = (count: number): string => `${count} of ${availableParallelism()} cores`

type Running = {
  thread: Worker
  error: Error | undefined
  /** Frees the places and keys that the worker had taken. */
  free(): void
  /**
   * Settles once the worker accepts no connections any more, or when it does not answer in time. A worker that is
   * starting accepts none.
   */
  stopListening(): Promise<void>
  stop(withinMs: number, idleForMs: number): Promise<void>
}

function startThread(
  given: Omit<WorkerData, 'store' | 'machine'>,
  env: WorkersOptions['env'],
  store: Awaited<ReturnType<typeof openStoreThread>>,
  machine: ReturnType<typeof createMachine>,
): Running {
  const connection = store.connect(given.number)
  const { port1, port2 } = new MessageChannel()
  const leave = serveMachine(machine, port1)
  const thread = new Worker(THREAD, {
    workerData: { ...given, store: connection, machine: port2 } satisfies WorkerData,
    transferList: [connection.port, port2],
    name: `worker ${given.number}`,
    env,
  })
  const over = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
  return {
    thread,
    error: undefined,
    free() {
      leave()
      store.disconnected(given.number)
    },
    async stopListening() {
      let late: NodeJS.Timeout | undefined
      const quiet = new Promise<void>((resolve) => {
        thread.on('message', (message: FromWorker) => message.postern === 'quiet' && resolve())
        late = setTimeout(resolve, QUIET_WITHIN_MS)
      })
      thread.postMessage({ postern: 'stop_listening' } satisfies ToThread)
      await Promise.race([quiet, over])
      clearTimeout(late)
    },
    async stop(withinMs, idleForMs) {
      thread.postMessage({ postern: 'stop', withinMs, idleForMs } satisfies ToThread)
      const late = setTimeout(() => void thread.terminate(), withinMs + LATE_MS)
      await over
      clearTimeout(late)
    },
  }
}

/** The given port, or one that the system chooses: the same for all workers, also for a replaced one. */
async function freePort(host: string, wanted: number): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(wanted, host, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
