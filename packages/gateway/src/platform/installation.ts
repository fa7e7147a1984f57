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
import { isKey32, LEAST_TOKEN, type Config } from './config.ts'
import { prepareDataDir } from './data-dir.ts'
import { newSecret } from './ids.ts'

export type Secrets = {
  masterKey: Uint8Array
  adminToken: string
  /** Where the token is kept; undefined when it comes from the environment. */
  adminTokenFile: string | undefined
  /** True until `adminTokenShown`: the token was made here, and nobody has seen it yet. */
  adminTokenIsNew: boolean
}

/** A file of secrets that cannot be used; the message says which, and what to do. */
export class UnusableSecret extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'UnusableSecret'
  }
}

const MASTER_KEY = 'master.key'
const ADMIN_TOKEN = 'admin.token'
/** Stands beside a token that has not been shown yet. */
const UNSHOWN = 'admin.token.unshown'

/**
 * The secrets this installation lives with: those of the environment, else those in `DATA_DIR`, else new ones, which
 * are written there readable by their owner alone. A file that a full disk or a power cut left short is refused: an
 * empty admin token would be a password that everybody knows.
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

/** The token was shown to somebody, and is not shown again. */
export function adminTokenShown(dataDir: string): void {
  rmSync(join(dataDir, UNSHOWN), { force: true })
}

/** The admin token that is kept in a folder; undefined when there is none. Throws `UnusableSecret`. */
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
  // Before the token: one that nobody was shown must never look as if somebody had been.
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

/** Control characters are what a file holds whose blocks never reached the disk. */
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
 * Writes a file that is there whole or not at all, also after a power cut. One that is there already stays: two
 * processes that start together must not each keep their own.
 */
function writeWhole(path: string, text: string): void {
  const unfinished = `${path}${UNFINISHED}${process.pid}`
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flush: true })
    try {
      linkSync(unfinished, path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // Some file systems have no links; there, two that start in the same moment may overwrite one another.
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

/** What a start that was cut short left behind. */
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

/** A name in a folder is durable once the folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
