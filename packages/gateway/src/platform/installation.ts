import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Config } from './config.ts'
import { isKey32, LEAST_TOKEN } from './setting-readers.ts'
import { prepareDataDir } from './data-dir.ts'
import { newSecret } from './ids.ts'

export type Secrets = {
  masterKey: Uint8Array
  adminToken: string
  /** The file of the token. Undefined when the token comes from the environment. */
  adminTokenFile: string | undefined
  /** True until `adminTokenShown` is called: the token was created here and never shown. */
  adminTokenIsNew: boolean
}

/** A file of secrets that cannot be used. The message names the file and the next step. */
export class UnusableSecret extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'UnusableSecret'
  }
}

const MASTER_KEY = 'master.key'
const ADMIN_TOKEN = 'admin.token'
/** This file exists beside a token that was not shown yet. */
const UNSHOWN = 'admin.token.unshown'

/**
 * The secrets of this installation: from the environment, else from `DATA_DIR`, else new ones, which are written there,
 * readable by their owner only. A file that a full disk or a power cut left incomplete is refused: an empty admin token
 * would be a password that everybody knows.
 */
export function loadSecrets(config: Pick<Config, 'dataDir' | 'masterKey' | 'adminToken'>): Secrets {
  const { dataDir } = config
  if (config.masterKey === undefined || config.adminToken === undefined) {
    prepareDataDir(dataDir)
    removeUnfinished(dataDir)
  }
  const masterKey = config.masterKey ?? masterKeyIn(dataDir)
  const own = config.adminToken === undefined
  const adminToken = config.adminToken ?? adminTokenIn(dataDir)
  return {
    masterKey: Buffer.from(masterKey, 'base64'),
    adminToken,
    adminTokenFile: own ? join(dataDir, ADMIN_TOKEN) : undefined,
    adminTokenIsNew: own && existsSync(join(dataDir, UNSHOWN)),
  }
}

/** The token was shown, and is not shown again. */
export function adminTokenShown(dataDir: string): void {
  rmSync(join(dataDir, UNSHOWN), { force: true })
}

/** The admin token in a folder. Undefined when there is none. Throws `UnusableSecret`. */
export function keptAdminToken(dataDir: string): string | undefined {
  const path = join(dataDir, ADMIN_TOKEN)
  const token = readSecret(path)
  if (token === undefined || isToken(token)) return token
  throw new UnusableSecret(
    `${path} does not hold an admin token: it must be ${LEAST_TOKEN} characters or more, and has ${token.length}. ` +
      'Delete the file and start again, which makes a new token, or set ADMIN_TOKEN.',
  )
}

function adminTokenIn(dataDir: string): string {
  const kept = keptAdminToken(dataDir)
  if (kept !== undefined) return kept
  // Before the token: a token that was never shown must not look as if it had been.
  writeWhole(join(dataDir, UNSHOWN), 'The admin token beside this file has not been shown yet.\n')
  writeWhole(join(dataDir, ADMIN_TOKEN), `${newSecret('pa_')}\n`)
  return keptAdminToken(dataDir)!
}

function masterKeyIn(dataDir: string): string {
  const path = join(dataDir, MASTER_KEY)
  if (readSecret(path) === undefined) writeWhole(path, `${randomBytes(32).toString('base64')}\n`)
  const key = readSecret(path)!
  if (isKey32(key)) return key
  throw new UnusableSecret(
    `${path} does not hold 32 bytes in base64. Restore it from a backup, or set MASTER_KEY: what the store has sealed ` +
      'can be opened with no other key. Only where the store was never used, delete the file and start again.',
  )
}

/** A file whose blocks never reached the disk contains control characters. */
const isToken = (text: string): boolean => [...text].length >= LEAST_TOKEN && !/[\p{Cc}\uFFFD]/u.test(text)

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new UnusableSecret(`${path} cannot be read: ${message}. See that it is a file of the user that runs this.`, {
      cause: error,
    })
  }
}

/**
 * Writes a complete file or none, also in a power cut. An existing file stays: two processes that start together must
 * use the same secret.
 */
function writeWhole(path: string, text: string): void {
  const unfinished = `${path}${UNFINISHED}${process.pid}`
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flush: true })
    try {
      linkSync(unfinished, path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // Some file systems have no links. There, two processes that start in the same moment may overwrite each other's
      // file.
      if (code === 'EEXIST') return
      if (!existsSync(path)) renameSync(unfinished, path)
    }
    syncFolder(dirname(path))
  } catch (error) {
    throw new UnusableSecret(`${path} cannot be written: ${(error as Error).message}. Nothing was kept.`, {
      cause: error,
    })
  } finally {
    rmSync(unfinished, { force: true })
  }
}

const UNFINISHED = '.unfinished-'

/** Removes the files of an interrupted start. */
function removeUnfinished(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    const pid = /^(?:admin\.token|master\.key).*\.unfinished-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(dataDir, name), { force: true })
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A name in a folder is durable once the folder is synced. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
