import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { MOST_READERS } from '../../packages/gateway/src/flows/feed/readers.ts'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { post, status, text, webhook } from '../support/meta.ts'
import { startWorld, type Answer, type World } from '../support/world.ts'

const A = '15550001111'
const FEED = '/external/events'
const CURSOR = 'x-postern-cursor'

type Event = { id: string; body: { event: string; message_status?: string; message_id?: string } }
const eventsOf = (answer: Answer): Event[] => answer.data as Event[]
const wamidsOf = (answer: Answer): string[] =>
  eventsOf(answer).map(
    ({ body }) =>
      body.message_id ?? (body as { message?: { messages: { id: string }[] } }).message?.messages[0]?.id ?? body.event,
  )

const image = (id: string): Record<string, unknown> => {
  const value = text(A, id, '') as { messages: Record<string, unknown>[] }
  const [{ text: _text, ...message }] = value.messages as [Record<string, unknown>]
  return { ...value, messages: [{ ...message, type: 'image', image: { id: '1', mime_type: 'image/png' } }] }
}

/** A waiting call, with the time of its answer. */
const waiting = (world: World, query: string) => {
  const startedAt = performance.now()
  const answer = world.customer('GET', `${FEED}?${query}`)
  return { answer, took: answer.then(() => performance.now() - startedAt) }
}

const readersOf = async (world: World): Promise<number> => {
  const metrics = await (await fetch(`${world.gateway.url}/metrics`)).text()
  return Number(/^postern_live\{what="feed_readers"\} (\d+)$/m.exec(metrics)![1])
}

async function untilReaders(world: World, count: number): Promise<void> {
  for (let i = 0; (await readersOf(world)) !== count; i++) {
    assert.ok(i < 300, `${await readersOf(world)} readers, not ${count}`)
    await sleep(50)
  }
}

test('a waiting call is answered as soon as an event comes, at once when there is one, and empty when none came', async () => {
  await using world = await startWorld({ webhook: false })
  const empty = waiting(world, 'wait=1')
  assert.deepEqual([(await empty.answer).http, (await empty.answer).data], [200, []])
  assert.ok((await empty.took) >= 990, `it waited only ${await empty.took} ms`)

  const first = waiting(world, 'wait=30')
  await untilReaders(world, 1)
  const postedAt = performance.now()
  await post(world, webhook(text(A, 'wamid.1', 'hi')))
  assert.deepEqual(wamidsOf(await first.answer), ['wamid.1'])
  assert.ok(performance.now() - postedAt < 5_000, 'it came with the event')

  const there = waiting(world, 'wait=30')
  assert.deepEqual(wamidsOf(await there.answer), ['wamid.1'])
  assert.ok((await there.took) < 10_000)
  const [event] = eventsOf(await there.answer)
  assert.equal((await there.answer).headers.get(CURSOR), event!.id, 'the cursor is the last event')
  await untilReaders(world, 0)
})

test('a filter works as an endpoint’s, and the cursor moves past filtered events', async () => {
  await using world = await startWorld({ webhook: false })
  await post(world, webhook(text(A, 'wamid.text', 'hi'), image('wamid.image')))
  for (const word of ['sent', 'delivered', 'read']) await post(world, webhook(status(A, 'wamid.out', word)))
  const ask = async (query: string) => wamidsOf(await world.customer('GET', `${FEED}?${query}`))
  const out = 'wamid.out'
  assert.deepEqual(await ask('events=new_message'), ['wamid.text', 'wamid.image'])
  assert.deepEqual(await ask('events=new_message&types=image,video'), ['wamid.image'])
  assert.deepEqual(await ask('types=image'), ['wamid.image', out, out, out])
  assert.deepEqual(await ask('events=message_status_update&statuses=read'), [out])
  assert.deepEqual(await ask('statuses=read,failed'), ['wamid.text', 'wamid.image', out])
  assert.deepEqual(await ask('events=calls,template_status_update'), [])

  const all = eventsOf(await world.customer('GET', FEED))
  const none = await world.customer('GET', `${FEED}?events=calls`)
  assert.equal(none.headers.get(CURSOR), all.at(-1)!.id)
  const paged = await world.customer('GET', `${FEED}?statuses=read&count=1`)
  assert.equal(paged.headers.get(CURSOR), all[0]!.id)

  // Many filtered events, and one accepted event after them.
  const long = Array.from({ length: 3_000 }, (_, i) => text(String(15_550_100_000 + (i % 50)), `wamid.long${i}`, 'x'))
  for (let i = 0; i < long.length; i += 500) await post(world, webhook(...long.slice(i, i + 500)))
  const cursor = none.headers.get(CURSOR)
  const waits = waiting(world, `last_id=${cursor}&events=message_status_update&wait=30`)
  await untilReaders(world, 1)
  await post(world, webhook(status(A, 'wamid.behind', 'sent')))
  assert.deepEqual(wamidsOf(await waits.answer), ['wamid.behind'])
  assert.deepEqual(await ask(`last_id=${cursor}&events=message_status_update`), ['wamid.behind'])
})

test('"now" begins with new events', async () => {
  await using world = await startWorld({ webhook: false })
  const fresh = await world.customer('GET', `${FEED}?last_id=now`)
  assert.deepEqual(fresh.data, [])
  await post(world, webhook(text(A, 'wamid.1', 'hi')))
  assert.deepEqual(
    wamidsOf(await world.customer('GET', `${FEED}?last_id=${fresh.headers.get(CURSOR)}`)),
    ['wamid.1'],
    'the first event of a store is no exception',
  )
  const later = await world.customer('GET', `${FEED}?last_id=now`)
  assert.deepEqual(later.data, [])
  await post(world, webhook(text(A, 'wamid.2', 'hi')))
  assert.deepEqual(wamidsOf(await world.customer('GET', `${FEED}?last_id=${later.headers.get(CURSOR)}`)), ['wamid.2'])
})

test('invalid parameters are refused by name', async () => {
  await using world = await startWorld({ webhook: false })
  for (const [query, path] of [
    ['wait=31', 'wait'],
    ['wait=-1', 'wait'],
    ['wait=1.5', 'wait'],
    ['wait=', 'wait'],
    ['events=', 'events'],
    ['events=a,,b', 'events'],
    ['types=two%20words', 'types'],
    [`statuses=${Array(51).fill('read').join(',')}`, 'statuses'],
    ['last_id=evt_other_000000000001', 'last_id'],
    ['filter=x', 'filter'],
  ] as const) {
    const { http, error } = await world.customer('GET', `${FEED}?${query}`)
    assert.equal(http, 422, query)
    assert.equal((error as { fields?: { path: string }[] }).fields?.[0]?.path, path, query)
  }
  assert.equal((await world.customer('GET', `${FEED}?wait=1`, undefined, { 'certification-code': 'no' })).http, 401)
})

test('the number of waiting calls of a channel is limited, and callers that disconnect free their places', async () => {
  await using world = await startWorld({ webhook: false, env: { CALLS_PER_SECOND: '1000' } })
  const going = new AbortController()
  const url = `${world.gateway.url}${FEED}?wait=30`
  const headers = { 'certification-code': DEMO.certificationCode }
  const calls = Array.from({ length: MOST_READERS.call }, () =>
    fetch(url, { headers, signal: going.signal }).then(
      (answer) => answer.status,
      () => 'gone',
    ),
  )
  await untilReaders(world, MOST_READERS.call)
  const refused = await world.customer('GET', `${FEED}?wait=30`)
  assert.deepEqual([refused.http, (refused.error as { reason?: string }).reason], [429, 'too_many_readers'])
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.equal((await world.customer('GET', FEED)).http, 200, 'one that does not wait takes no place')
  going.abort()
  assert.deepEqual(new Set(await Promise.all(calls)), new Set(['gone']))
  await untilReaders(world, 0)

  const next = waiting(world, 'wait=30')
  await untilReaders(world, 1)
  await post(world, webhook(text(A, 'wamid.1', 'hi')))
  assert.deepEqual(wamidsOf(await next.answer), ['wamid.1'])
})

test('a gateway that shuts down answers waiting calls, with the place to continue', async () => {
  const world = await startWorld({ webhook: false })
  await post(world, webhook(text(A, 'wamid.1', 'hi')))
  const calls = Array.from({ length: 5 }, () => waiting(world, 'events=calls&wait=30'))
  await untilReaders(world, 5)
  const stopped = world.stop()
  for (const { answer, took } of calls) {
    const { http, data, headers } = await answer
    assert.deepEqual([http, data, headers.get('connection')], [200, [], 'close'])
    assert.match(headers.get(CURSOR)!, /^evt_/)
    assert.ok((await took) < 20_000)
  }
  await stopped
})
