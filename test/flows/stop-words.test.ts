import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { type Answer, startWorld, type World } from '../support/world.ts'

const [MEI, PABLO] = DEMO.phones as [string, string]
const SEND = '/external/messages/whatsapp'
const ANSWER = 'You get no more news from us. Write START to get them again.'
const CODE = {
  type: 'button',
  sub_type: 'copy_code',
  index: '0',
  parameters: [{ type: 'coupon_code', coupon_code: 'A' }],
}
const MARKETING = { type: 'template', template: { name: 'test_button_code_1', components: [CODE] } }
const SETTINGS = { stop_words: ['STOP', 'Désinscription', '退订'], start_words: ['START'], stop_answer: ANSWER }

let world: World
before(async () => {
  world = await startWorld()
  await set(SETTINGS)
})
after(() => world.stop())

async function set(settings: object): Promise<Answer> {
  return world.admin('PATCH', `/admin/channels/${DEMO.channelId}`, settings)
}

const answers = (phone: string): number =>
  world.sandbox
    .phone(phone)
    .messages()
    .filter((message) => message.direction === 'out' && JSON.stringify(message).includes(ANSWER)).length

async function marketing(to: string): Promise<string> {
  for (;;) {
    const answer = await world.customer('POST', SEND, { to, ...MARKETING })
    if (answer.http === 200) return 'sent'
    if (answer.http !== 503) return (answer.error as unknown as { reason: string }).reason
    await sleep(300)
  }
}

async function told(preference: 'stop' | 'resume', phone: string): Promise<void> {
  const contact = { phone }
  const { body } = await world.receiver.gets({ event: 'contact_update', what: 'preferences', preference, contact })
  assert.equal(body.by, 'contact')
}

async function answered(phone: string, count: number): Promise<void> {
  while (answers(phone) < count) await sleep(50)
  // The scheduler had nothing else to do, so another answer would be there by the time of the next message.
  await world.send({ to: phone, type: 'text', text: `after answer ${count}` })
  assert.equal(answers(phone), count)
}

test('a stop word stops marketing in the commit of its message, and is answered once', async () => {
  const mei = world.sandbox.phone(MEI)
  await mei.says('  désinscription! ')
  await told('stop', MEI)
  assert.equal(await marketing(MEI), 'opted_out')
  await answered(MEI, 1)
  await mei.says('STOP')
  await world.sandbox.settled()
  await answered(MEI, 1)
  await mei.says('please do not stop')
  await mei.says('start')
  await told('resume', MEI)
  assert.equal(await marketing(MEI), 'sent')
  await mei.says('退订')
  await told('stop', MEI)
  await answered(MEI, 2)
  const shown = (await world.customer('GET', `/external/contacts/${MEI}`)).data as { marketing: object }
  assert.partialDeepStrictEqual(shown.marketing, { state: 'stopped', by: 'contact' })
})

test('the text of a pressed button counts, and a webhook that comes twice is answered once', async () => {
  const pablo = world.sandbox.phone(PABLO)
  await pablo.says('hello')
  const reply = (id: string, title: string) => ({ type: 'reply', reply: { id, title } })
  await world.send({
    to: PABLO,
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: 'News?' },
      action: { buttons: [reply('a', 'More'), reply('b', 'Stop')] },
    },
  })
  await world.sandbox.settled()
  world.sandbox.fault({ on: 'webhooks', copies: 2 })
  await pablo.taps('Stop')
  await told('stop', PABLO)
  assert.equal(await marketing(PABLO), 'opted_out')
  await answered(PABLO, 1)
})

test('without an answer nothing is answered; without words nothing is a stop', async () => {
  const phone = '15550730001'
  await set({ stop_answer: null })
  await world.sandbox.phone(phone).says('stop')
  await told('stop', phone)
  assert.equal(await marketing(phone), 'opted_out')
  await set({ stop_words: [], start_words: [], stop_answer: ANSWER })
  const other = '15550730002'
  await world.sandbox.phone(other).says('stop')
  await world.receiver.gets({ event: 'new_message' })
  assert.equal(await marketing(other), 'sent')
  assert.deepEqual([answers(phone), answers(other)], [0, 0])
  await set(SETTINGS)
})

test('wrong words are refused by their places', async () => {
  for (const [value, path] of [
    [{ stop_words: ['stop', '…'] }, 'stop_words.1'],
    [{ stop_words: ['stop'], start_words: ['STÖP', 'STOP'] }, 'start_words.0'],
    [{ stop_words: 'stop' }, 'stop_words'],
    [{ stop_answer: '' }, 'stop_answer'],
  ] as const) {
    const answer = await set(value)
    const { fields } = answer.error as unknown as { fields: { path: string }[] }
    assert.deepEqual([answer.http, fields[0]?.path], [422, path], JSON.stringify(answer))
  }
})
