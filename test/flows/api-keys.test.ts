import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freshDatabase } from '../support/shared-postgres.ts'
import { caller, startWorld, type Answer, type World } from '../support/world.ts'

let world: World
let other: number
before(async () => {
  world = await startWorld()
  const made = await world.admin('POST', '/admin/channels', {
    ...{ name: 'Other', business_phone: '14155550199', phone_number_id: '301234567890199', waba_id: '215589313241599' },
    access_token: 'EAAB',
  })
  other = (made.data as { channel_id: number }).channel_id
})
after(() => world.stop())

const TEXT = { to: '16505551234', type: 'text', text: 'hello' }

async function newKey(scopes?: object, at = world): Promise<{ id: string; key: string }> {
  const made = await at.admin('POST', '/admin/keys', { name: 'A program', ...(scopes && { scopes }) })
  assert.equal(made.http, 201, made.message)
  const { key_id: id, key } = made.data as { key_id: string; key: string }
  return { id, key }
}

const ask = (key: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  caller(() => world.gateway.url)(method, path, body, { authorization: `Bearer ${key}`, ...headers })
const reasonOf = ({ error }: Answer): unknown => (error as { reason?: string }).reason

test('a key of one channel sends on it, beside certification codes; it is shown once', async () => {
  const { id, key } = await newKey({ channels: [1] })
  assert.match(key, /^pk_[\w-]{43}$/)
  const sent = await ask(key, 'POST', '/external/messages/whatsapp', TEXT)
  assert.equal(sent.http, 200, sent.message)
  const keyed = { 'idempotency-key': 'once' }
  const first = await ask(key, 'POST', '/external/messages/whatsapp', TEXT, keyed)
  assert.deepEqual((await ask(key, 'POST', '/external/messages/whatsapp', TEXT, keyed)).data, first.data)
  const listed = (await world.admin('GET', '/admin/keys')).data as { key_id: string; last_used_at: number | null }[]
  const shown = listed.find((one) => one.key_id === id)!
  assert.ok(shown.last_used_at! >= Date.now() / 1000 - 60)
  assert.ok(!JSON.stringify(listed).includes(key.slice(9)))
  assert.equal((await ask(key, 'GET', '/admin/channels')).http, 403, 'without routes, customers’ routes alone')
})

test('a key of several channels names one in a header; others are refused', async () => {
  const { key } = await newKey({ channels: [1, other] })
  const get = (headers?: Record<string, string>) => ask(key, 'GET', '/external/channel', undefined, headers)
  const none = await get()
  assert.deepEqual([none.http, none.message.split(':')[0]], [422, 'channel-id'])
  assert.equal((await get({ 'channel-id': '1' })).http, 200)
  const name = (await get({ 'channel-id': String(other) })).data as { name: string }
  assert.equal(name.name, 'Other')
  assert.equal((await get({ 'channel-id': '99' })).http, 403)
  const { key: one } = await newKey({ channels: [other] })
  assert.equal((await ask(one, 'GET', '/external/channel', undefined, { 'channel-id': '1' })).http, 403)
  const { key: all } = await newKey()
  assert.equal((await ask(all, 'GET', '/external/channel', undefined, { 'channel-id': '1' })).http, 200)
  assert.equal((await ask(all, 'GET', '/external/channel', undefined, { 'channel-id': '99' })).http, 404)
})

test('routes, read_only and templates are kept', async () => {
  const { key: reader } = await newKey({ channels: [1], read_only: true })
  assert.equal((await ask(reader, 'GET', '/external/messages')).http, 200)
  const refused = await ask(reader, 'POST', '/external/messages/whatsapp', TEXT)
  assert.deepEqual([refused.http, reasonOf(refused)], [403, 'out_of_scope'])

  const { key: sender } = await newKey({ channels: [1], routes: ['POST /external/messages/whatsapp'] })
  assert.equal((await ask(sender, 'POST', '/external/messages/whatsapp', TEXT)).http, 200)
  assert.equal((await ask(sender, 'GET', '/external/messages')).http, 403)

  const { key: one } = await newKey({ channels: [1], templates: ['hello_world'] })
  const template = (name: string) => ({
    to: TEXT.to,
    type: 'template',
    template: { name, language: { code: 'en_US' } },
  })
  const send = (body: unknown, path = '/external/messages/whatsapp') => ask(one, 'POST', path, body)
  assert.equal(reasonOf(await send(TEXT)), 'out_of_scope')
  assert.equal(reasonOf(await send(template('order_ready'))), 'out_of_scope')
  assert.notEqual((await send(template('hello_world'))).http, 403)
  const hidden = { ...TEXT, fallback: { template: { name: 'order_ready', language: { code: 'en' } } } }
  assert.equal(reasonOf(await send(hidden)), 'out_of_scope')
  const broadcast = { template: 'hello_world', recipients: ['16505551234', { to: '16505551235', template: 'other' }] }
  assert.equal(reasonOf(await send(broadcast, '/external/broadcasts')), 'out_of_scope')
  assert.equal(
    reasonOf(await send({ template: 'hello_world', file_id: `bf_${'0'.repeat(26)}` }, '/external/broadcasts')),
    'out_of_scope',
  )
  assert.equal(reasonOf(await send({ hsm_ids: ['1'] }, '/external/templates/archive')), 'out_of_scope')
  assert.equal((await ask(one, 'GET', '/external/templates')).http, 200)
})

test('on admin routes a pattern reaches what no admin is needed for; the rest must be named', async () => {
  const { key } = await newKey({ routes: ['/admin/*'], channels: [1] })
  assert.equal((await ask(key, 'GET', '/admin/channels/1')).http, 200)
  assert.equal((await ask(key, 'GET', `/admin/channels/${other}`)).http, 403)
  assert.equal((await ask(key, 'PATCH', '/admin/channels/1', { name: 'By a key' })).http, 200)
  assert.equal((await ask(key, 'PATCH', '/admin/channels/1', { access_token: 'EAAB' })).http, 403)
  assert.equal((await ask(key, 'GET', '/admin/users')).http, 403)
  assert.equal((await ask(key, 'POST', '/admin/keys', { name: 'more' })).http, 403)
  const { key: users } = await newKey({ routes: ['GET /admin/users'] })
  assert.equal((await ask(users, 'GET', '/admin/users')).http, 200)
  assert.equal((await ask(users, 'POST', '/admin/users', {})).http, 403)
})

test('scopes that make no sense are refused by name', async () => {
  const make = (scopes: object) => world.admin('POST', '/admin/keys', { name: 'x', scopes })
  for (const [scopes, path] of [
    [{ routes: ['/external/nothing'] }, 'scopes.routes.0'],
    [{ routes: ['external'] }, 'scopes.routes.0'],
    [{ channels: [99] }, 'scopes.channels.0'],
    [{ expires_at: 1 }, 'scopes.expires_at'],
    [{ colour: 'red' }, 'scopes.colour'],
  ] as const) {
    const answer = await make(scopes)
    assert.equal(answer.http, 422)
    assert.ok(answer.message.startsWith(path), answer.message)
  }
})

test('wrong, expired and revoked keys get one answer', async () => {
  const { key: brief } = await newKey({ channels: [1], expires_at: Math.floor(Date.now() / 1000) + 2 })
  const { id, key } = await newKey({ channels: [1], routes: ['/external/*', '/admin/*'] })
  assert.equal((await ask(brief, 'GET', '/external/channel')).http, 200)
  assert.equal((await ask(key, 'GET', '/external/channel')).http, 200)
  assert.equal((await world.admin('DELETE', `/admin/keys/${id}`)).http, 200)
  assert.equal((await world.admin('DELETE', `/admin/keys/${id}`)).http, 404)
  const answers = [
    await ask(key, 'GET', '/external/channel'),
    await ask(key, 'GET', '/admin/channels'),
    await ask('pk_wrong', 'GET', '/external/channel'),
  ]
  let late = await ask(brief, 'GET', '/external/channel')
  for (const until = Date.now() + 20_000; late.http === 200 && Date.now() < until; await sleep(100))
    late = await ask(brief, 'GET', '/external/channel')
  for (const answer of [...answers, late])
    assert.deepEqual([answer.http, answer.code, reasonOf(answer)], [401, 10001, 'api_key_invalid'])
})

test('a revoked key ends its stream of events', async () => {
  const { id, key } = await newKey({ channels: [1] })
  const stream = await fetch(`${world.gateway.url}/external/events/stream?after=now`, {
    headers: { authorization: `Bearer ${key}` },
  })
  assert.equal(stream.status, 200)
  await world.admin('DELETE', `/admin/keys/${id}`)
  await world.sandbox.phone('16505551234').says('does it see this?')
  let text = ''
  for await (const chunk of stream.body!) text += Buffer.from(chunk).toString()
  assert.doesNotMatch(text, /does it see this/)
})

test('another node refuses a revoked key', async (t) => {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'postern-keys-')))
  t.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))
  const shared = { DATABASE_URL: await freshDatabase(), MASTER_KEY: randomBytes(32).toString('base64') }
  await using here = await startWorld({ webhook: false, env: shared, dataDir: folders[0]! })
  await using there = await startWorld({ webhook: false, env: shared, dataDir: folders[1]! })
  const { id, key } = await newKey({ channels: [1] }, here)
  const look = (): Promise<Answer> =>
    caller(() => there.gateway.url)('GET', '/external/channel', undefined, { authorization: `Bearer ${key}` })
  const becomes = async (http: number): Promise<void> => {
    for (const until = Date.now() + 20_000; ; await sleep(20)) {
      if ((await look()).http === http) return
      assert.ok(Date.now() < until, `it does not become ${http}`)
    }
  }
  await becomes(200)
  await here.admin('DELETE', `/admin/keys/${id}`)
  await becomes(401)
})
