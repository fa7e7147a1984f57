import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readWebhook } from '../../flows/receive/read.ts'
import type { Fact } from '../../store/store.ts'
import { statusBody, testBody, toldStatusBody } from './bodies.ts'
import { metaBody } from './meta-format.ts'

type Loose = any // eslint-disable-line @typescript-eslint/no-explicit-any

const FOLDER = new URL('../../../../../test/fixtures/cloud-api/webhooks/', import.meta.url)
const CHANNEL = { wabaId: '215589313241560', phoneNumberId: '301234567890123', businessPhone: '14155550123' }
const OTHER = { wabaId: '215589313249999', phoneNumberId: '301234567890999', businessPhone: '14155550199' }

const told = (fact: Fact): string => (fact.kind === 'status' ? toldStatusBody(fact.body, undefined) : fact.body)

/** What an endpoint in Meta's format gets of a webhook of Meta's. */
function delivered(raw: string, format: 'meta' | 'postern'): Loose[] {
  const channels = [CHANNEL, OTHER].map((channel, i) => ({ ...channel, id: i + 1, endpoints: [{ format }] }))
  const { facts, unroutable } = readWebhook(
    raw,
    {
      byPhoneNumberId: (id) => channels.find(({ phoneNumberId }) => phoneNumberId === id),
      byWaba: (id) => channels.filter(({ wabaId }) => wabaId === id),
    },
    Date.UTC(2027, 0, 1),
  )
  assert.deepEqual(unroutable, [])
  // An old message is stored, and told with its chat.
  const events = facts.filter((fact) => fact.kind !== 'message' || fact.origin !== 'history')
  return events.map((fact) => JSON.parse(metaBody(told(fact), channels[fact.channelId - 1]!)) as Loose)
}

/** Every leaf of a value with its path; places in lists do not count, since one request has one message. */
function leavesOf(value: Loose, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path} = ${JSON.stringify(value)}`]
  if (Array.isArray(value))
    return value.length === 0 ? [`${path} = []`] : value.flatMap((v) => leavesOf(v, `${path}[]`))
  return Object.entries(value as object).flatMap(([key, v]) => leavesOf(v, `${path}.${key}`))
}

const changesOf = (body: Loose): { field: string; value: Loose; id: string }[] =>
  body.entry.flatMap((entry: Loose) => entry.changes.map((change: Loose) => ({ ...change, id: entry.id })))

for (const name of readdirSync(FOLDER)) {
  test(`${name}: nothing of Meta's is lost, and nothing is added`, () => {
    const raw = readFileSync(new URL(name, FOLDER), 'utf8')
    const bodies = delivered(raw, 'meta')
    for (const body of bodies) {
      assert.equal(body.object, 'whatsapp_business_account')
      const [{ value }, ...more] = changesOf(body) as [{ value: Loose }, ...unknown[]]
      assert.deepEqual(more, [])
      assert.ok((value.messages?.length ?? 0) + (value.statuses?.length ?? 0) <= 1, 'one message or status')
    }
    const leaves = (changes: ReturnType<typeof changesOf>) =>
      [...new Set(changes.flatMap((change) => leavesOf(change)))].sort()
    assert.deepEqual(leaves(bodies.flatMap(changesOf)), leaves(changesOf(JSON.parse(raw))))
  })
}

test('digits beyond 2^53, and numbers as they are written, stay as they are', () => {
  const metadata = `"metadata":{"display_phone_number":"14155550123","phone_number_id":"${CHANNEL.phoneNumberId}"}`
  const message =
    '{"from":"12065550147","id":"wamid.1","type":"new","new":{"big":98765432109876543211,"a":",\\"message\\":"}}'
  const raw = `{"entry":[{"id":"${CHANNEL.wabaId}","changes":[{"field":"messages","value":{${metadata},"messages":[${message}]}}]}]}`
  const { facts } = readWebhook(raw, { byPhoneNumberId: () => ({ ...CHANNEL, id: 1 }), byWaba: () => [] }, Date.now())
  const body = metaBody(told(facts[0]!), CHANNEL)
  assert.ok(body.includes(message), body)
})

test('the bytes are those that Meta writes: ASCII, with slashes escaped', () => {
  const message = { id: 'wamid.1', text: { body: 'Grüß dich ✨ \\/ 😀 \u007f https://a.example' } }
  const body = JSON.stringify({ event: 'new_message', channel_id: 1, business_phone: '1', message })
  const written = metaBody(body, CHANNEL)
  assert.match(written, /^[\x20-\x7e]+$/)
  assert.ok(written.includes('Gr\\u00fc\\u00df dich \\u2728'), written)
  assert.ok(written.includes('https:\\/\\/a.example'))
  assert.deepEqual(valueIn(written), message)
})

const status = {
  wamid: 'wamid.2',
  status: 'sent',
  errors: [],
  atSeconds: 1_788_302_000,
  recipient: '12065550147',
  more: {},
}
const value = (data: string): Loose => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: CHANNEL.businessPhone, phone_number_id: CHANNEL.phoneNumberId },
  statuses: [
    {
      id: 'wamid.2',
      status: 'sent',
      timestamp: '1788302000',
      recipient_id: '12065550147',
      biz_opaque_callback_data: data,
    },
  ],
})
const valueIn = (body: string): Loose => (JSON.parse(body) as Loose).entry[0].changes[0].value

for (const [what, withValue] of [
  ['as it came', true],
  ['made again', false],
] as const) {
  test(`a status of a message sent through us has its sender's words, and not our id (${what})`, () => {
    const body = statusBody(
      { id: 1, businessPhone: '1' },
      { ...status, ...(withValue && { value: value('msg_1') }) },
      undefined,
    )
    const own = metaBody(toldStatusBody(body, { reference: 'msg_1', callbackData: 'row=7' }), CHANNEL)
    assert.deepEqual(valueIn(own), value('row=7'))
    const none = metaBody(toldStatusBody(body, { reference: 'msg_1', callbackData: undefined }), CHANNEL)
    const { biz_opaque_callback_data: _, ...rest } = value('').statuses[0]
    assert.deepEqual(valueIn(none), { ...value(''), statuses: [rest] })
  })
}

test('a status stored before there was an endpoint in this format is made again from its body', () => {
  const raw = readFileSync(new URL('st_failed_131053_media_link_404.json', FOLDER), 'utf8')
  const [body] = delivered(raw, 'postern')
  const [change] = changesOf(body)
  assert.deepEqual(leavesOf(change).sort(), leavesOf(changesOf(JSON.parse(raw))[0]).sort())
})

test('a person without a number is named by their id', () => {
  const raw = readFileSync(new URL('st_delivered_bsuid_only.json', FOLDER), 'utf8')
  const [body] = delivered(raw, 'postern')
  const userId = changesOf(JSON.parse(raw))[0]!.value.statuses[0].recipient_user_id
  assert.ok(userId)
  assert.equal(changesOf(body)[0]!.value.statuses[0].recipient_user_id, userId)
})

test('an event of our own comes with what it tells', () => {
  const body = JSON.stringify({ event: 'ours', channel_id: 1, business_phone: '1', contact: { phone: '2' } })
  const [change] = changesOf(JSON.parse(metaBody(body, CHANNEL)))
  assert.deepEqual([change!.field, change!.value.contact], ['ours', { phone: '2' }])
})

test('a test event is a status of a message that nobody has', () => {
  const [change] = changesOf(JSON.parse(metaBody(testBody({ id: 1, businessPhone: '1' }, 1_788_302_000), CHANNEL)))
  assert.deepEqual([change!.id, change!.field], [CHANNEL.wabaId, 'messages'])
  assert.deepEqual(change!.value.statuses[0].id, 'wamid.test.1788302000')
})

test('a field with a name that every object has', () => {
  const body = JSON.stringify({ event: 'toString', channel_id: 1, business_phone: '1', value: { a: 1 } })
  const [change] = (JSON.parse(metaBody(body, CHANNEL)) as Loose).entry[0].changes
  assert.deepEqual(change, { value: { a: 1 }, field: 'toString' })
})
