import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from '../index.ts'
import { graph, startCallback, type Callback, type Loose } from '../testing.ts'

let sandbox: Sandbox
let callback: Callback
beforeEach(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0, reviewDelayMs: 0 })
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
})
afterEach(async () => {
  await sandbox.close()
  await callback.close()
})

const ask = (method: string, path: string, body?: object): Promise<{ status: number; body: Loose }> =>
  graph(sandbox.url, method, `/sandbox${path}`, body ?? (method === 'POST' ? {} : undefined), null)
const SEND = '/v25.0/302702419599374/messages'

test('control calls alone carry a conversation', async () => {
  const said = await ask('POST', '/phones/16505551234/says', { text: 'hi' })
  assert.equal(said.body.message.text, 'hi')
  assert.equal(callback.changes().length, 1)
  await graph(sandbox.url, 'POST', SEND, {
    messaging_product: 'whatsapp',
    to: '16505551234',
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'Which?' },
      action: { button: 'Options', sections: [{ title: 'All', rows: [{ id: 'r1', title: 'Express' }] }] },
    },
  })
  await ask('POST', '/phones/16505551234/sees', { text: 'Which?' })
  const { body } = await ask('GET', '/phones/16505551234/messages')
  assert.deepEqual(body.data.at(-1).choices, [{ kind: 'row', id: 'r1', title: 'Express' }])
  assert.equal((await ask('POST', '/phones/16505551234/picks', { row: 'Express' })).status, 200)
  await ask('POST', '/phones/16505551234/reads')
  await callback.until(() => callback.statuses().some((s) => s.status === 'read'), 'read')
  const phones = await ask('GET', '/phones')
  assert.equal(phones.body.data.length, 2)
  assert.equal(phones.body.data[0].windows['302702419599374'], true)
})

test('control calls set faults, clock, accounts and webhooks', async () => {
  const fault = await ask('POST', '/faults', { on: 'messages', code: 131000, times: null })
  assert.equal((await ask('GET', '/faults')).body.data.length, 1)
  const body = { messaging_product: 'whatsapp', to: '16505551234', type: 'text', text: { body: 'x' } }
  assert.equal((await graph(sandbox.url, 'POST', SEND, body)).status, 500)
  await ask('DELETE', `/faults/${fault.body.id}`)
  assert.equal((await graph(sandbox.url, 'POST', SEND, body)).status, 200)

  const { now } = (await ask('GET', '/clock')).body
  const later = (await ask('POST', '/clock', { advanceMs: 60_000 })).body.now
  assert.ok(later - now >= 60_000 && later - now < 65_000)

  const added = await ask('POST', '/numbers', { verifiedName: 'Second' })
  const read = await graph(sandbox.url, 'GET', `/v25.0/${added.body.number.id}`, undefined, added.body.token)
  assert.equal(read.body.verified_name, 'Second')
  assert.equal((await graph(sandbox.url, 'GET', `/v25.0/${added.body.number.id}`)).status, 400)

  await ask('POST', '/tell', { field: 'account_review_update', value: { decision: 'APPROVED' } })
  assert.equal(callback.changes().at(-1)!.field, 'account_review_update')
  assert.ok((await ask('GET', '/webhooks')).body.data.length >= 1)
  assert.ok((await ask('GET', '/received')).body.data.length >= 2)
})

test('a phone has a chat with each business that it has messages of, with its newest line and its unread messages', async () => {
  const { number, token } = (await ask('POST', '/numbers', { verifiedName: 'Second' })).body
  await ask('POST', '/phones/16505551234/is', { window: true, with: number.id })
  const send = (id: string, body: string, bearer?: string): Promise<unknown> =>
    graph(
      sandbox.url,
      'POST',
      `/v25.0/${id}/messages`,
      { messaging_product: 'whatsapp', to: '16505551234', type: 'text', text: { body } },
      bearer,
    )
  await send('302702419599374', 'first one')
  await send('302702419599374', 'first two')
  await send(number.id, 'second one', token)
  await ask('POST', '/phones/16505551234/sees', { text: 'second one' })
  await ask('POST', '/phones/16505551234/sees', { text: 'first two' })
  await sandbox.settled()
  const chats = async (): Promise<unknown[]> =>
    (await ask('GET', '/phones/16505551234/chats')).body.data.map((chat: Loose) => [
      chat.numberId,
      chat.unread,
      chat.last.text,
    ])
  assert.deepEqual(await chats(), [
    [number.id, 1, 'second one'],
    ['302702419599374', 2, 'first two'],
  ])
  // Only the open chat is read.
  await ask('POST', '/phones/16505551234/reads', { with: '302702419599374', group: null })
  await ask('POST', '/phones/16505551234/says', { with: '302702419599374', text: 'thanks' })
  assert.deepEqual(await chats(), [
    ['302702419599374', 0, 'thanks'],
    [number.id, 1, 'second one'],
  ])
  const group = (await ask('POST', '/groups', { subject: 'VIP', participants: ['16505551234'] })).body
  const inGroup = { group_id: group.id, text: 'hello all', with: '302702419599374' }
  await ask('POST', '/phones/16505551234/says', inGroup)
  const [newest] = (await ask('GET', '/phones/16505551234/chats')).body.data
  assert.deepEqual([newest.group, newest.last.text, newest.unread], [group.id, 'hello all', 0])
  assert.deepEqual((await ask('GET', '/phones/4915112345678/chats')).body.data, [])
})

test('a part of a file can be asked for, so that a browser can move within a sound', async () => {
  const { id } = (
    await ask('POST', '/media', {
      numberId: '302702419599374',
      bytes: Buffer.from('0123456789').toString('base64'),
      mimeType: 'audio/ogg',
    })
  ).body
  const read = async (range?: string): Promise<unknown[]> => {
    const response = await fetch(`${sandbox.url}/sandbox/media/${id}/bytes`, { headers: range ? { range } : {} })
    return [response.status, await response.text(), response.headers.get('content-range')]
  }
  assert.deepEqual(await read(), [200, '0123456789', null])
  assert.deepEqual(await read('bytes=2-4'), [206, '234', 'bytes 2-4/10'])
  assert.deepEqual(await read('bytes=7-'), [206, '789', 'bytes 7-9/10'])
  assert.deepEqual(await read('bytes=-2'), [206, '89', 'bytes 8-9/10'])
  assert.deepEqual(await read('bytes=5-99'), [206, '56789', 'bytes 5-9/10'])
  assert.deepEqual(await read('bytes=10-'), [416, '', 'bytes */10'])
  assert.deepEqual(await read('bytes=0-1,3-4'), [200, '0123456789', null])
})

test('a wrong control call is answered with a sentence', async () => {
  for (const [method, path, body, status] of [
    ['POST', '/phones/16505551234/dances', {}, 404],
    ['POST', '/phones/16505551234/says', {}, 400],
    ['POST', '/clock', { advanceMs: 'soon' }, 400],
    ['GET', '/nowhere', undefined, 404],
    ['GET', '/messages/wamid.x', undefined, 404],
    ['POST', '/import', {}, 400],
    ['POST', '/phones/16505551234/constructor', {}, 404],
  ] as const) {
    const got = await ask(method, path, body)
    assert.equal(got.status, status, path)
    assert.ok(got.body.error.message.length > 5)
  }
})

test('a web page of another origin cannot call the control API', async () => {
  const call = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(`${sandbox.url}/sandbox/reset`, { method: 'POST', headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      request.on('error', reject)
      request.end('{}')
    })
  const json = { 'content-type': 'application/json' }
  assert.equal(await call({ ...json, origin: 'https://evil.example' }), 403)
  assert.equal(await call({ ...json, host: 'rebound.evil.example' }), 403)
  assert.equal(await call({ ...json, 'sec-fetch-site': 'cross-site' }), 403)
  assert.equal(await call({ 'content-type': 'text/plain' }), 415)
  assert.equal(await call({ ...json, origin: sandbox.url }), 200)
  assert.equal(await call(json), 200)
})

test('the stream sends every event with its kind, and continues after the last id', async () => {
  const read = async (headers: Record<string, string>, until: string): Promise<string> => {
    const response = await fetch(`${sandbox.url}/sandbox/events`, { headers, signal: AbortSignal.timeout(5_000) })
    let text = ''
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk).toString()
      if (text.startsWith('retry') && !text.includes('event:') && headers['last-event-id'] === undefined) {
        void sandbox.phone('16505551234').says('for the stream')
      }
      if (text.includes(until)) break
    }
    return text
  }
  const first = await read({}, 'event: webhook')
  assert.match(first, /event: message\ndata: .*for the stream/)
  assert.match(first, /event: webhook\ndata: .*"status":200/)
  const id = /id: (\d+)\nevent: message/.exec(first)![1]!
  const second = await read({ 'last-event-id': id }, 'event: webhook')
  assert.doesNotMatch(second, /event: message\n/)
})

test('keys beside the content of an inbound message reach the webhook, and invalid ones are refused', async () => {
  const said = (body: object): Promise<{ status: number; body: Loose }> =>
    ask('POST', '/phones/4915112345678/says', body)
  const told = (): Loose => callback.changes().at(-1)!.value.messages!.at(-1)
  await said({ text: 'Count me in', group_id: 'Y2FwaV9ncm91cDox', from_logical_id: 'x' })
  assert.equal(told().group_id, 'Y2FwaV9ncm91cDox')
  assert.equal(told().from_logical_id, 'x')
  assert.deepEqual(told().text, { body: 'Count me in' })
  const phone = await ask('GET', '/phones/4915112345678')
  assert.equal(phone.body.windows['302702419599374'], false, 'a group opens no window of the chat')
  await said({ type: 'text', text: { body: 'Still there?' }, conversation_context: { type: 'summary' } })
  assert.deepEqual(callback.changes().at(-1)!.value['conversation_context'], { type: 'summary' })
  assert.equal(told().conversation_context, undefined)
  for (const wrong of [
    { text: 'x', id: 'wamid.x' },
    { text: 'x', from: '1' },
    { text: 'x', type: 'image' },
  ]) {
    assert.equal((await said(wrong)).status, 400, JSON.stringify(wrong))
  }
})
