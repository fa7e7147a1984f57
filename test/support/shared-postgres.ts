import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { adminQuery } from './postgres-admin.ts'
import { postmasterOf, startPostgres } from './postgres.ts'

/**
 * One server for all test files of a run: `node --test` gives each file a process, and their common parent's id names
 * the shared folder. The first file starts the server. It lives as long as the run, because its guardian ends it and
 * removes the folder when the parent has ended.
 */
const PLACE = join(tmpdir(), `postern-tests-${process.ppid}`)
const DATA = join(PLACE, 'data')

let joined: Promise<number> | undefined
let made = 0

/** The URL of an empty database on the shared server. Removed with the server at the end of the run. */
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
  return locked(async () => {
    const note = join(PLACE, 'port')
    if (existsSync(note) && serverRuns()) return Number(readFileSync(note, 'utf8'))
    rmSync(DATA, { recursive: true, force: true })
    const server = await startPostgres({ dataDir: DATA, folder: PLACE, livesWith: process.ppid })
    writeFileSync(note, String(server.port))
    return server.port
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
      mkdirSync(PLACE, { recursive: true, mode: 0o755 })
      mkdirSync(lock)
      break
    } catch {
      // A lock is never held for minutes: such an old one was left by a killed process.
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
