import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { createUnverifiedBodies, type BodyLimits, type Cut } from './unverified-bodies.ts'

const KIB = 1024

const answer = (response: ServerResponse, status: number, text: string): void =>
  void response.writeHead(status, { 'content-length': text.length }).end(text)

/** A server that answers with the bytes that it read, and raw sockets. */
async function start(t: TestContext, limits: Partial<BodyLimits>) {
  const bodies = createUnverifiedBodies({ bodyBytes: 64 * KIB, budgetBytes: 256 * KIB, deadlineMs: 60_000, ...limits })
  const cuts: Cut[] = []
  const server = createServer((request, response) => {
    bodies.read(
      request,
      request.url !== '/unsigned',
      (body) => answer(response, 200, `got ${body.length} ${body.subarray(-3).toString()}`),
      (why) => {
        cuts.push(why)
        response.setHeader('connection', 'close').on('finish', () => request.destroy())
        answer(response, 400, why)
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const sockets = new Set<Socket>()
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    bodies,
    cuts,
    /** Sends headers and the beginning of their body. */
    say(head: string, body = ''): { socket: Socket; answer: Promise<string> } {
      const socket = connect(port, '127.0.0.1')
      socket.write(`${head}\r\nhost: x\r\n\r\n${body}`)
      sockets.add(socket)
      const answer = new Promise<string>((resolve) => {
        let text = ''
        socket.on('data', (chunk) => {
          text += chunk.toString()
          if (/\r\n\r\n./s.test(text)) resolve(text)
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve(text))
      })
      return { socket, answer }
    },
  }
}

const post = (length: number, path = '/'): string => `POST ${path} HTTP/1.1\r\ncontent-length: ${length}`
const x = (length: number): string => 'x'.repeat(length)

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('a body in pieces is joined, and its memory is freed afterwards', async (t) => {
  const { bodies, say } = await start(t, {})
  const { socket, answer } = say(post(40_003), x(10))
  await until(() => bodies.heldBytes > 0)
  socket.write(x(19_990))
  await until(() => bodies.heldBytes >= 20_000)
  socket.write(`${x(20_000)}end`)
  assert.match(await answer, /got 40003 end$/)
  assert.equal(bodies.heldBytes, 0)
})

test('a body in chunks of one byte takes at most twice its size', async (t) => {
  const { bodies, say } = await start(t, {})
  const { socket, answer } = say('POST / HTTP/1.1\r\ntransfer-encoding: chunked', '1\r\nx\r\n'.repeat(30_000))
  await until(() => bodies.heldBytes >= 30_000)
  assert.ok(bodies.heldBytes <= 60_000, String(bodies.heldBytes))
  socket.write('3\r\nend\r\n0\r\n\r\n')
  assert.match(await answer, /got 30003 end$/)
})

test('a body that is too large is cut off: at once by its stated length, else with the first excess byte', async (t) => {
  const { bodies, say } = await start(t, {})
  assert.match(await say(post(64 * KIB + 1)).answer, /too_large$/)
  const chunked = say('POST / HTTP/1.1\r\ntransfer-encoding: chunked', `10001\r\n${x(0x10001)}\r\n`)
  assert.match(await chunked.answer, /too_large$/)
  assert.match(await say(post(64 * KIB), `${x(64 * KIB - 3)}end`).answer, /got 65536 end$/)
  assert.equal(bodies.heldBytes, 0)
})

test('over the budget the largest body is cut off, so that small bodies pass while many large ones hang', async (t) => {
  const { bodies, cuts, say } = await start(t, {})
  const hanging = Array.from({ length: 20 }, () => say(post(64 * KIB), x(60 * KIB)))
  await until(() => cuts.length >= 15)
  assert.ok(bodies.heldBytes <= 256 * KIB, String(bodies.heldBytes))
  assert.match(await say(post(1003), `${x(1000)}end`).answer, /got 1003 end$/)
  assert.ok(cuts.every((why) => why === 'no_room'))
  for (const { socket } of hanging) socket.destroy()
  await until(() => bodies.heldBytes === 0)
})

test('a body that does not end in time is cut off, and a complete one is not', async (t) => {
  const { bodies, say } = await start(t, { deadlineMs: 300 })
  const slow = say(post(100), 'x')
  const drip = setInterval(() => slow.socket.write('x'), 50)
  const said = await slow.answer
  clearInterval(drip)
  assert.match(said, /too_slow$/)
  assert.equal(bodies.heldBytes, 0)
  assert.match(await say(post(3), 'end').answer, /got 3 end$/)
})

test('a body that cannot be valid is read to its end and not kept', async (t) => {
  const { bodies, say } = await start(t, {})
  const { socket, answer } = say(post(50_000, '/unsigned'), x(40_000))
  socket.write(x(9_000))
  // A kept body proves that the other one's bytes arrived as well.
  await say(post(3), 'end').answer
  assert.equal(bodies.heldBytes, 0)
  socket.write(x(1_000))
  assert.match(await answer, /got 0 $/)
})
