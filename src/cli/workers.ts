import cluster, { type Worker } from 'node:cluster'
import { createServer, type AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import type { Config } from '../config.ts'
import { createLog, flushLog, stdoutLines, type Log } from '../log.ts'
import { Failed, Misused } from './command.ts'
import { startFailure } from './start-failure.ts'
import { untilSignal } from './until-signal.ts'
import { createGatherer, shareMetrics, type ToGather } from './workers-metrics.ts'

/** Says to a process that it is one of several, and which; and whether others of them were open when it began. */
const NUMBER = 'POSTERN_WORKER'
const SIBLINGS = 'POSTERN_WORKER_SIBLINGS'
const MOST_WORKERS = 256
/** A worker that lived this long ended for a new reason, and is started again at once. */
const SETTLED_MS = 60_000
const LONGEST_PAUSE_MS = 30_000

export type Opened = { told: Record<string, unknown>; text: string }
type ToPrimary = { postern: 'open'; opened: Opened } | ToGather

/** What several processes cannot share is said before any of them starts. */
export function refuseWorkers(count: number, config: Config): void {
  if (count < 1 || count > MOST_WORKERS) throw new Misused(`--workers must be from 1 to ${MOST_WORKERS}, got ${count}`)
  if (config.databaseUrl === undefined) {
    throw new Failed(
      'Workers share one PostgreSQL, and SQLite belongs to one process: set DATABASE_URL, or leave --workers away.',
    )
  }
  if (config.sandbox) {
    throw new Failed(
      'The built-in sandbox lives in one process: start it by itself (npm run sandbox) and set CLOUD_API_URL to it, or leave --workers away.',
    )
  }
}

/**
 * Keeps `count` workers on one port, each a whole gateway, until a signal ends them in order. The first starts alone,
 * so that migrations are made once. One that ends by itself is started again, after a pause that grows
 * while it goes on ending. Throws `Failed` when none of them opens.
 */
export async function runWorkers(options: {
  count: number
  config: Config
  stopWithinMs: number
  json: boolean
  announce: (log: Log, opened: Opened) => void
}): Promise<void> {
  const { count, config } = options
  const log = createLog(options.json ? 'silent' : config.logLevel)
  const signal = untilSignal()
  const out = options.json ? undefined : lineWriter()
  const running = new Map<number, Worker>()
  /** Starts that are still to come. */
  const pausing = new Set<NodeJS.Timeout>()
  let stopping = false
  let opened = 0
  let settle: { opened: (first: Opened) => void; failed: (error: Failed) => void }
  const first = new Promise<Opened>((resolve, reject) => (settle = { opened: resolve, failed: reject }))

  // Not JSON between them, which has no word for a figure that is not known (NaN).
  cluster.setupPrimary({ silent: true, serialization: 'advanced' })
  const gatherer = createGatherer()
  // A port that the system chose would be another one whenever all workers had to be started again.
  const port =
    config.port === 0
      ? await freePort(config.host).catch((error: unknown) => {
          throw startFailure(error, config)
        })
      : config.port

  function start(number: number, pauseMs: number): void {
    const startedAt = performance.now()
    // Called once, however it ended: a process that could not be made says `error` and never `exit`.
    let over = false
    const ended = (why: Record<string, unknown>): void => {
      if (over) return
      over = true
      running.delete(number)
      if (stopping) return
      if (opened === 0) {
        return settle.failed(
          new Failed(`The gateway did not open; its process ended with ${String(why.signal ?? why.code)}.`),
        )
      }
      const pause = performance.now() - startedAt > SETTLED_MS ? 0 : pauseMs
      log.error({ worker: number, ...why, again_in_ms: pause }, 'worker.ended')
      const timer = setTimeout(() => {
        pausing.delete(timer)
        start(number, Math.min(Math.max(pause * 2, 500), LONGEST_PAUSE_MS))
      }, pause)
      pausing.add(timer)
    }
    let worker: Worker
    try {
      worker = cluster.fork({
        [NUMBER]: String(number),
        [SIBLINGS]: gatherer.size > 0 ? '1' : '',
        PORT: String(port),
      })
    } catch (error) {
      return ended({ err: error, code: (error as NodeJS.ErrnoException).code })
    }
    running.set(number, worker)
    worker.on('error', (error: NodeJS.ErrnoException) => {
      log.warn({ worker: number, err: error }, 'worker.error')
      if (worker.process.pid === undefined) ended({ err: error, code: error.code })
    })
    if (out && worker.process.stdout) out.follow(worker.process.stdout)
    else worker.process.stdout?.resume()
    worker.process.stderr?.on('data', (text: Buffer) => process.stderr.write(text))
    worker.on('message', (message: ToPrimary) => {
      if (message.postern === 'open') {
        opened++
        gatherer.add(worker)
        settle.opened(message.opened)
      } else gatherer.hear(worker, message)
    })
    worker.once('exit', (code, by) => {
      gatherer.remove(worker)
      ended({ pid: worker.process.pid, code, signal: by || undefined })
    })
  }

  async function end(): Promise<void> {
    stopping = true
    for (const timer of pausing) clearTimeout(timer)
    const gone = [...running.values()].map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
    for (const worker of running.values()) worker.process.kill('SIGTERM')
    const late = setTimeout(() => {
      for (const worker of running.values()) worker.process.kill('SIGKILL')
    }, options.stopWithinMs + 2_000)
    await Promise.all(gone)
    clearTimeout(late)
  }

  start(1, 0)
  const ended = signal.then((name) => ({ ended: name }))
  const begun = await Promise.race([first, ended]).catch(async (error: unknown) => {
    await end()
    throw error
  })
  if ('told' in begun) {
    for (let number = 2; number <= count; number++) start(number, 0)
    const text = `${begun.text}\n  workers        ${count} of ${availableParallelism()} cores`
    options.announce(log, { told: { ...begun.told, workers: count }, text })
  }
  log.info({ signal: await signal, workers: running.size }, 'workers.stopping')
  await end()
  log.info('workers.stopped')
  flushLog(log)
}

async function freePort(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Lines of several processes on one stream, each whole: a pipe tears long writes of two apart. */
function lineWriter() {
  const target = stdoutLines()
  return {
    follow(stream: NodeJS.ReadableStream): void {
      let rest = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop()!
        for (const line of lines) target.write(`${line}\n`)
        target.drain()
      })
      stream.on('end', () => rest !== '' && target.write(`${rest}\n`))
    },
  }
}

/** This process as one of several; undefined when it is not. */
export function asWorker() {
  const number = Number(process.env[NUMBER])
  if (!cluster.isWorker || !number) return undefined
  return {
    number,
    /** Others answered at this port when it began. */
    hasSiblings: process.env[SIBLINGS] === '1',
    open(opened: Opened): void {
      process.send?.({ postern: 'open', opened } satisfies ToPrimary)
    },
    shareMetrics,
  }
}
