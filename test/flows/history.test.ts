import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import type { HistoryMessage } from '../../packages/sandbox/src/app-history.ts'
import { Receiver } from '../support/receiver.ts'
import { startWorld, type World } from '../support/world.ts'

const PEOPLE = 100
const EACH = 100
const YEAR_AGO = Date.now() - 180 * 86_400_000
const person = (i: number): string => String(15_550_100_000 + i)

let world: World
let archive: Receiver
before(async () => {
  world = await startWorld()
  archive = await Receiver.start()
  const { data } = await world.admin('POST', '/admin/channels/1/endpoints', {
    name: 'archive',
    url: archive.url,
    events: ['history'],
  })
  archive.secret = (data as { secret: string }).secret
})
after(async () => {
  await world.stop()
  await archive.close()
})

type Message = { msg_id: string; direction: string; origin?: string; type: string; created_at: number; status: string }
const conversation = async (to: string): Promise<Message[]> =>
  (await world.customer('GET', `/external/messages?to=${to}&count=100`)).data as Message[]

const id = (who: number, n: number): string => `wamid.old${who}-${n}`
const chat = (who: number, from: number, to: number) => ({
  phone: person(who),
  messages: Array.from({ length: to - from }, (_, k): HistoryMessage => {
    const n = from + k
    return {
      id: id(who, n),
      at: YEAR_AGO + n * 60_000,
      by: n % 2 === 0 ? 'person' : 'business',
      status: 'READ',
      ...(n === 10 ? { type: 'media_placeholder' } : { type: 'text', text: { body: `Are you open? ${n}` } }),
    }
  }),
})

test('a history of 10,000 messages, in any order: stored, shown as what it is, and a bot stays silent', async (t) => {
  const startedAt = process.cpuUsage()
  const app = world.sandbox.businessApp()
  const image = { id: id(0, 10), at: YEAR_AGO + 10 * 60_000, type: 'image', image: {} }
  await app.sharesMedia(person(0), image)
  // The newer half first, the chunks of each half from the last to the first.
  for (const [from, to] of [
    [50, EACH],
    [0, 50],
  ] as const)
    for (let chunk = 3; chunk >= 0; chunk--) {
      const people = Array.from({ length: PEOPLE / 4 }, (_, k) => chunk * (PEOPLE / 4) + k)
      const progress = from > 0 ? 10 + chunk : 96 + chunk + 1
      await app.shares({
        phase: from > 0 ? 0 : 1,
        chunkOrder: chunk + 1,
        progress,
        threads: people.map((who) => chat(who, from, to)),
      })
    }
  await app.sharesMedia(person(1), { ...image, id: id(1, 10) })
  // Processor time of the gateway and the sandbox together: the clock would also count what else the machine does.
  const { user, system } = process.cpuUsage(startedAt)
  const ms = Math.round((user + system) / 1000)
  t.diagnostic(`${ms} ms of processor time`)
  assert.ok(ms < 10_000, `took ${ms} ms`)

  for (const who of [0, 1, 57, PEOPLE - 1]) {
    const messages = await conversation(person(who))
    assert.equal(messages.length, EACH, `of person ${who}`)
    assert.deepEqual(
      messages.map(({ msg_id }) => msg_id),
      Array.from({ length: EACH }, (_, n) => id(who, EACH - 1 - n)),
      'newest first, by their own times',
    )
    assert.ok(messages.every(({ origin }) => origin === 'history'))
    assert.deepEqual([messages[0]?.direction, messages[0]?.status], ['outbound', 'read'])
    assert.deepEqual([messages[1]?.direction, messages[1]?.status], ['inbound', 'received'])
    assert.equal(messages[EACH - 11]?.type, who < 2 ? 'image' : 'media_placeholder')
  }

  // The control: what a person writes now reaches the bot, so nothing before it is still on its way.
  await world.sandbox.phone(person(5)).says('hello')
  await world.receiver.until(() => world.receiver.received.length > 0, 'a new message', 20_000)
  const got = world.receiver.received.map(({ body }) => body)
  assert.deepEqual(
    got.map(({ event }) => event),
    ['new_message'],
    'the bot hears of today’s message and of no other',
  )
  assert.match(JSON.stringify(got[0]), /"body":"hello"/)
  assert.equal(world.sandbox.received().filter(({ path }) => path.endsWith('/messages')).length, 0)

  const { data: window } = await world.customer('GET', `/external/contacts/${person(7)}/window`)
  assert.equal((window as { open: boolean }).open, false)
  const { data: channel } = await world.customer('GET', '/external/channel')
  const { coexistence } = (channel as { state: { coexistence: { history: object } } }).state
  assert.deepEqual(
    { ...coexistence.history, since: 0 },
    {
      ...{ state: 'done', since: 0, reason: null, request_id: null, progress: 100, phase: 1 },
    },
  )
})

test('an endpoint that asks for history by name gets all of it, and the feed without a filter none', async () => {
  const told = (): number =>
    archive.received.reduce((sum, { body }) => {
      const { history } = body.value as { history?: { threads: { messages: unknown[] }[] }[] }
      return (
        sum + (history ?? []).flatMap(({ threads }) => threads).reduce((n, thread) => n + thread.messages.length, 0)
      )
    }, 0)
  await archive.until(() => told() === PEOPLE * EACH, 'all old messages')
  assert.ok(archive.received.every(({ body }) => body.event === 'history'))
  const feed = async (query: string): Promise<string[]> =>
    ((await world.customer('GET', `/external/events?count=100${query}`)).data as { body: { event: string } }[]).map(
      ({ body }) => body.event,
    )
  assert.deepEqual(await feed(''), ['new_message'])
  assert.deepEqual([...new Set(await feed('&events=history'))], ['history'])
})

test('a message of the history that comes again as a new one is delivered and opens the window', async () => {
  const { data } = await world.customer('GET', `/external/contacts/${person(9)}/window`)
  assert.equal((data as { open: boolean }).open, false)
  const had = world.receiver.received.length
  await world.sandbox.tell({
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { phone_number_id: '302702419599374', display_phone_number: DEMO.businessPhone },
      contacts: [{ wa_id: person(9), profile: { name: 'Nine' } }],
      messages: [
        {
          ...{ from: person(9), id: id(9, 98), timestamp: String(Math.floor(Date.now() / 1000)) },
          ...{ type: 'text', text: { body: 'it was new after all' } },
        },
      ],
    },
  })
  await world.receiver.until(() => world.receiver.received.length > had, 'the message')
  const after = await world.customer('GET', `/external/contacts/${person(9)}/window`)
  assert.equal((after.data as { open: boolean }).open, true)
})

test('a business that shares no history: the channel says so', async () => {
  await world.sandbox.businessApp().declines()
  const { data } = await world.customer('GET', '/external/channel')
  const { history } = (data as { state: { coexistence: { history: { state: string } } } }).state.coexistence
  assert.equal(history.state, 'declined')
})
