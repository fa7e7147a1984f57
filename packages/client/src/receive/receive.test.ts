import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { signatureHeaders } from '../../../gateway/src/flows/deliver/sign.ts'
import { startWorld } from '../../../../test/support/world.ts'
import { receiver as expressReceiver } from './express.ts'
import { receiver as fastifyReceiver } from './fastify.ts'
import { receiver as fetchReceiver } from './fetch.ts'
import { receiver as honoReceiver } from './hono.ts'
import { receiver as nodeReceiver } from './node.ts'
import { createMemoryStore, createReceiver, MOST_BYTES, type Handler, type ReceiverOptions } from './receiver.ts'

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes len').toString('base64')}`
const BODY = '{"event":"test","channel_id":1,"business_phone":"6281519236680","received_at":1}'
const signed = (id = 'evt_1', body = BODY, secret = SECRET): Record<string, string> =>
  signatureHeaders([secret], id, Date.now(), body)

/** A receiver with a handler that the test ends, and what it was given. */
function underTest(options: Partial<ReceiverOptions<undefined>> = {}) {
  const handled: string[] = []
  const errors: Error[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const receive = createReceiver<undefined>(
    { secret: SECRET, onError: (error) => errors.push(error as Error), ...options },
    (_event, { id }) => {
      handled.push(id)
      const end = Promise.withResolvers<void>()
      ends.push(end)
      return end.promise
    },
  )
  return { receive: (headers = signed(), body = BODY) => receive(body, headers, undefined), handled, errors, ends }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await turn()
}

test('200 comes after the handler has resolved, and 500 when it failed: then the event is handled again', async () => {
  const { receive, handled, ends, errors } = underTest({ seen: createMemoryStore() })
  let answered = false
  const first = receive().finally(() => (answered = true))
  await until(() => ends.length === 1)
  await turn()
  assert.equal(answered, false)
  ends[0]!.reject(new Error('the database is away'))
  assert.equal((await first).status, 500)
  assert.match(errors[0]!.message, /database is away/)

  const second = receive()
  await until(() => ends.length === 2)
  ends[1]!.resolve()
  assert.equal((await second).status, 200)
  assert.equal((await receive()).status, 200)
  assert.deepEqual(handled, ['evt_1', 'evt_1'])
})

test('attempts that overlap run the handler once and get the same answer; other events are not held up', async () => {
  const { receive, handled, ends } = underTest()
  const both = [receive(), receive()]
  const other = receive(signed('evt_2'))
  await until(() => ends.length === 2)
  ends[0]!.resolve()
  ends[1]!.resolve()
  assert.deepEqual(
    (await Promise.all([...both, other])).map(({ status }) => status),
    [200, 200, 200],
  )
  assert.deepEqual([...handled].sort(), ['evt_1', 'evt_2'])
})

test('a store of your own: asked before, told after, and its failure makes Postern send again', async () => {
  const said: string[] = []
  const seen = {
    has: async (id: string) => (said.push(`has ${id}`), false),
    add: async (id: string) => {
      said.push(`add ${id}`)
      throw new Error('disk full')
    },
  }
  const { receive, ends, errors } = underTest({ seen })
  const answer = receive()
  await until(() => ends.length === 1)
  assert.deepEqual(said, ['has evt_1'])
  ends[0]!.resolve()
  assert.equal((await answer).status, 500)
  assert.deepEqual([said.at(-1), errors[0]!.message], ['add evt_1', 'disk full'])
})

test('the memory store forgets the oldest', () => {
  const store = createMemoryStore(2)
  for (const id of ['a', 'b', 'c']) store.add(id)
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => store.has(id)),
    [false, true, true],
  )
})

test('a missing secret is told plainly, in the answer and to the program', async () => {
  for (const secret of [undefined, '', [], [''], () => undefined]) {
    const { receive, errors, handled } = underTest({ secret })
    const { status, text } = await receive()
    assert.deepEqual([status, handled], [500, []])
    for (const told of [text, errors[0]!.message]) assert.match(told, /webhook secret is missing.*whsec_/)
  }
})

test('what Postern did not sign is refused with 401, and the handler does not see it', async () => {
  const { receive, handled } = underTest()
  const other = `whsec_${Buffer.from('another secret, just as long ...').toString('base64')}`
  for (const [headers, body] of [
    [signed(), `${BODY} `],
    [signed('e', BODY, other), BODY],
    [{}, BODY],
  ] as const)
    assert.equal((await receive(headers, body)).status, 401)
  assert.deepEqual(handled, [])
})

test('both secrets of a rotation, and a secret from the request’s context', async () => {
  const receive = createReceiver<{ secrets: string[] }>({ secret: ({ secrets }) => secrets }, () => {})
  const context = { secrets: [`whsec_${Buffer.alloc(32).toString('base64')}`, SECRET] }
  assert.equal((await receive(BODY, signed(), context)).status, 200)
})

test('a function for each event: its own, or `other`', async () => {
  const calls: string[] = []
  const handler: Handler<undefined> = {
    test: (event) => calls.push(`test ${event.received_at}`),
    other: (event) => calls.push(`other ${event.event}`),
  }
  const receive = createReceiver({ secret: SECRET }, handler)
  await receive(BODY, signed(), undefined)
  for (const event of ['message_status_update', 'of_the_future']) {
    const body = JSON.stringify({ event, channel_id: 1, business_phone: '1' })
    await receive(body, signed(event, body), undefined)
  }
  assert.deepEqual(calls, ['test 1', 'other message_status_update', 'other of_the_future'])
  const one = createReceiver<undefined>({ secret: SECRET }, { new_message: () => calls.push('no') })
  assert.equal((await one(BODY, signed(), undefined)).status, 200)
  assert.equal(calls.length, 3)
})

async function listening(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/whatsapp`
}

type Post = (headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) => Promise<Response>
const overHttp =
  (url: string): Post =>
  (headers, body) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

/** Starts a server of each kind. Its handler notes the ids, and throws for `evt_bad`. */
const SERVERS: Record<string, (t: TestContext, handle: (id: string) => void) => Promise<Post>> = {
  async fetch(_t, handle) {
    const on = fetchReceiver({ secret: SECRET, onError() {} }, (_event, { id }) => handle(id))
    return (headers, body) => on(new Request('http://x/', { method: 'POST', headers, body }))
  },
  async node(t, handle) {
    const on = nodeReceiver({ secret: SECRET, onError() {} }, (_event, { id }) => handle(id))
    return overHttp(await listening(t, on))
  },
  async express(t, handle) {
    const app = express()
    app.post(
      '/whatsapp',
      expressReceiver({ secret: SECRET, onError() {} }, (_event, { id }) => handle(id)),
    )
    app.use(express.json())
    return overHttp(await listening(t, app))
  },
  async fastify(t, handle) {
    const app = Fastify()
    t.after(() => app.close())
    await app.register(fastifyReceiver('/whatsapp', { secret: SECRET, onError() {} }, (_event, { id }) => handle(id)))
    app.post('/own', async (request) => request.body)
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const own = await overHttp(`${url}/own`)({}, '{"still":"parsed"}')
    assert.deepEqual(await own.json(), { still: 'parsed' })
    return overHttp(`${url}/whatsapp`)
  },
  async hono(_t, handle) {
    type Env = { Bindings: { WEBHOOK_SECRET: string } }
    const app = new Hono<Env>()
    app.post(
      '/whatsapp',
      honoReceiver(
        { secret: (c: { env: Env['Bindings']; req: { raw: Request } }) => c.env.WEBHOOK_SECRET, onError() {} },
        (_event, { id }) => handle(id),
      ),
    )
    return async (headers, body) =>
      app.request('/whatsapp', { method: 'POST', headers, body }, { WEBHOOK_SECRET: SECRET })
  },
}

for (const [name, start] of Object.entries(SERVERS))
  test(`${name}: takes what Postern signed, refuses what it did not, and bounds the body`, async (t) => {
    const handled: string[] = []
    const post = await start(t, (id) => {
      if (id === 'evt_bad') throw new Error('no')
      handled.push(id)
    })
    const words = '{"event":"test","channel_id":1,"business_phone":"grüße 👋","received_at":1}'
    assert.equal((await post(signed('evt_1', words), words)).status, 200)
    assert.equal((await post(signed('evt_bad'), BODY)).status, 500)
    const refused = await post(signed('evt_2'), BODY.replace('1', '2'))
    assert.deepEqual(
      [refused.status, await refused.text()],
      [401, 'The callback cannot be trusted: no signature matches this secret and this body.'],
    )
    assert.equal((await post({}, BODY)).status, 401)
    assert.equal((await post(signed('evt_3'), new Uint8Array(MOST_BYTES + 1))).status, 413)
    assert.deepEqual(handled, ['evt_1'])
  })

test('node: a sender that leaves in the middle of a body is told to onError, and the server goes on', async (t) => {
  const failed = Promise.withResolvers<unknown>()
  const url = new URL(
    await listening(
      t,
      nodeReceiver({ secret: SECRET, onError: failed.resolve }, () => {}),
    ),
  )
  const sender = connect(Number(url.port), url.hostname)
  sender.write('POST /whatsapp HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf of it', () => sender.destroy())
  assert.match(String(await failed.promise), /aborted/)
  assert.equal((await overHttp(url.href)(signed(), BODY)).status, 200)
})

test('node: a body that is too large is answered before all of it has come', async (t) => {
  const url = new URL(
    await listening(
      t,
      nodeReceiver({ secret: SECRET, onError() {} }, () => {}),
    ),
  )
  const sender = connect(Number(url.port), url.hostname)
  t.after(() => sender.destroy())
  sender.write(`POST /whatsapp HTTP/1.1\r\nhost: x\r\ncontent-length: ${2 * MOST_BYTES}\r\n\r\n`)
  sender.write(new Uint8Array(MOST_BYTES + 1))
  let answer = ''
  for await (const chunk of sender) answer += String(chunk)
  assert.match(answer, /^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*at most 8388608 bytes/)
})

test('express: a body that was parsed before is told plainly; raw bytes are taken', async (t) => {
  const errors: unknown[] = []
  const on = expressReceiver({ secret: SECRET, onError: (error) => errors.push(error) }, () => {})
  const app = express()
  app.post('/raw', express.raw({ type: '*/*' }), on)
  app.use(express.json())
  app.post('/whatsapp', on)
  const url = await listening(t, app)
  const answer = await overHttp(url)(signed(), BODY)
  assert.deepEqual([answer.status, /express\.json\(\)/.test(await answer.text()), errors.length], [500, true, 1])
  assert.equal((await overHttp(url.replace('/whatsapp', '/raw'))(signed(), BODY)).status, 200)
})

test('a gateway’s event arrives once at a server of node:http', async (t) => {
  await using world = await startWorld({ webhook: false })
  const got = Promise.withResolvers<string>()
  let secret = ''
  const url = await listening(
    t,
    nodeReceiver(
      { secret: () => secret, seen: createMemoryStore() },
      {
        new_message({ message }) {
          const [first] = message.messages ?? []
          if (first?.type === 'text') got.resolve(first.text.body)
        },
      },
    ),
  )
  const { data } = await world.admin('PUT', '/admin/channels/1/webhook', { url })
  secret = (data as { webhook_secret: string }).webhook_secret
  await world.sandbox.phone('85268411234').says('grüße 👋')
  assert.equal(await got.promise, 'grüße 👋')
})
