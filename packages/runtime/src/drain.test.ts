import assert from 'node:assert/strict'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { createDrain } from './drain.ts'

async function start(t: TestContext, answer: RequestListener) {
  const drain = createDrain()
  const server = createServer({ keepAliveTimeout: 60_000 }, drain.listener(answer))
  drain.watch(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.closeAllConnections())
  const client = async (): Promise<Client> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Client(socket)
  }
  return { drain, server, client }
}

/** A raw TCP connection: the test decides which bytes it writes. */
class Client {
  text = ''
  ended = false
  error: Error | undefined
  readonly socket: Socket

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString()))
    socket.on('error', (error) => (this.error = error))
    socket.on('close', () => (this.ended = true))
  }

  get answers(): string[] {
    return this.text.split(/(?=HTTP\/1\.1 )/).filter((one) => one !== '')
  }

  async until(what: string, fact: () => boolean): Promise<void> {
    for (let i = 0; !fact(); i++) {
      assert.ok(i < 1_000, `${what}; told so far: ${this.text}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`

test('an idle connection stays open for its time, and a request on it is answered', async (t) => {
  const { drain, client } = await start(t, (_, response) => response.end('yes'))
  const [used, silent, fresh] = [await client(), await client(), await client()]
  for (const one of [used, silent]) {
    one.socket.write(GET('/'))
    await one.until('the answer', () => one.answers.length === 1)
  }
  assert.match(used.text, /connection: keep-alive/i)
  let over = false
  const ended = drain.end(100).then(() => (over = true))
  await drain.begin()
  used.socket.write(GET('/'))
  fresh.socket.write(GET('/'))
  for (const [one, count] of [
    [used, 2],
    [fresh, 1],
  ] as const) {
    await one.until('its end', () => one.ended)
    assert.equal(one.answers.length, count)
    assert.match(one.answers.at(-1)!, /connection: close/i)
    assert.equal(one.error, undefined)
  }
  assert.equal(over, false, 'the silent one has its time')
  await ended
  await silent.until('its end', () => silent.ended)
  assert.equal(silent.error, undefined)
})

test('pipelined requests are all answered, and the last answer closes the connection', async (t) => {
  const held: ServerResponse[] = []
  const { drain, client } = await start(t, (_, response) => void held.push(response))
  const one = await client()
  one.socket.write(GET('/1') + GET('/2'))
  await one.until('both', () => held.length === 2)
  const ended = drain.end(0)
  one.socket.write(GET('/3'))
  await one.until('the third', () => held.length === 3)
  for (const [n, response] of held.entries()) response.end(`answer ${n + 1}`)
  await ended
  await one.until('its end', () => one.ended)
  assert.equal(one.error, undefined)
  assert.deepEqual(
    one.answers.map((answer) => [/answer \d/.exec(answer)?.[0], /connection: close/i.test(answer)]),
    [
      ['answer 1', false],
      ['answer 2', false],
      ['answer 3', true],
    ],
  )
})

test('a request after the answer that closes the connection is not carried out', async (t) => {
  const done: string[] = []
  const held: ServerResponse[] = []
  const { drain, client } = await start(t, (request, response) => {
    done.push(request.url!)
    response.write('begun')
    held.push(response)
  })
  const one = await client()
  await drain.begin()
  one.socket.write(GET('/1'))
  await one.until('the beginning', () => one.text.includes('begun'))
  one.socket.write(GET('/2'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  held[0]!.end()
  await one.until('its end', () => one.ended)
  await drain.end(0)
  assert.deepEqual(done, ['/1'])
})

test('an answer that the client is still reading is sent to its end', async (t) => {
  const size = 8 * 1024 * 1024
  const { drain, client } = await start(t, (_, response) => response.end(Buffer.alloc(size, 'x')))
  const one = await client()
  one.socket.write(GET('/'))
  await one.until('its beginning', () => one.text.length > 0)
  one.socket.pause()
  const other = await client()
  const ended = drain.end(0)
  await new Promise((resolve) => setTimeout(resolve, 100))
  one.socket.resume()
  await ended
  await one.until('its end', () => one.ended)
  assert.ok(one.text.length > size)
  assert.equal(one.error, undefined)
  other.socket.destroy()
})

test('the drain waits for a request of which a part has arrived', async (t) => {
  const { drain, client } = await start(t, (request, response) => {
    request.resume().on('end', () => response.end('whole'))
  })
  const one = await client()
  one.socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-le')
  await new Promise((resolve) => setTimeout(resolve, 50))
  const ended = drain.end(0)
  await new Promise((resolve) => setTimeout(resolve, 50))
  one.socket.write('ngth: 4\r\n\r\nab')
  await new Promise((resolve) => setTimeout(resolve, 50))
  one.socket.write('cd')
  await ended
  await one.until('its end', () => one.ended)
  assert.match(one.text, /connection: close[\s\S]*whole/i)
})

test('without connections the drain ends at once', async (t) => {
  const { drain } = await start(t, (_, response) => response.end())
  const startedAt = performance.now()
  await drain.end(60_000)
  assert.ok(performance.now() - startedAt < 1_000)
})

test('no answer says connection: close before the listener is closed', async (t) => {
  const { drain, server, client } = await start(t, (_, response) => response.end('yes'))
  const one = await client()
  const begun = drain.begin()
  // The server reads this in its next turn, while the listener still accepts the connections that the system has
  // queued.
  one.socket.write(GET('/'))
  await begun
  assert.equal(server.listening, false)
  await one.until('the answer', () => one.answers.length === 1)
  assert.match(one.text, /connection: keep-alive/i)
  one.socket.write(GET('/'))
  await one.until('its end', () => one.ended)
  assert.match(one.answers.at(-1)!, /connection: close/i)
  await drain.end(0)
})
