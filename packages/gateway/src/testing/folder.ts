import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Linux keeps these files in memory, so a commit waits for no disk. */
const MEMORY = '/dev/shm'

/**
 * A folder for the store's files, removed also when the test's process ends without `remove`. SQLite's `:memory:` does
 * not do: the store reads and copies its file in other threads.
 */
export function makeFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(isWritable(MEMORY) ? MEMORY : tmpdir(), 'postern-testing-'))
  const remove = (): void => {
    process.off('exit', remove)
    rmSync(path, { recursive: true, force: true })
  }
  process.on('exit', remove)
  return { path, remove }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
