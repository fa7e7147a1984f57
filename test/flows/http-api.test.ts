import assert from 'node:assert/strict'
import { test } from 'node:test'
import { caller, startWorld } from '../support/world.ts'

const SEND = '/external/messages/whatsapp'
const CODE = 'postern-demo-certification-code'

test('checks run in the order of the contract: route, credential, type and size, JSON, schema', async () => {
  await using world = await startWorld({ webhook: false })
  const call = caller(() => world.gateway.url)
  const code = { 'certification-code': CODE }
  const ends: [string, Awaited<ReturnType<typeof call>>, number, number][] = [
    ['no such route', await call('POST', '/external/nothing', 'not json', {}), 404, 404],
    ['no credential', await call('POST', SEND, 'not json', { 'content-type': 'text/plain' }), 401, 10001],
    ['wrong credential', await call('POST', SEND, '{}', { 'certification-code': 'nope' }), 401, 10001],
    ['wrong type', await call('POST', SEND, 'not json', { ...code, 'content-type': 'text/plain' }), 415, 415],
    ['too large', await call('POST', SEND, `"${'x'.repeat(256 * 1024)}"`, code), 413, 413],
    ['not JSON', await call('POST', SEND, '{"to":', code), 400, 400],
    ['empty', await call('POST', SEND, '', code), 400, 400],
    ['JSON with comments', await call('POST', SEND, '{} // comment', code), 400, 400],
    ['not the schema', await call('POST', SEND, '[]', code), 422, 422],
    ['nothing in it', await call('POST', SEND, '{}', code), 422, 422],
  ]
  for (const [what, answer, http, number] of ends) {
    assert.deepEqual({ what, http: answer.http, code: answer.code }, { what, http, code: number })
    assert.equal(answer.status, 'error')
    assert.notEqual(answer.message, '')
    assert.deepEqual(answer.data, {})
    assert.equal(typeof answer.error, 'object')
    assert.match(answer.headers.get('x-request-id') ?? '', /^req_/)
  }
})

test('missing, wrong and revoked codes get the same answer', async () => {
  await using world = await startWorld({ webhook: false })
  const made = await world.admin('POST', '/admin/channels/1/certification-codes')
  assert.equal(made.http, 201)
  const { code_id: id, certification_code: code } = made.data as { code_id: string; certification_code: string }
  assert.ok(code.length >= 25, 'at least 128 bits')
  const call = caller(() => world.gateway.url)
  const ask = (headers: Record<string, string>) => call('GET', '/external/messages', undefined, headers)
  assert.equal((await ask({ 'certification-code': code })).http, 200)
  assert.equal((await ask({ 'Certification-Code': code })).http, 200)
  assert.equal((await world.admin('DELETE', `/admin/channels/1/certification-codes/${id}`)).http, 200)
  const [missing, wrong, revoked] = [
    await ask({}),
    await ask({ 'certification-code': 'x' }),
    await ask({ 'certification-code': code }),
  ]
  for (const answer of [missing, wrong, revoked]) assert.equal(answer.http, 401)
  assert.equal(missing.message, wrong.message)
  assert.equal(wrong.message, revoked.message)
  assert.equal((await world.admin('DELETE', `/admin/channels/1/certification-codes/${id}`)).http, 404)
})

test('one answer has every problem of a body, with its path', async () => {
  await using world = await startWorld({ webhook: false })
  const answer = await world.customer('POST', SEND, {
    to: '+852 6841',
    type: 'interactive',
    surprise: 1,
    interactive: {
      type: 'list',
      body: { text: 'x'.repeat(4097) },
      action: { button: 'b'.repeat(21), sections: [{ title: 's', rows: [{ id: 'a', title: 't' }, { id: 'b' }] }] },
    },
  })
  assert.equal(answer.http, 422)
  const fields = answer.error.fields as unknown as {
    path: string
    rule: string
    message: string
    limit?: number
    actual?: number
  }[]
  const paths = fields.map((field) => field.path)
  for (const path of [
    'to',
    'surprise',
    'interactive.body.text',
    'interactive.action.button',
    'interactive.action.sections.0.rows.1.title',
  ]) {
    assert.ok(paths.includes(path), `${path} among ${paths.join(', ')}`)
  }
  const body = fields.find((field) => field.path === 'interactive.body.text')!
  assert.deepEqual(body, {
    path: 'interactive.body.text',
    rule: 'maxLength',
    limit: 4096,
    actual: 4097,
    message: 'at most 4096 characters, got 4097',
  })
  assert.equal(answer.message, `${fields[0]!.path}: ${fields[0]!.message}`)
})

test('the admin API: the token is required, secrets are shown once, channels are added, changed and deleted', async () => {
  await using world = await startWorld({ webhook: false })
  const call = caller(() => world.gateway.url)
  assert.equal((await call('GET', '/admin/channels')).http, 401)
  assert.equal((await call('GET', '/admin/channels', undefined, { authorization: 'Bearer wrong' })).http, 401)
  assert.equal((await call('GET', '/admin/channels', undefined, { 'certification-code': CODE })).http, 401)
  const channel = {
    name: 'Shop',
    business_phone: '14155550123',
    phone_number_id: '301234567890123',
    waba_id: '215589313241560',
    access_token: 'EAAB-very-secret',
    webhook_url: world.receiver.url,
  }
  const wrong = await world.admin('POST', '/admin/channels', {
    ...channel,
    business_phone: '+1 415',
    colour: 'red',
    messages_per_second: 0,
  })
  assert.equal(wrong.http, 422)
  assert.deepEqual((wrong.error.fields as unknown as { path: string }[]).map((field) => field.path).sort(), [
    'business_phone',
    'colour',
    'messages_per_second',
  ])
  const added = await world.admin('POST', '/admin/channels', channel)
  assert.equal(added.http, 201)
  const { channel_id: id, webhook_secret: secret } = added.data as { channel_id: number; webhook_secret: string }
  assert.ok(Number.isInteger(id))
  assert.match(secret, /^whsec_/)
  assert.equal((await world.admin('POST', '/admin/channels', channel)).http, 409)
  const shown = JSON.stringify((await world.admin('GET', `/admin/channels/${id}`)).data)
  for (const hidden of ['EAAB', 'whsec_', 'access_token', 'webhook_secret']) assert.ok(!shown.includes(hidden), hidden)
  const patched = await world.admin('PATCH', `/admin/channels/${id}`, {
    default_language: 'en_US',
    window_policy: 'observe',
  })
  assert.equal((patched.data as { window_policy: string }).window_policy, 'observe')
  assert.equal((await world.admin('DELETE', `/admin/channels/${id}`)).http, 200)
  assert.equal((await world.admin('GET', `/admin/channels/${id}`)).http, 404)
  const code = (added.data as { certification_code: string }).certification_code
  assert.equal((await call('GET', '/external/messages', undefined, { 'certification-code': code })).http, 401)
})

test('the code of one channel gives no access to another', async () => {
  await using world = await startWorld({ webhook: false })
  const added = await world.admin('POST', '/admin/channels', {
    name: 'Other',
    business_phone: '14155550123',
    phone_number_id: '301234567890123',
    waba_id: '215589313241560',
    access_token: 't',
  })
  const other = { 'certification-code': (added.data as { certification_code: string }).certification_code }
  const wamid = await world.send({ to: '85268411234', type: 'text', text: 'mine' })
  const call = caller(() => world.gateway.url)
  assert.equal((await call('GET', `/external/messages/${encodeURIComponent(wamid)}`, undefined, other)).http, 404)
  assert.deepEqual((await call('GET', '/external/messages', undefined, other)).data, [])
  assert.deepEqual((await call('GET', '/external/events', undefined, other)).data, [])
})

test('unusual requests are answered and do not crash the gateway', async () => {
  await using world = await startWorld({ webhook: false })
  const call = caller(() => world.gateway.url)
  const code = { 'certification-code': CODE }
  for (const [path, http] of [
    ['/external/messages?count=0', 422],
    ['/external/messages?count=101', 422],
    ['/external/messages?direction=sideways', 422],
    ['/external/messages?unknown=1', 422],
    ['/external/messages?last_id=wamid.none', 404],
    ['/external/messages/%E0%A4%A', 400],
    ['/external/events?last_id=evt_x', 422],
    ['/external/contacts/85268411234/window', 200],
    [`/external/messages/${'x'.repeat(900)}`, 404],
  ] as const) {
    assert.equal((await call('GET', path, undefined, code)).http, http, path)
  }
  for (const body of ['{"__proto__":{"a":1}}', '{"constructor":{"prototype":{}}}', '1', '"x"', 'null']) {
    assert.ok([400, 422].includes((await call('POST', SEND, body, code)).http), body)
  }
})

test('health, readiness, metrics and the document', async () => {
  await using world = await startWorld({ webhook: false })
  await world.send({ to: '85268411234', type: 'text', text: 'counted' })
  const get = async (path: string) => fetch(`${world.gateway.url}${path}`)
  assert.equal((await get('/healthz')).status, 200)
  assert.deepEqual(await (await get('/readyz')).json(), { status: 'ready', store: 'sqlite' })
  const metrics = await (await get('/metrics')).text()
  assert.match(metrics, /postern_sends_total\{outcome="accepted",code=""\} 1/)
  const document = (await (await get('/openapi.json')).json()) as { openapi: string; paths: Record<string, unknown> }
  assert.match(document.openapi, /^3\.1\./)
  for (const path of [
    '/external/messages/whatsapp',
    '/external/messages/{msg_id}',
    '/external/contacts/{to}/window',
    '/admin/channels',
  ]) {
    assert.ok(document.paths[path], path)
  }
})

test('a channel has a limited number of codes; revoking one frees a place', async () => {
  await using world = await startWorld({ webhook: false })
  const make = () => world.admin('POST', '/admin/channels/1/certification-codes')
  const made: Awaited<ReturnType<typeof make>>[] = []
  while (made.length < 200 && made.at(-1)?.http !== 409) made.push(await make())
  assert.equal(made.length, 100, 'the one that is there from the start counts')
  assert.match(made.at(-1)!.message, /revoke one first/)
  const { code_id: id } = made[0]!.data as { code_id: string }
  assert.equal((await world.admin('DELETE', `/admin/channels/1/certification-codes/${id}`)).http, 200)
  assert.equal((await make()).http, 201)
})

test('bodies that are not UTF-8, or contain __proto__, are refused by name; an empty one only when a body is required', async () => {
  await using world = await startWorld({ webhook: false })
  const headers = { 'certification-code': CODE, 'content-type': 'application/json' }
  const ask = async (method: string, path: string, body: string | Buffer, more: Record<string, string> = {}) => {
    const sent = typeof body === 'string' ? body : new Uint8Array(body)
    const response = await fetch(`${world.gateway.url}${path}`, {
      method,
      headers: { ...headers, ...more },
      body: sent,
    })
    return {
      http: response.status,
      ...((await response.json()) as { message: string; error: Record<string, unknown> }),
    }
  }
  // "你好" as a program on a Chinese Windows encodes it.
  const gbk = Buffer.concat([
    Buffer.from('{"to":"85268411234","type":"text","text":"'),
    Buffer.from('c4e3bac3', 'hex'),
    Buffer.from('"}'),
  ])
  const admin = { authorization: 'Bearer an-admin-token-for-tests' }
  for (const [method, path, more] of [
    ['POST', SEND, {}],
    ['POST', '/external/broadcasts', {}],
    ['POST', '/external/templates', {}],
    ['POST', '/admin/channels', admin],
    ['POST', '/console/session', { 'sec-fetch-site': 'same-origin' }],
  ] as [string, string, Record<string, string>][]) {
    const answer = await ask(method, path, gbk, more)
    assert.deepEqual([path, answer.http, answer.error.reason], [path, 400, 'bad_encoding'])
    assert.match(answer.message, /as UTF-8/)
  }
  const trap = await ask('POST', SEND, '{"to":"85268411234","type":"text","text":"x","__proto__":{"a":1}}')
  assert.deepEqual([trap.http, (trap.error.fields as { path: string }[])[0]!.path], [422, '__proto__'])

  const sent = await world.send({ to: '16505551234', type: 'text', text: 'x' })
  await world.sandbox.phone('16505551234').says('hi')
  const made = await world.customer('POST', '/external/broadcasts', { message: { type: 'text', text: 'x' } })
  const { id } = made.data as { id: string }
  const empty: [method: string, path: string, more?: Record<string, string>][] = [
    ['POST', `/external/broadcasts/${id}/pause`],
    ['POST', `/external/broadcasts/${id}/cancel`],
    ['DELETE', '/admin/channels/1/certification-codes/code_none', admin],
    ['POST', `/external/messages/${sent}/read`],
  ]
  for (const [method, path, more] of empty) {
    const answer = await ask(method, path, '', more)
    assert.notEqual(answer.error?.reason, 'bad_json', `${method} ${path}: ${answer.message}`)
    assert.notEqual(answer.http, 400, `${method} ${path}: ${answer.message}`)
  }
  assert.equal((await ask('POST', SEND, '')).http, 400)
})

test('the gateway and the sandbox treat an empty description of a row as none', async () => {
  await using world = await startWorld({ webhook: false })
  const rows = [{ id: '1', title: 'One', description: '' }]
  await world.sandbox.phone('16505551234').says('hi')
  await world.send({
    to: '16505551234',
    type: 'interactive',
    interactive: { type: 'list', body: { text: 'x' }, action: { button: 'Open', sections: [{ title: 'All', rows }] } },
  })
})
