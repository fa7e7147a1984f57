import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VERSION } from '../../packages/gateway/src/app/version.ts'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'

const [to] = DEMO.phones
const metricsOf = async ({ gateway }: World): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text()

/** The value of a line with all of these labels. */
function valueOf(page: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const line = page
    .split('\n')
    .find(
      (one) =>
        new RegExp(`^${name}[ {]`).test(one) &&
        Object.entries(labels).every(([label, value]) => one.includes(`${label}="${value}"`)),
    )
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

test('answers are measured by route, method and class; invented paths are one route, and streams are none', async () => {
  await using world = await startWorld()
  await world.sandbox.phone(to).says('hi')
  await world.receiver.gets({ event: 'new_message' })
  const wamid = await world.send({ to, type: 'text', text: 'hello' })
  await world.customer('GET', `/external/messages/${encodeURIComponent(wamid)}`)
  await world.customer('POST', '/external/messages/whatsapp', { to })
  await world.admin('GET', '/admin/channels')
  for (const path of ['/a', '/b', '/external/c', '/admin/d']) await world.customer('GET', path)
  const stream = new AbortController()
  const open = await fetch(`${world.gateway.url}/external/events/stream`, {
    headers: { 'certification-code': DEMO.certificationCode },
    signal: stream.signal,
  })
  assert.equal(open.status, 200)
  stream.abort()

  const page = await metricsOf(world)
  const count = (labels: Record<string, string>) => valueOf(page, 'postern_http_request_seconds_count', labels)
  const sends = { route: '/external/messages/whatsapp', method: 'POST' }
  assert.equal(count({ ...sends, status: '2xx' }), 1)
  assert.equal(count({ ...sends, status: '4xx' }), 1)
  assert.equal(count({ route: '/external/messages/{msg_id}', method: 'GET', status: '2xx' }), 1)
  assert.equal(count({ route: '/admin/channels', status: '2xx' }), 1)
  assert.ok(count({ route: '/webhooks/meta', method: 'POST', status: '2xx' })! >= 1)
  assert.equal(count({ route: 'none', status: '4xx' }), 4)
  assert.ok(!page.includes('route="/external/events/stream"'))
  assert.ok(!page.includes(wamid) && !page.includes(to))
  const most = valueOf(page, 'postern_http_request_seconds_bucket', { ...sends, status: '2xx', le: '+Inf' })
  assert.equal(most, 1)
})

test('the time of WhatsApp is apart from our waiting; channels and the build are named', async () => {
  await using world = await startWorld()
  await world.sandbox.phone(to).says('hi')
  const latencyMs = 300
  world.sandbox.fault({ on: 'messages', latencyMs, times: 1 })
  await world.send({ to, type: 'text', text: 'hello' })
  const page = await metricsOf(world)
  assert.ok(valueOf(page, 'postern_whatsapp_seconds_sum')! >= latencyMs / 1000)
  assert.ok(valueOf(page, 'postern_send_wait_seconds_sum')! < valueOf(page, 'postern_whatsapp_seconds_sum')!)
  assert.equal(valueOf(page, 'postern_send_wait_seconds_count'), 1)
  assert.equal(valueOf(page, 'postern_channel_sends_total', { channel: '1', outcome: 'accepted' }), 1)
  assert.equal(valueOf(page, 'postern_build_info', { version: VERSION, node: process.version, store: 'sqlite' }), 1)
})
