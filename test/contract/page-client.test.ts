import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { caller, startWorld, type Answer, type World } from '../support/world.ts'
import { post, status, text, webhook } from '../support/meta.ts'
import { type Callback, PageClient, PageInbox, PageRefusal } from './page-client.ts'

/* Switching from the hosted API: the same channel number and the same code, another domain. */

const PAGE = new URL('../fixtures/vendor/', import.meta.url)
const example = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(name, PAGE), 'utf8')) as Record<string, unknown>
const SENDS = readdirSync(PAGE).filter((name) => name.startsWith('send_'))

const CHANNEL_ID = 30058
const CODE = 'af92196e-0d07-3c1d-a631-a71c5e3f9d20'
const PEOPLE = ['85268411234', '16505551234'] as const
const ASKED = {
  name: 'Shop',
  business_phone: '6281519236680',
  waba_id: '102290129340398',
  access_token: 'sandbox-token',
}

let world: World
let customer: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>

before(async () => {
  world = await startWorld({ webhook: false })
  await world.admin('DELETE', '/admin/channels/1')
  const body = { ...ASKED, phone_number_id: '302702419599374', webhook_url: world.receiver.url }
  const made = await world.admin('POST', '/admin/channels', {
    ...body,
    channel_id: CHANNEL_ID,
    certification_code: CODE,
  })
  assert.deepEqual([made.http, (made.data as { channel_id: number }).channel_id], [201, CHANNEL_ID])
  assert.equal((made.data as { certification_code: string }).certification_code, CODE)
  await world.admin('POST', `/admin/channels/${CHANNEL_ID}/templates/sync`)
  const call = caller(() => world.gateway.url)
  customer = (method, path, body_, headers) => call(method, path, body_, { 'certification-code': CODE, ...headers })
})
after(() => world.stop())

const setTo = async (compatibility: string): Promise<void> => {
  const { http, data } = await world.admin('PATCH', `/admin/channels/${CHANNEL_ID}`, { compatibility })
  assert.deepEqual([http, (data as { compatibility: string }).compatibility], [200, compatibility])
}

/** The inbox after a message that comes last: what was to come before it has come. */
async function inboxAfter(from: number, last: string): Promise<PageInbox> {
  for (const person of PEOPLE) await world.sandbox.phone(person).says(`${last} of ${person}`)
  const inbox = (): PageInbox => {
    const read = new PageInbox()
    for (const { body } of world.receiver.received.slice(from)) read.take(body as unknown as Callback)
    return read
  }
  await world.receiver.until(() => PEOPLE.every((one) => inbox().texts.includes(`${last} of ${one}`)), last)
  return inbox()
}

for (const compatibility of ['postern', 'page'])
  test(`compatibility ${compatibility}: the client of the page works, with another base URL alone`, async () => {
    await setTo(compatibility)
    const begin = world.receiver.received.length
    const client = new PageClient(world.gateway.url, CODE)
    const sent = new Map<string, string>()
    for (const name of SENDS) sent.set(name, await client.send(example(name)))

    const refused = {
      to: PEOPLE[0],
      type: 'template',
      template: {
        name: 'test_header_image_5',
        components: [{ type: 'header', parameters: [{ type: 'text', text: 'no image' }] }],
      },
    }
    const page = example('response_error_132012.json')
    await assert.rejects(client.send(refused), new PageRefusal(page.code as number, page.message as string))
    await assert.rejects(client.send({ to: PEOPLE[0], type: 'text' }), (error) => (error as PageRefusal).code === 422)
    const stranger = new PageClient(world.gateway.url, `${CODE.slice(0, -1)}1`)
    await assert.rejects(stranger.send(example('send_text.json')), (error) => (error as PageRefusal).code === 10001)

    const [list, button] = ['send_interactive_list.json', 'send_interactive_button.json'].map((name) => sent.get(name)!)
    await world.sandbox.phone(PEOPLE[1]).picks('Media Mail', { on: list! })
    await world.sandbox.phone(PEOPLE[1]).taps('Change', { on: button! })
    for (const person of PEOPLE) world.sandbox.phone(person).reads()
    const read = (id: string) => ({ event: 'message_status_update', message_id: id, message_status: 'read' })
    for (const id of sent.values()) await world.receiver.gets(read(id))

    const inbox = await inboxAfter(begin, `The last word, ${compatibility}`)
    assert.equal(inbox.choices.get(list!), 'media_mail')
    assert.equal(inbox.choices.get(button!), 'change-button')
    for (const [name, id] of sent) assert.deepEqual(inbox.statuses.get(id), ['sent', 'delivered', 'read'], name)
    for (const { body } of world.receiver.received.slice(begin)) assert.equal(body.channel_id, CHANNEL_ID)
  })

test('page: Meta’s webhook becomes the page’s callback, byte for byte, with the channel’s own number', async () => {
  await setTo('page')
  for (const name of ['callback_new_message_button_reply.json', 'callback_new_message_list_reply.json']) {
    const page = example(name) as { message: { messages: { id: string }[] } }
    const changes = [{ value: page.message, field: 'messages' }]
    await post(world, { object: 'whatsapp_business_account', entry: [{ id: '102290129340398', changes }] })
    const isIt = ({ raw }: { raw: string }): boolean => raw.includes(page.message.messages[0]!.id)
    await world.receiver.until(() => world.receiver.received.some(isIt), name)
    assert.equal(world.receiver.received.find(isIt)!.raw, JSON.stringify(page))
  }
})

test('page: every answer is HTTP 200 with an empty error, and our details stand in a header', async () => {
  await setTo('page')
  const send = '/external/messages/whatsapp'
  const unicode = { to: PEOPLE[0], type: '文本' }
  const refusals: [code: number, http: number, reason: string | undefined, Promise<Answer>][] = [
    [422, 422, undefined, customer('POST', send, unicode)],
    [400, 400, 'bad_json', customer('POST', send, '{"to":')],
    [413, 413, 'body_too_large', customer('POST', send, { to: PEOPLE[0], type: 'text', text: 'x'.repeat(300_000) })],
    [
      415,
      415,
      'wrong_content_type',
      customer('POST', send, 'to=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    ],
    [404, 404, 'resource_not_found', customer('GET', '/external/messages/wamid.none')],
    [404, 404, undefined, customer('GET', '/external/nothing')],
    [405, 405, 'method_not_allowed', customer('DELETE', send)],
    [400, 400, 'template_missing', customer('GET', '/external/templates/1')],
    [
      10002,
      400,
      'template_not_found',
      customer('POST', send, { to: PEOPLE[0], type: 'template', template: { name: 'none' } }),
    ],
    [
      10001,
      401,
      'certification_code_invalid',
      customer('POST', send, example('send_text.json'), { 'certification-code': 'wrong' }),
    ],
    [400, 400, 'bad_request', customer('GET', '/external/messages/%ff')],
  ]
  for (const [code, http, reason, answered] of refusals) {
    const { http: got, headers, ...body } = await answered
    assert.equal(got, 200, body.message)
    assert.deepEqual({ ...body, message: '' }, { status: 'error', code, message: '', data: {}, error: {} })
    assert.equal(headers.get('x-postern-status'), String(http))
    const told = headers.get('x-postern-error')!
    assert.match(told, /^[\x20-\x7e]{2,2048}$/)
    assert.equal((JSON.parse(told) as { reason?: string }).reason, reason)
    assert.equal(headers.get('www-authenticate'), null)
  }
  const [{ headers }] = await Promise.all([customer('POST', send, unicode)])
  const { fields } = JSON.parse(headers.get('x-postern-error')!) as { fields: Record<string, unknown>[] }
  assert.deepEqual([fields[0]!.path, fields[0]!.rule, fields[0]!.actual], ['type', 'enum', undefined])
})

test('page: successes are HTTP 200 too, and so are repeated answers', async () => {
  await setTo('page')
  const later = { ...example('send_text.json'), send_at: Math.floor(Date.now() / 1000) + 3600 }
  const scheduled = await customer('POST', '/external/messages/whatsapp', later)
  assert.deepEqual([scheduled.http, scheduled.code, scheduled.error], [200, 200, {}])
  const refused = { to: PEOPLE[0], type: 'template', template: { name: 'test_header_image_5' } }
  for (const [key, body] of Object.entries({ 'key-of-later': later, 'key-of-text': example('send_text.json') })) {
    const first = await customer('POST', '/external/messages/whatsapp', body, { 'idempotency-key': key })
    const again = await customer('POST', '/external/messages/whatsapp', body, { 'idempotency-key': key })
    assert.deepEqual([again.http, again.headers.get('idempotent-replayed')], [200, 'true'])
    assert.deepEqual(again.data, first.data)
  }
  world.sandbox.fault({ on: 'messages', code: 131009, times: 1 })
  const [first, again] = [
    await customer('POST', '/external/messages/whatsapp', example('send_text.json'), { 'idempotency-key': 'refused' }),
    await customer('POST', '/external/messages/whatsapp', example('send_text.json'), { 'idempotency-key': 'refused' }),
  ]
  assert.deepEqual([first.http, first.code, first.error], [200, 10002, {}], refused.to)
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
  assert.deepEqual([again.http, again.code, again.message, again.error], [200, 10002, first.message, {}])
  assert.equal(again.headers.get('x-postern-error'), first.headers.get('x-postern-error'))
})

test('page: only the page’s kinds and values are delivered; the others are kept for polling', async () => {
  await setTo('page')
  const begin = world.receiver.received.length
  const id = await new PageClient(world.gateway.url, CODE).send(example('send_text.json'))
  await world.receiver.gets({ message_id: id, message_status: 'delivered' })
  const echo = await world.sandbox.businessApp().says(PEOPLE[0], 'From the app')
  await post(world, webhook(status(PEOPLE[0], id, 'played')))
  const inbox = await inboxAfter(begin, 'After the strangers')
  assert.deepEqual(inbox.strangers, [])
  for (const { body } of world.receiver.received.slice(begin).filter((one) => one.body.event !== 'new_message'))
    assert.deepEqual(Object.keys(body), [
      ...['event', 'channel_id', 'business_phone', 'message_id', 'message_status', 'error', 'received_at'],
    ])

  type Kept = { delivery: string; body: Record<string, unknown> }
  const events = (await customer('GET', '/external/events?events=message_echo,message_status_update&count=100'))
    .data as Kept[]
  const strange = events.filter(({ body }) => body.message_id === echo || body.message_status === 'played')
  assert.deepEqual(strange.map(({ body, delivery }) => [body.event, delivery]).toSorted(), [
    ['message_echo', 'none'],
    ['message_status_update', 'none'],
  ])
  assert.equal(typeof events.find(({ body }) => body.message_id === id)!.body.recipient, 'string', 'polling tells all')

  const replayed = await world.admin('POST', `/admin/channels/${CHANNEL_ID}/deliveries/replay`, { state: 'delivered' })
  assert.equal(replayed.http, 200)
  assert.deepEqual(
    (await inboxAfter(begin, 'After the replay')).strangers.filter((word) => word !== 'played'),
    [],
  )
})

test('page: with a channel of another setting, an unknown code gets the HTTP status; a known one its own form', async () => {
  await setTo('page')
  const second = { ...ASKED, phone_number_id: '302702419599375', business_phone: '6281519236681' }
  const made = await world.admin('POST', '/admin/channels', second)
  assert.equal(made.http, 201)
  const { channel_id: id, certification_code: code } = made.data as { channel_id: number; certification_code: string }
  assert.equal(id, CHANNEL_ID + 1, 'the next number')
  const asked = (own: string) => customer('GET', '/external/nothing', undefined, { 'certification-code': own })
  assert.equal((await asked('wrong')).http, 404)
  assert.equal((await asked(code)).http, 404)
  assert.equal((await asked(CODE)).http, 200)
  const unknown = await customer('GET', '/external/messages?to=1', undefined, { 'certification-code': 'wrong' })
  assert.deepEqual([unknown.http, unknown.code], [401, 10001])
  await world.admin('DELETE', `/admin/channels/${id}`)
})

test('a channel’s endpoints follow its setting, both ways, and show the format that was chosen', async () => {
  await setTo('page')
  const path = `/admin/channels/${CHANNEL_ID}/endpoints`
  const added = await world.admin('POST', path, { name: 'second', url: world.receiver.url })
  const { endpoint_id: id } = added.data as { endpoint_id: string }
  const formats = async () =>
    ((await world.admin('GET', path)).data as { format: string }[]).map(({ format }) => format)
  assert.deepEqual(await formats(), ['postern', 'postern'])
  const seenBy = async (word: string): Promise<number> => {
    const echo = await world.sandbox.businessApp().says(PEOPLE[0], word)
    await inboxAfter(world.receiver.received.length, `After ${word}`)
    return world.receiver.received.filter(({ body }) => body.message_id === echo).length
  }
  assert.equal(await seenBy('on the page'), 0)
  await world.admin('PATCH', `${path}/${id}`, { format: 'postern', name: 'renamed' })
  assert.equal(await seenBy('still on the page'), 0)
  await setTo('postern')
  assert.equal(await seenBy('off the page'), 2)
  await world.admin('DELETE', `${path}/${id}`)
})

test('a message on standby is not of the page', async () => {
  await setTo('page')
  const begin = world.receiver.received.length
  const { contacts, messages } = text(PEOPLE[0], 'wamid.standby', 'For the other program')
  const value = {
    ...(webhook({}).entry as { changes: { value: object }[] }[])[0]!.changes[0]!.value,
    standby: { contacts, messages },
  }
  const entry = [{ id: '102290129340398', changes: [{ value, field: 'standby' }] }]
  assert.equal((await post(world, { object: 'whatsapp_business_account', entry })).status, 200)
  const inbox = await inboxAfter(begin, 'After standby')
  assert.ok(!inbox.texts.includes('For the other program'))
  const kept = (await customer('GET', '/external/events?events=new_message&count=100')).data as { body: unknown }[]
  assert.ok(kept.some(({ body }) => JSON.stringify(body).includes('wamid.standby')))
})
