import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { manifestOf } from './archive.ts'
import { type BackupOptions, makeBackup, type Made, NoBackup } from './make.ts'
import { BadBackup, fileNameOf, isBackupName, type Manifest } from './manifest.ts'

export type Stored = { name: string; bytes: number }

/** Where scheduled backups are kept. */
export type Place = {
  /** For people. */
  address: string
  /** Makes a backup there, under this name. */
  keep(options: BackupOptions, name: string): Promise<Made>
  /** The backups there, in no order. Other files are left out. */
  list(): Promise<Stored[]>
  /** `bytes`: the beginning is enough. */
  read(name: string, bytes?: number): Promise<Readable> | Readable
  remove(name: string): Promise<void>
  close(): Promise<void>
}

const isS3 = (address: string): boolean => address.startsWith('s3://')

/** Opens a folder or a bucket. AWS's client is loaded for a bucket only. */
export async function openPlace(address: string, allow: readonly string[]): Promise<Place> {
  if (!isS3(address)) return openFolder(address)
  const { openBucket } = await import('./bucket.ts')
  return openBucket(address, allow)
}

/** Opens one backup: a file, or an object of a bucket. */
export async function openBackup(address: string, allow: readonly string[]): Promise<Readable> {
  if (!isS3(address)) return createReadStream(address, { highWaterMark: 1024 * 1024 })
  const at = address.lastIndexOf('/')
  const place = await openPlace(address.slice(0, at), allow)
  const backup = await place.read(address.slice(at + 1))
  backup.once('close', () => void place.close())
  return backup
}

function openFolder(address: string): Place {
  const folder = resolve(address)
  return {
    address: folder,
    keep(options, name) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
      } catch (error) {
        throw new NoBackup(`BACKUP_TO ${folder} cannot be made: ${(error as Error).message}.`)
      }
      return makeBackup(options, join(folder, name))
    },
    list: () =>
      Promise.resolve(
        existsSync(folder)
          ? readdirSync(folder)
              .filter(isBackupName)
              .map((name) => ({ name, bytes: statSync(join(folder, name)).size }))
          : [],
      ),
    read: (name, bytes) => createReadStream(join(folder, name), bytes === undefined ? {} : { end: bytes - 1 }),
    remove: (name) => Promise.resolve(rmSync(join(folder, name), { force: true })),
    close: () => Promise.resolve(),
  }
}

/** Makes a backup, and then removes those that are too many, the oldest first. */
export async function keepBackup(
  place: Place,
  { now, keep, ...options }: BackupOptions & { now: number; keep: number | undefined },
): Promise<Made> {
  const made = await place.keep(options, fileNameOf(now))
  if (keep !== undefined) {
    const names = (await place.list()).map(({ name }) => name).sort()
    for (const name of names.slice(0, -keep)) await place.remove(name)
  }
  return made
}

export type Listed = Stored & ({ manifest: Manifest } | { problem: string })

/** A manifest has some kilobytes, and comes first. */
const BEGINNING = 256 * 1024

/** The newest first, each with what its manifest says. */
export async function listBackups(place: Place): Promise<Listed[]> {
  const stored = (await place.list()).sort((a, b) => (a.name < b.name ? 1 : -1))
  const listed: Listed[] = []
  for (const one of stored) {
    try {
      listed.push({ ...one, manifest: await manifestOf(await place.read(one.name, BEGINNING)) })
    } catch (error) {
      if (!(error instanceof BadBackup)) throw error
      listed.push({ ...one, problem: error.message })
    }
  }
  return listed
}
