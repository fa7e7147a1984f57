import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const isInstalled = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))

/** PHP of this machine; installed first when this is Debian and we are root. */
export async function needPhp(): Promise<void> {
  if (isInstalled('php')) return
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) await install()
  if (!isInstalled('php'))
    throw new Error('This test needs PHP: install its command line (Debian: apt-get install php-cli) and run again.')
}

async function install(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, timeout: 200_000, maxBuffer: 1 << 26 }
  for (let tries = 0; ; tries++) {
    try {
      await run('apt-get', ['update'], options)
      await run('apt-get', ['install', '-y', '--no-install-recommends', 'php-cli'], options)
      return
    } catch (error) {
      // Another test may be installing PostgreSQL: apt lets in one at a time.
      if (tries >= 30 || !/lock/i.test(String((error as { stderr?: string }).stderr))) throw error
      await sleep(2_000)
    }
  }
}
