import { connect } from 'node:net'
import { bytes, pick } from './generate.ts'
import type { Tally } from './run-fuzz.ts'

const LINES = [
  'GET /healthz HTTP/1.1',
  'POST /webhooks/meta HTTP/1.1',
  'POST /external/messages/whatsapp HTTP/1.1',
  'GET http://evil.example/ HTTP/1.1',
  'CONNECT 127.0.0.1:1 HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'TRACE / HTTP/1.1',
  'PRI * HTTP/2.0',
  'GET / HTTP/9.9',
  'GET /' + 'x'.repeat(20_000) + ' HTTP/1.1',
]

const HEADERS = [
  'host: 127.0.0.1',
  'host: a\r\nhost: b',
  'content-length: 5',
  'content-length: -1',
  'content-length: 5\r\ncontent-length: 6',
  'content-length: 99999999999999999999',
  'transfer-encoding: chunked',
  'transfer-encoding: chunked\r\ncontent-length: 3',
  'transfer-encoding: xchunked',
  'expect: 100-continue',
  'upgrade: websocket\r\nconnection: upgrade',
  'connection: close',
  'no colon here',
  ' folded',
  ': empty',
  'x\u0000y: z',
  'content-type: application/json',
]

const BODIES = ['', 'hello', '5\r\nhello\r\n0\r\n\r\n', 'zz\r\nhello', 'ffffffffffffffff\r\nx', '0\r\nx: y\r\n\r\n']

const WITHIN_MS = 30_000
const AT_ONCE = 16

/**
 * Bytes that are hardly HTTP, each on a connection of its own that sends no more. The server must answer or close; the
 * tally counts a close as 0.
 */
export async function sendRawBytes(url: string, count: number, random: () => number): Promise<Tally> {
  const port = Number(new URL(url).port)
  const tally: Tally = new Map()
  let left = count
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const http = await answerTo(port, request(random))
      tally.set(http, (tally.get(http) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return tally
}

function request(random: () => number): Buffer {
  if (random() < 0.2) return bytes(1 + Math.floor(random() * 300), random)
  const lines = [pick(random, LINES)]
  for (let i = Math.floor(random() * 5); i > 0; i--) lines.push(pick(random, HEADERS))
  const text = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${pick(random, BODIES)}`, 'latin1')
  if (random() < 0.3) text[Math.floor(random() * text.length)] = Math.floor(random() * 256)
  return random() < 0.2 ? text.subarray(0, Math.floor(random() * text.length)) : text
}

/** The status of the first answer, 0 when the connection was closed without one. Rejects on silence. */
function answerTo(port: number, sent: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(sent))
    socket.setTimeout(WITHIN_MS, () => {
      socket.destroy()
      reject(
        new Error(
          `neither an answer nor an end within ${WITHIN_MS} ms to ${JSON.stringify(sent.toString('latin1').slice(0, 500))}`,
        ),
      )
    })
    socket.on('data', (chunk) => (text = (text + chunk.toString('latin1')).slice(0, 200)))
    // A reset ends the connection too.
    socket.on('error', () => {})
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)))
  })
}
