import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from '../index.ts'
import { graph, type Loose } from '../testing.ts'

const MEI = '85268411234'
const PABLO = '16505551234'
const DEMO = '302702419599374'

let sandbox: Sandbox
let handset: { id: string; path: string }
beforeEach(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0, handsetPort: 0 })
  handset = (await ask('POST', '/sandbox/handsets', { phone: MEI })).body as never
})
afterEach(() => sandbox.close())

type Answer = { status: number; body: Loose }
const ask = (method: string, path: string, body?: object, origin = sandbox.url): Promise<Answer> =>
  graph(origin, method, path, body ?? (method === 'POST' ? {} : undefined), null)
/** A call of the handset. */
const own = (method: string, path: string, body?: object, origin = sandbox.url): Promise<Answer> =>
  ask(method, `${handset.path}sandbox${path}`, body, origin)
async function send(to: string, body: string): Promise<void> {
  const sent = { messaging_product: 'whatsapp', to, type: 'text', text: { body } }
  assert.equal((await graph(sandbox.url, 'POST', `/v25.0/${DEMO}/messages`, sent)).status, 200)
  await sandbox.phone(to).sees(body)
}

test('a handset reads and writes as its phone', async () => {
  await send(MEI, 'your parcel is here')
  const { body: state } = await own('GET', '')
  assert.equal(state.numbers[0].verifiedName, 'Postern Demo')
  const [phone, ...others] = (await own('GET', '/phones')).body.data
  assert.deepEqual([phone.number, phone.name, others.length], [MEI, 'Mei Chan', 0])
  const { data } = (await own('GET', `/phones/${MEI}/messages?with=${DEMO}`)).body
  assert.equal(data.at(-1).text, 'your parcel is here')
  assert.equal((await own('GET', `/phones/${MEI}/chats`)).body.data[0].unread, 1)
  const said = await own('POST', `/phones/${MEI}/replies`, { to: data.at(-1).id, text: 'thanks', with: DEMO })
  assert.equal(said.body.message.text, 'thanks')
  await own('POST', `/phones/${MEI}/reads`, { with: DEMO, group: null })
  assert.equal((await own('GET', `/phones/${MEI}/chats`)).body.data[0].unread, 0)
  assert.equal((await own('GET', '/calls')).status, 200)
  const [listed] = (await ask('GET', '/sandbox/handsets')).body.data
  assert.deepEqual([listed.id, listed.phone, typeof listed.usedAt], [handset.id, MEI, 'number'])
})

test('a handset is refused everything of other phones, of the business, and of the sandbox', async () => {
  await send(PABLO, 'for Pablo only')
  await sandbox.phone(PABLO).says({ type: 'image', image: {} })
  const theirs = sandbox.phone(PABLO).messages()
  const group = sandbox.addGroup({ subject: 'Pablo’s friends', participants: [PABLO] })
  const media = (theirs.find((one) => one.type === 'image')!.content as { id: string }).id
  assert.equal((await fetch(`${sandbox.url}/sandbox/media/${media}/bytes`)).status, 200)
  for (const [method, path, body] of [
    ['GET', `/phones/${PABLO}`],
    ['GET', `/phones/${PABLO}/messages`],
    ['GET', `/phones/${PABLO}/chats`],
    ['POST', `/phones/${PABLO}/says`, { text: 'I am not Pablo' }],
    ['GET', `/phones/${MEI}/../${PABLO}/messages`],
    ['GET', `/phones/%2e%2e/phones/${PABLO}/messages`],
    ['POST', `/phones/${MEI}/replies`, { to: theirs[0]!.id, text: 'hm' }],
    ['POST', `/phones/${MEI}/reacts`, { to: theirs[0]!.id, emoji: '👍' }],
    ['POST', `/phones/${MEI}/plays`, { to: theirs[0]!.id }],
    ['POST', `/phones/${MEI}/revokes`, { to: theirs.at(-1)!.id }],
    ['POST', `/phones/${MEI}/edits`, { to: theirs.at(-1)!.id, text: 'hm' }],
    ['POST', `/phones/${MEI}/says`, { text: 'hm', group_id: group.id }],
    ['POST', `/phones/${MEI}/joins`, { group: group.id }],
    ['POST', `/phones/${MEI}/leaves`, { group: group.id }],
    ['GET', `/groups/${group.id}/messages?phone=${PABLO}`],
    ['GET', '/groups'],
    ['GET', `/media/${media}/bytes`],
    // Not what a person does in WhatsApp.
    ['POST', `/phones/${MEI}/is`, { window: true }],
    ['PATCH', `/phones/${MEI}`, { name: 'x' }],
    ['POST', `/phones/${MEI}/isAnswered`, { text: 'x' }],
    ['POST', `/phones/${MEI}/isHandedTo`, { owner: 'other' }],
    ['POST', `/phones/${MEI}/changesNumber`, { number: '4915100000000' }],
    ['POST', `/phones/${MEI}/constructor`, {}],
    // The sandbox.
    ['GET', '/webhooks'],
    ['GET', '/received'],
    ['GET', '/export'],
    ['GET', '/faults'],
    ['GET', '/handsets'],
    ['GET', '/trace/wamid.x'],
    ['GET', '/callbacks'],
    ['GET', `/numbers/${DEMO}`],
    ['GET', `/messages/${theirs[0]!.id}`],
    ['POST', '/handsets', { phone: PABLO }],
    ['POST', '/reset', {}],
    ['POST', '/clock', { advanceMs: 1 }],
    ['POST', '/tell', { field: 'x', value: {} }],
    ['POST', '', {}],
  ] as [string, string, object?][]) {
    const { status } = await own(method, path, body)
    assert.ok(status === 403 || status === 404, `${method} ${path}: ${status}`)
  }
  assert.equal(theirs.length, sandbox.phone(PABLO).messages().length)
  const told = JSON.stringify([(await own('GET', '')).body, (await own('GET', '/phones')).body])
  for (const secret of [sandbox.appSecret, sandbox.verifyToken, 'sandbox-token', PABLO, group.subject])
    assert.ok(!told.includes(secret), secret)
})

test('messages for a handset have nothing that only the business or Meta knows', async () => {
  await graph(sandbox.url, 'POST', `/v25.0/${DEMO}/messages`, {
    ...{ messaging_product: 'whatsapp', to: MEI, type: 'text', text: { body: 'hello' } },
    biz_opaque_callback_data: 'internal-4711',
  })
  await sandbox.phone(MEI).sees('hello')
  const { data } = (await own('GET', `/phones/${MEI}/messages?with=${DEMO}`)).body
  assert.equal(data.at(-1).text, 'hello')
  assert.doesNotMatch(JSON.stringify(data), /internal-4711|pricing|"steps"|conversation/)
})

test('the stream has events of the handset’s phone only, and ends with its token', async () => {
  const response = await fetch(`${sandbox.url}${handset.path}sandbox/events`)
  const reading = response.text()
  await send(PABLO, 'for Pablo only')
  await sandbox.phone(PABLO).says('private words')
  await sandbox.phone(MEI).says('my own words')
  assert.equal((await ask('DELETE', `/sandbox/handsets/${handset.id}`)).status, 200)
  const text = await reading
  assert.match(text, /event: message\ndata: .*my own words/)
  assert.doesNotMatch(text, /Pablo|private words|16505551234|event: (webhook|request|accepted)/)
  const { status, body } = await own('GET', '')
  assert.equal(status, 403)
  assert.match(body.error.message, /code has ended/)
  assert.equal((await ask('DELETE', `/sandbox/handsets/${handset.id}`)).status, 404)
})

test('a token that was never given, and one from before a reset, open nothing', async () => {
  assert.equal((await ask('GET', `/handset/${'x'.repeat(43)}/sandbox`)).status, 403)
  assert.equal((await own('GET', '')).status, 200)
  sandbox.reset()
  assert.equal((await own('GET', '')).status, 403)
  assert.equal((await own('POST', `/phones/${MEI}/says`, { text: 'x' })).status, 403)
})

test('pages of other origins cannot use a token', async () => {
  const response = await fetch(`${sandbox.url}${handset.path}sandbox/phones/${MEI}/says`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    body: '{"text":"x"}',
  })
  assert.equal(response.status, 403)
})

test('the port for handsets serves phones with a token, and nothing else', async () => {
  const { how, addresses } = (await ask('GET', '/sandbox/handsets')).body
  assert.equal(how, 'own')
  const port = sandbox.handsetPort!
  assert.ok(addresses.every((one: string) => one.endsWith(`:${port}`)))
  const there = `http://127.0.0.1:${port}`
  assert.equal((await own('GET', '', undefined, there)).status, 200)
  for (const path of [
    '/',
    '/sandbox',
    '/sandbox/phones',
    `/sandbox/handsets`,
    '/assets/x.js',
    `/v25.0/${DEMO}`,
    '/handset/',
  ])
    assert.equal((await ask('GET', path, undefined, there)).status, 404, path)
  assert.equal((await ask('POST', `/sandbox/phones/${PABLO}/says`, { text: 'x' }, there)).status, 404)
})
