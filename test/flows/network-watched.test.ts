import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { freePort, startProcess } from '../support/process.ts'
import { Receiver } from '../support/receiver.ts'
import { ADMIN_TOKEN } from '../support/world.ts'

const HOOK = pathToFileURL(join(import.meta.dirname, '../support/watch-network.mjs')).href

test('a whole message connects to nothing but the configured addresses', { timeout: 120_000 }, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-network-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  const log = join(dataDir, 'network.jsonl')
  const sandboxPort = await freePort()
  const receiver = await Receiver.start()
  t.after(() => receiver.close())
  // A provider of accounts that answers nothing of use: it is asked all the same.
  const provider = createServer((_request, response) => void response.writeHead(404).end())
  await new Promise<void>((done) => provider.listen(0, '127.0.0.1', done))
  t.after(() => provider.close())
  const providerPort = (provider.address() as AddressInfo).port
  const settings = { DATA_DIR: join(dataDir, 'data'), PORT: '0', SANDBOX_PORT: String(sandboxPort), ADMIN_TOKEN }
  const oidc = { OIDC_ISSUER: `http://127.0.0.1:${providerPort}`, OIDC_CLIENT_ID: 'postern' }
  const hook = { NODE_OPTIONS: `--import=${HOOK}`, NETWORK_LOG: log }
  const gateway = await startProcess({ ...settings, ...oidc, ...hook }, [], 60_000)
  t.after(() => gateway.kill())
  const call = async (base: string, method: string, path: string, headers: Record<string, string>, body?: object) => {
    const answer = await fetch(base + path, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`)
    return answer
  }
  const admin = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const code = { 'certification-code': 'postern-demo-certification-code' }
  await call(gateway.url, 'PUT', '/admin/channels/1/webhook', admin, { url: receiver.url })
  const template = { to: '85268411234', type: 'template', template: { name: 'test_button_reply_1' } }
  await call(gateway.url, 'POST', '/external/messages/whatsapp', code, template)
  await receiver.gets({ event: 'message_status_update', message_status: 'delivered' })
  const phone = `http://127.0.0.1:${sandboxPort}`
  await call(phone, 'POST', '/sandbox/phones/85268411234/taps', {}, { button: 'Yes' })
  await receiver.gets({ event: 'new_message' })
  for (const path of ['/', '/docs', '/docs/messages', '/metrics', '/readyz', '/admin/stats', '/admin/incidents'])
    await call(gateway.url, 'GET', path, admin)
  const signIn = await fetch(`${gateway.url}/console/oidc/start`, { redirect: 'manual' })
  assert.equal(signIn.headers.get('location'), '/#/sign-in/away')
  assert.equal(await gateway.terminate(), 0)

  const seen = readFileSync(log, 'utf8').trim().split('\n')
  const met = seen.map((line) => JSON.parse(line) as { what: string; to: string })
  const receiverPort = new URL(receiver.url).port
  // The sandbox is in the same process, and calls the gateway's webhook.
  const gatewayPort = new URL(gateway.url).port
  const ours = new Set(
    [sandboxPort, receiverPort, gatewayPort, providerPort].flatMap((port) => [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
    ]),
  )
  const foreign = met.filter(({ what, to }) =>
    what === 'connect' ? !ours.has(to) : !['127.0.0.1', 'localhost', '::1'].includes(to),
  )
  assert.deepEqual(foreign, [])
  for (const port of [sandboxPort, receiverPort, providerPort])
    assert.ok(
      met.some(({ what, to }) => what === 'connect' && to.endsWith(`:${port}`)),
      `${port} was met`,
    )
})
