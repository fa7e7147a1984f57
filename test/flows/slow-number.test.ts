import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createCloudApi } from '../../packages/gateway/src/platform/cloud-api/client.ts'
import type { SendRequest } from '../../packages/cloud-api/src/wire.ts'

const HANGING = 600
const message = { messaging_product: 'whatsapp', to: '1', type: 'text', text: { body: 'hi' } } as unknown as SendRequest

test('600 calls of one number that hang at WhatsApp do not delay a call of another number', async (t) => {
  const hanging: ServerResponse[] = []
  const server = createServer((request, response) => {
    request.resume()
    if (request.url!.includes('/111/')) hanging.push(response)
    else response.end(JSON.stringify({ messages: [{ id: 'wamid.1' }], contacts: [] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cloudApi = createCloudApi({ origin, version: 'v25.0' })
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await cloudApi.close()
  })
  let ended = 0
  const slow = Array.from({ length: HANGING }, () =>
    cloudApi.sendMessage('111', 'token', message, { timeoutMs: 60_000 }).then(
      () => ended++,
      () => ended++,
    ),
  )
  while (hanging.length < 256) await new Promise((resolve) => setTimeout(resolve, 5))
  const took: number[] = []
  for (let i = 0; i < 20; i++) {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const startedAt = performance.now()
        await cloudApi.sendMessage('222', 'token', message, { timeoutMs: 20_000 })
        took.push(performance.now() - startedAt)
      }),
    )
  }
  assert.equal(ended, 0, 'every call of the slow number still hangs')
  assert.equal(hanging.length, 256, 'and holds its share of the sockets, no more')
  took.sort((a, b) => a - b)
  t.diagnostic(`the other number: median ${took[100]!.toFixed(1)} ms, p99 ${took[198]!.toFixed(1)} ms`)

  // When WhatsApp answers again, the sends that waited for a socket go out.
  const answer = setInterval(() => {
    for (const response of hanging.splice(0)) response.end(JSON.stringify({ messages: [{ id: 'wamid.2' }] }))
  }, 5)
  t.after(() => clearInterval(answer))
  await Promise.all(slow)
  assert.equal(ended, HANGING)
})
