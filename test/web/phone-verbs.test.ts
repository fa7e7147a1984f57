import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { holds } from '../support/receiver.ts'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startBrowser, type Browser } from './browser.ts'

const NUMBER = '85268411234'
const OTHER = '16505551234'

let world: World
let browser: Browser
let table: Page & { wrongs: string[] }
let phone: Locator

before(async () => {
  buildPages()
  world = await startWorld()
  await world.admin('PATCH', '/admin/channels/1', { media_check: 'off' })
  browser = await startBrowser({ height: 1000, microphone: true })
  table = await browser.open('about:blank')
  phone = table.getByRole('region', { name: 'Phone of Mei Chan' })
})
// Windows that one test leaves open must not affect another.
beforeEach(async () => {
  await table.goto('about:blank')
  await table.goto(world.sandbox.url)
  await phone.getByLabel('Message', { exact: true }).waitFor()
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const bubbleWith = (text: string): Locator => phone.locator('.phone-message', { hasText: text }).first()

/** Waits until the phone has this message, by the stream that the page follows too. */
async function bubbleFor(id: string): Promise<void> {
  await world.receiver.gets({ event: 'message_status_update', message_id: id, message_status: 'delivered' })
  const count = world.sandbox.phone(NUMBER).messages().length
  await phone
    .locator('.phone-message')
    .nth(count - 1)
    .waitFor({ state: 'attached' })
}

async function chooseFromMenu(item: string): Promise<void> {
  await phone.getByRole('button', { name: 'Menu' }).click()
  await table.getByRole('menuitem', { name: item, exact: true }).click()
}

async function types(text: string): Promise<void> {
  await phone.getByLabel('Message', { exact: true }).fill(text)
  await table.keyboard.press('Enter')
}

/** The whole callback of a contact's message with this content. */
async function told(message: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { body } = await world.receiver.gets({ event: 'new_message', message: { messages: { 0: message } } })
  const [one] = (body.message as { messages: Record<string, unknown>[] }).messages
  return one!
}

/** Opens the wire of the message with this text, and checks it. */
async function overTheWire(text: string, look: (wire: Locator) => Promise<void>): Promise<void> {
  const bubble = bubbleWith(text)
  await bubble.getByRole('button', { name: 'What to do with this message' }).click()
  await table.getByRole('menuitem', { name: 'Show on the wire' }).click()
  const wire = table.getByRole('complementary', { name: 'Wire' })
  await look(wire)
  await wire.getByRole('button', { name: 'Close' }).click()
  await wire.waitFor({ state: 'detached' })
}

test('a flow is opened, filled in and sent; its answer arrives, and the wire shows its whole way', async () => {
  const wamid = await world.send({
    to: NUMBER,
    type: 'interactive',
    interactive: {
      type: 'flow',
      body: { text: 'Book a table' },
      action: {
        name: 'flow',
        parameters: {
          flow_message_version: '3',
          flow_id: '4711',
          flow_token: 'table-7',
          flow_cta: 'Choose a time',
          flow_action: 'navigate',
          flow_action_payload: { screen: 'TIMES' },
        },
      },
    },
  })
  await phone.getByRole('button', { name: 'Choose a time' }).click()
  const sheet = table.getByRole('dialog', { name: 'Choose a time' })
  await sheet.getByLabel('Field', { exact: true }).fill('time')
  await sheet.getByLabel('Value', { exact: true }).fill('19:30')
  await sheet.getByRole('button', { name: 'One more field' }).click()
  await sheet.getByLabel('Field', { exact: true }).nth(1).fill('guests')
  await sheet.getByLabel('Value', { exact: true }).nth(1).fill('4')
  await sheet.getByRole('button', { name: 'Send the form' }).click()

  const answer = await told({ type: 'interactive', context: { id: wamid } })
  const { nfm_reply: reply } = answer.interactive as { nfm_reply: { response_json: string } }
  assert.deepEqual(JSON.parse(reply.response_json), { flow_token: 'table-7', time: '19:30', guests: '4' })
  await phone.getByText('guests: 4').waitFor()

  await overTheWire('Book a table', async (wire) => {
    await wire.getByText('messages · delivered').waitFor()
    await wire.getByText('messages · interactive', { exact: true }).waitFor()
    const callback = wire.locator('li', { hasText: 'new_message' })
    await callback.getByText('200 ·').waitFor()
    await callback.getByRole('button', { name: /^Callback/ }).click()
    await callback.getByText('19:30').waitFor()
  })
})

test('an address, a call permission, and the own contact are sent by WhatsApp’s own buttons', async () => {
  const ask = (interactive: Record<string, unknown>): Promise<string> =>
    world.send({ to: NUMBER, type: 'interactive', interactive })
  const tap = (name: string): Promise<void> => phone.getByRole('button', { name, exact: true }).last().click()

  const address = await ask({
    type: 'address_message',
    body: { text: 'Where to?' },
    action: { name: 'address_message', parameters: { country: 'IN' } },
  })
  await tap('Provide address')
  const sheet = table.getByRole('dialog', { name: 'Provide address' })
  await sheet.getByLabel('Value', { exact: true }).first().fill('Asha')
  await sheet.getByRole('button', { name: 'Send the form' }).click()
  const given = (await told({ context: { id: address } })).interactive as { nfm_reply: Record<string, string> }
  assert.equal(given.nfm_reply.name, 'address_message')
  assert.deepEqual(JSON.parse(given.nfm_reply.response_json!), { values: { name: 'Asha' } })
  await phone.getByText('name: Asha').waitFor()

  const call = {
    type: 'call_permission_request',
    body: { text: 'May we call?' },
    action: { name: 'call_permission_request' },
  }
  for (const [button, response] of [
    ['Not now', 'reject'],
    ['Allow calls', 'accept'],
  ] as const) {
    const id = await ask(call)
    await bubbleFor(id)
    await tap(button)
    const reply = (await told({ context: { id } })).interactive as { call_permission_reply: Record<string, unknown> }
    assert.equal(reply.call_permission_reply.response, response)
    assert.equal(
      typeof reply.call_permission_reply.expiration_timestamp,
      response === 'accept' ? 'string' : 'undefined',
    )
  }

  await ask({
    type: 'request_contact_info',
    body: { text: 'How do we reach you?' },
    action: { name: 'request_contact_info' },
  })
  await tap('Share contact')
  const { contacts, from_user_id: userId } = await told({
    type: 'contacts',
    contacts: { 0: { origin: 'contact_request' } },
  })
  const [shared] = contacts as { origin: string; phones: { phone: string; wa_id: string }[] }[]
  assert.equal(shared!.phones[0]!.phone.replaceAll(' ', ''), `+${NUMBER}`)
  assert.equal(shared!.phones[0]!.wa_id, NUMBER)
  // The business knows the number for good now: it forgets it for the tests about hidden numbers.
  const book = `${world.sandbox.url}/v26.0/302702419599374/contact_book?messaging_product=whatsapp&bsuid=${String(userId)}`
  const forgotten = await fetch(book, { method: 'DELETE', headers: { authorization: 'Bearer sandbox-token' } })
  assert.equal(((await forgotten.json()) as { deleted: boolean }).deleted, true)
})

test('a list opens over the chat, is closed by Escape, and used by keyboard', async () => {
  await world.send({
    to: NUMBER,
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'Which way shall it come?' },
      action: { button: 'Ways', sections: [{ title: 'By post', rows: [{ id: 'slow', title: 'Slow post' }] }] },
    },
  })
  const opener = bubbleWith('Which way shall it come?').getByRole('button', { name: 'Ways' })
  const sheet = phone.getByRole('dialog', { name: 'Ways' })
  await opener.focus()
  await table.keyboard.press('Enter')
  await sheet.waitFor()
  const gap = async (): Promise<number> => {
    const [over, screen] = await Promise.all([sheet.boundingBox(), phone.locator('.phone-screen').boundingBox()])
    return Math.abs(over!.y + over!.height - screen!.y - screen!.height)
  }
  const risen = Date.now() + 10_000
  while ((await gap()) > 2 && Date.now() < risen) await table.waitForTimeout(50)
  assert.ok((await gap()) <= 2, 'it stands on the lower edge')
  await table.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  assert.ok(await opener.evaluate((element) => element === document.activeElement), 'one is back where one was')
  await table.keyboard.press('Enter')
  await sheet.waitFor()
  await table.keyboard.press('Enter')
  await told({ interactive: { list_reply: { id: 'slow', title: 'Slow post' } } })
  await sheet.waitFor({ state: 'detached' })
})

test('a carousel of links is swiped; its button opens a link, and the business gets no webhook', async () => {
  const card = (index: number) => ({
    card_index: index,
    type: 'cta_url',
    header: { type: 'image', image: { link: `https://files.example/${index}.png` } },
    body: { text: `Bag ${index}` },
    action: { name: 'cta_url', parameters: { display_text: `Buy ${index}`, url: `https://shop.example/${index}` } },
  })
  await world.send({
    to: NUMBER,
    type: 'interactive',
    interactive: { type: 'carousel', body: { text: 'Three bags' }, action: { cards: [0, 1, 2].map(card) } },
  })
  const cards = bubbleWith('Three bags').getByRole('group', { name: 'Cards' })
  await cards.getByText('Bag 0').waitFor()
  const link = cards.getByRole('link', { name: 'Buy 2' })
  assert.equal(await link.getAttribute('href'), 'https://shop.example/2')
  assert.match((await link.getAttribute('rel')) ?? '', /noopener/)
  const placeOf = (): Promise<number> => cards.evaluate((element) => element.scrollLeft)

  // By keyboard, in place of a swipe.
  assert.equal(await placeOf(), 0)
  await cards.focus()
  await table.keyboard.press('ArrowRight')
  const deadline = Date.now() + 10_000
  while ((await placeOf()) === 0 && Date.now() < deadline) await table.waitForTimeout(50)
  assert.ok((await placeOf()) > 0, 'the cards move')

  const before = world.receiver.received.length
  const [shop] = await Promise.all([browser.context.waitForEvent('page'), link.click()])
  await shop.close()
  await types('nice bags')
  await told({ text: { body: 'nice bags' } })
  const since = world.receiver.received.slice(before).map((one) => one.body)
  assert.equal(since.filter((body) => body.event === 'new_message').length, 1, 'only what was typed was told')
})

test('a voice message is recorded and sent in WhatsApp’s format', async () => {
  await phone.getByRole('button', { name: 'Record' }).click()
  const stop = phone.getByRole('button', { name: 'Stop and send' })
  await stop.waitFor()
  await table.waitForTimeout(1_200)
  await stop.click()
  const { audio } = await told({ type: 'audio' })
  const { id, mime_type, voice } = audio as { id: string; mime_type: string; voice: boolean }
  assert.deepEqual({ mime_type, voice }, { mime_type: 'audio/ogg; codecs=opus', voice: true })

  const media = await fetch(`${world.gateway.url}/external/media/${id}`, {
    headers: { 'certification-code': 'postern-demo-certification-code' },
  })
  const bytes = Buffer.from(await media.arrayBuffer())
  assert.equal(bytes.subarray(0, 4).toString(), 'OggS')
  assert.ok(bytes.includes('OpusHead') && bytes.length > 1_000, `${bytes.length} bytes were recorded`)
  // The phone can play its own message.
  await phone.getByRole('slider', { name: 'Voice message' }).last().waitFor()
  const player = phone.locator('audio').last()
  const seconds = (): Promise<number> => player.evaluate((element) => (element as HTMLAudioElement).duration)
  const deadline = Date.now() + 10_000
  while (!((await seconds()) > 0.5) && Date.now() < deadline) await table.waitForTimeout(50)
  assert.ok((await seconds()) > 0.5, `${await seconds()} s can be played`)
})

test('a recording can be cancelled; a long text is folded, and a long name breaks nothing', async () => {
  const before = world.receiver.received.length
  await phone.getByRole('button', { name: 'Record' }).click()
  await phone.getByRole('timer').waitFor()
  await phone.getByRole('button', { name: 'Cancel' }).click()
  await phone.getByLabel('Message', { exact: true }).waitFor()
  await world.send({ to: NUMBER, type: 'text', text: `${'A long story. '.repeat(80)}The end.` })
  const story = bubbleWith('A long story.')
  assert.equal(await story.getByText('The end.').count(), 0)
  await story.getByRole('button', { name: 'Read more' }).click()
  await story.getByText('The end.').waitFor()
  const frame = (): Promise<unknown> => phone.boundingBox()
  const width = await frame()
  world.sandbox.phone(NUMBER).is({ name: 'Mei Chan of the very long name '.repeat(6).trim() })
  const renamed = table.getByRole('region', { name: /very long name/ })
  await renamed.waitFor()
  assert.deepEqual(await renamed.boundingBox(), width)
  world.sandbox.phone(NUMBER).is({ name: 'Mei Chan' })
  await phone.waitFor()
  const told = world.receiver.received.slice(before)
  assert.ok(!told.some(({ body }) => holds(body, { message: { messages: { 0: { type: 'audio' } } } })))
})

test('a reaction is set on a message, replaced by another, and removed', async () => {
  const wamid = await world.send({ to: NUMBER, type: 'text', text: 'what do you think?' })
  const bubble = bubbleWith('what do you think?')
  const react = async (name: string): Promise<void> => {
    await bubble.getByRole('button', { name: 'What to do with this message' }).click()
    await table
      .getByRole('menu')
      .getByRole(name.startsWith('React') ? 'button' : 'menuitem', { name })
      .click()
    await table.getByRole('menu').waitFor({ state: 'detached' })
  }
  for (const emoji of ['👍', '🙏']) {
    await react(`React with ${emoji}`)
    await told({ type: 'reaction', reaction: { message_id: wamid, emoji } })
    await bubble.locator('.bubble-reaction', { hasText: emoji }).waitFor()
  }
  await react('Remove the reaction')
  await bubble.locator('.bubble-reaction').waitFor({ state: 'detached' })
  await world.receiver.until(
    () =>
      world.receiver.received.some(
        ({ body }) =>
          holds(body, { message: { messages: { 0: { reaction: { message_id: wamid } } } } }) &&
          !('emoji' in (body.message as { messages: { reaction: object }[] }).messages[0]!.reaction),
      ),
    'the reaction without an emoji',
  )
  await overTheWire('what do you think?', async (wire) => {
    await wire.getByText('messages · reaction').nth(2).waitFor()
    await wire.locator('li', { hasText: 'new_message' }).nth(2).waitFor()
  })
})

test('a message is left unread, read, and the chat marked as unread without a webhook', async () => {
  const first = await world.send({ to: NUMBER, type: 'text', text: 'unread for now' })
  await world.receiver.gets({ event: 'message_status_update', message_id: first, message_status: 'delivered' })
  const read = phone.locator('.phone-read')
  await phone.getByText('unread for now').waitFor()
  assert.match(await read.innerText(), /^Read \(\d+\)$/)
  await read.click()
  await world.receiver.gets({ event: 'message_status_update', message_id: first, message_status: 'read' })

  await chooseFromMenu('Mark as unread')
  await phone.getByRole('img', { name: 'marked as unread' }).waitFor()
  // The chat is closed now: new messages stay unread, and the first one stays read.
  const second = await world.send({ to: NUMBER, type: 'text', text: 'after the mark' })
  await world.receiver.gets({ event: 'message_status_update', message_id: second, message_status: 'delivered' })
  await phone.getByRole('button', { name: 'Read (1)' }).waitFor()
  const readOf = (id: string) =>
    world.receiver.received.filter(({ body }) => holds(body, { message_id: id, message_status: 'read' })).length
  assert.deepEqual([readOf(first), readOf(second)], [1, 0])
  await read.click()
  await world.receiver.gets({ event: 'message_status_update', message_id: second, message_status: 'read' })
  assert.equal(await phone.getByRole('img', { name: 'marked as unread' }).count(), 0)
})

test('offline, a message waits for the phone; online, it arrives', async () => {
  await chooseFromMenu('Go offline')
  await phone.getByText('offline', { exact: true }).waitFor()
  const wamid = await world.send({ to: NUMBER, type: 'text', text: 'for when you are back' })
  await world.receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'sent' })
  assert.equal(await phone.getByText('for when you are back').count(), 0)
  assert.equal(
    world.receiver.received.filter(({ body }) => holds(body, { message_id: wamid, message_status: 'delivered' }))
      .length,
    0,
  )
  await chooseFromMenu('Go online')
  await phone.getByText('for when you are back').waitFor()
  await world.receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'delivered' })
  assert.equal(await phone.getByText('offline', { exact: true }).count(), 0)
})

test('messages of a blocked business do not arrive, and no webhook reports the block; after unblocking they do', async () => {
  await chooseFromMenu('Block the business')
  await phone.getByText('blocked', { exact: true }).waitFor()
  const lost = await world.send({ to: NUMBER, type: 'text', text: 'are you there?' })
  await world.receiver.gets({ event: 'message_status_update', message_id: lost, message_status: 'sent' })
  await chooseFromMenu('Unblock the business')
  await phone.getByText('blocked', { exact: true }).waitFor({ state: 'detached' })
  const seen = await world.send({ to: NUMBER, type: 'text', text: 'and now?' })
  await phone.getByText('and now?').waitFor()
  await world.receiver.gets({ event: 'message_status_update', message_id: seen, message_status: 'delivered' })
  assert.equal(await phone.getByText('are you there?').count(), 0)
  assert.equal(
    world.receiver.received.filter(({ body }) => holds(body, { message_id: lost, message_status: 'delivered' })).length,
    0,
  )
})

test('a hidden number is never sent: webhook and callback have the business-scoped id only', async () => {
  await chooseFromMenu('Hide the number')
  await phone.getByText('number hidden').waitFor()
  await types('guess who')
  const hidden = await told({ text: { body: 'guess who' } })
  assert.equal(hidden.from, undefined)
  assert.match(hidden.from_user_id as string, /^[A-Z]{2}\.\w+$/)
  await overTheWire('guess who', async (wire) => {
    const webhook = wire.locator('li', { hasText: 'messages · text' })
    await webhook.getByRole('button', { name: /^Webhook/ }).click()
    const body = webhook.locator('pre')
    await body.getByText('from_user_id').waitFor()
    assert.ok(!(await body.innerText()).includes(NUMBER), 'the number is nowhere in the webhook')
    const callback = wire.locator('li', { hasText: 'new_message' })
    await callback.getByText('delivered').waitFor()
  })
  await chooseFromMenu('Show the number')
  await phone.getByText('number hidden').waitFor({ state: 'detached' })
  await types('me again')
  assert.equal((await told({ text: { body: 'me again' } })).from, NUMBER)
})

test('several phones are side by side, each live, with its own chat', async () => {
  const third = '4915112345678'
  await table.getByRole('button', { name: 'Add a phone' }).click()
  await table.getByRole('combobox', { name: 'Number, with its country code' }).fill(`+${third}`)
  await table.getByRole('button', { name: 'Add', exact: true }).click()
  const phones = [NUMBER, OTHER, third].map((number) => table.getByRole('region').filter({ hasText: `+${number}` }))
  for (const [i, one] of phones.entries()) {
    await one.getByLabel('Message', { exact: true }).fill(`from phone ${i}`)
    await one.getByRole('button', { name: 'Send', exact: true }).click()
  }
  for (const [i, number] of [NUMBER, OTHER, third].entries()) {
    assert.equal((await told({ text: { body: `from phone ${i}` } })).from, number)
    await world.send({ to: number, type: 'text', text: `to phone ${i}` })
    await phones[i]!.getByText(`to phone ${i}`).waitFor()
    for (const other of phones.filter((one) => one !== phones[i]))
      assert.equal(await other.getByText(`to phone ${i}`).count(), 0)
  }
  await phones[2]!.getByRole('button', { name: 'Menu' }).click()
  await table.getByRole('menuitem', { name: 'Remove phone' }).click()
  await phones[2]!.waitFor({ state: 'detached' })
  assert.deepEqual(
    table.wrongs.filter((wrong) => !wrong.includes('files.example')),
    [],
  )
})

test('without a microphone a sample is sent, with a note', async () => {
  await using deaf = await startBrowser()
  const page = await deaf.open(world.sandbox.url)
  const one = page.getByRole('region', { name: 'Phone of Pablo Morales' })
  const before = world.receiver.received.length
  await one.getByRole('button', { name: 'Record' }).click()
  await page.getByText('No microphone found').waitFor()
  await world.receiver.until(
    () =>
      world.receiver.received
        .slice(before)
        .some(({ body }) => holds(body, { message: { messages: { 0: { type: 'audio', from: OTHER } } } })),
    'the sample',
  )
})

test('samples are seen and heard; a picture opens large by keyboard; emoji are put where the cursor is', async () => {
  const mei = world.sandbox.phone(NUMBER)
  for (const type of ['audio', 'video', 'sticker', 'image'] as const)
    await mei.says({ type, [type]: type === 'image' ? { caption: 'our harbour' } : {} })
  const secondsOf = (kind: string): Promise<number> =>
    phone
      .locator(kind)
      .last()
      .evaluate((element) => (element as HTMLMediaElement).duration)
  for (const kind of ['audio', 'video']) {
    await phone.locator(kind).last().waitFor({ state: 'attached' })
    const deadline = Date.now() + 10_000
    while (!((await secondsOf(kind)) > 1) && Date.now() < deadline) await table.waitForTimeout(50)
    assert.ok((await secondsOf(kind)) > 1, `the ${kind} lasts ${await secondsOf(kind)} s`)
  }
  const widthOf = (picture: Locator): Promise<number> =>
    picture.evaluate(async (element) => {
      await (element as HTMLImageElement).decode()
      return (element as HTMLImageElement).naturalWidth
    })
  assert.equal(await widthOf(phone.locator('.bubble-sticker').last()), 512)

  const opener = bubbleWith('our harbour').getByRole('button', { name: 'image' })
  await opener.press('Enter')
  const view = phone.getByRole('dialog', { name: 'Picture' })
  await view.getByText('our harbour').waitFor()
  assert.equal(await widthOf(view.getByAltText('image')), 480)
  await table.keyboard.press('Escape')
  await view.waitFor({ state: 'detached' })
  assert.ok(await opener.evaluate((element) => element === document.activeElement), 'one is back where one was')

  const input = phone.getByLabel('Message', { exact: true })
  await input.fill('ab')
  await input.press('ArrowLeft')
  await phone.getByRole('button', { name: 'Emoji' }).press('Enter')
  const panel = phone.getByRole('group', { name: 'Emoji' })
  await panel.getByRole('button', { name: '😀' }).press('ArrowRight')
  await table.keyboard.press('Enter')
  await table.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  assert.ok(await input.evaluate((element) => element === document.activeElement), 'one writes on')
  await table.keyboard.press('Enter')
  await told({ text: { body: 'a😂b' } })
})
