import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { demoChannel } from '../support/killable.ts'
import { startProcess, type GatewayProcess } from '../support/process.ts'
import { freshDatabase } from '../support/shared-postgres.ts'
import { ADMIN_TOKEN, caller, type Answer } from '../support/world.ts'

const FIRST = 15_550_800_000
const template = { type: 'template', template: { name: 'test_button_reply_1' } }

type Nodes = {
  sandbox: Sandbox
  nodes: GatewayProcess[]
  code: string
  /** A customer's call to one of the nodes. */
  call(node: number, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

/** Two gateways in processes of their own, one PostgreSQL, one WhatsApp. */
async function startNodes(t: TestContext, messagesPerSecond: number): Promise<Nodes> {
  const databaseUrl = await freshDatabase()
  const sandbox = await startSandbox({ seed: `nodes ${Date.now()}`, statusDelayMs: 1 })
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'postern-node-')))
  const masterKey = randomBytes(32).toString('base64')
  const nodes: GatewayProcess[] = []
  t.after(async () => {
    await Promise.all(nodes.map((node) => node.kill().catch(() => {})))
    await sandbox.close()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  for (const folder of folders) {
    nodes.push(
      await startProcess({
        PORT: '0',
        DATA_DIR: folder,
        DATABASE_URL: databaseUrl,
        MASTER_KEY: masterKey,
        ADMIN_TOKEN,
        CLOUD_API_URL: sandbox.url,
        META_APP_SECRET: sandbox.appSecret,
        META_VERIFY_TOKEN: sandbox.verifyToken,
      }),
    )
  }
  const callers = nodes.map((node) => caller(() => node.url))
  const added = await callers[0]!('POST', '/admin/channels', demoChannel({ messages_per_second: messagesPerSecond }), {
    authorization: `Bearer ${ADMIN_TOKEN}`,
  })
  const { certification_code: code } = added.data as { certification_code: string }
  const call: Nodes['call'] = (node, method, path, body, headers) =>
    callers[node]!(method, path, body, { 'certification-code': code, ...headers })
  // The other node knows the channel within seconds.
  const deadline = Date.now() + 10_000
  while ((await call(1, 'GET', '/external/messages')).http !== 200) {
    assert(Date.now() < deadline, 'the second node never heard of the channel')
    await after(50)
  }
  return { sandbox, nodes, code, call }
}

const send = ({ call }: Nodes, node: number, to: number, headers?: Record<string, string>) =>
  call(node, 'POST', '/external/messages/whatsapp', { to: String(to), ...template }, headers)

const gotBy = (sandbox: Sandbox, phone: number): number =>
  sandbox
    .phone(String(phone))
    .messages()
    .filter((message) => message.direction === 'out').length

test('two nodes together stay within one number’s rate limit', { timeout: 120_000 }, async (t) => {
  const world = await startNodes(t, 20)
  // Fills the caches, so that they do not take time in the measured second.
  await Promise.all([send(world, 0, FIRST), send(world, 1, FIRST + 1)])
  await after(1_100)
  world.sandbox.limits({ throughput: 24 })
  const accepted: number[] = []
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const answer = await send(world, i % 2, FIRST + 10 + i)
      if (answer.http === 200) accepted.push(Date.now())
      return answer
    }),
  )
  // A slow machine refuses sends before they cost anything; what must not come is a refusal of WhatsApp's.
  const isOverloaded = ({ http, message }: { http: number; message: string }): boolean =>
    http === 503 && message.startsWith('This node is at its limit of sends in flight.')
  const strange = answers.filter((answer) => answer.http !== 200 && answer.http !== 429 && !isOverloaded(answer))
  assert.deepEqual(
    strange.map(({ http, message }) => `${http} ${message}`),
    [],
    'together they were too fast for WhatsApp',
  )
  assert(accepted.length >= 20, `only ${accepted.length} were sent`)
})

test('one key at two nodes: one send, also when the node that had it dies', { timeout: 120_000 }, async (t) => {
  const world = await startNodes(t, 1000)
  const keyed = (node: number, key: string, to: number) => send(world, node, to, { 'idempotency-key': key })
  world.sandbox.fault({ on: 'messages', latencyMs: 400 })
  const both = await Promise.all([
    keyed(0, 'k', FIRST),
    keyed(1, 'k', FIRST),
    keyed(0, 'k', FIRST),
    keyed(1, 'k', FIRST),
  ])
  assert.deepEqual(both.map((answer) => answer.http).sort(), [200, 409, 409, 409])
  const replayed = await keyed(1, 'k', FIRST)
  assert.deepEqual([replayed.http, replayed.headers.get('idempotent-replayed')], [200, 'true'])
  assert.equal(gotBy(world.sandbox, FIRST), 1)

  const slow = world.sandbox.fault({ on: 'messages', latencyMs: 2_000 })
  const doomed = keyed(0, 'doomed', FIRST + 1).catch(() => undefined)
  const deadline = Date.now() + 30_000
  // The call is at WhatsApp, which answers slowly; then its node dies during the send.
  while (slow.left !== 0) {
    assert(Date.now() < deadline, 'the send was never begun')
    await after(10)
  }
  await world.nodes[0]!.kill()
  await doomed
  const meanwhile = await keyed(1, 'doomed', FIRST + 1)
  assert.equal(meanwhile.http, 409, 'for all that is known, the other node is still at it')
  while (gotBy(world.sandbox, FIRST + 1) === 0) {
    assert(Date.now() < deadline, 'WhatsApp never took it')
    await after(10)
  }
  // The control: under another key the living node sends to the same contact, once.
  assert.equal((await keyed(1, 'another', FIRST + 1)).http, 200)
  assert.equal((await keyed(1, 'doomed', FIRST + 1)).http, 409)
  assert.equal(gotBy(world.sandbox, FIRST + 1), 2)
})

test('a broadcast continues at the other node when its node dies', { timeout: 120_000 }, async (t) => {
  const world = await startNodes(t, 60)
  const people = Array.from({ length: 150 }, (_, i) => FIRST + 100 + i)
  const made = await world.call(0, 'POST', '/external/broadcasts', {
    message: template,
    recipients: people.map(String),
  })
  const { id } = made.data as { id: string }
  const shown = async () =>
    (await world.call(1, 'GET', `/external/broadcasts/${id}`)).data as {
      state: string
      counts: { accepted: number; unknown: number; failed: number }
    }
  const deadline = Date.now() + 80_000
  while ((await shown()).counts.accepted < 20) {
    assert(Date.now() < deadline, JSON.stringify(await shown()))
    await after(30)
  }
  await world.nodes[0]!.kill()
  while ((await shown()).state !== 'done') {
    assert(Date.now() < deadline, JSON.stringify(await shown()))
    await after(200)
  }
  const { counts } = await shown()
  assert.equal(counts.accepted + counts.unknown, 150)
  const missed = people.filter((phone) => gotBy(world.sandbox, phone) === 0).length
  assert(people.every((phone) => gotBy(world.sandbox, phone) <= 1))
  assert(missed <= counts.unknown, `${missed} missed, ${counts.unknown} unknown`)
})
