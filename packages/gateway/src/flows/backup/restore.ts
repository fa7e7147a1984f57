import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Clock } from '@postern/runtime/clock'
import type { Config } from '../../platform/config.ts'
import { closeToOthers, prepareDataDir } from '../../platform/data-dir.ts'
import { loadSecrets } from '../../platform/installation.ts'
import { createVault } from '../../platform/secrets.ts'
import { proveKey } from '../../store/key-check.ts'
import { migrationsFor, refuseNewer } from '../../store/migrate.ts'
import { openStore } from '../../store/open.ts'
import { type Settled, settleRestored } from '../../store/restored.ts'
import { verifyCopy } from '../../store/sqlite/snapshot.ts'
import { unpackParts } from './archive.ts'
import { lockWithoutGateway, syncFolder } from './make.ts'
import type { Manifest } from './manifest.ts'

/** The folder cannot take the restore. The message says why, and what to do. */
export class NoRestore extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NoRestore'
  }
}

export type Restored = {
  dataDir: string
  manifest: Manifest
  /** The folder that has the files from before. */
  movedTo: string | undefined
  settled: Settled
}

export type RestoreOptions = {
  /** The settings of the gateway that will run on the folder. */
  config: Pick<Config, 'dataDir' | 'masterKey' | 'adminToken'>
  clock: Clock
  /** Move the files of an existing store aside. */
  force?: boolean
}

/** The files of a gateway in its folder, without the lock, which is held meanwhile. */
const OURS = /^(postern\.(db(-wal|-shm|-journal)?|installation)|master\.key|admin\.token(\.unshown)?)$/
const ASIDE = 'before-restore-'
const STAGING = '.restoring-'
/** These do not make a folder one that is in use. */
const IGNORED = /^(postern\.lock|lost\+found|before-restore-.*|\.restoring-.*)$/

/**
 * Restores a backup into a folder: unpacks it beside, verifies it, migrates it, tries the key, settles what may have been
 * sent since, and only then moves the files. An interruption before that changes nothing.
 */
export async function restoreBackup(
  open: () => Promise<Readable> | Readable,
  { config, clock, force = false }: RestoreOptions,
): Promise<Restored> {
  const { dataDir } = config
  prepareDataDir(dataDir)
  const lock = lockWithoutGateway(dataDir)
  if (!lock) throw new NoRestore(`A gateway runs on ${dataDir}. Stop it first, or restore to another folder with --to.`)
  try {
    const inUse = readdirSync(dataDir).filter((name) => !IGNORED.test(name))
    if (inUse.length > 0 && !force)
      throw new NoRestore(
        `${dataDir} is not empty (${inUse.slice(0, 3).join(', ')}${inUse.length > 3 ? ', …' : ''}). Restore to another folder with --to, or move the store in it aside with --force.`,
      )
    for (const name of readdirSync(dataDir))
      if (name.startsWith(STAGING)) rmSync(join(dataDir, name), { recursive: true, force: true })
    const staging = mkdtempSync(join(dataDir, STAGING))
    try {
      const manifest = await unpackParts(await open(), { folder: staging, accept: refuseNewerBackup })
      verifyCopy(join(staging, 'postern.db'), manifest.rows)
      takeKeyAlong(manifest, config, staging)
      const settled = await settle({ ...config, dataDir: staging }, clock)
      return { dataDir, manifest, movedTo: moveIn(staging, dataDir, clock), settled }
    } finally {
      rmSync(staging, { recursive: true, force: true })
    }
  } finally {
    lock.release()
  }
}

const refuseNewerBackup = ({ schema }: Manifest): void => refuseNewer(schema, migrationsFor('sqlite'))

/** A backup without the key needs the one of the environment, or the copy that was put into the folder. */
function takeKeyAlong(manifest: Manifest, { dataDir, masterKey }: RestoreOptions['config'], staging: string): void {
  if (masterKey !== undefined || manifest.parts.some(({ name }) => name === 'master.key')) return
  const kept = join(dataDir, 'master.key')
  if (!existsSync(kept))
    throw new NoRestore(
      'This backup does not have the master key, so its tokens and secrets could not be read. Set MASTER_KEY to the key of the gateway that made it.',
    )
  copyFileSync(kept, join(staging, 'master.key'))
}

/** Opens the store, which migrates it, tries the key, and marks what may have been sent since the backup. */
async function settle(config: RestoreOptions['config'], clock: Clock): Promise<Settled> {
  const store = await openStore({ dataDir: config.dataDir, databaseUrl: undefined }, clock)
  try {
    await proveKey(store, createVault(loadSecrets(config).masterKey))
    return await settleRestored(store, clock.now())
  } finally {
    await store.close()
  }
}

/** The database comes last: without it, a start would refuse the folder or find nothing. */
function moveIn(staging: string, dataDir: string, clock: Clock): string | undefined {
  const before = readdirSync(dataDir).filter((name) => OURS.test(name))
  let movedTo: string | undefined
  if (before.length > 0) {
    movedTo = join(dataDir, `${ASIDE}${new Date(clock.now()).toISOString().replaceAll(':', '-')}`)
    mkdirSync(movedTo, { mode: 0o700 })
    for (const name of before) renameSync(join(dataDir, name), join(movedTo, name))
  }
  const fresh = readdirSync(staging).filter((name) => OURS.test(name))
  fresh.sort((a, b) => Number(a === 'postern.db') - Number(b === 'postern.db'))
  for (const name of fresh) {
    closeToOthers(join(staging, name))
    renameSync(join(staging, name), join(dataDir, name))
  }
  syncFolder(dataDir)
  return movedTo
}
