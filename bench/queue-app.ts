import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { Queue, Worker } from 'bullmq'
import { fastify } from 'fastify'
import { Redis } from 'ioredis'
import { Pool } from 'undici'

/**
 * A simple application of well-known parts: Fastify receives a webhook and verifies it, BullMQ stores it in Redis
 * before it is acknowledged, and a worker posts it, with retries. It does not parse the webhook, and keeps no order and
 * no messages.
 */
const [redisPort, customer, secret] = process.argv.slice(2) as [string, string, string]
const IN_HAND = 64

const connection = (): Redis => new Redis({ host: '127.0.0.1', port: Number(redisPort), maxRetriesPerRequest: null })
const queue = new Queue('webhooks', {
  connection: connection(),
  defaultJobOptions: { attempts: 10, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: true },
})
const endpoint = new Pool(new URL(customer).origin, { connections: IN_HAND, pipelining: 1 })
const path = new URL(customer).pathname

const worker = new Worker<string>(
  'webhooks',
  async (job) => {
    const answer = await endpoint.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: job.data,
    })
    await answer.body.dump()
    if (answer.statusCode >= 300) throw new Error(`the endpoint answered ${answer.statusCode}`)
  },
  { connection: connection(), concurrency: IN_HAND },
)
worker.on('error', (error) => process.stderr.write(`queue app: ${error.message}\n`))

const app = fastify()
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
app.post('/webhooks/meta', async (request, reply) => {
  const body = request.body as Buffer
  const given = Buffer.from(String(request.headers['x-hub-signature-256'] ?? '').slice(7), 'hex')
  const wanted = createHmac('sha256', secret).update(body).digest()
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return reply.code(401).send()
  await queue.add('webhook', body.toString('utf8'))
  return 'ok'
})
await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`${(app.server.address() as AddressInfo).port}\n`)
process.on('SIGTERM', () => process.exit(0))
