import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { isPlainHost } from '../../packages/runtime/src/host-name.ts'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld } from '../support/world.ts'

/** node:http, because fetch sets Host and Origin by itself. */
function ask(url: string, method: string, headers: Record<string, string>, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode!))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const HOSTS: [host: string | undefined, plain: boolean][] = [
  [undefined, true],
  ['127.0.0.1:8080', true],
  ['[::1]:8080', true],
  ['localhost', true],
  ['LOCALHOST:8080', true],
  ['gateway:8080', true],
  ['app.localhost:8080', true],
  ['evil.example', false],
  ['evil.example:8080', false],
  ['127.0.0.1.evil.example', false],
  ['evil.localhost.example', false],
  ['localhost.', false],
]
for (const [host, plain] of HOSTS) {
  test(`the host ${String(host)} is ${plain ? 'plain' : 'refused'}`, () => assert.equal(isPlainHost(host), plain))
}

test('a web page reaches no route of the sandbox: not from another origin, not under a host name of its own', async () => {
  await using world = await startWorld({ webhook: false })
  const { url, appId } = world.sandbox
  const token = `access_token=${DEMO.accessToken}`
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const calls: [method: string, path: string, body?: string][] = [
    [
      'POST',
      `/v25.0/${DEMO.phoneNumberId}/messages`,
      `${token}&messaging_product=whatsapp&to=85268411234&type=text&text={"body":"hi"}`,
    ],
    [
      'POST',
      `/v25.0/${DEMO.wabaId}/subscribed_apps`,
      `${token}&override_callback_uri=http://127.0.0.1:9/x&verify_token=x`,
    ],
    [
      'POST',
      `/v25.0/${appId}/subscriptions`,
      `${token}&object=whatsapp_business_account&callback_url=http://127.0.0.1:9`,
    ],
    ['GET', `/v25.0/${DEMO.phoneNumberId}?${token}`],
    ['GET', '/whatsapp_business/attachments/?mid=1&ext=1&hash=x'],
    ['GET', '/sandbox/phones'],
  ]
  const own = new URL(url).host
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: `evil.example:${new URL(url).port}` },
    { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
  ]
  for (const [method, path, body] of calls) {
    for (const headers of foreign) {
      const more = body === undefined ? {} : form
      assert.equal(
        await ask(`${url}${path}`, method, { ...more, ...headers }, body),
        403,
        `${path} ${JSON.stringify(headers)}`,
      )
    }
  }
  // The gateway itself fetches templates meanwhile, and changes nothing.
  assert.deepEqual(
    world.sandbox.received().filter((call) => call.method !== 'GET'),
    [],
    'none of them was looked at',
  )
  const [method, path, body] = calls[0]!
  assert.equal(await ask(`${url}${path}`, method, { ...form, host: own }, body), 200)
  assert.equal(await ask(`${url}/`, 'GET', { 'sec-fetch-site': 'same-site' }), await ask(`${url}/`, 'GET', {}))
  assert.equal(await ask(`${url}/`, 'GET', { host: 'evil.example' }), 403)
})

test('a gateway on loopback refuses foreign host names', async () => {
  await using world = await startWorld({ webhook: false })
  const { url } = world.gateway
  const evil = { host: 'evil.example', 'certification-code': DEMO.certificationCode }
  for (const path of ['/', '/healthz', '/metrics', '/external/messages', '/admin/channels', '/console/session', '/x']) {
    assert.equal(await ask(`${url}${path}`, 'GET', evil), 403, path)
  }
  const send = JSON.stringify({ to: '85268411234', type: 'text', text: 'hi' })
  const json = { 'content-type': 'application/json' }
  assert.equal(await ask(`${url}/external/messages/whatsapp`, 'POST', { ...evil, ...json }, send), 403)
  assert.equal(await ask(`${url}/healthz`, 'GET', { host: 'localhost:1' }), 200)
  // A tunnel keeps the public name; webhooks are checked by Meta's signature instead.
  assert.equal(await ask(`${url}/webhooks/meta`, 'POST', { host: 'tunnel.example' }, '{}'), 401)
  const question = `hub.mode=subscribe&hub.challenge=c&hub.verify_token=${world.sandbox.verifyToken}`
  assert.equal(await ask(`${url}/webhooks/meta?${question}`, 'GET', { host: 'tunnel.example' }), 200)
})

test('a trusted proxy may send any host name, and a gateway that listens on all addresses checks none', async () => {
  for (const env of [{ TRUSTED_PROXIES: '127.0.0.1' }, { HOST: '0.0.0.0' }] as Record<string, string>[]) {
    await using world = await startWorld({ webhook: false, env })
    assert.equal(await ask(`${world.gateway.url}/healthz`, 'GET', { host: 'postern.example' }), 200)
  }
})
