import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The folder of the embedded default cannot be used; the message says why and what to do. */
export class UnusableDataDir extends Error {
  constructor(dataDir: string, cause: unknown) {
    super(
      `DATA_DIR ${dataDir} cannot be used: ${(cause as Error).message}. Set DATA_DIR to a folder that this user may write to.`,
      { cause },
    )
    this.name = 'UnusableDataDir'
  }
}

/** Files that hold secrets or people's data: the secrets, and SQLite's database with what stands beside it. */
const PRIVATE = /^(admin\.token|master\.key|postern\.(db|lock))/

/**
 * Makes the folder when it is missing, and closes what is in it to everybody but its owner: at every start, since a
 * folder may have existed, and files in it may come from a copy. A folder that existed keeps its own mode.
 */
export function prepareDataDir(dataDir: string): void {
  try {
    makeFolder(resolve(dataDir))
    for (const name of readdirSync(dataDir)) if (PRIVATE.test(name)) closeToOthers(join(dataDir, name))
  } catch (error) {
    throw new UnusableDataDir(dataDir, error)
  }
}

/** Takes the rights of everybody but the owner. Does nothing for a file that is gone. */
export function closeToOthers(path: string): void {
  try {
    const { mode } = statSync(path)
    if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Level by level: the recursive way of `node:fs` never ends where a parent such as /proc takes no folders. */
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
      // Another process may have come first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
