import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { MOST_READERS } from '../../packages/gateway/src/flows/feed/readers.ts'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { followStream } from '../support/event-stream.ts'
import { post, status, text, webhook } from '../support/meta.ts'
import { startWorld, type World } from '../support/world.ts'

const A = '15550001111'
const STREAM = '/external/events/stream'
const CODE = { 'certification-code': DEMO.certificationCode }

const follow = (world: World, query = '', headers: Record<string, string> = {}) =>
  followStream(`${world.gateway.url}${STREAM}${query}`, { ...CODE, ...headers })

const say = (world: World, ...ids: string[]) => post(world, webhook(...ids.map((id) => text(A, id, 'hi'))))

const feedOf = async (world: World) =>
  (await world.customer('GET', '/external/events?count=100')).data as { id: string; body: { event: string } }[]

test('a stream has the events of callbacks, from the oldest on, and continues with new ones', async () => {
  await using world = await startWorld()
  await say(world, 'wamid.1')
  const stream = await follow(world)
  assert.deepEqual(
    [stream.response.status, stream.response.headers.get('content-type')],
    [200, 'text/event-stream; charset=utf-8'],
  )
  assert.ok(stream.response.headers.get('x-request-id'))
  await stream.until('the event before it', () => stream.events.length === 1)
  await say(world, 'wamid.2', 'wamid.3')
  await post(world, webhook(status(A, 'wamid.out', 'read')))
  await stream.until('the events after it', () => stream.events.length === 4)
  await world.receiver.until(() => world.receiver.received.length === 4, 'four callbacks')
  const callbacks = new Map(world.receiver.received.map(({ id, body }) => [id, body]))
  for (const { id, event, data } of stream.events) {
    assert.equal(event, callbacks.get(id)?.event)
    assert.deepEqual(JSON.parse(data), callbacks.get(id))
  }
  assert.deepEqual(
    stream.events.map(({ id }) => id),
    (await feedOf(world)).map(({ id }) => id),
  )
  assert.equal(await fetch(`${world.gateway.url}${STREAM}`).then(({ status: http }) => http), 401)
})

test('Last-Event-ID and after resume without loss or repetition; "now" begins with new events', async () => {
  await using world = await startWorld({ webhook: false })
  const ids = Array.from({ length: 120 }, (_, i) => `wamid.${i}`)
  await say(world, ...ids)
  const all = (await feedOf(world)).map(({ id }) => id)
  const rest = await follow(world, `?after=${all[2]}`)
  await rest.until('117 events', () => rest.events.length >= 117)
  assert.equal(rest.events[0]!.id, all[3])
  const resumed = await follow(world, `?after=${all[2]}`, { 'last-event-id': rest.events.at(-2)!.id })
  const fresh = await follow(world, '?after=now')
  await fresh.until('it is open', () => fresh.text().includes('retry:'))
  await resumed.until('the last event', () => resumed.events.length === 1)
  await say(world, 'wamid.new')
  await fresh.until('the new event', () => fresh.events.length === 1)
  await resumed.until('the new event', () => resumed.events.length === 2)
  await rest.until('the new event', () => rest.events.length === 118)
  assert.equal(new Set(rest.events.map(({ id }) => id)).size, 118, 'none twice')
  assert.equal(resumed.events[0]!.id, rest.events.at(-2)!.id)
  assert.equal(fresh.events[0]!.id, rest.events.at(-1)!.id)

  const wrong = await world.customer('GET', STREAM, undefined, { 'last-event-id': 'evt_other_000000000001' })
  assert.equal(wrong.http, 422)
  assert.match(wrong.message, /^Last-Event-ID: /)
})

test('a filter excludes events, and the keep-alive moves the place past them', async () => {
  const clock = new ShiftedClock()
  await using world = await startWorld({ webhook: false, gateway: { clock } })
  const stream = await follow(world, '?events=message_status_update&statuses=read')
  await post(world, webhook(status(A, 'wamid.out', 'read')))
  await stream.until('the wanted event', () => stream.events.length === 1)
  await say(world, ...Array.from({ length: 20 }, (_, i) => `wamid.${i}`))
  for (let i = 0; !stream.text().includes(': keep-alive\nid: '); i++) {
    assert.ok(i < 100, stream.text())
    clock.advance(15_000)
    await sleep(100)
  }
  const last = (await feedOf(world)).at(-1)!.id
  await stream.until('the place', () => stream.lastId() === last)
  assert.equal(stream.events.length, 1)
  await post(world, webhook(status(A, 'wamid.out2', 'read')))
  await stream.until('the next wanted event', () => stream.events.length === 2)
})

test('a slow reader delays at most a page, and gets the rest when it continues', { timeout: 120_000 }, async () => {
  await using world = await startWorld({ webhook: false })
  const long = 'x'.repeat(4_000)
  const count = 6_000
  for (let i = 0; i < count; i += 500) {
    const values = Array.from({ length: 500 }, (_, n) => text(A, `wamid.${i + n}`, long))
    assert.equal((await post(world, webhook(...values))).status, 200)
  }
  // The reads of the store show how far ahead of the reader the gateway reads.
  const { sql } = world.gateway.store
  let read = 0
  const { all } = sql
  sql.all = async <T>(statement: string, params?: never): Promise<T[]> => {
    const rows = await all.call(sql, statement, params)
    if (statement.includes('octet_length')) read += rows.length
    return rows as T[]
  }
  const call = request(`${world.gateway.url}${STREAM}`, { headers: CODE }).end()
  const [answer] = (await once(call, 'response')) as [NodeJS.ReadableStream]
  answer.pause()
  let before = -1
  for (let i = 0; read !== before || read === 0; i++) {
    assert.ok(i < 100)
    before = read
    await sleep(300)
  }
  // The sockets of both sides buffer megabytes.
  assert.ok(read < count / 2, `${read} of ${count} events were read for one who takes none`)
  assert.ok(read > 0)
  const heapBefore = read
  let got = ''
  answer.on('data', (chunk: Buffer) => (got += chunk.toString('latin1')))
  answer.resume()
  for (let i = 0; got.split('\nevent: ').length - 1 < count; i++) {
    assert.ok(i < 600, `${got.split('\nevent: ').length - 1} events`)
    await sleep(50)
  }
  assert.ok(read > heapBefore)
  const ids = [...got.matchAll(/^id: (\S+)$/gm)].map(([, id]) => id)
  assert.deepEqual([ids.length, new Set(ids).size, [...ids].sort().join() === ids.join()], [count, count, true])
  call.destroy()
})

test('the number of streams of a channel is limited, and closed ones free their places', async () => {
  await using world = await startWorld({ webhook: false })
  const streams = await Promise.all(Array.from({ length: MOST_READERS.stream }, () => follow(world)))
  const refused = await world.customer('GET', STREAM)
  assert.deepEqual([refused.http, (refused.error as { reason?: string }).reason], [429, 'too_many_readers'])
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  streams[0]!.close()
  let next = await follow(world)
  for (let i = 0; next.response.status !== 200; i++) {
    assert.ok(i < 100)
    await sleep(50)
    next = await follow(world)
  }
  await say(world, 'wamid.1')
  for (const stream of [next, ...streams.slice(1)]) await stream.until('the event', () => stream.events.length === 1)
})

test('a stream ends with its certification code, and with the gateway', async () => {
  const clock = new ShiftedClock()
  const world = await startWorld({ webhook: false, gateway: { clock } })
  const { data } = await world.admin('POST', `/admin/channels/${DEMO.channelId}/certification-codes`)
  const { code_id: id, certification_code: code } = data as { code_id: string; certification_code: string }
  const revoked = await follow(world, '', { 'certification-code': code })
  const stays = await follow(world)
  await world.admin('DELETE', `/admin/channels/${DEMO.channelId}/certification-codes/${id}`)
  await say(world, 'wamid.1')
  await stays.until('the event', () => stays.events.length === 1)
  await revoked.until('the end', () => revoked.ended())
  assert.deepEqual(revoked.events, [], 'nothing is said to a code that is revoked')

  const startedAt = performance.now()
  await world.stop()
  await stays.until('the end', () => stays.ended())
  assert.ok(performance.now() - startedAt < 9_000, 'the end waits for no stream')
})
