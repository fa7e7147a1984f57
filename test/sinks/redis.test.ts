import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { createOutbound } from '../../packages/gateway/src/platform/outbound/guard.ts'
import type { Sink } from '../../packages/gateway/src/platform/sinks/sink.ts'
import { makeCertificates } from '../support/certificates.ts'
import { startRedis, type RedisServer } from '../support/redis.ts'
import { redisSink, sinkEvent } from './support.ts'

let server: RedisServer
before(async () => {
  server = await startRedis()
})
after(() => server.remove())

type Entry = [id: string, fields: string[]]

let streams = 0
function startSink(
  t: TestContext,
  query = '',
  more: Parameters<typeof redisSink>[1] = {},
): { stream: string; sink: Sink } {
  const stream = `s${++streams}`
  const sink = redisSink(`redis://127.0.0.1:${server.port}/0?stream=${stream}${query}`, more)
  t.after(() => sink.close())
  return { stream, sink }
}

const entriesOf = async (stream: string): Promise<Record<string, string>[]> =>
  ((await server.client.xrange(stream, '-', '+')) as Entry[]).map(([, fields]) =>
    Object.fromEntries(fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1]!]] : []))),
  )

test('an entry has the event, and the body byte for byte', async (t) => {
  const { stream, sink } = startSink(t)
  const body = '{"event":"new_message",  "text":"\\u0000 漢 \\r\\n"}'
  const answer = await sink.write('7', [sinkEvent(1, { body }), sinkEvent(2, { contact: null })], 5000)
  assert.deepEqual({ ...answer, ms: 0 }, { status: 200, ms: 0, text: 'added', written: 2 })
  const [first, second] = await entriesOf(stream)
  assert.deepEqual(first, {
    event_id: 'evt_test_000000000001',
    channel_id: '1',
    event: 'new_message',
    contact: '85268411234',
    created_at: String(Date.UTC(2026, 10, 26, 12) / 1000),
    body,
  })
  assert.equal(second!.contact, '')
})

test('contacts keep their order, in one stream and over several', async (t) => {
  for (const query of ['', '&shards=4']) {
    const { stream, sink } = startSink(t, query)
    const lanes = Array.from({ length: 12 }, (_, i) => String(i))
    for (const from of [0, 5, 10]) {
      const events = (lane: string) =>
        [0, 1, 2, 3, 4].map((i) => sinkEvent(1 + from + i, { contact: lane, id: `${lane}-${from + i}` }))
      await Promise.all(lanes.map((lane) => sink.write(lane, events(lane), 5000)))
    }
    const names = query === '' ? [stream] : [0, 1, 2, 3].map((i) => `${stream}:${i}`)
    const all = await Promise.all(names.map(entriesOf))
    assert.ok(all.every((entries) => entries.length > 0))
    for (const lane of lanes) {
      const places = all.filter((entries) => entries.some(({ contact }) => contact === lane))
      assert.equal(places.length, 1)
      assert.deepEqual(
        places[0]!.filter(({ contact }) => contact === lane).map(({ event_id: id }) => id),
        Array.from({ length: 15 }, (_, i) => `${lane}-${i}`),
      )
    }
  }
})

test('a bound is kept', async (t) => {
  const { stream, sink } = startSink(t, '&maxlen=200')
  for (let i = 0; i < 20; i++)
    await sink.write(
      '7',
      Array.from({ length: 50 }, (_, k) => sinkEvent(i * 50 + k + 1)),
      5000,
    )
  // About: Redis removes whole nodes of 100 entries.
  const length = await server.client.xlen(stream)
  assert.ok(length >= 200 && length < 400, String(length))
})

test('what Redis refuses is told, and nothing of the batch is added', async (t) => {
  const { stream, sink } = startSink(t)
  await server.client.set(stream, 'no stream')
  const wrong = await sink.write('7', [sinkEvent(1)], 5000)
  assert.deepEqual([wrong.status, wrong.written], [null, 0])
  assert.match(wrong.text, /^WRONGTYPE/)
  await server.client.del(stream)
  await server.client.config('SET', 'maxmemory', '1')
  t.after(() => server.client.config('SET', 'maxmemory', '0'))
  const full = await sink.write('7', [sinkEvent(1), sinkEvent(2)], 5000)
  assert.match(full.text, /^OOM /)
  await server.client.config('SET', 'maxmemory', '0')
  assert.deepEqual(await entriesOf(stream), [])
  assert.equal((await sink.write('7', [sinkEvent(1), sinkEvent(2)], 5000)).written, 2)
  assert.deepEqual(
    (await entriesOf(stream)).map(({ event_id: id }) => id),
    [sinkEvent(1).id, sinkEvent(2).id],
  )
})

test('users, passwords and databases are as the URL says; the password is told nowhere', async (t) => {
  const acl = ['SETUSER', 'writer', 'on', '>sesame', '+xadd', '+multi', '+exec', '+select', '~orders'] as const
  await server.client.call('ACL', ...acl)
  const at = (user: string, stream: string): Sink => {
    const sink = redisSink(`redis://${user}@127.0.0.1:${server.port}/3?stream=${stream}`)
    t.after(() => sink.close())
    return sink
  }
  assert.equal((await at('writer:sesame', 'orders').write('7', [sinkEvent(1)], 5000)).text, 'added')
  await server.client.select(3)
  assert.equal(await server.client.xlen('orders'), 1)
  await server.client.select(0)
  const others = await Promise.all([
    at('writer:wrong-sesame', 'orders').write('7', [sinkEvent(1)], 5000),
    at('writer:sesame', 'other').write('7', [sinkEvent(1)], 5000),
  ])
  assert.match(others[0].text, /^WRONGPASS/)
  assert.match(others[1].text, /^NOPERM/)
  for (const { text, status } of others) {
    assert.equal(status, null)
    assert.doesNotMatch(text, /sesame/)
  }
})

test('a test adds an entry', async (t) => {
  const { stream, sink } = startSink(t)
  assert.equal((await sink.test(sinkEvent(1, { event: 'test' }), 5000)).status, 200)
  assert.deepEqual(
    (await entriesOf(stream)).map(({ event }) => event),
    ['test'],
  )
})

test('a private address is not reached', async (t) => {
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    const sink = redisSink(`redis://:sesame@${host}:${server.port}`, { outbound: createOutbound({ allow: [] }) })
    t.after(() => sink.close())
    const answer = await sink.write('7', [sinkEvent(1)], 5000)
    assert.match(answer.text, /is not reached from here: .*loopback.*OUTBOUND_ALLOW/)
    assert.doesNotMatch(answer.text, /sesame/)
  }
})

test('a server that says nothing costs the time of one attempt; killed and back, it has all entries', async (t) => {
  const { stream, sink } = startSink(t)
  await sink.write('7', [sinkEvent(1)], 5000)
  server.signal('SIGSTOP')
  const silent = await sink.write('7', [sinkEvent(2)], 1000)
  server.signal('SIGCONT')
  assert.equal(silent.text, 'no answer within 1000 ms')
  await server.kill()
  const gone = await sink.write('7', [sinkEvent(2)], 2000)
  assert.match(gone.text, /ECONNREFUSED/)
  await server.start()
  assert.equal((await sink.write('7', [sinkEvent(2), sinkEvent(3)], 5000)).status, 200)
  const ids = [...new Set((await entriesOf(stream)).map(({ event_id: id }) => id))]
  assert.deepEqual(
    ids,
    [1, 2, 3].map((seq) => sinkEvent(seq).id),
  )
})

test('rediss:// proves the server', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-tls-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const { ca, otherCa, cert, key } = await makeCertificates(folder)
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no']
  const secure = await startRedis({ tls: true, flags: files })
  t.after(() => secure.remove())
  const write = async (host: string, query: string) => {
    const sink = redisSink(`rediss://${host}:${secure.port}/0${query}`)
    t.after(() => sink.close())
    for (let i = 0; ; i++) {
      const answer = await sink.write('7', [sinkEvent(1)], 5000)
      if (!/ECONNREFUSED/.test(answer.text) || i > 100) return answer.text
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  assert.equal(await write('localhost', `?cafile=${ca}`), 'added')
  assert.match(await write('localhost', ''), /certificate/)
  assert.match(await write('localhost', `?cafile=${otherCa}`), /certificate/)
  assert.match(await write('127.0.0.1', `?cafile=${ca}`), /ERR_TLS_CERT_ALTNAME_INVALID|does not match/)
  const none = join(folder, 'none.pem')
  assert.equal(await write('localhost', `?cafile=${none}`), `cafile: ${none} cannot be read (ENOENT)`)
})
