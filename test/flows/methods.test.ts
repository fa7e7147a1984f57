import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorld } from '../support/world.ts'

test('a known path with another method is answered 405 with the allowed methods; an unknown path is answered 404', async () => {
  await using world = await startWorld({ webhook: false })
  for (const [method, path, allow] of [
    // A GET of this path reads the message with this id.
    ['PUT', '/external/messages/whatsapp?x=1', 'GET, HEAD, POST'],
    ['GET', '/external/messages/wamid.1/read', 'POST'],
    ['DELETE', '/external/messages', 'GET, HEAD'],
    ['POST', '/admin/channels/1', 'DELETE, GET, HEAD, PATCH'],
    ['PATCH', '/external/broadcasts/bc_1/pause', 'POST'],
    ['PUT', '/external/media', 'POST'],
    ['DELETE', '/webhooks/meta', 'GET, HEAD, POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['OPTIONS', '/external/messages/wamid.1/read', 'POST'],
    ['POST', '/assets/app.js', 'GET, HEAD'],
  ] as const) {
    const response = await fetch(`${world.gateway.url}${path}`, { method })
    const text = await response.text()
    assert.equal(response.status, 405, `${method} ${path}: ${text}`)
    assert.equal(response.headers.get('allow'), allow, `${method} ${path}`)
    const { status, code, message, error } = JSON.parse(text) as {
      status: string
      code: number
      message: string
      error: { reason: string }
    }
    assert.deepEqual([status, code, error.reason], ['error', 405, 'method_not_allowed'])
    assert.ok(message.includes(allow), message)
  }
  for (const path of [
    '/external/nothing',
    '/external/messages/whatsapp/',
    '/admin',
    '/external/broadcasts/a/b/pause',
  ]) {
    const response = await fetch(`${world.gateway.url}${path}`, { method: 'PUT' })
    assert.equal(response.status, 404, path)
  }
})

test('a body that is not JSON is refused with the position, once, and is not quoted', async () => {
  await using world = await startWorld({ webhook: false })
  for (const body of ['{"to":"85268411234","text":}', '{"to":"85268411234" "text":1}', '{"to":"85268411234"']) {
    const answer = await world.customer('POST', '/external/messages/whatsapp', body)
    assert.equal(answer.http, 400)
    assert.equal(answer.message.match(/position/g)?.length, 1, answer.message)
    assert.equal(answer.message.match(/JSON/g)?.length, 2, answer.message)
    assert.ok(!answer.message.includes('8526') && !answer.message.includes('line 1'), answer.message)
  }
})
