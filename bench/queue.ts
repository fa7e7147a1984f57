import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from './report.ts'
import { startQueueApp, type Side } from './sides.ts'
import { measured, middleOf, type Measured, warmUp } from './throughput.ts'
import type { BenchWorld } from './world.ts'

/** A Redis of our own that syncs its log every second, as its documentation advises for important data. */
export async function startRedis(): Promise<{ port: number; pid: number; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-redis-'))
  const port = await freePort()
  const child = spawn(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
      ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'],
    ],
    { stdio: 'ignore' },
  )
  const failed = new Promise<never>((_, reject) => {
    child.once('error', () => reject(new Error('redis-server cannot be started: apt-get install redis-server')))
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
  })
  failed.catch(() => {})
  const stop = async (): Promise<void> => {
    await ended(child)
    rmSync(folder, { recursive: true, force: true })
  }
  await Promise.race([failed, untilItListens(port)]).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { port, pid: child.pid!, stop }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

async function untilItListens(port: number): Promise<void> {
  const until = performance.now() + 10_000
  while (!(await answers(port))) {
    if (performance.now() > until) throw new Error('redis-server did not open within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Webhooks until the customer has them, compared with an application of Fastify, BullMQ and Redis, in turns. */
export async function againstQueue(
  world: BenchWorld,
  engines: readonly Side[],
  run: { inFlight: number; rounds: number; ms: number },
  report: Report,
): Promise<void> {
  const redis = await startRedis()
  const app = await startQueueApp(world, redis)
  const sides = [app, ...engines]
  try {
    for (const side of sides) await warmUp(world, side, 'webhook', run)
    const turns = new Map<Side, Measured[]>(sides.map((side) => [side, []]))
    for (let round = 0; round < run.rounds; round++)
      for (const side of sides) turns.get(side)!.push(await measured(world, side, 'webhook', run.inFlight, run.ms))
    const base = middleOf(turns.get(app)!)
    const rows = sides.map((side) => {
      const one = middleOf(turns.get(side)!)
      return [
        side.name,
        one.perSecond.toFixed(0),
        (one.perSecond / base.perSecond).toFixed(2),
        `${one.p50.toFixed(1)} / ${one.p99.toFixed(1)}`,
        one.cpuMicros.toFixed(0),
        (one.cpuMicros / base.cpuMicros).toFixed(2),
        String(turns.get(side)!.reduce((sum, turn) => sum + turn.failed, 0)),
      ]
    })
    report.table(
      `webhook → customer, against Fastify + BullMQ + Redis (appendfsync everysec), ${run.inFlight} in flight, ${run.rounds} rounds of ${run.ms / 1000} s (load average ${loadavg()[0]!.toFixed(1)})`,
      ['', 'per second', '÷ queue app', 'p50 / p99 ms', 'CPU µs each', 'CPU ÷ queue app', 'failed'],
      rows,
    )
  } finally {
    await app.stop()
    await redis.stop()
  }
}
