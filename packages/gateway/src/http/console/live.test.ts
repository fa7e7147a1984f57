import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import type { Notification } from '../../store/store.ts'
import { createLive } from './live.ts'
import { joinNodes } from './live-nodes.ts'

/** A reader that stores its notifications. With `reads: false` it does not read, and they accumulate. */
function reader(options: { reads?: boolean } = {}) {
  const stream = new PassThrough({ highWaterMark: 1024 })
  let text = ''
  if (options.reads !== false) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const response = Object.assign(stream, { writeHead: () => response }) as unknown as ServerResponse
  return {
    response,
    get told(): string[] {
      return [...text.matchAll(/^event: changed\ndata: (.*)$/gm)].map((match) => match[1]!)
    },
    get text(): string {
      return text
    },
  }
}

const session = (clock: ManualClock, id = 's') => ({ id, endsAt: clock.now() + 3_600_000 })
const drained = () => new Promise((resolve) => setImmediate(resolve))

test('without a reader nothing is collected and no timer runs', () => {
  const clock = new ManualClock()
  const live = createLive(clock)
  live.changed('messages')
  assert.equal(clock.waiting, 0)
})

test('concurrent changes are sent once, and at most a few times a second', async () => {
  const clock = new ManualClock()
  const live = createLive(clock)
  const page = reader()
  live.stream(page.response, session(clock))
  for (let i = 0; i < 1_000; i++) {
    live.changed('deliveries')
    live.changed('messages', 'deliveries')
    clock.advance(1)
  }
  clock.advance(1_000)
  await drained()
  assert.ok(page.told.length >= 2 && page.told.length <= 4, `${page.told.length} times in a second`)
  assert.ok(page.told.every((topics) => topics === 'messages deliveries'))
  live.close()
})

test('a silent stream sends heartbeats; it ends with its session, and the others continue', async () => {
  const clock = new ManualClock()
  const live = createLive(clock)
  const [short, long, out] = [reader(), reader(), reader()]
  live.stream(short.response, { id: 'a', endsAt: clock.now() + 60_000 })
  live.stream(long.response, session(clock, 'b'))
  live.stream(out.response, session(clock, 'c'))
  live.endSession('c')
  clock.advance(61_000)
  await drained()
  assert.match(short.text, /still here/)
  assert.match(short.text, /event: ended/)
  assert.match(out.text, /event: ended/)
  assert.doesNotMatch(long.text, /ended/)
  assert.equal(live.open, 1)
  live.close()
  await drained()
  assert.equal(live.open, 0)
  assert.equal(clock.waiting, 0, 'nothing is left to fire')
})

test('a session that ended on another node ends its streams; an unavailable store ends none', async () => {
  const clock = new ManualClock()
  const over = new Set<string>()
  const live = createLive(clock, async (id) => {
    if (id === 'unknown') throw new Error('the store is away')
    return !over.has(id)
  })
  const [gone, stays, unknown] = [reader(), reader(), reader()]
  live.stream(gone.response, session(clock, 'gone'))
  live.stream(stays.response, session(clock, 'stays'))
  live.stream(unknown.response, session(clock, 'unknown'))
  over.add('gone')
  clock.advance(16_000)
  await drained()
  assert.match(gone.text, /event: ended/)
  assert.doesNotMatch(stays.text + unknown.text, /ended/)
  assert.equal(live.open, 2)
  live.close()
})

test('a reader that does not read is disconnected, and delays no other', async () => {
  const clock = new ManualClock()
  const live = createLive(clock)
  const [slow, quick] = [reader({ reads: false }), reader()]
  live.stream(slow.response, session(clock))
  live.stream(quick.response, session(clock))
  for (let i = 0; i < 1_000; i++) {
    live.changed('messages', 'deliveries', 'endpoints', 'templates', 'channels')
    clock.advance(1_000)
    await drained()
  }
  assert.equal(slow.response.destroyed, true)
  assert.equal(live.open, 1)
  assert.equal(quick.told.length, 1_000)
  live.close()
})

test('the number of streams is limited, and a free place can be used again', async () => {
  const clock = new ManualClock()
  const live = createLive(clock)
  const first = reader()
  live.stream(first.response, session(clock, 'one'))
  while (live.hasRoom('one')) live.stream(reader().response, session(clock, 'one'))
  assert.equal(live.open, 16, 'one session leaves room for others')
  for (const id of ['two', 'three', 'four']) {
    while (live.hasRoom(id)) live.stream(reader().response, session(clock, id))
  }
  assert.equal(live.open, 64)
  assert.equal(live.hasRoom('five'), false)
  first.response.destroy()
  await drained()
  assert.equal(live.hasRoom('five'), true)
  assert.equal(live.hasRoom('two'), false)
  live.close()
})

test('nodes notify one another while a console is open on one of them, without loops', async () => {
  const clock = new ManualClock()
  const told: string[] = []
  const hearers: ((notification: Notification) => void)[] = []
  const nodeOf = (name: number) => {
    const live = createLive(clock)
    const nodes = joinNodes(
      live,
      {
        onNotification: (hearer) => {
          hearers[name] = hearer
          return () => undefined
        },
        notify: (notification) => {
          told.push(`${name} ${notification.kind}`)
          hearers.forEach((hear, i) => i !== name && hear(notification))
        },
      },
      clock,
    )
    return { live, nodes }
  }
  const [a, b] = [nodeOf(0), nodeOf(1)]
  b.live.changed('messages')
  clock.advance(5_000)
  assert.equal(told.length, 0, 'nobody looks')

  const page = reader()
  a.live.stream(page.response, session(clock))
  clock.advance(2_000)
  b.live.changed('templates')
  clock.advance(1_000)
  await drained()
  assert.deepEqual(page.told, ['templates'])
  assert.deepEqual(
    told.filter((one) => one.endsWith('changed')),
    ['1 changed'],
  )

  a.live.close()
  clock.advance(60_000)
  told.length = 0
  b.live.changed('messages')
  clock.advance(1_000)
  // A node that finds that no console is open may still get one notification, and none after that.
  told.length = 0
  b.live.changed('messages')
  clock.advance(1_000)
  assert.equal(told.length, 0)
  a.nodes.stop()
  b.nodes.stop()
  assert.equal(clock.waiting, 0)
})
