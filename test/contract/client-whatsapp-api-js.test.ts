import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { WhatsAppAPI } from 'whatsapp-api-js'
import * as m from 'whatsapp-api-js/messages'
import { startSandbox, type Phone, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { startCallback, type Callback } from '../../packages/sandbox/src/testing.ts'

/* whatsapp-api-js, unmodified. Its URL is fixed, so its fetch is replaced by one that calls the sandbox. */

const PHONE_ID = '302702419599374'
const TO = '16505551234'

let sandbox: Sandbox
let callback: Callback
let api: WhatsAppAPI
let phone: Phone
before(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0 })
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
  phone = sandbox.phone(TO)
  const redirected: typeof fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    return fetch(url.replace('https://graph.facebook.com', sandbox.url), init)
  }
  api = new WhatsAppAPI({
    token: 'sandbox-token',
    appSecret: sandbox.appSecret,
    webhookVerifyToken: sandbox.verifyToken,
    v: 'v25.0',
    ponyfill: { fetch: redirected, subtle: globalThis.crypto.subtle },
  })
})
after(async () => {
  await sandbox.close()
  await callback.close()
})

const link = 'https://www.luckyshrub.com/assets/panda-plant.jpeg'
const SENDS: Record<string, () => Parameters<WhatsAppAPI['sendMessage']>[2]> = {
  text: () => new m.Text('Hello', true),
  image: () => new m.Image(link, false, 'A plant'),
  video: () => new m.Video(link),
  audio: () => new m.Audio(link),
  document: () => new m.Document(link, false, 'Yours', 'a.pdf'),
  sticker: () => new m.Sticker(link),
  location: () => new m.Location(-122.3, 47.6, 'Shop', '12 Harbour St'),
  contacts: () => new m.Contacts([new m.Name('Ines Duarte', 'Ines'), new m.Phone('+12065550188', 'WORK')]),
  buttons: () =>
    new m.Interactive(
      new m.ActionButtons(new m.Button('y', 'Yes'), new m.Button('n', 'No')),
      new m.Body('Yes?'),
      new m.Header('Question'),
      new m.Footer('Shop'),
    ),
  list: () =>
    new m.Interactive(
      new m.ActionList('Options', new m.ListSection('Fast', new m.Row('r1', 'Express', '1-2 days'))),
      new m.Body('Which?'),
    ),
  'cta url': () => new m.Interactive(new m.ActionCTA('Dates', 'https://x.example'), new m.Body('See')),
  flow: () =>
    new m.Interactive(new m.ActionNavigateFlow('tok', '665544332211009', 'Book', 'BOOKING'), new m.Body('Book')),
  'location request': () => new m.Interactive(new m.ActionLocation(), new m.Body('Where?')),
  'template without parameters': () => new m.Template('test_button_reply_1', 'en_US'),
  'template with parameters': () =>
    new m.Template(
      'test_header_text_2',
      new m.Language('en_US'),
      new m.HeaderComponent(new m.HeaderParameter('2025-10-01')),
      new m.BodyComponent(new m.BodyParameter('the end'), new m.BodyParameter('25OFF'), new m.BodyParameter('25%')),
    ),
  'template with an image': () =>
    new m.Template('test_header_image_5', 'en_US', new m.HeaderComponent(new m.HeaderParameter(new m.Image(link)))),
  'authentication template': () => m.Template.OTP('authentication_ca', 'en_US', '123456'),
}

for (const [kind, message] of Object.entries(SENDS)) {
  test(`${kind} is accepted and arrives`, async () => {
    const answer = await api.sendMessage(PHONE_ID, TO, message())
    assert.ok('messages' in answer, JSON.stringify(answer))
    await phone.sees((got) => got.id === answer.messages[0].id)
  })
}

test('a reaction and its removal are accepted', async () => {
  const said = await phone.says('hi')
  for (const reaction of [new m.Reaction(said.id, '👍'), new m.Reaction(said.id)]) {
    const answer = await api.sendMessage(PHONE_ID, TO, reaction)
    assert.ok('messages' in answer, JSON.stringify(answer))
    await phone.sees((got) => got.id === answer.messages[0].id)
  }
})

test('a BSUID is a recipient', async () => {
  await phone.says('hi')
  const bsuid = Object.values(phone.contact.userIds)[0]!
  const answer = await api.sendMessage(PHONE_ID, { bsuid }, new m.Text('By id'))
  assert.ok('contacts' in answer, JSON.stringify(answer))
  assert.deepEqual(answer.contacts[0], { input: bsuid, user_id: bsuid })
})

test('a message is marked as read', async () => {
  const said = await phone.says('hi')
  assert.deepEqual(await api.markAsRead(PHONE_ID, said.id, 'text'), { success: true })
})

test('media is uploaded, downloaded unchanged, and deleted', async () => {
  const form = new FormData()
  form.set('file', new Blob(['hello'], { type: 'text/plain' }), 'a.txt')
  const up = await api.uploadMedia(PHONE_ID, form)
  assert.ok('id' in up, JSON.stringify(up))
  const described = await api.retrieveMedia(up.id, PHONE_ID)
  assert.ok('url' in described)
  assert.equal(await (await api.fetchMedia(described.url)).text(), 'hello')
  assert.deepEqual(await api.deleteMedia(up.id), { success: true })
})

test('a person who wrote can be blocked and unblocked', async () => {
  await phone.says('hi')
  const blocked = await api.blockUser(PHONE_ID, TO)
  assert.ok('block_users' in blocked, JSON.stringify(blocked))
  assert.ok(!('error' in (await api.unblockUser(PHONE_ID, TO))))
})

test('its webhook handler answers the handshake and reads messages and statuses', async () => {
  const challenge = api.get({ 'hub.mode': 'subscribe', 'hub.verify_token': sandbox.verifyToken, 'hub.challenge': '42' })
  assert.equal(challenge, '42')
  callback.got.length = 0
  const heard: string[] = []
  api.on.message = ({ message }) => void heard.push(message.type === 'text' ? message.text.body : message.type)
  api.on.status = ({ status }) => void heard.push(status)
  await phone.says('Guten Tag ✨')
  await api.sendMessage(PHONE_ID, TO, new m.Text('hello'))
  await callback.until(() => callback.statuses().length === 2, 'two statuses')
  for (const { raw, headers } of callback.got) {
    await api.post(JSON.parse(raw.toString()), raw.toString(), String(headers['x-hub-signature-256']))
  }
  assert.deepEqual(heard, ['Guten Tag ✨', 'sent', 'delivered'])
  const { raw } = callback.got[0]!
  await assert.rejects(api.post(JSON.parse(raw.toString()), raw.toString(), 'sha256=' + '0'.repeat(64)))
})
