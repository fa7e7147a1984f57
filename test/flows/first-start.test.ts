import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startProcess } from '../support/process.ts'

const MAIN = fileURLToPath(new URL('../../packages/gateway/src/main.ts', import.meta.url))
const TOKEN = /pa_[\w-]{16,}/

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'postern-first-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const environment = (env: Record<string, string>) => ({
  PATH: process.env.PATH ?? '',
  PORT: '0',
  SANDBOX_PORT: '0',
  ...env,
})

/** A start that is expected to fail, without a terminal. */
const failedStart = (env: Record<string, string>) =>
  spawnSync(process.execPath, [MAIN, 'serve'], { env: environment(env), encoding: 'utf8', timeout: 30_000 })

/** The output of a start on a terminal, until it is running. */
async function onTerminal(env: Record<string, string>): Promise<string> {
  // `script` of util-linux gives it a terminal.
  const child = spawn('script', ['-qec', `exec '${process.execPath}' '${MAIN}' serve`, '/dev/null'], {
    env: environment(env),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  let text = ''
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`it ended before it was open:\n${text}`)))
    child.stdout.on('data', (data: Buffer) => {
      text += String(data)
      if (text.includes('gateway.ready')) resolve()
    })
  })
  // As Ctrl-C does: to all processes of the terminal.
  child.stdin.write('\u0003')
  await gone
  return text
}

test('the admin token is shown once, on a terminal; a failed start and a pipe do not use it up', async (t) => {
  const dataDir = folder(t)
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const failed = failedStart({ DATA_DIR: dataDir, PORT: String((taken.address() as AddressInfo).port) })
  taken.close()
  assert.equal(failed.status, 1)
  assert.match(failed.stderr, /^postern: The gateway cannot listen: .*EADDRINUSE.*another PORT.*\n$/)

  const piped = await startProcess(environment({ DATA_DIR: dataDir }))
  assert.equal(await piped.terminate(), 0)
  assert.doesNotMatch(piped.stderr(), TOKEN)
  assert.ok(piped.stderr().includes(`admin token    in ${join(dataDir, 'admin.token')}`), piped.stderr())

  const token = readFileSync(join(dataDir, 'admin.token'), 'utf8').trim()
  const first = await onTerminal({ DATA_DIR: dataDir })
  assert.ok(first.includes(`admin token    ${token}`), first)
  const second = await onTerminal({ DATA_DIR: dataDir })
  assert.doesNotMatch(second, TOKEN)
  assert.ok(second.includes('admin.token'), second)
})

test('each reason why a start fails is one line, with the next step', (t) => {
  const dataDir = folder(t)
  const file = join(dataDir, 'file')
  writeFileSync(file, '')
  for (const [env, says] of [
    [{ DATA_DIR: file }, /^postern: DATA_DIR .*file cannot be used: .*Set DATA_DIR to a folder.*\n$/],
    [{ DATA_DIR: '/proc/nope' }, /^postern: DATA_DIR \/proc\/nope cannot be used: ENOENT.*\n$/],
    [{ HOST: '203.0.113.4' }, /^postern: The gateway cannot listen: .*EADDRNOTAVAIL.*HOST must be an address of this/],
    [{ HOST: 'no.such.host.invalid' }, /^postern: The gateway cannot listen: .*HOST must be an address of this/],
  ] as const) {
    const { status, stderr } = failedStart({ DATA_DIR: join(dataDir, 'd'), ...env })
    assert.equal(status, 1, stderr)
    assert.match(stderr, says)
    assert.equal(stderr.trim().split('\n').length, 1, stderr)
  }
})

test('a full disk at the first start leaves no secret that a second start uses', async (t) => {
  const dataDir = join(folder(t), 'data')
  // No file may have a byte, as on a full disk.
  const full = spawnSync('sh', ['-c', `ulimit -f 0; exec '${process.execPath}' '${MAIN}' serve`], {
    env: environment({ DATA_DIR: dataDir }),
    encoding: 'utf8',
    timeout: 30_000,
  })
  assert.equal(full.status, 1, full.stderr)
  assert.match(full.stderr, /^postern: .*cannot be written: E(FBIG|NOSPC).*\n$/)
  assert.deepEqual(existsSync(dataDir) ? readdirSync(dataDir) : [], [])
  const next = await startProcess(environment({ DATA_DIR: dataDir }))
  for (const password of ['', ' ']) {
    const answer = await fetch(`${next.url}/admin/channels`, { headers: { authorization: `Bearer ${password}` } })
    assert.equal(answer.status, 401)
  }
  assert.equal(await next.terminate(), 0)
})

test('an empty admin token is refused at the start', (t) => {
  const dataDir = folder(t)
  writeFileSync(join(dataDir, 'admin.token'), '')
  const { status, stderr } = failedStart({ DATA_DIR: dataDir })
  assert.equal(status, 1)
  assert.match(stderr, /^postern: .*admin\.token does not hold an admin token: .*\n$/)
})
