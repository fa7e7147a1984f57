import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { refuseWorkers } from '../../packages/gateway/src/cli/workers.ts'
import { readConfig } from '../../packages/gateway/src/platform/config.ts'
import { startSandbox } from '../../packages/sandbox/src/index.ts'
import { demoChannel } from '../support/killable.ts'
import { startProcess } from '../support/process.ts'
import { freshDatabase } from '../support/shared-postgres.ts'
import { ADMIN_TOKEN, caller } from '../support/world.ts'
import { childEnv } from '../support/child-env.ts'

const PRELOAD = fileURLToPath(new URL('../support/end-thread.mjs', import.meta.url))
const MAIN = fileURLToPath(new URL('../../packages/gateway/src/main.ts', import.meta.url))

type Engine = 'sqlite' | 'postgres'
const ENGINES = ['sqlite', 'postgres'] as const

/** Two workers. `end()` ends the thread with that name, as a crash would. */
async function startWorkers(t: TestContext, engine: Engine, ends = 'worker 2') {
  const sandbox = await startSandbox({ seed: `workers ${Date.now()}`, statusDelayMs: 1 })
  const folder = mkdtempSync(join(tmpdir(), 'postern-workers-'))
  const gateway = await startProcess(
    {
      PORT: '0',
      DATA_DIR: folder,
      ...(engine === 'postgres' && { DATABASE_URL: await freshDatabase() }),
      MASTER_KEY: randomBytes(32).toString('base64'),
      ADMIN_TOKEN,
      CLOUD_API_URL: sandbox.url,
      META_APP_SECRET: sandbox.appSecret,
      META_VERIFY_TOKEN: sandbox.verifyToken,
      NODE_OPTIONS: `--import ${PRELOAD}`,
      END_THREAD: ends,
    },
    ['--workers', '2'],
  )
  let log = ''
  gateway.child.stdout!.on('data', (data: Buffer) => (log += String(data)))
  t.after(async () => {
    await gateway.terminate()
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const call = caller(() => gateway.url)
  const admin: typeof call = (method, path, body) =>
    call(method, path, body, { authorization: `Bearer ${ADMIN_TOKEN}`, connection: 'close' })
  const added = await admin('POST', '/admin/channels', demoChannel())
  const { certification_code: code } = added.data as { certification_code: string }
  const figure = async (name: string): Promise<number> => sum(await metricsOf(gateway.url), name)
  await until('two workers', async () => (await figure('postern_processes')) === 2)
  return {
    gateway,
    sandbox,
    admin,
    figure,
    log: () => log,
    send: (to: number, headers?: Record<string, string>) => send(gateway.url, code, to, headers),
  }
}

type Sent = { status: number; id: string; reason: string }

/** On a connection of its own, as from another caller. */
async function send(url: string, code: string, to: number, more: Record<string, string> = {}): Promise<Sent> {
  const answer = await fetch(`${url}/external/messages/whatsapp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'certification-code': code, connection: 'close', ...more },
    body: JSON.stringify({ to: String(to), type: 'template', template: { name: 'test_button_reply_1' } }),
  })
  const { data, error } = (await answer.json()) as { data?: { msg_id?: string }; error?: { reason?: string } }
  return { status: answer.status, id: data?.msg_id ?? '', reason: error?.reason ?? '' }
}

/**
 * Sends until the answer is decided by the pair limit. A busy machine may answer `overloaded` or `rate_limited_number`
 * instead, takes no token of the pair, and asks the caller to retry.
 */
async function sendUntilJudged(sendOnce: () => Promise<Sent>): Promise<Sent> {
  let last = await sendOnce()
  await until('an answer of the pair’s limit', async () => {
    if (!['overloaded', 'rate_limited_number'].includes(last.reason)) return true
    last = await sendOnce()
    return false
  })
  return last
}

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

for (const engine of ENGINES) {
  test(
    `${engine}: workers share a port and their counts, and one that ends is replaced`,
    { timeout: 200_000 },
    async (t) => {
      const { gateway, admin, figure, log, send } = await startWorkers(t, engine)
      const kept: string[] = []
      const sendOne = async (to: number): Promise<number> => {
        const { status, id } = await send(to).catch(() => ({ status: 0, id: '' }))
        if (status === 200) kept.push(id)
        return status
      }
      const workersThatSent = (): Set<string> =>
        new Set([...log().matchAll(/"worker":(\d)[^\n]*"message\.sent"/g)].map(([, number]) => number!))
      let to = 15_550_700_000
      for (let i = 0; i < 10; i++) assert.equal(await sendOne(to++), 200)
      await until('sends by both workers', async () => (await sendOne(to++)) === 200 && workersThatSent().size === 2)
      // Every worker reports all sends, and the deliveries of the one store once.
      for (let i = 0; i < 4; i++) {
        const text = await metricsOf(gateway.url)
        assert.equal(sum(text, 'postern_sends_total'), kept.length)
        assert.equal([...text.matchAll(/^postern_process_cpu_user_seconds_total /gm)].length, 1)
        assert.equal([...text.matchAll(/^postern_live\{what="rss_bytes"\} /gm)].length, 1)
        assert.match(text, /^postern_deliveries_pending 0$/m)
      }

      const before = kept.length
      gateway.child.kill('SIGUSR2')
      await until('its end', () => log().includes('"worker.ended"'))
      while (log().split('"worker":2').length < 3 || (await figure('postern_processes')) !== 2) {
        await sendOne(to++)
        await after(50)
      }
      assert.ok((await figure('postern_sends_total')) >= before, 'what the ended worker had counted stays counted')
      for (let i = 0; i < 6; i++) assert.equal(await sendOne(to++), 200)
      for (const id of kept) {
        const found = await admin('GET', `/admin/messages/${encodeURIComponent(id)}`)
        assert.equal(found.http, 200, `an acknowledged message is lost: ${id}`)
      }
      assert.equal(await gateway.terminate(), 0)
    },
  )

  test(`${engine}: limits are those of the machine, and a key is one send`, { timeout: 120_000 }, async (t) => {
    const { gateway, sandbox, send } = await startWorkers(t, engine)
    // WhatsApp's limit for one number and one contact: 45 at once, then one every 6 s.
    const contact = 15_550_740_000
    const startedAt = performance.now()
    const answers = await Promise.all(Array.from({ length: 70 }, () => sendUntilJudged(() => send(contact))))
    const accepted = answers.filter(({ status }) => status === 200).length
    const refilled = Math.ceil((performance.now() - startedAt) / 6000)
    assert.ok(accepted >= 40 && accepted <= 45 + refilled, `${accepted} of 70 were taken, with ${refilled} refilled`)
    const limited = answers.filter(({ reason }) => reason === 'rate_limited_pair').length
    assert.ok(limited > 0)
    assert.equal(answers.filter(({ status }) => status === 429).length, limited)
    assert.match(await metricsOf(gateway.url), new RegExp(`limit="pair"\\} ${limited}\n`))

    const other = 15_550_750_000
    const key = { 'idempotency-key': 'one-of-many' }
    const keyed = await Promise.all(Array.from({ length: 8 }, () => send(other, key)))
    assert.ok(keyed.some(({ status }) => status === 200))
    const seen = () =>
      sandbox
        .phone(String(other))
        .messages()
        .filter(({ direction }) => direction === 'out').length
    // A message is on the phone a moment after WhatsApp accepted it.
    await until('the message on the phone', () => seen() > 0)
    await sandbox.settled()
    assert.equal(seen(), 1)
  })

  test(`${engine}: wrong codes are counted once for all workers`, { timeout: 120_000 }, async (t) => {
    const { gateway } = await startWorkers(t, engine)
    const guess = async (): Promise<number> => {
      const headers = { 'certification-code': 'a-wrong-guess', connection: 'close' }
      const answer = await fetch(`${gateway.url}/external/messages`, { headers })
      await answer.text()
      return answer.status
    }
    const startedAt = performance.now()
    const answers: number[] = []
    for (let i = 0; i < 15; i++) answers.push(...(await Promise.all(Array.from({ length: 10 }, guess))))
    const refilled = Math.ceil((performance.now() - startedAt) / 600)
    const told = answers.filter((status) => status === 401).length
    assert.ok(told >= 100 && told <= 100 + refilled, `${told} guesses were answered, with ${refilled} refilled`)
  })
}

test('settings that workers cannot share are refused, and the start ends', () => {
  const run = (env: Record<string, string>, ...args: string[]) =>
    spawnSync(process.execPath, [MAIN, 'serve', ...args], {
      env: childEnv({ PORT: '0', DATA_DIR: join(tmpdir(), 'postern-none'), ...env }),
      encoding: 'utf8',
      timeout: 30_000,
    })
  const real = { CLOUD_API_URL: 'http://127.0.0.1:9', META_APP_SECRET: 's', META_VERIFY_TOKEN: 'v' }
  const sandbox = run({}, '--workers', '2')
  assert.equal(sandbox.status, 1)
  assert.match(sandbox.stderr, /npm run sandbox/)
  for (const count of ['0', '257', 'two']) {
    const wrong = run(real, '--workers', count)
    assert.equal(wrong.status, 2)
    assert.match(wrong.stderr, /--workers must be/)
  }
  const config = readConfig(real)
  for (const platform of ['darwin', 'win32']) {
    assert.throws(() => refuseWorkers(2, config, platform), new RegExp(`on Linux only, and this is ${platform}`))
    refuseWorkers(1, config, platform)
  }
  refuseWorkers(2, config, 'linux')
})

test('when the first worker cannot start, the start ends with its reason', { timeout: 60_000 }, async (t) => {
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
  // Less than the twelve seconds after which they would be killed.
  assert.ok(performance.now() - askedAt < 11_000, 'they had to be killed')
})
