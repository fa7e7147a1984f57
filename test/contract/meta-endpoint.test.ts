import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { Client } from '@great-detail/whatsapp'
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server'
import { WhatsAppAPI } from 'whatsapp-api-js'
import { startWorld } from '../support/world.ts'

/* Programs for Meta's webhooks, as three public packages make them, behind an endpoint in Meta's format. */

/** The word that such a program has both as its verify token and as its app secret. */
const SECRET = 'the-app-secret-of-a-program-for-meta'

type Got = { raw: string; headers: IncomingHttpHeaders }

/** Keeps what comes. `verifies` is the package's own word on the handshake and the signature. */
async function consumer(
  t: TestContext,
  program: { handshake: (query: Record<string, string>) => unknown; takes: (got: Got) => unknown },
): Promise<{ url: string; got: Got[]; until: (count: number) => Promise<void> }> {
  const got: Got[] = []
  let wake = (): void => {}
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const answer = async (): Promise<string> => {
        if (request.method === 'GET') {
          const query = Object.fromEntries(new URL(request.url!, 'http://x').searchParams)
          return String(await program.handshake(query))
        }
        const one = { raw: Buffer.concat(chunks).toString('utf8'), headers: request.headers }
        await program.takes(one)
        got.push(one)
        wake()
        return 'ok'
      }
      answer().then(
        (text) => response.end(text),
        (error: unknown) => response.writeHead(401).end(String(error)),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    got,
    async until(count) {
      while (got.length < count) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

/** Adds the endpoint, lets a person write and be answered, and waits for the message and its two statuses. */
async function run(url: string, until: (count: number) => Promise<void>): Promise<void> {
  await using world = await startWorld({ webhook: false })
  const add = (secret: string) =>
    world.admin('POST', '/admin/channels/1/endpoints', { name: 'Program', url, format: 'meta', secret })
  assert.equal((await add('another-secret-than-it-has')).http, 422, 'its handshake refuses another secret')
  const added = await add(SECRET)
  assert.equal(added.http, 201, JSON.stringify(added))
  const { endpoint_id: id } = added.data as { endpoint_id: string }
  const phone = world.sandbox.phone('85268411234')
  await phone.says('Grüß dich ✨')
  await until(1)
  await world.send({ to: '85268411234', type: 'text', text: 'hello', biz_opaque_callback_data: 'order 8812' })
  await until(3)
  const tested = await world.admin('POST', `/admin/channels/1/endpoints/${id}/test`)
  assert.equal((tested.data as { delivered: boolean }).delivered, true, JSON.stringify(tested.data))
}

const header = (got: Got): string => String(got.headers['x-hub-signature-256'])

test('whatsapp-api-js takes the handshake, the signature, messages and statuses', { timeout: 60_000 }, async (t) => {
  const { subtle } = globalThis.crypto
  const secrets = { appSecret: SECRET, webhookVerifyToken: SECRET }
  const api = new WhatsAppAPI({ token: 'x', ...secrets, v: 'v25.0', ponyfill: { fetch, subtle } })
  const heard: string[] = []
  api.on.message = ({ message, from }) =>
    void heard.push(`${from}: ${message.type === 'text' ? message.text.body : ''}`)
  api.on.status = ({ status }) => void heard.push(status)
  const { url, until } = await consumer(t, {
    handshake: (query) => api.get(query as never),
    takes: (got) => api.post(JSON.parse(got.raw) as never, got.raw, header(got)),
  })
  await run(url, until)
  assert.deepEqual(heard.slice(0, 3), ['85268411234: Grüß dich ✨', 'sent', 'delivered'])
})

test('@kapso/whatsapp-cloud-api verifies the signature and reads the message', { timeout: 60_000 }, async (t) => {
  const { url, got, until } = await consumer(t, {
    handshake: (query) => (query['hub.verify_token'] === SECRET ? query['hub.challenge'] : 'no'),
    takes(one) {
      const signed = { appSecret: SECRET, rawBody: Buffer.from(one.raw), signatureHeader: header(one) }
      if (!verifySignature(signed)) throw new Error('the signature does not hold')
    },
  })
  await run(url, until)
  const { messages, contacts } = normalizeWebhook(JSON.parse(got[0]!.raw))
  assert.deepEqual([messages[0]?.text?.body, contacts[0]?.waId], ['Grüß dich ✨', '85268411234'])
  const { statuses } = normalizeWebhook(JSON.parse(got[1]!.raw))
  assert.equal(statuses[0]?.status, 'sent')
  assert.match(got[1]!.raw, /"biz_opaque_callback_data":"order 8812"/)
})

test('@great-detail/whatsapp takes the handshake and the signature', { timeout: 60_000 }, async (t) => {
  const client = new Client({ request: { headers: {} } } as never)
  const { url, got, until } = await consumer(t, {
    async handshake(query) {
      const registration = await client.webhook.register({
        method: 'GET',
        query,
        body: undefined,
        headers: {},
      } as never)
      return registration.verifyToken === SECRET ? registration.accept() : registration.reject()
    },
    async takes({ raw, headers }) {
      const request = { method: 'POST', query: {}, body: raw, headers }
      const event = await client.webhook.eventNotification(request as never)
      await event.verifySignature(SECRET)
    },
  })
  await run(url, until)
  assert.equal(got.length >= 3, true)
})
