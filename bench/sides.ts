import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve as resolvePath } from 'node:path'
import { postmasterOf, startPostgres, type PostgresServer } from '../test/support/postgres.ts'
import { QUIET_PNID, type BenchWorld, type Target } from './world.ts'

const ROOT = new URL('..', import.meta.url).pathname
export const ADMIN = 'bench-admin-token'

export type Engine = 'sqlite' | 'postgres'

/** A side of a comparison: processes behind one target. */
export type Side = {
  name: string
  target: Target
  /** Its Node processes. */
  pids: readonly number[]
  /** CPU time of all its processes so far, including the database's, in microseconds. */
  cpuMicros(): number
  /** Resident memory of its Node processes, in bytes. */
  rss(): number
  /** Calls the admin API of its first node. */
  admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

/** The bare pass-through: the cost of the same bytes with nothing in between. */
export async function startBare(world: BenchWorld): Promise<Side> {
  const { child, url } = await startProgram('pass-through.ts', [world.graphUrl, world.customerUrl, world.secret])
  return sideOf('bare', [child], [url], {}, [])
}

/** An application of well-known parts that receives webhooks, queues them in Redis and posts them. Redis counts too. */
export async function startQueueApp(world: BenchWorld, redis: { port: number; pid: number }): Promise<Side> {
  const { child, url } = await startProgram('queue-app.ts', [String(redis.port), world.customerUrl, world.secret])
  const side = sideOf('queue app', [child], [url], {}, [])
  return { ...side, cpuMicros: () => side.cpuMicros() + cpuOf(redis.pid) }
}

/** A program that prints its port when it listens. */
async function startProgram(file: string, args: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [`${ROOT}bench/${file}`, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(String(data).trim()))
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
  })
  return { child, url: `http://127.0.0.1:${port}` }
}

/** A gateway with the null store: its speed if storing cost nothing. */
export function startNull(world: BenchWorld): Promise<Side> {
  return startGateways(world, { name: 'no store', entry: [`${ROOT}bench/null-gateway.ts`], folder: newFolder() })
}

export type Home = { folder: string; database?: { server: PostgresServer; url: string }; masterKey: string }

/** A place for an engine's data that survives its gateways, so that it can be filled between two of them. */
export async function makeHome(engine: Engine, server?: PostgresServer): Promise<Home> {
  const masterKey = randomBytes(32).toString('base64')
  if (engine === 'sqlite') return { folder: newFolder(), masterKey }
  return { folder: newFolder(), masterKey, database: { server: server!, url: await server!.createDatabase() } }
}

export async function removeHome(home: Home): Promise<void> {
  rmSync(home.folder, { recursive: true, force: true })
  await home.database?.server.dropDatabase(home.database.url)
}

/** PostgreSQL as an operator of one machine would run it: every commit waits for the disk. */
export function startBenchPostgres(): Promise<PostgresServer> {
  return startPostgres({
    fsync: true,
    settings: { shared_buffers: '512MB', max_wal_size: '4GB', checkpoint_timeout: '15min', wal_compression: 'lz4' },
  })
}

export function startEngine(
  world: BenchWorld,
  home: Home,
  { nodes = 1, workers = 1, env = {} }: { nodes?: number; workers?: number; env?: Record<string, string> } = {},
): Promise<Side> {
  const name = home.database ? 'postgres' : 'sqlite'
  return startGateways(world, {
    name: nodes === 1 ? name : `${name} ×${nodes}`,
    entry: [...entryOf(ROOT), ...(workers > 1 ? ['--workers', String(workers)] : [])],
    nodes,
    env,
    ...home,
  })
}

/**
 * The gateway of another checkout, for instance an earlier version, with its packages installed: shows the cost of a
 * change in one run.
 */
export function startOther(world: BenchWorld, checkout: string, home: Home): Promise<Side> {
  const name = `${home.database ? 'postgres' : 'sqlite'} of the other`
  return startGateways(world, { name, entry: entryOf(checkout), ...home })
}

/** The same for the gateway without a store. */
export function startOtherNull(world: BenchWorld, checkout: string): Promise<Side> {
  const entry = [resolvePath(checkout, 'bench/null-gateway.ts')]
  return startGateways(world, { name: 'no store of the other', entry, folder: newFolder() })
}

/** Before there were packages, the gateway's source was in the root of the checkout. */
function entryOf(checkout: string): string[] {
  const main = resolvePath(checkout, 'packages/gateway/src/main.ts')
  return [existsSync(main) ? main : resolvePath(checkout, 'src/main.ts'), 'serve']
}

/** A gateway's settings as environment variables. */
export const settingsOf = (
  world: BenchWorld,
  home: { folder: string; masterKey?: string; database?: Home['database'] },
): Record<string, string> => ({
  PORT: '0',
  DATA_DIR: home.folder,
  CLOUD_API_URL: world.graphUrl,
  META_APP_SECRET: world.secret,
  META_VERIFY_TOKEN: 'bench',
  ADMIN_TOKEN: ADMIN,
  OUTBOUND_ALLOW: '127.0.0.0/8',
  LOG_LEVEL: process.env.BENCH_LOG ?? 'info',
  ...(home.masterKey !== undefined && { MASTER_KEY: home.masterKey }),
  ...(home.database && { DATABASE_URL: home.database.url }),
})

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'postern-bench-'))

async function startGateways(
  world: BenchWorld,
  how: {
    name: string
    entry: string[]
    folder: string
    nodes?: number
    env?: Record<string, string>
    masterKey?: string
    database?: Home['database']
  },
): Promise<Side> {
  const children: ChildProcess[] = []
  const urls: string[] = []
  for (let node = 0; node < (how.nodes ?? 1); node++) {
    const child = spawn(
      process.execPath,
      [...(process.env.BENCH_NODE_FLAGS ?? '--max-semi-space-size=8 --no-parallel-scavenge').split(' '), ...how.entry],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { PATH: process.env.PATH ?? '', ...settingsOf(world, how), ...how.env },
      },
    )
    children.push(child)
    urls.push(await openedAt(child))
  }
  const servers = how.database ? [how.database.server] : []
  const side = sideOf(how.name, children, urls, {}, servers)
  const { data } = (await side.admin('GET', '/admin/channels')) as { data: { channel_id: number; name: string }[] }
  const known = data.find((channel) => channel.name === 'Bench')
  if (known) {
    const code = await side.admin('POST', `/admin/channels/${known.channel_id}/certification-codes`)
    await side.admin('PUT', `/admin/channels/${known.channel_id}/webhook`, { url: world.customerUrl })
    side.target.headers['certification-code'] = (code.data as { certification_code: string }).certification_code
  } else {
    const added = await side.admin('POST', '/admin/channels', {
      ...CHANNEL,
      name: 'Bench',
      phone_number_id: '1000',
      webhook_url: world.customerUrl,
    })
    side.target.headers['certification-code'] = (added.data as { certification_code: string }).certification_code
    await side.admin('POST', '/admin/channels', { ...CHANNEL, name: 'Quiet', phone_number_id: QUIET_PNID })
  }
  const stop = side.stop
  if (!how.masterKey)
    side.stop = async () => {
      await stop()
      rmSync(how.folder, { recursive: true, force: true })
    }
  return side
}

const CHANNEL = {
  business_phone: '15550001111',
  waba_id: '2000',
  access_token: 'token',
  messages_per_second: 100_000,
}

function sideOf(
  name: string,
  children: ChildProcess[],
  urls: string[],
  headers: Record<string, string>,
  servers: PostgresServer[],
): Side {
  return {
    name,
    target: { urls, headers },
    pids: children.map((child) => child.pid!),
    cpuMicros: () =>
      children.reduce((sum, child) => sum + cpuOf(child.pid!), 0) +
      servers.reduce((sum, server) => sum + cpuOfFamily(postmasterOf(server.dataDir)), 0),
    rss: () => children.reduce((sum, child) => sum + rssOf(child.pid!), 0),
    async admin(method, path, body) {
      const response = await fetch(`${urls[0]}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${ADMIN}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const answer = (await response.json()) as Record<string, unknown>
      if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
      return answer
    },
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return
          const gone = new Promise((resolve) => child.once('exit', resolve))
          child.kill('SIGTERM')
          await gone
        }),
      )
    },
  }
}

function openedAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let found = false
    child.stdout!.on('data', (data: Buffer) => {
      if (found) return
      const match = /"url":"(http[^"]+)"/.exec(String(data))
      if (!match) return
      found = true
      resolve(match[1]!)
    })
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)))
  })
}

/** User and system time, in microseconds; the kernel counts in hundredths of a second. */
function cpuOf(pid: number, withReaped = false): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const reaped = withReaped ? Number(fields[13]) + Number(fields[14]) : 0
  return (Number(fields[11]) + Number(fields[12]) + reaped) * 10_000
}

/** CPU time of a process and its children, including ended ones. */
export function cpuOfFamily(pid: number): number {
  let sum = cpuOf(pid, true)
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const parent = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]
      if (Number(parent) === pid) sum += cpuOf(Number(name))
    } catch {
      // It ended during the read.
    }
  }
  return sum
}

/** Resident memory by the kernel's count, in bytes. */
function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
}
