import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { Pool } from 'undici'
import { NoAnswer, NotConnected, StrangeAnswer } from './errors.ts'
import { exchange, type ExchangeRequest } from './exchange.ts'

const cleanUps: (() => unknown)[] = []
after(async () => {
  for (const cleanUp of cleanUps) await cleanUp()
})

/** A server that treats each socket as the test says, and a function that calls it. */
async function against(
  onSocket: (socket: Socket, count: number) => void,
  options: { connections?: number; secure?: boolean; connectTimeout?: number } = {},
): Promise<{
  ask: (more?: Partial<ExchangeRequest>) => ReturnType<typeof exchange>
  server: Server
  sockets: Set<Socket>
}> {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket, ++count)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const origin = `${options.secure ? 'https' : 'http'}://127.0.0.1:${port}`
  const pool = new Pool(origin, {
    connections: options.connections ?? 1,
    pipelining: 1,
    connect: { timeout: options.connectTimeout ?? 2_000 },
  })
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await pool.destroy()
  })
  const ask = (more: Partial<ExchangeRequest> = {}) =>
    exchange(pool, {
      origin,
      method: 'POST',
      path: '/',
      headers: {},
      body: '{"a":1}',
      timeoutMs: 1_000,
      maxBytes: 1_000,
      ...more,
    })
  return { ask, server, sockets }
}

const reply = (head: string, body: string) => `HTTP/1.1 ${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`

test('a complete answer has its status, headers and bytes', async () => {
  const { ask } = await against((socket) =>
    socket.on('data', () => socket.write(reply('200 OK\r\nx-a: b', '{"ok":1}'))),
  )
  const answer = await ask()
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['x-a'], 'b')
  assert.equal(answer.body.toString(), '{"ok":1}')
})

test('nothing listens at the port: not connected', async () => {
  const { ask, server } = await against(() => {})
  await new Promise((done) => server.close(done))
  await assert.rejects(ask(), NotConnected)
})

test('the host name does not exist: not connected', async () => {
  const pool = new Pool('http://graph.invalid')
  cleanUps.push(() => pool.destroy())
  const request = { origin: 'http://graph.invalid', method: 'GET', path: '/', headers: {}, maxBytes: 1 } as const
  await assert.rejects(exchange(pool, { ...request, timeoutMs: 5_000 }), NotConnected)
})

test('the TLS handshake never ends: not connected, by the timeout for connecting', async () => {
  const { ask } = await against(() => {}, { secure: true, connectTimeout: 200 })
  await assert.rejects(ask({ timeoutMs: 5_000 }), (error: Error) => {
    assert(error instanceof NotConnected)
    assert.equal((error.cause as { code?: string }).code, 'UND_ERR_CONNECT_TIMEOUT')
    return true
  })
})

test('the TLS handshake never ends: not connected, by the time budget of the call', async () => {
  const { ask } = await against(() => {}, { secure: true, connectTimeout: 5_000 })
  await assert.rejects(ask({ timeoutMs: 100 }), NotConnected)
})

test('the server does not speak TLS: not connected', async () => {
  const { ask } = await against((socket) => socket.end('nonsense'), { secure: true })
  await assert.rejects(ask(), NotConnected)
})

test('no socket became free in time: not connected, and it is never written later', async () => {
  let seen = ''
  const { ask, sockets } = await against((socket) => socket.on('data', (data) => (seen += String(data))))
  const first = ask({ timeoutMs: 600, path: '/first' })
  await assert.rejects(ask({ timeoutMs: 100, path: '/second' }), NotConnected)
  for (const socket of sockets) socket.write(reply('200 OK', '{}'))
  assert.equal((await first).status, 200)
  const third = ask({ path: '/third' })
  while (!seen.includes('/third')) await new Promise((later) => setTimeout(later, 5))
  for (const socket of sockets) socket.write(reply('200 OK', '{}'))
  await third
  assert(!seen.includes('/second'))
})

test('dropped before the request was read: no answer', async () => {
  const { ask } = await against((socket) => socket.pause().resetAndDestroy())
  // The reset may arrive before the first byte is written; then the request was provably not sent.
  await assert.rejects(ask(), (error: Error) => error instanceof NoAnswer || error instanceof NotConnected)
})

test('dropped after the request was read: no answer, and it was written once', async () => {
  let requests = 0
  const { ask } = await against((socket) =>
    socket.on('data', () => {
      requests++
      socket.destroy()
    }),
  )
  await assert.rejects(ask(), NoAnswer)
  await assert.rejects(ask({ method: 'GET' }), NoAnswer)
  assert.equal(requests, 2)
})

test('reset after the request was read: no answer', async () => {
  const { ask } = await against((socket) => socket.on('data', () => socket.resetAndDestroy()))
  await assert.rejects(ask(), NoAnswer)
})

test('a kept socket that breaks during the second request: no answer, not written again', async () => {
  let requests = 0
  const { ask } = await against((socket) =>
    socket.on('data', () => {
      if (++requests % 2 === 1) socket.write(reply('200 OK', '{}'))
      else socket.destroy()
    }),
  )
  await ask()
  await assert.rejects(ask(), NoAnswer)
  assert.equal(requests, 2)
})

test('a kept socket that the server closed while idle is replaced', async () => {
  const { ask } = await against((socket) => socket.on('data', () => socket.end(reply('200 OK', '{}'))))
  for (let i = 0; i < 5; i++) {
    assert.equal((await ask()).status, 200)
    await new Promise((later) => setTimeout(later, 10))
  }
})

test('half an answer: no answer', async () => {
  const { ask } = await against((socket) =>
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"messages":[')),
  )
  await assert.rejects(ask(), NoAnswer)
})

test('not HTTP at all: no answer', async () => {
  const { ask } = await against((socket) => socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))
  await assert.rejects(ask(), NoAnswer)
})

test('headers that never arrive end with the time budget', async () => {
  const { ask } = await against(() => {})
  const started = performance.now()
  await assert.rejects(ask({ timeoutMs: 200 }), NoAnswer)
  assert(performance.now() - started < 1_000)
})

test('a slow body ends with the time budget, however many bytes arrive', async () => {
  const { ask } = await against((socket) =>
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n')
      const drip = setInterval(() => socket.write('x'), 10)
      socket.on('close', () => clearInterval(drip))
    }),
  )
  await assert.rejects(ask({ timeoutMs: 300 }), NoAnswer)
})

test('an answer that states a length above the limit is not read', async () => {
  const { ask } = await against((socket) =>
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n')),
  )
  await assert.rejects(ask(), (error: Error) => error instanceof StrangeAnswer && error.httpStatus === 200)
})

test('an answer that exceeds the limit is cut off', async () => {
  const { ask } = await against((socket) =>
    socket.on('data', () => {
      socket.write('HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n')
      const more = setInterval(() => socket.write(`400\r\n${'x'.repeat(1024)}\r\n`), 1)
      socket.on('close', () => clearInterval(more))
    }),
  )
  await assert.rejects(ask(), (error: Error) => error instanceof StrangeAnswer && error.httpStatus === 500)
})

test('headers without an end are cut off', async () => {
  const { ask } = await against((socket) =>
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nx-a: ${'x'.repeat(200_000)}\r\n`)),
  )
  await assert.rejects(ask(), NoAnswer)
})

test('a broken request stream is reported with its own error', async () => {
  const { ask } = await against(() => {})
  async function* parts() {
    yield Buffer.from('abc')
    await new Promise((later) => setTimeout(later, 20))
    throw new RangeError('the disk is gone')
  }
  await assert.rejects(ask({ body: Readable.from(parts(), { objectMode: false }) }), RangeError)
})

test('an invalid header is a bug, and the error does not contain it', async () => {
  const { ask } = await against(() => {})
  await assert.rejects(ask({ headers: { authorization: 'Bearer se\ncret' } }), (error: Error) => {
    assert(error instanceof TypeError)
    assert.doesNotMatch(error.message, /cret/)
    return true
  })
})
