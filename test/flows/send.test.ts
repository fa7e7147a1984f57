import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { startWorld, type World } from '../support/world.ts'

const TO = '85268411234'
const text = (body = 'hello') => ({ to: TO, type: 'text', text: body })
const sendIt = (world: World, body: unknown = text()) => world.customer('POST', '/external/messages/whatsapp', body)
const newest = async (
  world: World,
): Promise<{ status: string; error: { code?: number } | null; msg_id: string | null }> =>
  ((await world.customer('GET', '/external/messages?direction=outbound&count=1')).data as never[])[0]!

type Upstream = {
  code: number
  title: string
  details: string
  retryable: boolean
  http_status: number
  fbtrace_id: string
}

test('a refusal is 10002 with Meta’s error, and without the token', async () => {
  await using world = await startWorld()
  world.sandbox.fault({
    on: 'messages',
    code: 131009,
    details: 'Body text length invalid. Min length: 1, Max length: 1024',
  })
  const answer = await sendIt(world)
  assert.equal(answer.http, 400)
  assert.equal(answer.code, 10002)
  assert.equal(answer.message, '(#131009) Parameter value is not valid')
  assert.deepEqual(answer.data, {})
  const upstream = answer.error.upstream as unknown as Upstream
  assert.equal(upstream.code, 131009)
  assert.match(upstream.details, /Body text length/)
  assert.equal(upstream.retryable, false)
  assert.equal(typeof upstream.fbtrace_id, 'string')
  assert.doesNotMatch(JSON.stringify(answer), /sandbox-token/)
  assert.equal((await newest(world)).status, 'failed')
})

for (const code of [130429, 131056, 80007, 4, 131057]) {
  test(`a throttle (${code}) is 503: not sent, and may be retried`, async () => {
    await using world = await startWorld()
    world.sandbox.fault({ on: 'messages', code })
    const answer = await sendIt(world)
    assert.equal(answer.http, 503)
    assert.equal(answer.code, 10002)
    assert.match(answer.message, new RegExp(`^\\(#${code}\\) `))
    assert.equal((answer.error.upstream as unknown as Upstream).retryable, true)
    assert.equal((await newest(world)).status, 'failed')
  })
}

test('WhatsApp down, with its own error: 503 and not sent', async () => {
  await using world = await startWorld()
  world.sandbox.fault({ on: 'messages', code: 131016 })
  const answer = await sendIt(world)
  assert.equal(answer.http, 503)
  assert.match(answer.message, /^\(#131016\) /)
  assert.equal(
    world.sandbox.received().filter((call) => JSON.stringify(call.body).includes('hello')).length <= 1,
    true,
    'not repeated',
  )
})

test('an expired token is a refusal that says so', async () => {
  await using world = await startWorld()
  world.sandbox.fault({ on: 'messages', code: 190 })
  const answer = await sendIt(world)
  assert.equal(answer.http, 400)
  assert.match(answer.message, /^\(#190\) /)
})

for (const drop of ['before', 'after'] as const) {
  test(`a connection that breaks ${drop} WhatsApp accepted the message: unknown, never repeated, settled by its status`, async () => {
    await using world = await startWorld()
    world.sandbox.fault({ on: 'messages', drop })
    const answer = await sendIt(world, text(`dropped ${drop}`))
    assert.equal(answer.http, 504)
    assert.equal(answer.code, 10002)
    assert.equal(answer.error.reason as unknown, 'outcome_unknown')
    const reference = answer.error.reference as unknown as string
    assert.match(reference, /^msg_/)
    if (drop === 'after') {
      const settled = await world.receiver.gets({ reference, message_status: 'delivered' })
      const { data } = await world.customer('GET', `/external/messages/${reference}`)
      const message = data as { status: string; msg_id: string }
      assert.equal(message.status, 'delivered')
      assert.equal(message.msg_id, settled.body.message_id)
      await world.sandbox.phone(TO).sees(`dropped ${drop}`)
    } else {
      assert.equal((await newest(world)).status, 'unknown')
    }
    const seen = world.sandbox
      .phone(TO)
      .messages()
      .filter((message) => JSON.stringify(message).includes(`dropped ${drop}`))
    assert.equal(seen.length, drop === 'after' ? 1 : 0)
  })
}

test('an answer that never arrives is unknown after the timeout', async () => {
  await using world = await startWorld({ gateway: { send: { timeoutMs: 300 } } })
  world.sandbox.fault({ on: 'messages', latencyMs: 1500 })
  const answer = await sendIt(world)
  assert.equal(answer.http, 504)
  const reference = answer.error.reference as unknown as string
  // WhatsApp accepted it: the status with our id settles it.
  await world.receiver.gets({ reference, message_status: 'delivered' })
})

test('a broken proxy’s page instead of an answer is unknown, not refused', async () => {
  await using world = await startWorld()
  world.sandbox.fault({ on: 'messages', httpStatus: 502 })
  assert.equal((await sendIt(world)).http, 504)
})

test('the window: open after a message of the contact, closed 24 hours later; templates may be sent at any time', async () => {
  const clock = new ShiftedClock()
  await using world = await startWorld({ gateway: { clock, sandbox: { statusDelayMs: 1, clock } } })
  world.receiver.anyTime = true
  const phone = world.sandbox.phone('16505551234')
  await phone.says('hi')
  await world.receiver.gets({ event: 'new_message' })
  const ask = async () =>
    (await world.customer('GET', '/external/contacts/16505551234/window')).data as { open: boolean; closes_at: number }
  assert.equal((await ask()).open, true)
  clock.advance(24 * 3_600_000 + 1000)
  const { open, closes_at: closedAt } = await ask()
  assert.equal(open, false)
  const sends = () =>
    world.sandbox.received().filter((call) => call.method === 'POST' && call.path.endsWith('/messages')).length
  const calls = sends()
  const answer = await sendIt(world, { to: '16505551234', type: 'text', text: 'late' })
  assert.equal(answer.http, 400)
  assert.equal(answer.code, 10002)
  assert.equal(answer.message, '(#131047) Re-engagement message')
  assert.equal(answer.error.reason as unknown, 'window_closed')
  assert.equal(answer.error.closed_at as unknown, closedAt)
  assert.equal(sends(), calls, 'WhatsApp was not called')
  const template = { to: '16505551234', type: 'template', template: { name: 'test_button_reply_1' } }
  assert.equal((await sendIt(world, template)).http, 200)
  await world.admin('PATCH', '/admin/channels/1', { window_policy: 'observe' })
  // Only observed: WhatsApp accepts it, and reports the failure by webhook.
  const wamid = await world.send({ to: '16505551234', type: 'text', text: 'late' })
  const failed = await world.receiver.gets({ message_id: wamid, message_status: 'failed' })
  assert.deepEqual((failed.body.error as { code: number }).code, 131047)
})

test('a contact without messages: closed on an old channel; unknown on a young one, where the send is passed on', async () => {
  const clock = new ShiftedClock()
  await using world = await startWorld({ gateway: { clock, sandbox: { statusDelayMs: 1, clock } } })
  world.receiver.anyTime = true
  assert.equal((await sendIt(world, { to: '447700900999', type: 'text', text: 'hi' })).http, 200)
  clock.advance(25 * 3_600_000)
  const answer = await sendIt(world, { to: '447700900998', type: 'text', text: 'hi' })
  assert.equal(answer.error.reason as unknown, 'window_closed')
  assert.equal(answer.error.closed_at as unknown, null)
})

test('templates: an unknown one is refused after a fetch, a language is chosen or required, one-time codes are not stored', async () => {
  await using world = await startWorld()
  const unknown = await sendIt(world, { to: TO, type: 'template', template: { name: 'no_such_template' } })
  assert.equal(unknown.http, 400)
  assert.equal(unknown.code, 10002)
  assert.equal(unknown.message, '(#132001) Template name does not exist in the translation')
  assert.equal(unknown.error.reason as unknown, 'template_not_found')
  const wamid = await world.send({ to: TO, type: 'template', template: { name: 'authentication_ca', code: '012345' } })
  const seen = await world.sandbox.phone(TO).sees((message) => message.id === wamid)
  assert.match(JSON.stringify(seen), /012345/)
  const { data } = await world.customer('GET', `/external/messages/${encodeURIComponent(wamid)}`)
  assert.doesNotMatch(JSON.stringify(data), /012345/)
})

test('a read receipt reaches WhatsApp; one for our own message is refused', async () => {
  await using world = await startWorld()
  const phone = world.sandbox.phone('16505551234')
  await phone.says('read me')
  const callback = await world.receiver.gets({ event: 'new_message' })
  const id = (callback.body.message as { messages: { id: string }[] }).messages[0]!.id
  const read = await world.customer('POST', `/external/messages/${encodeURIComponent(id)}/read`, { typing: true })
  assert.equal(read.http, 200)
  const ours = await world.send(text())
  assert.equal((await world.customer('POST', `/external/messages/${encodeURIComponent(ours)}/read`)).http, 422)
  assert.equal((await world.customer('POST', '/external/messages/wamid.none/read')).http, 404)
})

test('the answer is committed before it is sent: an accepted message is found at once', async () => {
  await using world = await startWorld()
  const wamids = await Promise.all(Array.from({ length: 40 }, () => world.send(text())))
  for (const wamid of wamids) {
    assert.equal((await world.customer('GET', `/external/messages/${encodeURIComponent(wamid)}`)).http, 200)
  }
  const pages: string[] = []
  for (let last = ''; ;) {
    const { data } = await world.customer(
      'GET',
      `/external/messages?count=15&to=${TO}${last && `&last_id=${encodeURIComponent(last)}`}`,
    )
    const page = data as { msg_id: string }[]
    if (page.length === 0) break
    pages.push(...page.map((message) => message.msg_id))
    last = pages.at(-1)!
  }
  assert.deepEqual(new Set(pages), new Set(wamids))
  assert.equal(pages.length, wamids.length)
})
