import { execFile, spawn, type ChildProcess } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { adminQuery } from './postgres-admin.ts'

const run = promisify(execFile)

/** A PostgreSQL of the tests' own: binaries of this machine, data in a temporary folder, a free port of 127.0.0.1. */
export type PostgresServer = {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** `postgres://…` of one of its databases. */
  url(database: string): string
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>
  dropDatabase(url: string): Promise<void>
  /** Runs one statement as superuser in the database `postgres`, or in the one of `url`. */
  query<T>(sql: string, url?: string): Promise<T[]>
  /** Sends a signal to the postmaster only. */
  signal(signal: NodeJS.Signals): void
  /** Sends a signal to every process of the server at once, as in a power cut. */
  signalAll(signal: NodeJS.Signals): Promise<void>
  start(): Promise<void>
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

type Owner = { uid: number; gid: number } | undefined

/** The newest PostgreSQL of this machine. Installs it first on Debian as root. */
export async function findBinaries(): Promise<string> {
  const found = installed()
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await install()
    const fresh = installed()
    if (fresh) return fresh
  }
  throw new Error('These tests need PostgreSQL: install its server (Debian: apt-get install postgresql) and run again.')
}

function installed(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(root, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  return folders.find((folder) => ['initdb', 'postgres', 'pg_ctl'].every((name) => existsSync(join(folder, name))))
}

async function install(): Promise<void> {
  // Without this the package would start a cluster of its own.
  mkdirSync('/etc/postgresql-common', { recursive: true })
  const settings = '/etc/postgresql-common/createcluster.conf'
  if (!existsSync(settings)) writeFileSync(settings, 'create_main_cluster = false\n')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], { env, timeout: 180_000 })
  const quiet = ['-y', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-confold']
  await run('apt-get', ['install', ...quiet, 'postgresql'], { env, timeout: 600_000, maxBuffer: 1 << 26 })
}

/** PostgreSQL refuses to run as root: it then runs as its package's user, or else as nobody. */
export function ownerOfServer(): Owner {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!user) throw new Error('These tests need a user to run PostgreSQL as: neither postgres nor nobody exists.')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

export type ServerOptions = {
  /** Off for tests of behaviour, on for power cuts. */
  fsync?: boolean
  settings?: Record<string, string | number>
  /** Clones this server's data instead of creating new data, and follows it as a standby of that name. */
  standbyOf?: { primary: PostgresServer; name: string }
  /** The folder of the data. Default: a temporary folder. */
  dataDir?: string
  /** A superuser's password. Without one, 127.0.0.1 is trusted. */
  password?: string
  /** The server ends, and its data is removed, when this process ends. Default: our own. */
  livesWith?: number
  /** The folder that is removed with the data. Default: the data's own folder. */
  folder?: string
}

// A process between us and the server, so that a killed test run leaves nothing running.
const GUARDIAN = `
  runner=$1; folder=$2; shift 2
  "$@" & server=$!
  while kill -0 $server 2>/dev/null; do
    if ! ps -p $runner >/dev/null; then kill -QUIT $server; wait $server; rm -rf "$folder"; exit; fi
    sleep 0.5
  done
  wait $server`

export async function startPostgres(options: ServerOptions = {}): Promise<PostgresServer> {
  const bin = await findBinaries()
  const owner = ownerOfServer()
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'postern-pg-'))
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // The guardian removes them as the server's user, from a folder in which each user may remove its own files.
  if (owner) for (const folder of [dataDir, options.folder ?? dataDir]) chownSync(folder, owner.uid, owner.gid)
  const as = { ...owner, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' } }
  const host = '127.0.0.1'
  const port = await freePort()
  const { standbyOf, password } = options
  if (standbyOf) {
    const source = `host=127.0.0.1 port=${standbyOf.primary.port} user=postgres application_name=${standbyOf.name}`
    await run(join(bin, 'pg_basebackup'), ['-D', dataDir, '-R', '-X', 'stream', '-c', 'fast', '-d', source], as)
  } else {
    const secret = password === undefined ? [] : ['--pwfile', join(dataDir, '..', `${port}.pw`)]
    if (secret[1]) {
      writeFileSync(secret[1], `${password}\n`, { mode: 0o600 })
      if (owner) chownSync(secret[1], owner.uid, owner.gid)
    }
    const auth = `--auth=${password === undefined ? 'trust' : 'scram-sha-256'}`
    await run(
      join(bin, 'initdb'),
      ['-D', dataDir, '-U', 'postgres', '-E', 'UTF8', '--no-locale', '-N', auth, ...secret],
      as,
    )
    if (secret[1]) rmSync(secret[1])
  }
  const settings: Record<string, string | number> = {
    listen_addresses: host,
    unix_socket_directories: '',
    max_connections: 60,
    shared_buffers: '64MB',
    fsync: options.fsync ? 'on' : 'off',
    full_page_writes: options.fsync ? 'on' : 'off',
    autovacuum_naptime: 5,
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  let child: ChildProcess | undefined

  const server: PostgresServer = {
    host,
    port,
    dataDir,
    url: (database) =>
      `postgres://postgres${password === undefined ? '' : `:${encodeURIComponent(password)}`}@${host}:${port}/${database}`,
    async createDatabase() {
      const name = `t_${process.pid}_${++databases}`
      await server.query(`create database ${name}`)
      return server.url(name)
    },
    async dropDatabase(url) {
      await server.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`)
    },
    query: (sql, url) => adminQuery(url ?? server.url('postgres'), sql),
    signal(signal) {
      process.kill(postmasterOf(dataDir), signal)
    },
    async signalAll(signal) {
      const postmaster = postmasterOf(dataDir)
      const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(postmaster)]).catch(() => ({ stdout: '' }))
      for (const pid of [postmaster, ...stdout.split(/\s+/).filter(Boolean).map(Number)]) {
        try {
          process.kill(pid, signal)
        } catch {
          // It has ended by itself meanwhile.
        }
      }
    },
    async start() {
      if (child) return
      const command = [join(bin, 'postgres'), '-D', dataDir, '-p', String(port), ...flags]
      const guard = ['-c', GUARDIAN, 'guardian', String(options.livesWith ?? process.pid), options.folder ?? dataDir]
      const started = spawn('/bin/sh', [...guard, ...command], {
        ...as,
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      child = started
      let said = ''
      started.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)))
      started.on('exit', () => {
        if (child === started) child = undefined
      })
      // The tests may end while it still writes its log.
      started.unref()
      ;(started.stderr as unknown as { unref(): void }).unref()
      for (let i = 0; ; i++) {
        if (child !== started) throw new Error(`PostgreSQL did not start: ${said}`)
        if (await answers(server.url('postgres'))) {
          started.stderr.removeAllListeners('data').resume()
          return
        }
        if (i > 600) throw new Error(`PostgreSQL did not answer within 30 s: ${said}`)
        await sleep(50)
      }
    },
    async stop(mode = 'fast') {
      const stopping = child
      if (!stopping) return
      const ended = new Promise<void>((resolve) => stopping.once('exit', () => resolve()))
      stopping.ref()
      // A stopped process would never handle the request to end.
      await server.signalAll('SIGCONT').catch(() => {})
      try {
        server.signal(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
      } catch {
        // Already gone, as intended.
      }
      await ended
    },
    async remove() {
      await server.stop('immediate')
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

let databases = 0

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** The first process of a running server, from its pid file. */
export function postmasterOf(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
}
