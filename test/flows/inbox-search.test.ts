import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { caller, startWorld, type World } from '../support/world.ts'

type Hit = { reference: string; contact_id: number; channel_id: number; excerpt: { text: string; hit?: true }[] }
type Found = { messages: Hit[]; next_id: string | null; searched_to: number | null }
type Message = {
  type: string
  msg_id: string
  content: object
  sent_by?: { kind: string; id: string | null; name: string | null }
}

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

const [ANN, BOB] = ['16505550001', '16505550002']
const find = async (q: string, more = ''): Promise<Found> =>
  (await world.admin('GET', `/admin/conversations/search?q=${encodeURIComponent(q)}${more}`)).data as Found
const keyOf = async (scopes?: object): Promise<string> =>
  ((await world.admin('POST', '/admin/keys', { name: 'Shop bot', ...(scopes && { scopes }) })).data as { key: string })
    .key
const ask = (key: string, method: string, path: string, body?: unknown) =>
  caller(() => world.gateway.url)(method, path, body, { authorization: `Bearer ${key}` })
const write = async (phone: string, text: string): Promise<void> => {
  await world.sandbox.phone(phone).says(text)
  await world.receiver.gets({ event: 'new_message' })
}

test('what people and we wrote is found by its words, page by page, and the log of reads hides them', async () => {
  await write(ANN, 'Where is my Invoice?')
  await write(BOB, '请给我发票 INVOICE')
  await world.send({ to: ANN, type: 'text', text: { body: 'The invoice is here.' } })
  const { messages, next_id: next, searched_to: to } = await find('invoice')
  assert.deepEqual(
    messages.map(({ excerpt }) => excerpt),
    [
      [{ text: 'The ' }, { text: 'invoice', hit: true }, { text: ' is here.' }],
      [{ text: '请给我发票 ' }, { text: 'INVOICE', hit: true }],
      [{ text: 'Where is my ' }, { text: 'Invoice', hit: true }, { text: '?' }],
    ],
  )
  assert.deepEqual([next, to], [null, null])
  const first = await find('invoice', '&count=1')
  assert.equal(first.next_id, messages[0]!.reference)
  assert.deepEqual((await find('invoice', `&count=2&last_id=${first.next_id}`)).messages, messages.slice(1))
  assert.deepEqual((await find('发票')).messages, [
    { ...messages[1]!, excerpt: [{ text: '请给我' }, { text: '发票', hit: true }, { text: ' INVOICE' }] },
  ])
  assert.equal((await world.admin('GET', '/admin/conversations/search?q=%20')).http, 422)
  assert.equal((await world.admin('GET', '/admin/conversations/search?q=x&channels=1,99')).http, 404)
  const { data } = await world.admin('GET', '/admin/audit?action=adminSearchConversations')
  const log = data as { object: { q: string } }[]
  // Further pages are the same look.
  assert.deepEqual([log.length, new Set(log.map(({ object }) => object.q))], [2, new Set(['(hidden)'])])
})

test('who has some channels finds messages of these only', async () => {
  const routes = ['GET /admin/*']
  const made = await world.admin('POST', '/admin/channels', {
    ...{ name: 'Other', business_phone: '14155550199', phone_number_id: '301234567890199', waba_id: '215589313241599' },
    access_token: 'EAAB',
  })
  const other = (made.data as { channel_id: number }).channel_id
  const own = await ask(await keyOf({ routes, channels: [1] }), 'GET', '/admin/conversations/search?q=invoice')
  assert.equal((own.data as Found).messages.length, 3, own.message)
  const none = await ask(await keyOf({ routes, channels: [other] }), 'GET', '/admin/conversations/search?q=invoice')
  assert.deepEqual((none.data as Found).messages, [])
  const named = await ask(
    await keyOf({ routes, channels: [other] }),
    'GET',
    '/admin/conversations/search?q=x&channels=1',
  )
  assert.equal(named.http, 404)
})

test('a message says who of us sent it; neither WhatsApp nor customers’ routes get that', async () => {
  const text = (words: string) => ({ to: ANN, type: 'text', text: words })
  const key = await keyOf({ channels: [1] })
  assert.equal((await world.admin('POST', '/admin/channels/1/messages', text('from the token'))).http, 200)
  assert.equal((await ask(key, 'POST', '/external/messages/whatsapp', text('from a key'))).http, 200)
  await world.send(text('from a code'))
  const { data } = await world.admin('GET', '/admin/messages/search?count=3')
  const senders = (data as Message[]).map(({ sent_by: by }) => by && [by.kind, by.name])
  assert.deepEqual(senders, [undefined, ['key', 'Shop bot'], ['token', 'ADMIN_TOKEN']])
  assert.ok(!JSON.stringify((data as Message[]).map(({ content }) => content)).includes('sent_by'))
  const outside = await world.customer('GET', `/external/messages?to=${ANN}&count=9`)
  assert.ok(!JSON.stringify(outside.data).includes('sent_by'))
  assert.ok(!JSON.stringify(outside.data).includes('Shop bot'))
  const [, { msg_id: wamid }] = data as [Message, Message]
  const got = await (await fetch(`${world.sandbox.url}/sandbox/messages/${wamid}`)).text()
  assert.ok(got.includes('from a key'), got)
  assert.ok(!got.includes('sent_by') && !got.includes('Shop bot'))
})

test('what the messages to a contact cost stands beside them, by month and category', async () => {
  await world.sandbox.settled()
  const { messages } = await find('my invoice')
  const place = `/admin/conversations/1/${messages[0]!.contact_id}`
  const { months, ...rest } = (await world.admin('GET', `${place}/costs`)).data as { months: object[] }
  assert.deepEqual(rest, { currency: null, since: null })
  // The window is open: WhatsApp charges nothing.
  const month = new Date().toISOString().slice(0, 7)
  assert.deepEqual(months, [{ month, category: 'service', messages: 4, billable: 0, free: 4 }])
  assert.equal((await world.admin('GET', '/admin/conversations/1/999999/costs')).http, 404)
})

test('who is erased is found no more', async () => {
  assert.equal((await find('invoice')).messages.length, 3)
  assert.equal((await world.admin('DELETE', `/admin/channels/1/contacts/${ANN}`)).http, 200)
  assert.deepEqual(
    (await find('invoice')).messages.map(({ excerpt }) => excerpt[0]!.text),
    ['请给我发票 '],
  )
})
