import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startSandbox } from '../../src/sandbox/index.ts'
import { demoChannel } from '../support/killable.ts'
import { startProcess } from '../support/process.ts'
import { freshDatabase } from '../support/shared-postgres.ts'
import { ADMIN_TOKEN, caller } from '../support/world.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

async function startWorkers(t: TestContext) {
  const sandbox = await startSandbox({ seed: `workers ${Date.now()}`, statusDelayMs: 1 })
  const folder = mkdtempSync(join(tmpdir(), 'postern-workers-'))
  const gateway = await startProcess(
    {
      PORT: '0',
      DATA_DIR: folder,
      DATABASE_URL: await freshDatabase(),
      MASTER_KEY: randomBytes(32).toString('base64'),
      ADMIN_TOKEN,
      CLOUD_API_URL: sandbox.url,
      META_APP_SECRET: sandbox.appSecret,
      META_VERIFY_TOKEN: sandbox.verifyToken,
    },
    ['--workers', '2'],
  )
  t.after(async () => {
    await gateway.terminate()
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const call = caller(() => gateway.url)
  const added = await call('POST', '/admin/channels', demoChannel(), { authorization: `Bearer ${ADMIN_TOKEN}` })
  const { certification_code: code } = added.data as { certification_code: string }
  return { gateway, send: (to: number) => send(gateway.url, code, to) }
}

/** On a connection of its own, as another caller would come. */
async function send(url: string, code: string, to: number): Promise<number> {
  const answer = await fetch(`${url}/external/messages/whatsapp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'certification-code': code, connection: 'close' },
    body: JSON.stringify({ to: String(to), type: 'template', template: { name: 'test_button_reply_1' } }),
  })
  await answer.text()
  return answer.status
}

const childrenOf = (pid: number): number[] =>
  execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)])
    .toString()
    .split(/\s+/)
    .filter(Boolean)
    .map(Number)
    // ps itself is a child only of ours, never of the gateway.
    .sort((a, b) => a - b)

async function metricsOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`, { headers: { connection: 'close' } })
  const text = await answer.text()
  assert.equal(answer.status, 200, text)
  return text
}

const sum = (text: string, name: string): number =>
  [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce((all, [, n]) => all + Number(n), 0)

async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await check())) {
    assert(Date.now() < deadline, `never came: ${what}`)
    await after(100)
  }
}

/** Sends to other people each time, so that no pair comes near its limit. */
async function sixGoThrough(send: (to: number) => Promise<number>, from: number): Promise<void> {
  let to = from
  let answers: number[] = []
  const deadline = Date.now() + 30_000
  do {
    assert(Date.now() < deadline, `still answered ${answers.join(', ')}`)
    if (answers.length > 0) await after(100)
    answers = []
    for (let i = 0; i < 6; i++) answers.push(await send(to++).catch(() => 0))
  } while (answers.some((status) => status !== 200))
}

test('workers share a port, count together, and one that dies is replaced', { timeout: 120_000 }, async (t) => {
  const { gateway, send } = await startWorkers(t)
  const primary = gateway.child.pid!
  const open = async (): Promise<number> => sum(await metricsOf(gateway.url), 'postern_processes')
  await until('two workers', async () => (await open()) === 2)
  // The second one hears of the channel within seconds; what comes to it before is refused, and not sent.
  await sixGoThrough(send, 15_550_700_000)
  const before = sum(await metricsOf(gateway.url), 'postern_sends_total')
  for (let i = 0; i < 10; i++) assert.equal(await send(15_550_710_000 + i), 200)
  // Whichever worker answers, it tells of all sends, and of the one store's deliveries once.
  for (let i = 0; i < 4; i++) {
    const text = await metricsOf(gateway.url)
    assert.equal(sum(text, 'postern_sends_total'), before + 10)
    assert.match(text, /^postern_deliveries_pending 0$/m)
  }

  const [first, second] = childrenOf(primary)
  process.kill(first!, 'SIGKILL')
  await until('another worker in its place', async () => {
    const now = childrenOf(primary)
    return now.includes(second!) && !now.includes(first!) && (await open()) === 2
  })
  const after = sum(await metricsOf(gateway.url), 'postern_sends_total')
  assert.ok(after >= before + 10, `what the ended worker had counted stays counted: ${after} after ${before + 10}`)
  await sixGoThrough(send, 15_550_720_000)
  assert.equal(await gateway.terminate(), 0)
  for (const pid of [second!]) assert.throws(() => process.kill(pid, 0), 'no worker outlives its end')
})

test('workers are refused what they cannot share, and a start that fails ends', () => {
  const run = (env: Record<string, string>, ...args: string[]) =>
    spawnSync(process.execPath, [MAIN, 'serve', ...args], {
      env: { PATH: process.env.PATH ?? '', PORT: '0', DATA_DIR: join(tmpdir(), 'postern-none'), ...env },
      encoding: 'utf8',
      timeout: 30_000,
    })
  const real = { CLOUD_API_URL: 'http://127.0.0.1:9', META_APP_SECRET: 's', META_VERIFY_TOKEN: 'v' }
  const sqlite = run(real, '--workers', '2')
  assert.equal(sqlite.status, 1)
  assert.match(sqlite.stderr, /set DATABASE_URL/)
  const database = {
    DATABASE_URL: 'postgres://x@127.0.0.1:9/x',
    MASTER_KEY: randomBytes(32).toString('base64'),
    ADMIN_TOKEN,
  }
  const sandbox = run(database, '--workers', '2')
  assert.equal(sandbox.status, 1)
  assert.match(sandbox.stderr, /npm run sandbox/)
  for (const count of ['0', '257', 'two']) {
    const wrong = run({ ...real, ...database }, '--workers', count)
    assert.equal(wrong.status, 2)
    assert.match(wrong.stderr, /--workers must be/)
  }
})

test('workers whose first cannot open end with its reason', { timeout: 60_000 }, async (t) => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.after(() => taken.close())
  const started = spawnSync(process.execPath, [MAIN, 'serve', '--workers', '2'], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: String((taken.address() as AddressInfo).port),
      DATA_DIR: join(tmpdir(), 'postern-none'),
      ADMIN_TOKEN,
      DATABASE_URL: await freshDatabase(),
      MASTER_KEY: randomBytes(32).toString('base64'),
      CLOUD_API_URL: 'http://127.0.0.1:9',
      META_APP_SECRET: 's',
      META_VERIFY_TOKEN: 'v',
    },
    encoding: 'utf8',
    timeout: 30_000,
  })
  assert.equal(started.status, 1, started.stderr)
  assert.match(started.stderr, /cannot listen/)
})

test('workers that wait for their store end at once when they are asked to', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [MAIN, 'serve', '--workers', '2'], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      DATA_DIR: join(tmpdir(), 'postern-none'),
      ADMIN_TOKEN,
      DATABASE_URL: 'postgres://x@127.0.0.1:9/x',
      MASTER_KEY: randomBytes(32).toString('base64'),
      CLOUD_API_URL: 'http://127.0.0.1:9',
      META_APP_SECRET: 's',
      META_VERIFY_TOKEN: 'v',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (text: Buffer) => String(text).includes('Trying again') && resolve())
  })
  const askedAt = performance.now()
  child.kill('SIGTERM')
  assert.equal(await gone, 0)
  // Short of the twelve seconds after which they would be killed.
  assert.ok(performance.now() - askedAt < 11_000, 'they had to be killed')
})
