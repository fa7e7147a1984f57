import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServiceManager } from './service-manager.ts'

const never = (error: Error): never => assert.fail(error)

test('systemd hears of the start, of each half of the watchdog’s time, and of the end', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-systemd-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const told = join(folder, 'told')
  // In the place of systemd's program, which the PATH finds.
  writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$NOTIFY_SOCKET $1" >>'${told}'\n`)
  chmodSync(join(folder, 'systemd-notify'), 0o755)
  const env = {
    PATH: [folder, process.env.PATH].join(delimiter),
    NOTIFY_SOCKET: '/run/x',
    WATCHDOG_USEC: '100000',
    WATCHDOG_PID: String(process.pid),
  }
  const manager = createServiceManager(env, never)
  const lines = (): string[] => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : [])
  manager.ready()
  const heartbeats = () => lines().filter((line) => line === '/run/x WATCHDOG=1').length
  while (!lines().includes('/run/x READY=1') || heartbeats() < 2) await sleep(20)
  manager.stopping()
  while (!lines().includes('/run/x STOPPING=1')) await sleep(20)
})

test('without systemd nothing is started, and a missing program is reported', async () => {
  createServiceManager({ PATH: '/nowhere' }, never).ready()
  const error = await new Promise<Error>((resolve) =>
    createServiceManager({ PATH: '/nowhere', NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '60000000' }, resolve).ready(),
  )
  assert.match(error.message, /systemd-notify/)
})
