import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { onBothEngines } from '../store/engines.ts'
import { auditRows, auditStatement } from '../../packages/gateway/src/store/audit-log.ts'
import { insertUser, userById } from '../../packages/gateway/src/store/users.ts'
import { createVault } from '../../packages/gateway/src/platform/secrets.ts'
import { newId } from '../../packages/gateway/src/platform/ids.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'

type Entry = {
  id: string
  at: number
  actor: { kind: string; id: string; name: string; role: string | null }
  action: string
  kind: string
  channel_id: number | null
  object: Record<string, unknown>
  address: string
  outcome: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

const entries = async (query = ''): Promise<Entry[]> =>
  (await world.admin('GET', `/admin/audit?count=100&${query}`)).data as Entry[]
const newest = async (action: string): Promise<Entry> => (await entries(`action=${action}`))[0]!

test('a change of a channel is logged with who, from where, before and after, without secrets', async () => {
  await world.admin('PATCH', '/admin/channels/1', { name: 'Renamed', access_token: 'sandbox-token' })
  const entry = await newest('adminChangeChannel')
  assert.deepEqual(entry.actor, { kind: 'token', id: 'admin_token', name: 'ADMIN_TOKEN', role: 'admin' })
  assert.deepEqual([entry.kind, entry.channel_id, entry.outcome, entry.address], ['change', 1, 'ok', '127.0.0.1'])
  assert.deepEqual(Object.keys(entry.before!), ['name'])
  assert.notEqual(entry.before!.name, 'Renamed')
  assert.deepEqual(entry.after, { name: 'Renamed', access_token: '(secret)' })
})

test('secrets that calls make, and what people wrote, are nowhere in the log', async () => {
  const secrets: string[] = ['sandbox-token', ADMIN_TOKEN, '16505550777', 'a very private text']
  const endpoint = await world.admin('POST', '/admin/channels/1/endpoints', {
    ...{ name: 'CRM', url: 'https://crm.example.com/hook/s3cret-path?x=1', headers: { 'x-key': 's3cret-header' } },
  })
  secrets.push('s3cret-path', 's3cret-header', String((endpoint.data as { secret?: string }).secret))
  const key = await world.admin('POST', '/admin/keys', { name: 'A program' })
  secrets.push((key.data as { key: string }).key.slice(9))
  const user = await world.admin('POST', '/admin/users', { email: 'ann@shop.example', name: 'Ann', role: 'agent' })
  secrets.push((user.data as { invitation: { token: string } }).invitation.token)
  const code = await world.admin('POST', '/admin/channels/1/certification-codes', {})
  secrets.push((code.data as { certification_code: string }).certification_code)
  // Opens the window.
  await world.sandbox.phone('16505550777').says('hello')
  await world.receiver.gets({ event: 'new_message' })
  const body = { to: '16505550777', type: 'text', text: 'a very private text' }
  const reply = await world.admin('POST', '/admin/channels/1/messages', body)
  assert.equal(reply.http, 200, reply.message)
  await world.admin('DELETE', '/admin/channels/1/contacts/16505550777')
  const log = await entries()
  const actions = new Set(log.map((entry) => entry.action))
  for (const action of ['adminCreateKey', 'adminCreateUser', 'adminSendMessage', 'adminEraseContact'])
    assert.ok(actions.has(action), `${action} is in ${[...actions].join(' ')}`)
  const text = JSON.stringify(log)
  for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} is in the log`)
  const sent = log.find((entry) => entry.action === 'adminSendMessage')!
  assert.deepEqual(sent.after, { type: 'text' })
  assert.equal((await newest('adminEraseContact')).object.contact, '…77')
})

test('a read of a conversation is logged, and the same look again is the same read', async () => {
  await world.sandbox.phone('16505551234').says('hi')
  await world.receiver.gets({ event: 'new_message' })
  const look = () => world.admin('GET', '/admin/conversations?channel_id=1')
  const { conversations } = (await look()).data as { conversations: { contact_id: number }[] }
  await look()
  assert.equal((await entries('action=adminListConversations')).length, 1)
  const id = conversations[0]!.contact_id
  await world.admin('GET', `/admin/messages/search?channel_id=1&contact_id=${id}`)
  const search = await newest('adminSearchMessages')
  assert.deepEqual([search.kind, search.channel_id, search.object.contact_id], ['read', 1, id])
  await world.admin('GET', '/admin/stats')
  assert.deepEqual(await entries('action=adminGetStats'), [], 'no conversation is in it')
})

const asKey = (key: string, method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${world.gateway.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

test('what a key may not change is logged, on customers’ routes too; what it reads of messages is one row for a while', async () => {
  const made = await world.admin('POST', '/admin/keys', {
    name: 'Reader',
    scopes: { read_only: true, channels: [1], routes: ['/external/*', 'GET /admin/conversations'] },
  })
  const { key, key_id: id } = made.data as { key: string; key_id: string }
  const ofKey = (): Promise<Entry[]> => entries(`actor=${id}`)
  assert.equal(
    (await asKey(key, 'POST', '/external/messages/whatsapp', { to: '16505551234', text: 'hush' })).status,
    403,
  )
  assert.equal((await asKey(key, 'DELETE', '/admin/channels/1')).status, 403)
  assert.equal((await asKey(key, 'GET', '/admin/users')).status, 403)
  const refused = await ofKey()
  assert.deepEqual(
    refused.map(({ kind, outcome, channel_id, after }) => [kind, outcome, channel_id, after]),
    [
      ['change', 'out_of_scope', 1, null],
      ['change', 'out_of_scope', 1, null],
    ],
    'a read that was refused has read nothing',
  )
  assert.deepEqual(refused[0]!.actor, { kind: 'key', id, name: 'Reader', role: null })
  for (let n = 0; n < 3; n++)
    for (const path of ['/external/messages', `/external/messages?count=${n + 1}`, '/external/channel'])
      assert.equal((await asKey(key, 'GET', path)).status, 200, path)
  assert.equal((await asKey(key, 'GET', '/external/messages/none')).status, 404)
  assert.equal((await asKey(key, 'GET', '/admin/conversations')).status, 200)
  const reads = (await ofKey()).filter(({ kind }) => kind === 'read')
  assert.deepEqual(
    reads.map(({ channel_id, outcome }) => [channel_id, outcome]),
    // The list of conversations names no channel: it is of all that the key has.
    [
      [null, 'ok'],
      [1, 'ok'],
      [1, 'ok'],
    ],
  )
  assert.equal(new Set(reads.map(({ action }) => action)).size, 3)
})

test('a wrong admin token and an unknown address are sign-ins of somebody, and no word of theirs is kept', async () => {
  for (const body of [
    { token: 'wrong-token-of-somebody' },
    { email: 'who@shop.example', password: 'wrong', code: '1' },
  ])
    await fetch(`${world.gateway.url}/console/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-postern-console': '1' },
      body: JSON.stringify(body),
    })
  const rows = await entries('kind=sign_in&actor=unknown')
  assert.deepEqual(
    rows.map(({ outcome }) => outcome),
    ['sign_in_failed', 'admin_token_invalid'],
  )
  assert.doesNotMatch(JSON.stringify(rows), /wrong|who@/)
})

test('what was wrong changes nothing and is not logged; the log pages, filters and exports', async () => {
  const was = (await entries()).length
  assert.equal((await world.admin('PATCH', '/admin/channels/1', { colour: 'red' })).http, 422)
  assert.equal((await entries()).length, was)
  const first = (await world.admin('GET', '/admin/audit?count=2')).data as Entry[]
  const second = (await world.admin('GET', `/admin/audit?count=2&last_id=${first[1]!.id}`)).data as Entry[]
  assert.deepEqual([...first, ...second], (await entries()).slice(0, 4))
  assert.deepEqual(await entries('actor=nobody'), [])
  assert.ok((await entries('kind=read')).every((entry) => entry.kind === 'read'))
  assert.deepEqual(await entries('to=1700000000'), [])
  const all = await entries()
  const get = (path: string) =>
    fetch(`${world.gateway.url}${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
  const jsonl = await get('/admin/audit/export')
  assert.equal(jsonl.headers.get('content-disposition'), 'attachment; filename="audit.jsonl"')
  const lines = (await jsonl.text()).trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as Entry).id),
    all.map((entry) => entry.id),
  )
  const csv = (await (await get('/admin/audit/export?format=csv&kind=change')).text()).trimEnd().split('\r\n')
  assert.equal(csv.length - 1, all.filter((entry) => entry.kind === 'change').length)
})

onBothEngines(
  'no statement changes a row of the log, and a change of a user has its row or is not made',
  async ({ store, clock }) => {
    const row = (id: string) =>
      auditStatement({
        ...{ id, at: clock.now(), actorKind: 'user', actorId: 'usr_1', actorName: 'Ann', role: 'admin' },
        ...{ action: 'adminCreateUser', kind: 'change', channelId: null, object: {}, address: '::1', outcome: 'ok' },
        ...{ before: null, after: { role: 'agent' }, requestId: 'r' },
      })
    const id = newId('aud', clock.now())
    await store.sql.atomically([row(id)])
    await assert.rejects(store.sql.run(`update audit_log set actor_id = 'nobody'`))
    assert.equal((await auditRows(store.sql, { count: 10 }))[0]!.actorId, 'usr_1')

    const vault = createVault(Buffer.alloc(32, 1))
    const user = {
      id: 'usr_2',
      email: 'bob@shop.example',
      name: 'Bob',
      role: 'admin',
      channels: null,
      createdAt: 1,
    } as const
    const invitation = { token: 'inv_x', totpSecret: Buffer.alloc(20), endsAt: clock.now() + 1000 }
    // The id of its row is taken, so the row cannot be added.
    await assert.rejects(insertUser(store.sql, vault, user, invitation, row(id)))
    assert.equal(await userById(store.sql, 'usr_2'), undefined)
    assert.equal(await insertUser(store.sql, vault, user, invitation, row(newId('aud', clock.now()))), true)
  },
)

test('rows of the log are removed in one place only: its retention', () => {
  const src = resolve(import.meta.dirname, '../../packages/gateway/src')
  const found = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .filter((file) => /(delete from|update|truncate) audit_log/.test(readFileSync(join(src, file), 'utf8')))
  assert.deepEqual(found, ['store/audit-log.ts'])
})
