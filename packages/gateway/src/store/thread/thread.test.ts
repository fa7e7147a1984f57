import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { MessageChannel, type Worker } from 'node:worker_threads'
import { systemClock } from '../../../../runtime/src/clock.ts'
import { StoreUnavailable } from '../../platform/errors.ts'
import { DIRECTORY_CHANGED } from '../directory-version.ts'
import { quarantine } from '../quarantine.ts'
import { MessageIdTaken, type Notification, type Store } from '../store.ts'
import { createBacklog, newBacklog } from './backlog.ts'
import type { CallBatch } from './calls.ts'
import { createStoreClient } from './client.ts'
import { crossed, crossing } from './errors.ts'
import { createHub } from './hub.ts'
import { openStoreThread } from './open.ts'

const log = { debug: () => {} }

async function inFolder(check: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-thread-'))
  try {
    await check(dataDir)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const message = (id: string) => ({
  channelId: 1,
  id,
  contact: { phone: '15550001111' },
  type: 'text',
  recipient: '15550001111',
  content: '{}',
  createdAt: Date.now(),
})

test('the store’s thread keeps acknowledged data, and its errors keep their class', () =>
  inFolder(async (dataDir) => {
    const config = { dataDir, databaseUrl: undefined }
    const { store } = await openStoreThread(config, { log })
    assert.equal(await store.beginMessage(message('m1')), undefined)
    await assert.rejects(store.beginMessage(message('m1')), (error) => error instanceof MessageIdTaken)
    await assert.rejects(store.sql.all('select x from nowhere'), (error: Error & { errcode?: number }) => {
      assert.match(error.message, /no such table: nowhere/)
      return error.errcode === 1
    })
    // A second owner is refused, with the class that the start explains to the operator.
    await assert.rejects(
      openStoreThread(config, { log }),
      (error) => error instanceof StoreUnavailable && /another Postern runs/.test(error.message),
    )
    const last = store.beginMessage(message('m2'))
    await store.close()
    await last
    await assert.rejects(store.beginMessage(message('m3')), /the store is closed/)
    const { store: again } = await openStoreThread(config, { log })
    assert.deepEqual(await again.sql.all('select id from messages order by id'), [{ id: 'm1' }, { id: 'm2' }])
    await again.close()
  }))

test('when the thread ends, pending calls are rejected, and later ones are refused', () =>
  inFolder(async (dataDir) => {
    let told: ((cause: Error) => void) | undefined
    const end = new Promise<Error>((resolve) => (told = resolve))
    let thread: Worker
    const { store } = await openStoreThread(
      { dataDir, databaseUrl: undefined },
      { log, onEnd: told, onStart: (started) => (thread = started) },
    )
    await store.sql.run(`insert into meta (name, value) values ('kept', '1')`)
    const read = store.sql.all(
      `with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000000) select count(*) from n`,
    )
    const write = store.beginMessage(message('m1'))
    setImmediate(() => void thread.terminate())
    await assert.rejects(read, (error) => error instanceof StoreUnavailable && !error.outcomeUnknown)
    await assert.rejects(write, (error) => error instanceof StoreUnavailable && error.outcomeUnknown)
    assert.match((await end).message, /the thread that has the store ended/)
    await assert.rejects(store.ping(), StoreUnavailable)
    assert.equal(store.backlog, 0)
    await store.close()
    const { store: again } = await openStoreThread({ dataDir, databaseUrl: undefined }, { log })
    assert.deepEqual(await again.sql.get(`select value from meta where name = 'kept'`), { value: '1' })
    await again.close()
  }))

/** A store with the test's methods, behind as many ports as there are threads. */
function joined(store: Partial<Store>, threads: number): { clients: Store[]; messages: CallBatch[]; close(): void } {
  const hub = createHub({ engine: 'sqlite', installation: 'i', ...store } as Store)
  const shared = newBacklog(threads)
  const messages: CallBatch[] = []
  const clients = Array.from({ length: threads }, (_, place) => {
    const { port1, port2 } = new MessageChannel()
    port2.on('message', (asked: CallBatch) => messages.push(asked))
    hub.connect(port2)
    return createStoreClient({
      port: port1,
      about: { engine: 'sqlite', installation: 'i' },
      backlog: createBacklog(shared, place),
      clock: systemClock,
      end: () => Promise.resolve(),
    })
  })
  return { clients, messages, close: () => hub.close() }
}

test('the calls of one turn are one message, and the backlog is the sum of all threads', async () => {
  const { clients, messages, close } = joined({ beginMessage: () => Promise.resolve(undefined) }, 2)
  const asked = [1, 2, 3].map((i) => clients[0]!.beginMessage(message(`m${i}`)))
  const other = clients[1]!.beginMessage(message('m4'))
  assert.deepEqual([clients[0]!.backlog, clients[1]!.backlog], [4, 4])
  await Promise.all([...asked, other])
  assert.deepEqual(messages.map(({ calls }) => calls.length).sort(), [1, 3])
  assert.equal(clients[0]!.backlog, 0)
  close()
})

test('a call that cannot be cloned is rejected alone', async () => {
  const { clients, close } = joined({ beginMessage: () => Promise.resolve(undefined) }, 1)
  const [store] = clients
  const broken = { ...message('m2'), content: (() => {}) as never }
  const settled = await Promise.allSettled([
    store!.beginMessage(message('m1')),
    store!.beginMessage(broken),
    store!.beginMessage(message('m3')),
  ])
  assert.deepEqual(
    settled.map((one) => (one.status === 'rejected' ? (one.reason as Error).name : 'kept')),
    ['kept', 'DataCloneError', 'kept'],
  )
  close()
})

test('threads are notified of the others’ changes, and not of their own', async () => {
  const nudge = { events: 1, duplicates: 0, leased: [], nudge: [7] }
  const sql = { atomically: () => Promise.resolve([1]) } as unknown as Store['sql']
  const { clients, close } = joined({ sql, applyFacts: () => Promise.resolve(nudge) }, 2)
  const heard: Notification[] = []
  clients[0]!.onNotification!((notification) => assert.fail(`it heard of its own ${notification.kind}`))
  const last = new Promise<void>((resolve) =>
    clients[1]!.onNotification!((notification) => {
      heard.push(notification)
      if (notification.kind === 'changed') resolve()
    }),
  )
  await clients[0]!.applyFacts([], null)
  await clients[0]!.sql.atomically([DIRECTORY_CHANGED])
  clients[0]!.notify!({ kind: 'changed', topics: ['messages'] })
  await last
  assert.deepEqual(heard, [
    { kind: 'lanes', endpointIds: [7] },
    { kind: 'directory' },
    { kind: 'changed', topics: ['messages'] },
  ])
  close()
})

test('an error is transferred with its class, its cause and the properties that callers use, and without the rest', async () => {
  const cause = Object.assign(new TypeError('inner'), { detail: 'Key (phone)=(15550001111)' })
  const error = new StoreUnavailable('away', { cause, outcomeUnknown: true })
  const { port1, port2 } = new MessageChannel()
  port1.postMessage(crossing(error))
  const [told] = (await once(port2, 'message')) as [ReturnType<typeof crossing>]
  port1.close()
  const made = crossed(told) as StoreUnavailable & { cause: TypeError }
  assert.ok(made instanceof StoreUnavailable && made.outcomeUnknown && made.cause instanceof TypeError)
  assert.deepEqual([made.name, made.message, made.cause.message], ['StoreUnavailable', 'away', 'inner'])
  assert.equal(made.stack, error.stack)
  assert.ok(!JSON.stringify(told).includes('15550001111'))
})

test('large bytes are transferred without a copy; small ones are copied', () =>
  inFolder(async (dataDir) => {
    const { store } = await openStoreThread({ dataDir, databaseUrl: undefined }, { log })
    const keep = (body: Uint8Array) =>
      quarantine(store.sql, { reason: 'unreadable', detail: 'not JSON', body, now: Date.now() })
    // As a body is read: into a buffer that is slightly larger.
    const large = Buffer.allocUnsafeSlow(1024 * 1024)
      .fill('x')
      .subarray(0, 1024 * 1024 - 1)
    const small = Buffer.from('a small one, in memory that is shared with others')
    await Promise.all([keep(large), keep(small)])
    assert.deepEqual([large.byteLength, small.toString().slice(0, 7)], [0, 'a small'])
    const kept = await store.sql.all<{ body: Uint8Array }>('select body from quarantine order by id')
    assert.deepEqual(
      kept.map(({ body }) => body.length),
      [1024 * 1024 - 1, small.length],
    )
    assert.equal(Buffer.from(kept[0]!.body).equals(Buffer.alloc(1024 * 1024 - 1, 'x')), true)
    await store.close()
  }))
