import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from './index.ts'
import { graph, startCallback, type Callback, type Loose } from './testing.ts'

const SEND = '/v25.0/302702419599374/messages'
const TO = '85268411234'
const HOUR = 3_600_000
const DAY = 24 * HOUR

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

const post = (body: object): Promise<{ status: number; body: Loose }> =>
  graph(sandbox.url, 'POST', SEND, { messaging_product: 'whatsapp', to: TO, ...body })
const text = { type: 'text', text: { body: 'hello' } }
const code = {
  type: 'template',
  template: {
    name: 'authentication_ca',
    language: { code: 'en_US' },
    components: [
      { type: 'body', parameters: [{ type: 'text', text: '123456' }] },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '123456' }] },
    ],
  },
}

test('the window is open for 24 hours after the last message, and a new message opens it again', async () => {
  const outcome = async (): Promise<string> => {
    const { body } = await post(text)
    await sandbox.settled()
    return callback.statuses(body.messages[0].id).at(-1)!.status
  }
  sandbox.clock.advance(DAY - HOUR)
  assert.equal(await outcome(), 'delivered')
  sandbox.clock.advance(2 * HOUR)
  assert.equal(await outcome(), 'failed')
  await sandbox.phone(TO).says('hi')
  assert.equal(await outcome(), 'delivered')
})

test('a one-time code reaches a phone that was offline for five minutes, and not one that was offline for eleven', async () => {
  const phone = sandbox.phone(TO)
  phone.goesOffline()
  const first = await post(code)
  await sandbox.settled()
  sandbox.clock.advance(5 * 60_000)
  phone.comesOnline()
  await phone.sees((m) => m.id === first.body.messages[0].id)
  phone.goesOffline()
  const second = await post(code)
  await sandbox.settled()
  sandbox.clock.advance(11 * 60_000)
  phone.comesOnline()
  await phone.says('control')
  assert.deepEqual(
    callback.statuses(second.body.messages[0].id).map((s) => s.status),
    ['sent'],
  )
})

test('media: a download address is valid for five minutes, an upload for 30 days, inbound media for 7 days', async () => {
  const up = new FormData()
  up.set('messaging_product', 'whatsapp')
  up.set('type', 'image/png')
  up.set('file', new Blob(['0123456789'], { type: 'image/png' }), 'a.png')
  const response = await fetch(`${sandbox.url}/v25.0/302702419599374/media`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token' },
    body: up,
  })
  const { id } = (await response.json()) as { id: string }
  const described = await graph(sandbox.url, 'GET', `/v25.0/${id}`)
  assert.deepEqual(Object.keys(described.body), ['messaging_product', 'url', 'mime_type', 'sha256', 'file_size', 'id'])
  const get = (headers: Record<string, string> = {}): Promise<Response> => fetch(described.body.url, { headers })
  const bearer = { authorization: 'Bearer sandbox-token' }
  assert.equal((await get()).status, 401)
  assert.equal((await get({ authorization: 'Bearer other' })).status, 404)
  assert.equal(await (await get(bearer)).text(), '0123456789')
  const part = await get({ ...bearer, range: 'bytes=2-4' })
  assert.equal(part.status, 206)
  assert.equal(part.headers.get('content-range'), 'bytes 2-4/10')
  assert.equal(await part.text(), '234')
  assert.equal((await get({ ...bearer, range: 'bytes=50-' })).status, 416)
  sandbox.clock.advance(5 * 60_000 + 1_000)
  assert.equal((await get(bearer)).status, 404)

  const said = await sandbox.phone(TO).says({ type: 'image' })
  const inbound = (said.content as { id: string }).id
  sandbox.clock.advance(8 * DAY)
  assert.equal((await graph(sandbox.url, 'GET', `/v25.0/${inbound}`)).body.error.error_subcode, 33)
  assert.equal((await graph(sandbox.url, 'GET', `/v25.0/${id}`)).status, 200)
  sandbox.clock.advance(23 * DAY)
  assert.equal((await graph(sandbox.url, 'GET', `/v25.0/${id}`)).status, 400)
  const late = await post({ type: 'image', image: { id } })
  assert.equal(
    late.body.error.message,
    "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID",
  )
})

for (const [date, hours] of [
  ['2026-09-20', 72],
  ['2026-09-29', 168],
] as const)
  test(`from ${date} a free entry point lasts ${hours} hours from the answer`, async () => {
    sandbox.clock.advance(Date.parse(date) - sandbox.clock.now())
    await sandbox.phone(TO).says({
      type: 'text',
      text: { body: 'Hi' },
      referral: { source_type: 'ad', source_id: '1', source_url: 'https://fb.me/x' },
    })
    const price = async (body: object): Promise<string> => {
      const sent = await post(body)
      await sandbox.settled()
      return (callback.statuses(sent.body.messages[0].id)[0]!.pricing as { type: string }).type
    }
    assert.equal(await price(text), 'free_entry_point')
    sandbox.clock.advance((hours - 1) * HOUR)
    assert.equal(await price(code), 'free_entry_point')
    sandbox.clock.advance(2 * HOUR)
    assert.equal(await price(code), 'regular')
  })

test('the same seed gives the same ids and secrets, and another seed gives others', async () => {
  const ids = async (seed: string): Promise<string[]> => {
    const other = await startSandbox({ seed, statusDelayMs: 0 })
    const { body } = await graph(other.url, 'POST', SEND, { messaging_product: 'whatsapp', to: TO, ...text })
    const said = await other.phone(TO).says('hi')
    const found = [
      other.appId,
      other.appSecret,
      other.verifyToken,
      body.messages[0].id,
      said.id,
      other.addToken().token,
    ]
    await other.close()
    return found
  }
  const first = await ids('a')
  assert.deepEqual(await ids('a'), first)
  const other = await ids('b')
  first.forEach((id, i) => assert.notEqual(other[i], id))
})
