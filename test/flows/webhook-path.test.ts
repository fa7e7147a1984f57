import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sign, text, webhook } from '../support/meta.ts'
import { startWorld } from '../support/world.ts'

// Paths that an operator may enter as the callback URL.
const PATHS = [
  '/webhooks/meta',
  '/webhooks/meta?tenant=1',
  '/webhooks/meta?',
  '/webhooks/meta/',
  '/webhooks/meta/?tenant=1&x=/y',
  '/webhooks/%6Deta',
  '/webhooks/met%61/',
  '/webhooks//meta',
  '/webhooks/meta/shop',
  '/webhooks/metal',
  '/Webhooks/Meta',
]

test('a path that passes the handshake accepts the webhooks as well, and a path that does not, does not', async () => {
  await using world = await startWorld()
  const { url } = world.gateway
  const taken: string[] = []
  for (const [n, path] of PATHS.entries()) {
    const question = `hub.mode=subscribe&hub.challenge=c${n}&hub.verify_token=${world.sandbox.verifyToken}`
    const asked = await fetch(`${url}${path}${path.includes('?') ? '&' : '?'}${question}`)
    const shaken = asked.status === 200 && (await asked.text()) === `c${n}`
    const body = JSON.stringify(webhook(text('85268411234', `wamid.path-${n}`, `by path ${n}`)))
    const posted = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, world.sandbox.appSecret) },
      body,
    })
    assert.equal(posted.status, shaken ? 200 : 404, path)
    if (!shaken) continue
    taken.push(path)
    const unsigned = await fetch(`${url}${path}`, { method: 'POST', body })
    assert.equal(unsigned.status, 401, path)
    const came = () => world.receiver.received.some((callback) => callback.raw.includes(`wamid.path-${n}`))
    await world.receiver.until(came, `what was posted to ${path}`)
  }
  assert.deepEqual(taken, PATHS.slice(0, 7))
})
