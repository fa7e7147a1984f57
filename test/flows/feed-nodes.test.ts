import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type Client } from '../../packages/client/src/index.ts'
import { startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { followStream } from '../support/event-stream.ts'
import { demoChannel } from '../support/killable.ts'
import { post, status, text, webhook } from '../support/meta.ts'
import { freePort, startProcess, type GatewayProcess } from '../support/process.ts'
import { freshDatabase } from '../support/shared-postgres.ts'
import { ADMIN_TOKEN, caller } from '../support/world.ts'

type Nodes = {
  sandbox: Sandbox
  urls: string[]
  code: string
  client(node: number): Client
  /** SIGKILL, and a start on the same data and port. */
  killAndStart(node: number): Promise<void>
  /** SIGTERM; answers the exit code. */
  terminate(node: number): Promise<number | null>
  /** Posts a webhook until a node has accepted it, as Meta does. */
  tell(node: number, body: unknown): Promise<void>
}

/** Gateways in processes of their own: one on SQLite, perhaps with workers, or several on one PostgreSQL. */
async function startNodes(t: TestContext, count: number, engine: 'sqlite' | 'postgres', args: string[] = []) {
  const databaseUrl = engine === 'postgres' ? await freshDatabase() : undefined
  const sandbox = await startSandbox({ seed: `feed ${Date.now()}`, statusDelayMs: 1 })
  const masterKey = randomBytes(32).toString('base64')
  const folders = Array.from({ length: count }, () => mkdtempSync(join(tmpdir(), 'postern-feed-')))
  const nodes: GatewayProcess[] = []
  const envs = await Promise.all(
    folders.map(async (folder) => ({
      PORT: String(await freePort()),
      DATA_DIR: folder,
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
      MASTER_KEY: masterKey,
      ADMIN_TOKEN,
      CLOUD_API_URL: sandbox.url,
      META_APP_SECRET: sandbox.appSecret,
      META_VERIFY_TOKEN: sandbox.verifyToken,
    })),
  )
  t.after(async () => {
    await Promise.all(nodes.map((node) => node.kill().catch(() => {})))
    await sandbox.close()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  for (const env of envs) nodes.push(await startProcess(env, args))
  const urls = nodes.map((node) => node.url)
  const admin = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const added = await caller(() => urls[0]!)('POST', '/admin/channels', demoChannel(), admin)
  const { certification_code: code } = added.data as { certification_code: string }
  for (const url of urls)
    for (let i = 0; (await caller(() => url)('GET', '/external/events', undefined, codeOf(code))).http !== 200; i++) {
      assert.ok(i < 200, 'a node never heard of the channel')
      await sleep(50)
    }
  const world: Nodes = {
    sandbox,
    urls,
    code,
    client: (node) => createClient({ url: urls[node]!, certificationCode: code }),
    async killAndStart(node) {
      await nodes[node]!.kill()
      nodes[node] = await startProcess(envs[node]!, args)
    },
    terminate: (node) => nodes[node]!.terminate(),
    async tell(node, body) {
      for (let i = 0; ; i++) {
        const answer = await post({ gateway: { url: urls[node]! } as never, sandbox }, body).catch(() => undefined)
        await answer?.arrayBuffer()
        if (answer?.status === 200) return
        assert.ok(i < 300, 'no node takes the webhook')
        await sleep(100)
      }
    },
  }
  return world
}

const codeOf = (code: string): Record<string, string> => ({ 'certification-code': code })

type Reading = { seen: string[]; done: Promise<void> }

/** Reads until it has so many different events, in whichever way. */
function readAll(events: AsyncIterable<{ id: string }>, count: number): Reading {
  const seen: string[] = []
  const done = (async () => {
    for await (const { id } of events) {
      seen.push(id)
      if (seen.length >= count) return
    }
  })()
  return { seen, done }
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(
    `${engine}: readers miss nothing and get nothing twice while gateways are killed and started again`,
    { timeout: 240_000 },
    async (t) => {
      const world = await startNodes(t, engine === 'postgres' ? 2 : 1, engine)
      const writes = world.urls.length - 1
      const wanted = 60
      const filter = { events: ['message_status_update'], statuses: ['read'] } as const
      const readers = [
        readAll(world.client(0).events(filter), wanted),
        readAll(world.client(0).stream(filter), wanted),
        readAll(world.client(writes).stream(filter), wanted),
      ]
      let killing = Promise.resolve()
      for (let i = 0; i < wanted; i++) {
        const others = Array.from({ length: 40 }, (_, n) => text(String(15_550_200_000 + n), `wamid.${i}.${n}`, 'hi'))
        const one = status(String(15_550_200_000 + (i % 7)), `wamid.read${i}`, 'read')
        await world.tell(i % 2 === 0 ? 0 : writes, webhook(...others, one))
        if (i % 20 === 10) {
          await killing
          killing = world.killAndStart(i % 40 === 10 ? 0 : writes)
        }
      }
      await killing
      await Promise.all(readers.map(({ done }) => done))
      const [first] = readers
      assert.equal(new Set(first!.seen).size, wanted)
      assert.deepEqual(first!.seen, [...first!.seen].sort(), 'in the order of the feed')
      for (const { seen } of readers) assert.deepEqual(seen, first!.seen)
    },
  )
}

test(
  'postgres: SIGTERM ends the streams and waiting calls of a node, and another one goes on',
  { timeout: 120_000 },
  async (t) => {
    const world = await startNodes(t, 2, 'postgres')
    const headers = codeOf(world.code)
    const stream = await followStream(`${world.urls[0]}/external/events/stream`, headers)
    await world.tell(1, webhook(text('15550003333', 'wamid.1', 'hi')))
    await stream.until('an event of the other node', () => stream.events.length === 1)
    const waiting = fetch(`${world.urls[0]}/external/events?wait=30&last_id=${stream.lastId()}`, { headers })
    await sleep(300)
    const terminated = world.terminate(0)
    const answer = await waiting
    assert.deepEqual([answer.status, answer.headers.get('connection')], [200, 'close'])
    assert.deepEqual(((await answer.json()) as { data: unknown }).data, [])
    await stream.until('the end', () => stream.ended())
    const other = await followStream(`${world.urls[1]}/external/events/stream`, {
      ...headers,
      'last-event-id': stream.lastId(),
    })
    await world.tell(1, webhook(text('15550003333', 'wamid.2', 'hi')))
    await other.until('the next event', () => other.events.length === 1)
    assert.notEqual(other.events[0]!.id, stream.events[0]!.id)
    other.close()
    assert.equal(await terminated, 0)
  },
)

test('workers: an event that one takes reaches the readers of all', { timeout: 120_000 }, async (t) => {
  const world = await startNodes(t, 1, 'sqlite', ['--workers', '2'])
  // The system gives connections to the workers as it likes: eight streams are with both.
  const streams = await Promise.all(
    Array.from({ length: 8 }, () => followStream(`${world.urls[0]}/external/events/stream`, codeOf(world.code))),
  )
  for (let i = 0; i < 5; i++) await world.tell(0, webhook(text('15550003333', `wamid.${i}`, 'hi')))
  for (const stream of streams) await stream.until('five events', () => stream.events.length === 5)
  for (const stream of streams) stream.close()
})
