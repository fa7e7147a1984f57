import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { adminQuery } from './postgres-admin.ts'
import { postmasterOf, startPostgres } from './postgres.ts'

/**
 * One server for all test files of a run: `node --test` gives each file a process, and their common parent names the
 * folder where they meet. The first to come starts it, the last to go ends it; if the whole run is killed, the
 * server's guardian sees that the parent is gone.
 */
const PLACE = join(tmpdir(), `postern-tests-${process.ppid}`)
const USERS = join(PLACE, 'users')
const DATA = join(PLACE, 'data')

let joined: Promise<number> | undefined
let made = 0

/** The URL of an empty database on the shared server. Gone with the server at the end of the run. */
export async function freshDatabase(): Promise<string> {
  joined ??= enter()
  const port = await joined
  const name = `t_${process.pid}_${++made}`
  await adminQuery(urlOf(port, 'postgres'), `create database ${name}`)
  return urlOf(port, name)
}

export async function dropDatabase(url: string): Promise<void> {
  const parsed = new URL(url)
  await adminQuery(
    urlOf(Number(parsed.port), 'postgres'),
    `drop database if exists ${parsed.pathname.slice(1)} with (force)`,
  )
}

const urlOf = (port: number, database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`

async function enter(): Promise<number> {
  mkdirSync(USERS, { recursive: true, mode: 0o755 })
  return locked(async () => {
    writeFileSync(join(USERS, String(process.pid)), '')
    const note = join(PLACE, 'port')
    if (existsSync(note) && serverRuns()) return Number(readFileSync(note, 'utf8'))
    rmSync(DATA, { recursive: true, force: true })
    const server = await startPostgres({ dataDir: DATA, livesWith: process.ppid })
    writeFileSync(note, String(server.port))
    return server.port
  })
}

async function leave(): Promise<void> {
  await locked(async () => {
    rmSync(join(USERS, String(process.pid)), { force: true })
    if (readdirSync(USERS).some((pid) => isAlive(Number(pid)))) return
    if (serverRuns()) {
      const server = postmasterOf(DATA)
      process.kill(server, 'SIGQUIT')
      while (isAlive(server)) await sleep(20)
    }
    rmSync(PLACE, { recursive: true, force: true })
  })
}

function serverRuns(): boolean {
  return existsSync(join(DATA, 'postmaster.pid')) && isAlive(postmasterOf(DATA))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function locked<T>(work: () => Promise<T>): Promise<T> {
  const lock = join(PLACE, 'lock')
  for (;;) {
    try {
      mkdirSync(USERS, { recursive: true, mode: 0o755 })
      mkdirSync(lock)
      break
    } catch {
      // Nobody holds it for minutes: what is that old was left by a process that was killed.
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 120_000) rmSync(lock, { recursive: true })
      await sleep(25)
    }
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

after(async () => {
  if (joined) await leave()
})
