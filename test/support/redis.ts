import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from './postgres.ts'
import { needProgram } from './programs.ts'

/** A Redis of the tests' own: Debian's program, data in a temporary folder, a free port of 127.0.0.1. */
export type RedisServer = {
  readonly port: number
  /** A client of the test's own; closed with the server. */
  readonly client: Redis
  kill(): Promise<void>
  start(): Promise<void>
  signal(signal: NodeJS.Signals): void
  remove(): Promise<void>
}

// Between us and the server, so that a test run that is killed leaves nothing running.
const GUARDIAN = `
  runner=$1; folder=$2; shift 2
  "$@" >/dev/null 2>&1 & server=$!
  echo $server
  while kill -0 $server 2>/dev/null; do
    if ! ps -p $runner >/dev/null; then kill -KILL $server; wait $server; rm -rf "$folder"; exit; fi
    sleep 0.2
  done
  wait $server`

export async function startRedis(options: { flags?: readonly string[]; tls?: boolean } = {}): Promise<RedisServer> {
  await needProgram('redis-server', 'redis-server')
  const folder = mkdtempSync(join(tmpdir(), 'postern-redis-'))
  const port = await freePort()
  // Every entry is on the disk before it is acknowledged, as an installation that loses nothing has it.
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
  const ports = options.tls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)]
  const command = [
    'redis-server',
    ...ports,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    ...durable,
    ...(options.flags ?? []),
  ]
  const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => 50 })
  client.on('error', () => {})
  let guardian: ChildProcess | undefined
  let pid = 0

  const server: RedisServer = {
    port,
    client,
    async start() {
      const started = spawn('/bin/sh', ['-c', GUARDIAN, 'guardian', String(process.pid), folder, ...command], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      guardian = started
      pid = await new Promise<number>((resolve, reject) => {
        started.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())))
        started.once('exit', () => reject(new Error('redis-server did not start')))
      })
      // A server with TLS or passwords is asked by its test.
      for (let i = 0; !options.tls && !(await answers(port)); i++) {
        if (i > 200) throw new Error('redis-server did not answer within 10 s')
        await sleep(50)
      }
    },
    signal: (signal) => void process.kill(pid, signal),
    async kill() {
      const ending = guardian
      if (!ending || ending.exitCode !== null) return
      const ended = new Promise((resolve) => ending.once('exit', resolve))
      process.kill(pid, 'SIGKILL')
      await ended
    },
    async remove() {
      client.disconnect()
      await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

async function answers(port: number): Promise<boolean> {
  const asking = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: null, enableReadyCheck: false })
  asking.on('error', () => {})
  try {
    await asking.connect()
    const said = await asking.ping().catch((error: Error) => error.message)
    return said === 'PONG' || /NOAUTH/.test(said)
  } catch {
    return false
  } finally {
    asking.disconnect()
  }
}
