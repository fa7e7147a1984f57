import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { post, sign, status, text, webhook } from '../support/meta.ts'
import { startWorld, type World } from '../support/world.ts'

const messageIds = (world: World): string[] =>
  world.receiver.received
    .filter((callback) => callback.body.event === 'new_message')
    .map((callback) => (callback.body.message as { messages: { id: string }[] }).messages[0]!.id)

test('a batch of 1,000 updates in one webhook: each arrives once, per contact in order', async () => {
  await using world = await startWorld()
  const people = 50
  const values = Array.from({ length: 1000 }, (_, i) => {
    const from = String(15_550_000_000 + (i % people))
    return i % 2 === 0 ? text(from, `wamid.in${i}`, `message ${i}`) : status(from, `wamid.out${i}`, 'delivered')
  })
  assert.equal((await post(world, webhook(...values))).status, 200)
  await world.receiver.until(() => world.receiver.received.length >= 1000, '1,000 callbacks', 30_000)
  const sequence = (callback: { body: Record<string, unknown> }): { who: string; n: number } => {
    const { body } = callback
    const id =
      body.event === 'new_message'
        ? (body.message as { messages: { id: string }[] }).messages[0]!.id
        : String(body.message_id)
    const n = Number(id.replace(/\D/g, ''))
    return { who: String(n % people), n }
  }
  const seen = world.receiver.received.map(sequence)
  assert.equal(new Set(seen.map((one) => one.n)).size, 1000, 'none lost, none twice')
  for (let who = 0; who < people; who++) {
    const order = seen.filter((one) => one.who === String(who)).map((one) => one.n)
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
      `contact ${who}`,
    )
  }
  // One update per callback, with the one contact it concerns.
  const batch = webhook({
    contacts: [
      { profile: { name: 'A' }, wa_id: '15550009001' },
      { profile: { name: 'B' }, wa_id: '15550009002' },
    ],
    messages: [
      { from: '15550009001', id: 'wamid.twoA', timestamp: '1790000000', type: 'text', text: { body: 'a' } },
      { from: '15550009002', id: 'wamid.twoB', timestamp: '1790000000', type: 'text', text: { body: 'b' } },
    ],
  })
  await post(world, batch)
  const second = await world.receiver.gets({
    event: 'new_message',
    message: { messages: [{ id: 'wamid.twoB' }] },
  } as never)
  const told = second.body.message as { contacts: { wa_id: string }[]; messages: unknown[] }
  assert.equal(told.messages.length, 1)
  assert.deepEqual(
    told.contacts.map((contact) => contact.wa_id),
    ['15550009002'],
  )
})

test('the same webhook three times at once is stored once and delivered once', async () => {
  await using world = await startWorld()
  const body = webhook(text('15550001111', 'wamid.same', 'hi'), status('15550001111', 'wamid.sent', 'sent'))
  const answers = await Promise.all([post(world, body), post(world, body), post(world, body)])
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [200, 200, 200],
  )
  await post(world, body)
  // The control: a later event arrives, so nothing before it is still pending.
  await post(world, webhook(text('15550001111', 'wamid.after', 'and now')))
  await world.receiver.until(() => messageIds(world).includes('wamid.after'), 'the control')
  assert.deepEqual(messageIds(world), ['wamid.same', 'wamid.after'])
  assert.equal(world.receiver.received.filter((callback) => callback.body.message_id === 'wamid.sent').length, 1)
})

test('statuses in any order: the message’s status only moves up, and each status is delivered once', async () => {
  await using world = await startWorld()
  const orders = permutations(['sent', 'delivered', 'read'])
  for (const [i, order] of orders.entries()) {
    const wamid = `wamid.order${i}`
    for (const word of order) assert.equal((await post(world, webhook(status('15550002222', wamid, word)))).status, 200)
    await post(world, webhook(status('15550002222', wamid, order[0]!)))
    await world.receiver.gets({ message_id: wamid, message_status: order[2]! })
    const { data } = await world.customer('GET', `/external/messages/${wamid}`)
    assert.equal((data as { status: string }).status, 'read', order.join(' → '))
    const told = world.receiver.received
      .filter((callback) => callback.body.message_id === wamid)
      .map((callback) => callback.body.message_status)
    assert.deepEqual(told, order)
  }
})

test('failed replaces sent, and does not replace delivered', async () => {
  await using world = await startWorld()
  const failed = { errors: [{ code: 131047, title: 'Re-engagement message', message: 'Re-engagement message' }] }
  const end = async (wamid: string, ...words: string[]): Promise<string> => {
    for (const word of words)
      await post(world, webhook(status('15550003333', wamid, word, word === 'failed' ? failed : {})))
    return ((await world.customer('GET', `/external/messages/${wamid}`)).data as { status: string }).status
  }
  assert.equal(await end('wamid.f1', 'sent', 'failed'), 'failed')
  assert.equal(await end('wamid.f2', 'delivered', 'failed'), 'delivered')
  assert.equal(await end('wamid.f3', 'failed', 'delivered'), 'delivered')
  const callback = await world.receiver.gets({ message_id: 'wamid.f1', message_status: 'failed' })
  const whole = { code: 131047, title: 'Re-engagement message', message: 'Re-engagement message' }
  assert.deepEqual(callback.body.error, whole)
  assert.deepEqual(callback.body.errors, [whole])
})

test('a wrong signature is 401 and has no effect; signed fuzz is quarantined and answered 200', async () => {
  await using world = await startWorld()
  const body = JSON.stringify(webhook(text('15550004444', 'wamid.forged', 'hi')))
  for (const options of [
    { secret: 'another secret' },
    { header: null },
    { header: 'sha256=' },
    { header: sign(body, world.sandbox.appSecret).toUpperCase() },
    { header: sign(`${body} `, world.sandbox.appSecret) },
  ]) {
    const answer = await post(world, body, options)
    assert.equal(answer.status, 401, JSON.stringify(options))
    assert.doesNotMatch(await answer.text(), /[0-9a-f]{64}/, 'the expected signature is not told')
  }
  const fuzz: (string | Buffer)[] = [
    '',
    'null',
    '[]',
    '{}',
    '"text"',
    '{"entry":{}}',
    '{"entry":[null,1,{"changes":null},{"id":{},"changes":[null,5,{"field":3},{"field":"messages","value":[]}]}]}',
    '{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"302702419599374"},"messages":[null,{"id":5},{"id":"wamid.x","from":[],"timestamp":{}}],"statuses":[{"id":"wamid.y","status":{}}]}}]}]}',
    Buffer.from([0xff, 0xfe, 0x00, 0x7b]),
    `{"entry":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    `{"entry":[{"id":"102290129340398","changes":[{"field":"__proto__","value":{"__proto__":{"polluted":true},"constructor":1}}]}]}`,
    String.raw`{"entry":[{"id":"102290129340398","changes":[{"field":"odd","value":{"text":"\ud800","nul":"\u0000"}}]}]}`,
  ]
  for (const raw of fuzz) assert.equal((await post(world, raw)).status, 200, String(raw).slice(0, 80))
  assert.equal(({} as { polluted?: boolean }).polluted, undefined)
  const { data } = await world.admin('GET', '/admin/stats')
  const counted = (data as { quarantined: Record<string, number> }).quarantined
  assert.ok((counted.unreadable ?? 0) >= 6, JSON.stringify(counted))
  // It still works, and nothing of the forged ones was stored.
  await post(world, webhook(text('15550004444', 'wamid.true', 'hi')))
  await world.receiver.until(() => messageIds(world).includes('wamid.true'), 'the control')
  assert.ok(!messageIds(world).includes('wamid.forged'))
})

test('a contact without a phone number is one contact, and stays so when the number is learned', async () => {
  await using world = await startWorld()
  const hidden = {
    contacts: [{ profile: { name: 'Noor', username: 'noor.reads' }, user_id: 'US.777' }],
    messages: [
      {
        from_user_id: 'US.777',
        id: 'wamid.h1',
        timestamp: String(Math.floor(Date.now() / 1000)),
        type: 'text',
        text: { body: 'hi' },
      },
    ],
  }
  await post(world, webhook(hidden))
  const callback = await world.receiver.gets({ event: 'new_message' })
  assert.deepEqual((callback.body.message as { contacts: unknown }).contacts, hidden.contacts)
  const window = await world.customer('GET', '/external/contacts/US.777/window')
  assert.equal((window.data as { open: boolean }).open, true)
  // Later both names arrive together: one contact from then on, with one window and one history. The number alone is
  // from before there were ids: with an id of its own it would be another contact's.
  const { messages } = text('15550005555', 'wamid.p1', 'another') as { messages: Record<string, unknown>[] }
  delete messages[0]!.from_user_id
  await post(world, webhook({ contacts: [{ wa_id: '15550005555' }], messages }))
  const both = text('15550005555', 'wamid.h2', 'it is me')
  ;(both.contacts as { user_id: string }[])[0]!.user_id = 'US.777'
  ;(both.messages as { from_user_id: string }[])[0]!.from_user_id = 'US.777'
  await post(world, webhook(both))
  const list = await world.customer('GET', '/external/messages?to=US.777&count=100')
  const same = await world.customer('GET', '/external/messages?to=15550005555&count=100')
  assert.equal((list.data as unknown[]).length, 3)
  assert.deepEqual(list.data, same.data)
})

test('a contact with a hidden number is answered by the business-scoped id alone', async () => {
  await using world = await startWorld()
  const phone = world.sandbox.phone('16505557777')
  phone.hides()
  await phone.says('hi')
  const callback = await world.receiver.gets({ event: 'new_message' })
  const [message] = (callback.body.message as { messages: { from?: string; from_user_id: string }[] }).messages
  assert.equal(message!.from, undefined)
  const wamid = await world.send({ recipient: message!.from_user_id, type: 'text', text: 'hello' })
  await phone.sees('hello')
  const read = await world.receiver.gets({ message_id: wamid, message_status: 'delivered' })
  assert.equal(read.body.recipient, message!.from_user_id)
})

/** Fixtures without a callback: of another account, and old chats. */
const QUIET = /^(batch_two_entries_mixed|history)/

test('every webhook of the fixtures is processed whole: stored and delivered, with unknown fields and types', async () => {
  const folder = new URL('../fixtures/cloud-api/webhooks/', import.meta.url)
  await using world = await startWorld({ webhook: false })
  const { data: added } = await world.admin('POST', '/admin/channels', {
    name: 'Fixtures',
    business_phone: '14155550123',
    phone_number_id: '301234567890123',
    waba_id: '215589313241560',
    access_token: 'sandbox-token',
    webhook_url: world.receiver.url,
  })
  world.receiver.secret = (added as { webhook_secret: string }).webhook_secret
  for (const [index, name] of readdirSync(folder).entries()) {
    // Several fixtures show one status of one message at different prices: each gets a message of its own here.
    const raw = readFileSync(new URL(name, folder), 'utf8').replaceAll(/wamid\.[\w+/=]+/g, (id) => `${id}${index}`)
    const before = world.receiver.received.length
    assert.equal((await post(world, raw)).status, 200, name)
    await world.receiver.until(() => world.receiver.received.length > before || QUIET.test(name), name)
  }
  // Old chats are stored and go to no endpoint that did not ask for them.
  assert.ok(world.receiver.received.every(({ body }) => body.event !== 'history'))
  const headers = { 'certification-code': (added as { certification_code: string }).certification_code }
  const asked = await world.customer('GET', '/external/events?events=history', undefined, headers)
  const chats = asked.data as unknown[]
  // One event for each chat of a chunk; a refusal, and a file that came later, have one.
  const histories = readdirSync(folder).filter((name) => name.startsWith('history'))
  const threadsIn = (name: string): number =>
    readFileSync(new URL(name, folder), 'utf8').match(/"context"\s*:\s*\{\s*"(?:wa_id|user_id)"/g)?.length ?? 1
  assert.ok(chats.length >= histories.length)
  assert.equal(
    chats.length,
    histories.reduce((sum, name) => sum + Math.max(threadsIn(name), 1), 0),
  )
  for (const event of [
    'new_message',
    'message_status_update',
    'template_status_update',
    'channel_update',
    'contact_update',
    'call',
    'message_echo',
    'message_edit',
    'message_revoke',
    'conversation_owner',
    'payment_status',
    'messages',
  ]) {
    await world.receiver.gets({ event })
  }
  const paused = world.receiver.received.find((callback) => callback.body.new_value === 'PAUSED')!
  assert.deepEqual(paused.body, {
    event: 'template_status_update',
    channel_id: (added as { channel_id: number }).channel_id,
    business_phone: '14155550123',
    template_id: '1478820956612235',
    template_name: 'autumn_sale',
    new_value: 'PAUSED',
    reason: '',
    received_at: 1788302020,
    language: 'en-GB',
    category: 'MARKETING',
    title: 'FIRST_PAUSE',
    description: 'Paused for 3 hours because of recurring negative feedback.',
    value: (
      JSON.parse(readFileSync(new URL('tpl_status_paused.json', folder), 'utf8')) as {
        entry: { changes: { value: unknown }[] }[]
      }
    ).entry[0]!.changes[0]!.value,
  })
})

test('digits beyond 2^53 pass unchanged', async () => {
  await using world = await startWorld()
  const raw = `{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","time":1788302020,"changes":[{"field":"message_template_status_update","value":{"event":"APPROVED","message_template_id":98765432109876543211,"message_template_name":"big","message_template_language":"en-US","reason":null}},{"field":"new_field","value":{"number":12345678901234567890}}]}]}`
  assert.equal((await post(world, raw)).status, 200)
  const told = await world.receiver.gets({ event: 'template_status_update' })
  assert.equal(told.body.template_id, '98765432109876543211')
  const other = await world.receiver.gets({ event: 'new_field' })
  assert.match(other.raw, /"number":12345678901234567890/)
})

test('a webhook for an unknown number is quarantined, counted, and answered 200', async () => {
  await using world = await startWorld()
  const body = webhook(text('15550006666', 'wamid.stray', 'hi'))
  ;(
    body.entry as { changes: { value: { metadata: { phone_number_id: string } } }[] }[]
  )[0]!.changes[0]!.value.metadata = {
    phone_number_id: '999',
  } as never
  assert.equal((await post(world, body)).status, 200)
  const { data } = await world.admin('GET', '/admin/stats')
  assert.deepEqual((data as { quarantined: unknown }).quarantined, { unknown_number: 1 })
})

test('the handshake returns the challenge for the right token, as plain text', async () => {
  await using world = await startWorld()
  const ask = (token: string): Promise<Response> =>
    fetch(`${world.gateway.url}/webhooks/meta?hub.mode=subscribe&hub.challenge=%3Cb%3E1158&hub.verify_token=${token}`)
  const right = await ask(world.sandbox.verifyToken)
  assert.equal(right.status, 200)
  assert.equal(await right.text(), '<b>1158')
  assert.match(right.headers.get('content-type') ?? '', /^text\/plain/)
  assert.equal((await ask('wrong')).status, 403)
})

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]))
}
