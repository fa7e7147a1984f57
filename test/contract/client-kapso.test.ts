import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { WhatsAppClient } from '@kapso/whatsapp-cloud-api'
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server'
import { startSandbox, type Phone, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { startCallback, type Callback } from '../../packages/sandbox/src/testing.ts'

/* @kapso/whatsapp-cloud-api, unmodified, with the sandbox as its `baseUrl`. */

const phoneNumberId = '302702419599374'
const businessAccountId = '102290129340398'
const to = '+16505551234'

let sandbox: Sandbox
let callback: Callback
let client: WhatsAppClient
let phone: Phone
before(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0 })
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
  client = new WhatsAppClient({ accessToken: 'sandbox-token', baseUrl: sandbox.url, graphVersion: 'v24.0' })
  phone = sandbox.phone('16505551234')
})
after(async () => {
  await sandbox.close()
  await callback.close()
})

const link = 'https://www.luckyshrub.com/assets/panda-plant.jpeg'
const base = { phoneNumberId, to }

const SENDS: Record<string, () => Promise<{ messages: { id: string }[] }>> = {
  text: () => client.messages.sendText({ ...base, body: 'Hello', previewUrl: true, bizOpaqueCallbackData: 'row-1' }),
  image: () => client.messages.sendImage({ ...base, image: { link, caption: 'A plant' } }),
  audio: () => client.messages.sendAudio({ ...base, audio: { link } }),
  document: () => client.messages.sendDocument({ ...base, document: { link, filename: 'a.pdf' } }),
  video: () => client.messages.sendVideo({ ...base, video: { link } }),
  sticker: () => client.messages.sendSticker({ ...base, sticker: { link } }),
  location: () =>
    client.messages.sendLocation({ ...base, location: { latitude: 47.6, longitude: -122.3, name: 'Shop' } }),
  contacts: () =>
    client.messages.sendContacts({
      ...base,
      contacts: [{ name: { formattedName: 'Ines' }, phones: [{ phone: '+12065550188' }] }],
    }),
  template: () =>
    client.messages.sendTemplate({
      ...base,
      template: {
        name: 'test_header_text_2',
        language: { code: 'en_US' },
        components: [
          { type: 'header', parameters: [{ type: 'text', text: '2025-10-01' }] },
          { type: 'body', parameters: ['the end', '25OFF', '25%'].map((text) => ({ type: 'text', text })) },
        ],
      },
    }),
  buttons: () =>
    client.messages.sendInteractiveButtons({
      ...base,
      bodyText: 'Yes?',
      buttons: [{ id: 'y', title: 'Yes' }],
      footerText: 'Shop',
    }),
  list: () =>
    client.messages.sendInteractiveList({
      ...base,
      bodyText: 'Which?',
      buttonText: 'Options',
      sections: [{ title: 'Fast', rows: [{ id: 'r1', title: 'Express' }] }],
    }),
  'cta url': () =>
    client.messages.sendInteractiveCtaUrl({
      ...base,
      bodyText: 'See',
      parameters: { displayText: 'Dates', url: 'https://x.example' },
    }),
  carousel: () =>
    client.messages.sendInteractiveCarousel({
      ...base,
      bodyText: 'New',
      cards: [0, 1].map((cardIndex) => ({
        cardIndex,
        header: { type: 'image' as const, image: { link } },
        action: { displayText: 'Buy', url: 'https://x.example/0' },
      })),
    }),
  flow: () =>
    client.messages.sendInteractiveFlow({
      ...base,
      bodyText: 'Book',
      parameters: { flowId: '665544332211009', flowCta: 'Book' },
    }),
}

for (const [kind, send] of Object.entries(SENDS)) {
  test(`${kind} is accepted and arrives`, async () => {
    const { messages } = await send()
    const arrived = await phone.sees((m) => m.id === messages[0]!.id)
    assert.equal(arrived.status, 'delivered')
  })
}

test('a reaction is accepted', async () => {
  const said = await phone.says('hi')
  const { messages } = await client.messages.sendReaction({ ...base, reaction: { messageId: said.id, emoji: '👍' } })
  await phone.sees((m) => m.id === messages[0]!.id)
})

test('a message is marked as read, with typing', async () => {
  const said = await phone.says('hi')
  const answer = await client.messages.markRead({
    phoneNumberId,
    messageId: said.id,
    typingIndicator: { type: 'text' },
  })
  assert.equal(answer.success, true)
  assert.equal(phone.messages().find((m) => m.id === said.id)?.seen, true)
})

test('media is uploaded, downloaded unchanged, and deleted', async () => {
  const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])
  const file = new Blob([bytes], { type: 'image/jpeg' })
  const { id } = await client.media.upload({ phoneNumberId, type: 'image/jpeg', file, fileName: 'a.jpg' })
  const described = await client.media.get({ mediaId: id })
  assert.equal(described.mimeType, 'image/jpeg')
  const down = await client.media.download({ mediaId: id, auth: 'always' })
  assert.deepEqual(new Uint8Array(down as ArrayBuffer), bytes)
  await client.messages.sendImage({ ...base, image: { id } })
  await client.media.delete({ mediaId: id })
  await assert.rejects(client.media.get({ mediaId: id }), /Object with ID/)
})

test('templates are listed, created and deleted', async () => {
  const { data } = await client.templates.list({ businessAccountId, limit: 3 })
  assert.equal(data.length, 3)
  const created = await client.templates.create({
    businessAccountId,
    name: 'made_by_kapso',
    language: 'en_US',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Your parcel {{1}} has arrived.', example: { body_text: [['A1']] } }],
  })
  await callback.until(() => callback.changes().some((c) => c.value['event'] === 'APPROVED'), 'the approval')
  const list = await client.templates.list({ businessAccountId, name: 'made_by_kapso' })
  assert.deepEqual(
    list.data.map((t) => [t.id, t.status]),
    [[created.id, 'APPROVED']],
  )
  await client.templates.delete({ businessAccountId, name: 'made_by_kapso' })
  assert.deepEqual((await client.templates.list({ businessAccountId, name: 'made_by_kapso' })).data, [])
})

test('an error has its code, text and retry advice', async () => {
  sandbox.fault({ on: 'messages', code: 130429 })
  await assert.rejects(
    client.messages.sendText({ ...base, body: 'x' }),
    (error: Error & { code?: number; httpStatus?: number }) => {
      assert.equal(error.code, 130429)
      assert.equal(error.httpStatus, 400)
      return true
    },
  )
})

test('its webhook handler accepts the signature and reads the message', async () => {
  callback.got.length = 0
  await phone.says('Ist offen? ✨')
  const { raw, headers } = callback.got.find((g) => g.raw.includes('Ist offen'))!
  const signatureHeader = String(headers['x-hub-signature-256'])
  assert.equal(verifySignature({ appSecret: sandbox.appSecret, rawBody: raw, signatureHeader }), true)
  assert.equal(verifySignature({ appSecret: 'another', rawBody: raw, signatureHeader }), false)
  const { messages, contacts } = normalizeWebhook(JSON.parse(raw.toString()))
  assert.equal(messages[0]?.text?.body, 'Ist offen? ✨')
  assert.equal(contacts[0]?.waId, '16505551234')
})
