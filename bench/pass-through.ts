import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { QUIET_PNID } from './world.ts'

/** A number without an endpoint. */
const QUIET = Buffer.from(`"phone_number_id":"${QUIET_PNID}"`)

/**
 * The upper limit: the same bytes over the same sockets with nothing in between. A send and its answer are passed on; a
 * webhook's HMAC is checked, the body is posted to the customer, and it is answered 200. No parsing, no store.
 */
const [graph, customer, secret] = process.argv.slice(2) as [string, string, string]
const upstream = new Pool(graph, { connections: 256, pipelining: 1 })
const endpoint = new Pool(new URL(customer).origin, { connections: 64, pipelining: 1 })

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    if (request.url === '/webhooks/meta') {
      const given = Buffer.from(String(request.headers['x-hub-signature-256'] ?? '').slice(7), 'hex')
      const wanted = createHmac('sha256', secret).update(body).digest()
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        response.writeHead(401).end()
        return
      }
      response.writeHead(200).end('ok')
      if (body.includes(QUIET)) return
      endpoint
        .request({ method: 'POST', path: '/hook', headers: { 'content-type': 'application/json' }, body })
        .then((answer) => answer.body.dump())
        .catch(() => {})
      return
    }
    upstream
      .request({
        method: 'POST',
        path: '/v25.0/1000/messages',
        headers: { 'content-type': 'application/json', authorization: 'Bearer token' },
        body,
      })
      .then(async (answer) => {
        const text = await answer.body.text()
        response.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(text)
      })
      .catch(() => response.writeHead(502).end())
  })
})
server.keepAliveTimeout = 72_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.on('SIGTERM', () => process.exit(0))
