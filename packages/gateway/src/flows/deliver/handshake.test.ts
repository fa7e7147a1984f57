import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createOutbound } from '../../platform/outbound/guard.ts'
import { handshakeProblem } from './handshake.ts'

const SECRET = 'whsec_a+b/c='

async function asked(answer: RequestListener, allow = ['127.0.0.1'], path = '/hook?tenant=7', timeoutMs?: number) {
  const outbound = createOutbound({ allow })
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  try {
    const endpoint = { url, secret: SECRET, headers: { authorization: 'Bearer n8n' }, userAgent: 'Postern/1' }
    return await handshakeProblem(outbound, endpoint, timeoutMs)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await outbound.close()
  }
}

const queryOf = (url: string | undefined) => new URL(url!, 'http://x').searchParams

test('the endpoint is asked as Meta asks, and the challenge that comes back is enough', async () => {
  const seen: unknown[] = []
  const problem = await asked((request, response) => {
    const query = queryOf(request.url)
    const challenge = query.get('hub.challenge')!
    seen.push(request.method, query.get('hub.mode'), query.get('hub.verify_token'), query.get('tenant'))
    seen.push(request.headers.authorization, /^\d{10}$/.test(challenge))
    response.end(challenge)
  })
  assert.equal(problem, undefined)
  assert.deepEqual(seen, ['GET', 'subscribe', SECRET, '7', 'Bearer n8n', true])
})

function endless(...[request, response]: Parameters<RequestListener>): void {
  const timer = setInterval(() => response.write('x'.repeat(9000)), 1)
  request.on('close', () => clearInterval(timer))
}

const WRONG: [what: string, answer: RequestListener, problem: RegExp][] = [
  ['another word', (_, response) => response.end('hello'), /hub\.challenge/],
  ['the challenge in a page', (r, response) => response.end(`<p>${queryOf(r.url).get('hub.challenge')}</p>`), /alone/],
  ['403', (_, response) => response.writeHead(403).end(), /HTTP 403/],
  ['a redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), /HTTP 302/],
  ['a closed connection', (request) => request.destroy(), /no answer/],
  ['a page without end', endless, /alone/],
]
for (const [what, answer, problem] of WRONG) {
  test(`refused: ${what}`, async () => assert.match((await asked(answer)) ?? 'accepted', problem))
}

test('refused: no answer in time, and an answer that never ends', async () => {
  assert.match((await asked(() => {}, ['127.0.0.1'], '/', 50)) ?? 'accepted', /within 50 ms/)
  const drips: RequestListener = (_, response) => void response.write('1')
  assert.match((await asked(drips, ['127.0.0.1'], '/', 50)) ?? 'accepted', /within 50 ms/)
})

test('a private address is not asked', async () => {
  let asks = 0
  const problem = await asked(() => asks++, [])
  assert.match(problem ?? 'accepted', /OUTBOUND_ALLOW/)
  assert.equal(asks, 0)
})
