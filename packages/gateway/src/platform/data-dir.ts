import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The data folder cannot be used. The message gives the reason and the next step. */
export class UnusableDataDir extends Error {
  constructor(dataDir: string, cause: unknown) {
    super(
      `DATA_DIR ${dataDir} cannot be used: ${(cause as Error).message}. Set DATA_DIR to a folder that this user may write to.`,
      { cause },
    )
    this.name = 'UnusableDataDir'
  }
}

/** Files with secrets or personal data: the secrets, and SQLite's database with its other files. */
const PRIVATE = /^(admin\.token|master\.key|postern\.(db|lock))/

/**
 * Creates the folder when it is missing, and removes the access of other users to its files: at every start, because an
 * existing folder may contain copied files. An existing folder keeps its own mode.
 */
export function prepareDataDir(dataDir: string): void {
  try {
    makeFolder(resolve(dataDir))
    for (const name of readdirSync(dataDir)) if (PRIVATE.test(name)) closeToOthers(join(dataDir, name))
  } catch (error) {
    throw new UnusableDataDir(dataDir, error)
  }
}

/** Removes the access of all other users. Does nothing for a missing file. */
export function closeToOthers(path: string): void {
  try {
    const { mode } = statSync(path)
    if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Level by level: the recursive mode of `node:fs` never ends when a parent such as /proc refuses new folders. */
function makeFolder(path: string): void {
  const missing: string[] = []
  for (let at = path; ; at = dirname(at)) {
    try {
      if (!statSync(at).isDirectory()) throw Object.assign(new Error(`${at} is not a folder`), { code: 'ENOTDIR' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || at === dirname(at)) throw error
      missing.push(at)
    }
  }
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, { mode: 0o700 })
    } catch (error) {
      // Another process may have created it first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
