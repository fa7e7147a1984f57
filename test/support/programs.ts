import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

const isInstalled = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))

/** A program of this machine. Installs it first on Debian as root. */
export async function needProgram(name: string, debianPackage: string): Promise<void> {
  if (isInstalled(name)) return
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) await install(debianPackage)
  if (!isInstalled(name))
    throw new Error(`This test needs ${name}: install it (Debian: apt-get install ${debianPackage}) and run again.`)
}

async function install(debianPackage: string): Promise<void> {
  // RUNLEVEL 1: a server's package does not start it as a service.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const options = { env, timeout: 200_000, maxBuffer: 1 << 26 }
  for (let tries = 0; ; tries++) {
    try {
      await run('apt-get', ['update'], options)
      await run('apt-get', ['install', '-y', '--no-install-recommends', debianPackage], options)
      return
    } catch (error) {
      // Another test may be installing PostgreSQL: apt allows one at a time.
      if (tries >= 30 || !/lock/i.test(String((error as { stderr?: string }).stderr))) throw error
      await sleep(2_000)
    }
  }
}
