import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { childEnv } from '../support/child-env.ts'
import { freePort, startProcess } from '../support/process.ts'

const run = promisify(execFile)
const MAIN = resolve(import.meta.dirname, '../../packages/gateway/src/main.ts')
const TOKEN = 'the-token-in-a-file-of-its-own'

test('a gateway and a command read .env and the file of a secret in their working directory', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-env-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  // As systemd's LoadCredential= gives it.
  const credentials = join(folder, 'credentials')
  mkdirSync(credentials)
  writeFileSync(join(credentials, 'admin_token'), `${TOKEN}\n`)
  const file = [
    `PORT=${await freePort()}`,
    'SANDBOX_PORT=0',
    'DATA_DIR=kept',
    'LOG_LEVEL=error # the environment wins',
    `ADMIN_TOKEN_FILE="${join(credentials, 'admin_token')}"`,
    'DATABSE_URL=postgres://user:my-password@db/x',
  ]
  writeFileSync(join(folder, '.env'), `${file.join('\n')}\n`)

  let log = ''
  const gateway = await startProcess({}, [], 60_000, folder)
  try {
    gateway.child.stdout!.on('data', (data: Buffer) => (log += String(data)))
    assert.ok(gateway.url.endsWith(file[0]!.slice('PORT='.length)))
    const call = (args: string[]) => run(process.execPath, [MAIN, ...args], { cwd: folder, env: childEnv() })
    const { stdout } = await call(['channel', 'list', '--json'])
    assert.equal((JSON.parse(stdout) as { channel_id: number }[])[0]!.channel_id, 1)
    assert.throws(() => readFileSync(join(folder, 'kept', 'admin.token')), /ENOENT/)

    // A wrong line is an error of every command, but not of the help.
    writeFileSync(join(folder, '.env'), `${file[0]}\nADMIN_TOKEN ${TOKEN}\n`)
    const failed = await call(['channel', 'list']).catch((error: unknown) => error as { code: number; stderr: string })
    assert.ok('code' in failed && failed.code === 1)
    assert.match(failed.stderr, /\.env line 2: write NAME=value/)
    assert.ok(!failed.stderr.includes(TOKEN))
    await call(['--help'])
  } finally {
    assert.equal(await gateway.terminate(), 0)
  }
  assert.ok(!log.includes('my-password'))
})

test('a misspelled setting is warned of at the start, without its value', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-env-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  // It ends after the warning: HOST is no address of this machine.
  const env = { DATA_DIR: folder, HOST: '192.0.2.1', DATABSE_URL: 'postgres://user:my-password@db/x' }
  const failed = await run(process.execPath, [MAIN, 'serve'], { cwd: folder, env: childEnv(env) }).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  )
  assert.match(failed.stdout, /"variable":"DATABSE_URL","setting":"DATABASE_URL".*"setting\.misspelled"/)
  assert.ok(!`${failed.stdout}${failed.stderr}`.includes('my-password'))
})
