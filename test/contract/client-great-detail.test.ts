import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from '@great-detail/whatsapp'
import { startSandbox, type Phone, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { startCallback, type Callback } from '../../packages/sandbox/src/testing.ts'

/* @great-detail/whatsapp, unmodified, with the sandbox as its `baseUrl`. */

const phoneNumberID = '302702419599374'
const businessAccountID = '102290129340398'
const to = '16505551234'

let sandbox: Sandbox
let callback: Callback
let client: Client
let phone: Phone
before(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0 })
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
  client = new Client({
    baseUrl: sandbox.url,
    request: { headers: { Authorization: 'Bearer sandbox-token' }, retry: 0 },
  })
  phone = sandbox.phone(to)
})
after(async () => {
  await sandbox.close()
  await callback.close()
})

const link = 'https://www.luckyshrub.com/assets/panda-plant.jpeg'
type Message = Parameters<Client['message']['createMessage']>[0]
const SENDS: Record<string, object> = {
  text: { type: 'text', text: { body: 'Hello' } },
  image: { type: 'image', image: { link, caption: 'A plant' } },
  video: { type: 'video', video: { link } },
  audio: { type: 'audio', audio: { link } },
  document: { type: 'document', document: { link, filename: 'a.pdf' } },
  sticker: { type: 'sticker', sticker: { link } },
  location: { type: 'location', location: { latitude: 47.6, longitude: -122.3 } },
  contacts: { type: 'contacts', contacts: [{ name: { formatted_name: 'Ines Duarte', first_name: 'Ines' } }] },
  interactive: {
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: 'Yes?' },
      action: { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }] },
    },
  },
  template: { type: 'template', template: { name: 'test_button_reply_1', language: { code: 'en_US' } } },
}

for (const [kind, content] of Object.entries(SENDS)) {
  test(`${kind} is accepted and arrives`, async () => {
    const { messages } = await client.message.createMessage({ phoneNumberID, to, ...content } as Message).json()
    await phone.sees((m) => m.id === messages[0]!.id)
  })
}

test('a message is marked as read', async () => {
  const said = await phone.says('hi')
  const { success } = await client.message
    .createStatus({ phoneNumberID, message_id: said.id, status: 'read', typing_indicator: { type: 'text' } })
    .json()
  assert.equal(success, true)
})

test('media is uploaded, downloaded unchanged, and deleted', async () => {
  const file = Buffer.from('%PDF-1.4 and so on')
  const mimeType = 'application/pdf'
  const { id } = await client.media
    .upload({ phoneNumberID, file: new Blob([file], { type: mimeType }), filename: 'a.pdf', mimeType } as never)
    .json()
  const { url } = await client.media.getURL({ mediaID: id, phoneNumberID }).json()
  const download = await client.media.download({
    mediaURL: url,
    request: { headers: { Authorization: 'Bearer sandbox-token' } },
  } as never)
  assert.deepEqual(Buffer.from(await download.arrayBuffer()), file)
  await client.media.delete({ mediaID: id, phoneNumberID })
  await assert.rejects(async () => client.media.getURL({ mediaID: id, phoneNumberID }).json())
})

test('numbers, templates, the profile and the subscription can be read', async () => {
  const numbers = await client.phoneNumbers.listPhoneNumbers({ businessAccountID }).json()
  assert.equal(numbers.data[0]!.id, phoneNumberID)
  const number = await client.phoneNumbers.getPhoneNumber({ phoneNumberID }).json()
  assert.equal(number.display_phone_number, '+62 815-1923-6680')
  const templates = await client.template.list(businessAccountID, { status: 'APPROVED' } as never).json()
  assert.equal(templates.data.length, 6)
  const { data } = await client.businessProfile
    .getBusinessProfile({ phoneNumberID, fields: { about: true } } as never)
    .json()
  assert.equal(data[0]!.about, 'Trying out Postern')
  const apps = await client.subscribedApps.listSubscriptions({ businessAccountID } as never).json()
  assert.equal(apps.data[0]!.whatsapp_business_api_data.id, sandbox.appId)
})

test('its webhook handler accepts the handshake and the signature', async () => {
  const query = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': sandbox.verifyToken }
  const registration = await client.webhook.register({ method: 'GET', query, body: undefined, headers: {} })
  assert.equal(registration.verifyToken, sandbox.verifyToken)
  assert.equal(registration.accept(), '1158201444')
  callback.got.length = 0
  await phone.says('Grüß dich / hello')
  const { raw, headers } = callback.got.find((g) => g.raw.includes('hello'))!
  const event = await client.webhook.eventNotification({
    method: 'POST',
    query: {},
    body: raw.toString(),
    headers: headers as never,
  })
  await event.verifySignature(sandbox.appSecret)
  await assert.rejects(async () => event.verifySignature('another'))
})
