import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { demoChannel } from '../support/killable.ts'
import { sign, text, webhook } from '../support/meta.ts'
import { startProcess, type GatewayProcess } from '../support/process.ts'
import { ADMIN_TOKEN, caller } from '../support/world.ts'
import { childEnv } from '../support/child-env.ts'

type Seen = { status: number; connection: string | undefined; at: number } | { lost: string; at: number } | 'refused'

/**
 * One request on a kept-alive connection. A connection that was never made counts as refused; any other failure counts
 * as lost.
 */
function ask(url: string, agent: Agent, method: string, headers: Record<string, string>, body?: string): Promise<Seen> {
  return new Promise((resolve) => {
    const sent = request(url, { method, agent, headers })
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'refused' : { lost: error.code ?? error.message, at: Date.now() }),
    )
    sent.on('response', (response) => {
      response.resume()
      response.on('end', () =>
        resolve({ status: response.statusCode!, connection: response.headers.connection, at: Date.now() }),
      )
      response.on('error', (error) => resolve({ lost: error.message, at: Date.now() }))
    })
    sent.end(body)
  })
}

const oneConnection = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 })

async function startOver(t: TestContext, options: { latencyMs: number; workers?: number }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-stop-'))
  const sandbox = await startSandbox({ seed: `stop ${Date.now()}`, statusDelayMs: 1 })
  sandbox.fault({ on: 'messages', latencyMs: options.latencyMs, times: null })
  const { workers = 1 } = options
  const gateway = await startProcess(
    {
      PORT: '0',
      DATA_DIR: dataDir,
      ADMIN_TOKEN,
      CLOUD_API_URL: sandbox.url,
      META_APP_SECRET: sandbox.appSecret,
      META_VERIFY_TOKEN: sandbox.verifyToken,
    },
    workers > 1 ? ['--workers', String(workers)] : [],
  )
  t.after(async () => {
    await gateway.kill().catch(() => {})
    await sandbox.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const added = await caller(() => gateway.url)('POST', '/admin/channels', demoChannel(), {
    authorization: `Bearer ${ADMIN_TOKEN}`,
  })
  const open = async (): Promise<string> =>
    (await fetch(`${gateway.url}/metrics`, { headers: { connection: 'close' } })).text()
  while (!(await open()).includes(`\npostern_processes ${workers}\n`)) await after(50)
  return { sandbox, gateway, code: (added.data as { certification_code: string }).certification_code }
}

const send = (gateway: GatewayProcess, agent: Agent, code: string, to: number): Promise<Seen> =>
  ask(
    `${gateway.url}/external/messages/whatsapp`,
    agent,
    'POST',
    { 'content-type': 'application/json', 'certification-code': code },
    JSON.stringify({ to: String(to), type: 'template', template: { name: 'test_button_reply_1' } }),
  )

function post(gateway: GatewayProcess, sandbox: Sandbox, agent: Agent, id: string): Promise<Seen> {
  const body = JSON.stringify(webhook(text('85268411234', `wamid.${id}`, 'hello')))
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, sandbox.appSecret) }
  return ask(`${gateway.url}/webhooks/meta`, agent, 'POST', headers, body)
}

for (const workers of [1, 2]) {
  test(`signals in a row under load, ${workers} workers: no request is lost, and every answer closes its connection`, (t) =>
    stopUnderLoad(t, workers))
}

async function stopUnderLoad(t: TestContext, workers: number): Promise<void> {
  const { sandbox, gateway, code } = await startOver(t, { latencyMs: 300, workers })
  let stopping = false
  let closing = 0
  createInterface(gateway.child.stdout!).on('line', (line) => {
    stopping ||= line.includes('gateway.stopping')
    closing += line.includes('gateway.connections_closing') ? 1 : 0
  })
  const seen: { what: 'send' | 'webhook'; isLate: boolean; one: Seen }[] = []
  let to = 15_550_900_000
  const loop = async (what: 'send' | 'webhook', n: number): Promise<void> => {
    const agent = oneConnection()
    for (let i = 0; ; i++) {
      // A request after all of them said so reaches a listener that is closing its connections.
      const isLate = closing === workers
      const one = await (what === 'send'
        ? send(gateway, agent, code, to++)
        : post(gateway, sandbox, agent, `stop-${n}-${i}`))
      seen.push({ what, isLate, one })
      if (one === 'refused' || 'lost' in one) break
      // Connections are idle for a while between requests, each for a different time.
      if (what === 'webhook' || one.status !== 200) await after(1 + Math.random() * 40)
    }
    agent.destroy()
  }
  const loops = Array.from({ length: 8 }, (_, n) => loop('send', n))
  loops.push(...Array.from({ length: 32 }, (_, n) => loop('webhook', n)))
  const sends = () => seen.filter(({ what, one }) => what === 'send' && one !== 'refused' && !('lost' in one))
  while (sends().length < 8 || seen.length < 200) await after(10)

  const gone = gateway.terminate()
  for (const pause of [1, 20, 60]) {
    await after(pause)
    // Before the shutdown this signal ends a process; now it is one of several and is ignored.
    if (stopping) gateway.child.kill('SIGHUP')
    gateway.child.kill('SIGTERM')
    gateway.child.kill('SIGINT')
  }
  assert.equal(await gone, 0)
  await Promise.all(loops)

  const lost = seen.filter(({ one }) => one !== 'refused' && 'lost' in one)
  assert.deepEqual(lost, [])
  const answers = seen.flatMap(({ one, ...rest }) => (one === 'refused' || 'lost' in one ? [] : [{ ...rest, ...one }]))
  const late = answers.filter(({ isLate }) => isLate)
  assert.deepEqual(
    late.filter(({ connection }) => connection !== 'close'),
    [],
  )
  const ended = answers.filter(({ connection }) => connection === 'close')
  const statuses = (what: string) => new Set(answers.filter((one) => one.what === what).map((one) => one.status))
  assert.deepEqual(statuses('webhook'), new Set([200]))
  assert.deepEqual(statuses('send'), new Set([200]))
  t.diagnostic(`${answers.length} answers, ${ended.length} of them ended their connection, none lost`)
}

test('a shutdown with nothing in progress is quick, and an unused connection does not delay it', async (t) => {
  const { gateway, code } = await startOver(t, { latencyMs: 0 })
  const agent = oneConnection()
  await send(gateway, agent, code, 15_550_910_000)
  const { hostname, port } = new URL(gateway.url)
  const ahead = connect(Number(port), hostname)
  await new Promise((resolve) => ahead.once('connect', resolve))
  const ends = new Promise((resolve) => ahead.once('close', resolve))
  ahead.on('error', () => {})
  const askedAt = performance.now()
  assert.equal(await gateway.terminate(), 0)
  const took = performance.now() - askedAt
  assert.ok(took < 5_000, `${took} ms`)
  await ends
  agent.destroy()
})

test('a signal to the parent and to the child counts as one signal', { timeout: 60_000 }, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-stop-'))
  const main = fileURLToPath(new URL('../../packages/gateway/src/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, 'serve'], {
    env: childEnv({ PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir, ADMIN_TOKEN }),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.after(() => {
    child.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  })
  const urls = await new Promise<{ url: string; sandbox_url: string }>((resolve) => {
    let out = ''
    child.stdout.on('data', (data: Buffer) => {
      out += String(data)
      const line = out.split('\n').find((one) => one.includes('"gateway.ready"'))
      if (line) resolve(JSON.parse(line) as { url: string; sandbox_url: string })
    })
  })
  // The sandbox's own listener closes in the same way.
  const fault = await caller(() => urls.sandbox_url)('POST', '/sandbox/faults', {
    on: 'messages',
    latencyMs: 700,
    times: null,
  })
  assert.equal(fault.http, 200)
  const [agent, other, phones] = [oneConnection(), oneConnection(), oneConnection()]
  const gateway = { url: urls.url } as GatewayProcess
  await ask(`${urls.sandbox_url}/sandbox/clock`, phones, 'GET', {})
  const events = ask(`${urls.sandbox_url}/sandbox/events`, oneConnection(), 'GET', {})
  const sends = [agent, other].map((one, n) => send(gateway, one, DEMO.certificationCode, 15_550_920_000 + n))
  await after(200)
  const gone = new Promise((resolve) => child.once('exit', (...how) => resolve(how)))
  for (let i = 0; i < 3; i++) {
    child.kill('SIGINT')
    child.kill('SIGTERM')
    await after(30)
  }
  const late = await ask(`${urls.sandbox_url}/sandbox/clock`, phones, 'GET', {})
  assert.ok(late !== 'refused' && !('lost' in late), JSON.stringify(late))
  assert.deepEqual([late.status, late.connection], [200, 'close'])
  for (const one of await Promise.all(sends)) {
    assert.ok(one !== 'refused' && !('lost' in one), JSON.stringify(one))
    assert.deepEqual([one.status, one.connection], [200, 'close'])
  }
  assert.ok(!('lost' in ((await events) as object)))
  assert.deepEqual(await gone, [0, null])
})
