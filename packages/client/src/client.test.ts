import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { DEMO } from '../../gateway/src/app/demo.ts'
import { freePort } from '../../../test/support/process.ts'
import { startWorld, type World } from '../../../test/support/world.ts'
import { createClient, PosternError, type Client, type KeptEvent, type SendMessage } from './index.ts'

const clientOf = (world: World): Client =>
  createClient({ url: world.gateway.url, certificationCode: DEMO.certificationCode })
const TO = DEMO.phones[0]

async function refused(work: Promise<unknown>): Promise<PosternError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof PosternError, `expected a PosternError, got ${String(error)}`)
  return error
}

test('a client sends a message, finds it, marks it read, reads the window, and lists events', async () => {
  await using world = await startWorld()
  const client = clientOf(world)
  const phone = world.sandbox.phone(TO)

  const { msg_id: wamid } = await client.send({ to: TO, type: 'text', text: 'Shall we come at nine?' })
  await phone.sees('Shall we come at nine?')
  await world.receiver.gets({ message_id: wamid, message_status: 'delivered' })
  const message = await client.message(wamid)
  assert.equal(message.msg_id, wamid)
  assert.equal(message.status, 'delivered')

  const answer = await phone.says('yes')
  await world.receiver.gets({ event: 'new_message' })
  await client.markRead(answer.id, { typing: true })
  const inbound = await client.messages({ direction: 'inbound', to: TO, count: 5 })
  assert.deepEqual(
    inbound.map((one) => one.msg_id),
    [answer.id],
  )
  const window = await client.window(TO)
  assert.equal(window.open, true)
  assert.ok(window.closes_at! > Date.now() / 1000)
  const contact = await client.contact(TO)
  assert.deepEqual([contact.phone, contact.window.open, contact.owner], [TO, true, null])

  const seen: KeptEvent[] = []
  const ending = new AbortController()
  for await (const event of client.events({ signal: ending.signal })) {
    seen.push(event)
    if (event.body.event === 'new_message') ending.abort()
  }
  assert.ok(seen.length >= 3)
  const last = seen.at(-1)!.body
  assert.equal(last.event === 'new_message' && last.message.messages?.[0]?.id, answer.id)
  const { value: next } = await client.events({ after: seen.at(-2)!.id }).next()
  assert.equal(next?.id, seen.at(-1)!.id)

  const { request_id: id, owner, role } = await client.thread(TO, { action: 'pass', role: 'ai_agent' })
  assert.deepEqual([typeof id, owner, role], ['string', 'other', 'ai_agent'])
  assert.equal((await client.contact(TO)).owner?.owner, 'other')
  assert.equal((await refused(client.send({ to: TO, type: 'text', text: 'I', if_owner: true }))).reason, 'not_owner')
})

test('templates and media have methods', async () => {
  await using world = await startWorld()
  const client = clientOf(world)
  const [first] = await client.templates.list({ name: 'test_button_reply_1' })
  assert.equal((await client.templates.get(first!.template_id)).name, 'test_button_reply_1')
  const made = await client.templates.create({
    name: 'made_by_client',
    language: 'en',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Your order is ready.' }],
  })
  await client.templates.delete(made.template_id)
  assert.equal((await refused(client.templates.get(made.template_id))).reason, 'template_missing')

  const bytes = new TextEncoder().encode('%PDF-1.4\n%%EOF\n')
  const { id } = await client.media.upload(bytes, { filename: 'a.pdf', type: 'application/pdf' })
  const back = await client.media.download(id)
  assert.deepEqual(new Uint8Array(await back.arrayBuffer()), new Uint8Array(bytes))
  const { msg_id: wamid } = await client.send({ to: TO, type: 'document', document: { id, filename: 'a.pdf' } })
  assert.match(wamid, /^wamid\./)
  await client.media.delete(id)
  assert.equal((await refused(client.media.download(id))).http >= 400, true)
})

test('a broadcast is created, extended and resumed, and each contact gets the message once', async () => {
  await using world = await startWorld()
  const client = clientOf(world)
  const made = await client.broadcasts.create({
    name: 'News',
    message: { type: 'template', template: { name: 'test_button_reply_1' } },
    recipients: [TO],
    start: false,
  })
  assert.equal(made.state, 'paused')
  assert.deepEqual(await client.broadcasts.add(made.id, [{ to: DEMO.phones[1] }, TO]), { added: 1, duplicates: 1 })
  await client.broadcasts.resume(made.id)
  for (const number of DEMO.phones) await world.sandbox.phone(number).sees((message) => message.type === 'template')
  await world.receiver.until(
    () => world.receiver.received.filter((one) => one.body.message_status === 'delivered').length === 2,
    'both were delivered',
    10_000,
  )
  // The result of a send is written a moment after it.
  while ((await client.broadcasts.get(made.id)).state !== 'done')
    await new Promise((resolve) => setTimeout(resolve, 50))
  const people = await client.broadcasts.recipients(made.id, { count: 10 })
  assert.deepEqual(
    people.map((one) => [one.recipient, one.state]),
    DEMO.phones.map((number) => [number, 'accepted']),
  )
  assert.match(await (await client.broadcasts.results(made.id)).text(), /^n,line,recipient,/)
  assert.equal((await refused(client.broadcasts.retryFailed(made.id))).reason, 'conflict')
  assert.equal((await client.broadcasts.list())[0]!.id, made.id)
  assert.equal((await refused(client.broadcasts.get('bc_none'))).reason, 'resource_not_found')
})

test('a refused call throws an error with its fields, its reason, and WhatsApp’s error', async () => {
  await using world = await startWorld()
  const client = clientOf(world)
  const wrong = await refused(client.send({ to: 'x', type: 'text', text: '' }))
  assert.deepEqual([wrong.code, wrong.http, wrong.reason, wrong.retryable], [422, 422, 'validation_failed', false])
  assert.deepEqual(
    wrong.fields.map((field) => field.path),
    ['to', 'text'],
  )
  assert.match(wrong.requestId!, /^req_/)

  world.sandbox.fault({ on: 'messages', code: 131031, times: 1 })
  const locked = await refused(client.send({ to: TO, type: 'text', text: 'hi' }))
  assert.deepEqual([locked.code, locked.reason, locked.upstream?.code], [10002, 'upstream_refused', 131031])
  assert.equal((await refused(client.message('wamid.none'))).reason, 'resource_not_found')

  const stranger = createClient({ url: world.gateway.url, certificationCode: 'wrong' })
  assert.equal((await refused(stranger.messages())).reason, 'certification_code_invalid')
  // @ts-expect-error a key that no message has
  const misspelt: SendMessage = { to: TO, type: 'text', txt: 'hi' }
  assert.equal((await refused(client.send(misspelt))).code, 422)
})

test('on a channel of the page, errors are the same', async () => {
  await using world = await startWorld()
  const changed = await world.admin('PATCH', '/admin/channels/1', { compatibility: 'page' })
  assert.equal(changed.http, 200)
  const client = clientOf(world)
  const wrong = await refused(client.send({ to: 'x', type: 'text', text: '' }))
  assert.deepEqual([wrong.code, wrong.http, wrong.reason, wrong.retryable], [422, 422, 'validation_failed', false])
  assert.deepEqual(
    wrong.fields.map((field) => field.path),
    ['to', 'text'],
  )
  assert.ok((await refused(client.media.download('none'))).http >= 400)
  const stranger = createClient({ url: world.gateway.url, certificationCode: 'wrong' })
  for await (const _ of client.messages()) assert.fail('there are no messages')
  assert.equal((await refused(stranger.messages())).reason, 'certification_code_invalid')
  world.sandbox.fault({ on: 'messages', code: 131056, times: 1 })
  assert.match((await client.send({ to: TO, type: 'text', text: 'hi' })).msg_id, /^wamid/)
})

test('a throttled send is retried, because nothing was sent', async () => {
  await using world = await startWorld()
  world.sandbox.fault({ on: 'messages', code: 131056, times: 1 })
  const patient = createClient({ url: world.gateway.url, certificationCode: DEMO.certificationCode, timeoutMs: 20_000 })
  const { msg_id: wamid } = await patient.send({ to: TO, type: 'text', text: 'twice asked, once sent' })
  const phone = world.sandbox.phone(TO)
  await phone.sees((message) => message.id === wamid)
  assert.equal(phone.messages().filter((message) => message.direction === 'out').length, 1)
})

/** A server that answers each request with the next of these functions. */
async function scripted(t: TestContext, ...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  let asked = 0
  const keys: (string | undefined)[] = []
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key'] as string | undefined)
    request.resume()
    answers[Math.min(asked++, answers.length - 1)]!(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked: () => asked, keys, client: createClient({ url, certificationCode: 'c', timeoutMs: 5000 }) }
}

const hangUp = (_: IncomingMessage, response: ServerResponse): void => void response.destroy()
const say =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
const fine = (data: unknown) => say(200, { status: 'success', code: 200, message: '', data, error: {} })
const fault = (http: number, code: number, reason?: string) =>
  say(http, { status: 'error', code, message: 'no', data: {}, error: reason === undefined ? {} : { reason } })
const MESSAGE: SendMessage = { to: TO, type: 'text', text: 'hi' }

test('a send is not retried when WhatsApp may have accepted it', async (t) => {
  for (const [answer, reason] of [
    [hangUp, 'no_answer'],
    [fault(504, 10002, 'outcome_unknown'), 'outcome_unknown'],
    [fault(500, 500), 'internal'],
    [say(502, '<html>'), 'strange_answer'],
    [say(302, '', { location: 'https://elsewhere.example/' }), 'strange_answer'],
    [say(200, 'hello'), 'strange_answer'],
  ] as const) {
    const { client, asked } = await scripted(t, answer)
    const error = await refused(client.send(MESSAGE))
    assert.deepEqual([error.reason, error.retryable, asked()], [reason, false, 1])
  }
})

test('every POST has an idempotency key: the same in its retries, another in the next call', async (t) => {
  const { client, keys } = await scripted(
    t,
    fault(503, 503, 'store_unavailable'),
    fine({ msg_id: 'w' }),
    fine({ msg_id: 'w' }),
    fine([]),
  )
  await client.send(MESSAGE)
  await client.send(MESSAGE)
  await client.messages()
  const [first, again, next, read] = keys
  assert.match(first!, /^[\x21-\x7e]{16,255}$/)
  assert.equal(again, first)
  assert.notEqual(next, first)
  assert.equal(read, undefined)
})

test('safe requests are retried: reads, errors that prove that nothing was sent, and sends with a key', async (t) => {
  const read = await scripted(t, hangUp, fine([]))
  assert.deepEqual(await read.client.messages(), [])
  assert.equal(read.asked(), 2)

  const busy = await scripted(
    t,
    fault(503, 503, 'store_unavailable'),
    fault(429, 429, 'rate_limited'),
    fine({ msg_id: 'w' }),
  )
  assert.deepEqual(await busy.client.send(MESSAGE), { msg_id: 'w' })
  assert.equal(busy.asked(), 3)

  const keyed = await scripted(t, hangUp, fault(409, 409, 'idempotency_in_flight'), fine({ msg_id: 'w' }))
  assert.deepEqual(await keyed.client.send(MESSAGE, { idempotencyKey: 'order-7' }), { msg_id: 'w' })
  assert.deepEqual(keyed.keys, ['order-7', 'order-7', 'order-7'])

  const given = await scripted(t, fault(503, 503, 'store_unavailable'))
  assert.equal((await refused(given.client.send(MESSAGE))).reason, 'store_unavailable')
  assert.equal(given.asked(), 3)

  const later = await scripted(
    t,
    say(
      503,
      { status: 'error', code: 503, message: '', data: {}, error: { reason: 'shutting_down' } },
      { 'retry-after': '60' },
    ),
  )
  const error = await refused(later.client.send(MESSAGE))
  assert.deepEqual([error.retryAfter, later.asked()], [60, 1])
})

test('without a server the error says that nothing was sent', async () => {
  const client = createClient({ url: `http://127.0.0.1:${await freePort()}`, certificationCode: 'c', retries: 0 })
  const error = await refused(client.send(MESSAGE))
  assert.deepEqual([error.reason, error.retryable, error.http], ['not_connected', true, 0])
})

/** Never answers and keeps the connection open. */
const silent = (): void => {}

test('the timeout ends a call with or without a signal, and a signal ends it earlier', async (t) => {
  const { url } = await scripted(t, silent)
  const client = createClient({ url, certificationCode: 'c', retries: 0, timeoutMs: 200 })
  const { signal } = new AbortController()
  for (const options of [undefined, { signal }, { signal, idempotencyKey: 'k' }]) {
    const error = await refused(client.send(MESSAGE, options))
    assert.deepEqual([error.reason, error.retryable], ['no_answer', false])
  }
  const patient = createClient({ url, certificationCode: 'c', timeoutMs: 60_000 })
  const ending = new AbortController()
  const sending = patient.send(MESSAGE, { signal: ending.signal })
  ending.abort(new Error('enough'))
  await assert.rejects(sending, /enough/)
})

test('a retry that would end after the timeout is not started', async (t) => {
  const { url, asked } = await scripted(
    t,
    say(
      503,
      { status: 'error', code: 503, message: '', data: {}, error: { reason: 'shutting_down' } },
      { 'retry-after': '1' },
    ),
    fine({ msg_id: 'w' }),
  )
  const hasty = createClient({ url, certificationCode: 'c', timeoutMs: 900 })
  assert.equal((await refused(hasty.send(MESSAGE))).reason, 'shutting_down')
  assert.equal(asked(), 1)
})

test('events() asks with a wait, continues from the cursor, and pauses after an empty answer that came at once', async (t) => {
  const event = (id: string) => ({ id, created_at: 1, delivery: 'none', body: { event: 'test' } })
  const at: number[] = []
  const pages: [object[], string?][] = [[[event('e_1'), event('e_2')]], [[], 'e_5'], [[event('e_7')]]]
  const asked: Record<string, string>[] = []
  const { url } = await scripted(t, (request, response) => {
    const [page, cursor] = pages[at.length] ?? [[]]
    at.push(performance.now())
    asked.push(Object.fromEntries(new URL(request.url!, 'http://x').searchParams))
    if (cursor !== undefined) response.setHeader('x-postern-cursor', cursor)
    fine(page)(request, response)
  })
  const client = createClient({ url, certificationCode: 'c' })
  const ids: string[] = []
  for await (const one of client.events({ events: ['test', 'flows'], statuses: ['read'] })) {
    ids.push(one.id)
    if (one.id === 'e_7') break
  }
  assert.deepEqual(ids, ['e_1', 'e_2', 'e_7'])
  const same = { count: '100', wait: '30', events: 'test,flows', statuses: 'read' }
  assert.deepEqual(asked, [same, { ...same, last_id: 'e_2' }, { ...same, last_id: 'e_5' }])
  // The server's clock and the timer can differ by a few milliseconds. Without a pause the difference would be far
  // larger.
  assert.ok(at[2]! - at[1]! >= 995, `asked again after ${at[2]! - at[1]!} ms`)
})

test('events() and stream() go on after an outage, and other errors are thrown', async (t) => {
  const away = say(503, { status: 'error', code: 503, message: '', data: {}, error: { reason: 'shutting_down' } })
  const refusing = say(401, {
    status: 'error',
    code: 10001,
    message: 'no',
    data: {},
    error: { reason: 'certification_code_invalid' },
  })
  const one = { id: 'e_1', created_at: 1, delivery: 'none', body: { event: 'test' } }
  const polled = await scripted(t, away, away, away, fine([one]), refusing)
  const polling = createClient({ url: polled.url, certificationCode: 'c' }).events()
  assert.equal((await polling.next()).value?.id, 'e_1')
  assert.equal((await refused(polling.next())).reason, 'certification_code_invalid')

  const blocks = [
    'id: e_1\nevent: test\ndata: {"event":"test"}\n\n: keep-alive\nid: e_4\n\nid: e_5\ndata: {"ev',
    'ent":"te',
  ]
  const asked: string[] = []
  const cut = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push(request.url!)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const block of blocks) response.write(block)
    // In the middle of an event.
    setTimeout(() => response.destroy(), 50)
  }
  const streamed = await scripted(
    t,
    away,
    cut,
    (request, response) => {
      asked.push(request.url!)
      response.end('id: e_5\ndata: {"event":"test"}\n\n')
    },
    refusing,
  )
  const stream = createClient({ url: streamed.url, certificationCode: 'c' }).stream({ types: ['text'] })
  assert.deepEqual((await stream.next()).value, { id: 'e_1', body: { event: 'test' } })
  assert.equal((await stream.next()).value?.id, 'e_5')
  assert.deepEqual(asked, ['/external/events/stream?types=text', '/external/events/stream?after=e_4&types=text'])
  assert.equal((await refused(stream.next())).reason, 'certification_code_invalid')
})

test('stream() yields what the gateway streams, and ends with the signal', async () => {
  await using world = await startWorld({ webhook: false })
  const client = clientOf(world)
  const ending = new AbortController()
  const seen: string[] = []
  const phone = world.sandbox.phone(TO)
  await phone.says('one')
  for await (const { id, body } of client.stream({ events: ['new_message'], signal: ending.signal })) {
    seen.push(id)
    assert.equal(body.event, 'new_message')
    if (seen.length === 1) await phone.says('two')
    else ending.abort()
  }
  assert.equal(new Set(seen).size, 2)
})

test('a message for later is scheduled, listed, changed and cancelled', async () => {
  await using world = await startWorld({ webhook: false })
  const client = clientOf(world)
  const later = { to: TO, type: 'text', text: 'later', send_at: Math.floor(Date.now() / 1000) + 3_600 } as const
  const { reference } = await client.schedule(later)
  const [listed] = await client.scheduled.list({ state: 'scheduled', to: TO })
  assert.equal(listed?.reference, reference)
  const changed = await client.scheduled.change(reference, { message: { to: TO, type: 'text', text: 'other words' } })
  assert.equal(changed.message.text, 'other words')
  assert.equal((await client.scheduled.cancel(reference)).state, 'cancelled')
  assert.equal((await client.scheduled.get(reference)).state, 'cancelled')
})
