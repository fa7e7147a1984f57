import {
  chmodSync,
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '../../platform/config.ts'
import { StoreUnavailable } from '../../platform/errors.ts'
import { lockFolder } from '../../store/sqlite/folder-lock.ts'
import { copyStore } from '../../store/sqlite/snapshot.ts'
import { packParts, partOf, unpackParts } from './archive.ts'
import type { Manifest, PartName } from './manifest.ts'

export type BackupOptions = {
  dataDir: string
  /** Of this program. */
  version: string
  /** The secrets that are kept in `dataDir`, and so belong to the backup. */
  secrets: readonly Exclude<PartName, 'postern.db'>[]
}

/** The secrets that are kept in `DATA_DIR`. Those of the environment are kept elsewhere. */
export const keptSecrets = (config: Pick<Config, 'masterKey' | 'adminToken'>): BackupOptions['secrets'] => [
  ...(config.masterKey === undefined ? (['master.key'] as const) : []),
  ...(config.adminToken === undefined ? (['admin.token'] as const) : []),
]

/** The backup cannot be made. The message says why, and what to do. */
export class NoBackup extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NoBackup'
  }
}

export type Made = { file: string; bytes: number; manifest: Manifest }

/**
 * Makes a backup of a folder, also while a gateway works on it, and verifies it. It is written beside its place and
 * renamed when it is whole, so the name never stands for a part of a backup. Blocks its thread at times.
 */
export async function makeBackup(options: BackupOptions, file: string, { force = false } = {}): Promise<Made> {
  const { dataDir, version } = options
  const to = resolve(file)
  if (!force && existsSync(to)) throw new NoBackup(`${file} exists. Choose another name, or overwrite it with --force.`)
  const store = join(dataDir, 'postern.db')
  if (!existsSync(store)) throw new NoBackup(`There is no store in ${dataDir}: ${store} is missing. Check DATA_DIR.`)
  const folder = stagingBeside(to)
  try {
    const { takenAt, schema, installation, rows } = await copyBesideGateway(dataDir, store, join(folder, 'postern.db'))
    const names: PartName[] = ['postern.db']
    for (const name of options.secrets) {
      if (!existsSync(join(dataDir, name))) continue
      copyFileSync(join(dataDir, name), join(folder, name))
      chmodSync(join(folder, name), 0o600)
      names.push(name)
    }
    const parts = []
    for (const name of names) parts.push(await partOf(folder, name))
    const manifest: Manifest = {
      ...({ format: 1, version, engine: 'sqlite', schema, installation } as const),
      taken_at: new Date(takenAt).toISOString(),
      ...{ rows, parts },
    }
    const whole = join(folder, 'backup.tar')
    await packParts(folder, manifest, whole)
    await unpackParts(createReadStream(whole, { highWaterMark: 1024 * 1024 }))
    const { size } = statSync(whole)
    place(whole, to, force)
    return { file: to, bytes: size, manifest }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Without a gateway, its lock is ours meanwhile: none starts, and the copy may tidy up the WAL. */
async function copyBesideGateway(dataDir: string, from: string, to: string): ReturnType<typeof copyStore> {
  const lock = lockWithoutGateway(dataDir)
  try {
    return await copyStore(from, to, { alone: lock !== undefined })
  } finally {
    lock?.release()
  }
}

/** Undefined while a gateway works on the folder. */
export function lockWithoutGateway(dataDir: string): ReturnType<typeof lockFolder> | undefined {
  try {
    return lockFolder(dataDir, 0)
  } catch (error) {
    if (error instanceof StoreUnavailable) return undefined
    throw error
  }
}

const STAGING = '.postern-backup-'
const LEFT_FOR_MS = 24 * 60 * 60_000

/** A folder of our own beside a file. Those that interrupted backups left are removed. */
function stagingBeside(file: string): string {
  const folder = dirname(file)
  try {
    for (const name of readdirSync(folder))
      if (name.startsWith(STAGING) && Date.now() - statSync(join(folder, name)).mtimeMs > LEFT_FOR_MS)
        rmSync(join(folder, name), { recursive: true, force: true })
    return mkdtempSync(join(folder, STAGING))
  } catch (error) {
    throw new NoBackup(
      `${folder} cannot be written: ${(error as Error).message}. Choose a folder that this user may write to.`,
    )
  }
}

/** Gives a whole file its name, durably. An existing file is replaced with `force` only. */
function place(whole: string, to: string, force: boolean): void {
  if (force) renameSync(whole, to)
  else {
    try {
      linkSync(whole, to)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') throw new NoBackup(`${to} exists. Choose another name, or overwrite it with --force.`)
      // Some file systems have no links.
      renameSync(whole, to)
    }
  }
  syncFolder(dirname(to))
}

/** A name in a folder is durable once the folder is synced. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
