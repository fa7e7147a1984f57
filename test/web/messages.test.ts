import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, shot, signIn, startBrowser, type Browser } from './browser.ts'

const NUMBER = '85268411234'

let world: World
let browser: Browser
let composer: Page & { wrongs: string[] }
let table: Page & { wrongs: string[] }
let phone: Locator

before(async () => {
  buildPages()
  // Media are sent by link to hosts that do not exist; this does not test fetching.
  world = await startWorld()
  await world.admin('PATCH', '/admin/channels/1', { media_check: 'off' })
  browser = await startBrowser({ height: 1000 })
  composer = await browser.open(world.gateway.url)
  await signIn(composer)
  table = await browser.open(world.sandbox.url)
  phone = table.getByRole('region', { name: 'Phone of Mei Chan' })
  await phone.getByLabel('Message', { exact: true }).waitFor()
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

type Case = {
  kind: string
  /** Labels and their input, in order; a label with # selects that one of several. */
  fill: Record<string, string>
  /** The text that the phone then shows. */
  shows: string
  /** The action on the phone, and the part of the callback that reports it. */
  then?: { does: (chat: Locator) => Promise<void>; told: Record<string, unknown> }
}

const tap =
  (name: string) =>
  (chat: Locator): Promise<void> =>
    chat.getByRole('button', { name }).last().click()

const answered = (type: string, content: Record<string, unknown>): Record<string, unknown> => ({
  event: 'new_message',
  message: { messages: { 0: { type, ...content } } },
})

const CASES: Case[] = [
  { kind: 'text', fill: { Text: 'plain and *bold*' }, shows: 'plain and bold' },
  {
    kind: 'image',
    fill: { 'Link or media id': 'https://files.example/a.png', 'Caption, if any': 'a picture' },
    shows: 'a picture',
  },
  {
    kind: 'video',
    fill: { 'Link or media id': 'https://files.example/film.mp4', 'Caption, if any': 'a film' },
    shows: 'a film',
  },
  { kind: 'audio', fill: { 'Link or media id': 'https://files.example/song.mp3' }, shows: 'song.mp3' },
  {
    kind: 'document',
    fill: { 'Link or media id': 'https://files.example/b.pdf', 'File name, if any': 'bill.pdf' },
    shows: 'bill.pdf',
  },
  { kind: 'sticker', fill: { 'Link or media id': 'https://files.example/cat.webp' }, shows: 'cat.webp' },
  {
    kind: 'location',
    fill: { Latitude: '22.3193', Longitude: '114.1694', 'Name, if any': 'The pier', 'Address, if any': 'Central' },
    shows: 'The pier',
  },
  {
    kind: 'contacts',
    fill: { Name: 'Ann Lee', 'First name': 'Ann', 'Phone, if any': '+85291234567' },
    shows: '+85291234567',
  },
  {
    kind: 'button',
    fill: { Body: 'Shall we come?', Title: 'Please do', 'Reply id': 'do' },
    shows: 'Shall we come?',
    then: { does: tap('Please do'), told: answered('interactive', { interactive: { button_reply: { id: 'do' } } }) },
  },
  {
    kind: 'list',
    fill: {
      Body: 'Which size?',
      'Button label': 'Sizes',
      'Section title': 'All',
      Title: 'Medium',
      'Reply id': 'size_m',
    },
    shows: 'Which size?',
    then: {
      does: async (chat) => {
        await tap('Sizes')(chat)
        await tap('Medium')(chat)
      },
      told: answered('interactive', { interactive: { list_reply: { id: 'size_m' } } }),
    },
  },
  {
    kind: 'cta_url',
    fill: { Body: 'See our shop', Button: 'To the shop', URL: 'https://shop.example/' },
    shows: 'To the shop',
  },
  {
    kind: 'carousel_replies',
    fill: {
      Body: 'New bags',
      'Picture: link or media id#0': 'https://files.example/0.png',
      'Text#0': 'The first',
      'Button#0': 'This one',
      'Reply id#0': 'bag_0',
      'Picture: link or media id#1': 'https://files.example/1.png',
      'Text#1': 'The second',
      'Button#1': 'That one',
      'Reply id#1': 'bag_1',
    },
    shows: 'The second',
    then: { does: tap('That one'), told: { event: 'new_message' } },
  },
  {
    kind: 'location_request',
    fill: { Body: 'Where are you?' },
    shows: 'Where are you?',
    then: { does: tap('Send location'), told: answered('location', {}) },
  },
]

for (const one of CASES) {
  test(`${one.kind}: composed, seen on the phone, answered, and in the conversation`, async () => {
    await composer.goto(`${world.gateway.url}/#/compose?to=${NUMBER}&kind=${one.kind}`)
    for (const [label, value] of Object.entries(one.fill)) {
      const [name, nth] = label.split('#')
      await composer
        .getByLabel(name!, { exact: true })
        .nth(Number(nth ?? 0))
        .fill(value)
    }
    await composer.getByRole('button', { name: 'Send', exact: true }).click()
    const taken = composer.getByText('Accepted by WhatsApp')
    await taken.waitFor()
    const wamid = await composer.locator('a.mono').innerText()

    await phone.getByText(one.shows).last().waitFor()
    await world.receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'delivered' })
    if (one.then) {
      const before = world.receiver.received.length
      await one.then.does(phone)
      const { told } = one.then
      await world.receiver.until(
        () =>
          world.receiver.received
            .slice(before)
            .some((callback) => JSON.stringify(callback.body).includes('new_message')),
        'the answer',
      )
      await world.receiver.gets(told)
    }
    await composer.getByRole('link', { name: wamid }).click()
    await composer.getByRole('link', { name: 'Open the conversation' }).click()
    await composer.getByRole('log').getByText(one.shows).last().waitFor()
    assert.deepEqual([...composer.wrongs, ...table.wrongs], [])
  })
}

test('a template is selected, filled in, previewed, sent and answered', async () => {
  await composer.goto(`${world.gateway.url}/#/compose?to=${NUMBER}&kind=template`)
  await composer.getByRole('combobox', { name: 'Template' }).click()
  await composer.getByRole('option', { name: /test_header_text_2/ }).click()
  for (const [label, value] of [
    ['Header {{1}}', 'Friday'],
    ['Body {{1}}', 'Sunday'],
    ['Body {{2}}', '25OFF'],
    ['Body {{3}}', '25%'],
  ] as const)
    await composer.getByLabel(label).fill(value)
  await composer.locator('.preview').getByText('Our sale is on since Friday!').waitFor()
  await composer.getByRole('button', { name: 'Send', exact: true }).click()
  await composer.getByText('Accepted by WhatsApp').waitFor()
  await phone.getByText('Shop now through Sunday and use code 25OFF').waitFor()

  await composer.getByRole('combobox', { name: 'Template' }).click()
  await composer.getByRole('option', { name: /authentication_ca/ }).click()
  await composer.getByLabel('One-time code').fill('420815')
  await composer.getByRole('button', { name: 'Send', exact: true }).click()
  await phone.getByText('420815').waitFor()
  await phone.getByRole('button', { name: 'Copy code' }).click()
  await phone.getByText('Copied: 420815').waitFor()
})

test('actions on the phone reach the customer: text, picture, sticker, reaction, quote, reading', async () => {
  const { receiver } = world
  const wamid = await world.send({ to: NUMBER, type: 'text', text: 'react to this' })
  await phone.getByText('react to this').waitFor()

  await phone.getByLabel('Message', { exact: true }).fill('typed by *hand*')
  await phone.getByRole('button', { name: 'Send', exact: true }).click()
  await receiver.gets(answered('text', { text: { body: 'typed by *hand*' } }))
  await phone.locator('strong', { hasText: 'hand' }).waitFor()

  for (const [item, type] of [
    ['Sample picture', 'image'],
    ['Sticker', 'sticker'],
    ['Contact card', 'contacts'],
  ] as const) {
    await phone.getByRole('button', { name: 'Attach' }).click()
    await table.getByRole('menuitem', { name: item }).click()
    await receiver.gets(answered(type, {}))
  }
  const bubble = phone.locator('.phone-message', { hasText: 'react to this' }).first()
  await bubble.getByRole('button', { name: 'What to do with this message' }).click()
  await table.getByRole('button', { name: 'React with 👍' }).click()
  await receiver.gets(answered('reaction', { reaction: { message_id: wamid, emoji: '👍' } }))
  await bubble.locator('.bubble-reaction').waitFor()

  await table.keyboard.press('Escape')
  await bubble.getByRole('button', { name: 'What to do with this message' }).click()
  await table.getByRole('menuitem', { name: 'Quote' }).click()
  await phone.getByLabel('Message', { exact: true }).fill('about that')
  await table.keyboard.press('Enter')
  await receiver.gets(answered('text', { context: { id: wamid }, text: { body: 'about that' } }))

  await phone.getByRole('button', { name: /^Read/ }).click()
  await receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'read' })

  await bubble.getByRole('button', { name: 'What to do with this message' }).click()
  await table.getByRole('menuitem', { name: 'Show on the wire' }).click()
  const wire = table.getByRole('complementary', { name: 'Wire' })
  await wire.getByText('Only one message').waitFor()
  await wire.getByText('API call', { exact: true }).first().waitFor()
  await wire.getByText('Webhook', { exact: true }).first().waitFor()
  await wire.getByText('message_status_update · read').waitFor()
})

const faults = async (): Promise<unknown[]> => {
  const response = await fetch(`${world.sandbox.url}/sandbox/faults`)
  return ((await response.json()) as { data: { fault: unknown }[] }).data.map(({ fault }) => fault)
}

test('faults are set on the phones’ page, and the console explains their errors', async () => {
  await table.getByRole('button', { name: 'Trouble' }).click()
  const trouble = table.getByRole('complementary', { name: 'Trouble' })
  const fails = trouble.locator('.trouble', { hasText: 'The message cannot be delivered' })
  await trouble.getByRole('combobox', { name: 'For' }).selectOption('phone 16505551234')
  await trouble.getByText('The next 5').click()
  await fails.getByRole('switch').click()
  await fails.getByText('Pablo Morales · 5 more').waitFor()
  assert.deepEqual(await faults(), [{ on: 'statuses', code: 131026, times: 5, match: { to: '16505551234' } }])
  await fails.getByRole('switch').click()
  await fails.getByText('5 more').waitFor({ state: 'detached' })
  world.sandbox.fault({ on: 'media', code: 4 })
  await trouble.getByText('Set by a program: media, code 4').waitFor()
  await trouble.getByRole('button', { name: 'End', exact: true }).click()
  await trouble.getByRole('combobox', { name: 'For' }).selectOption('')
  await trouble.getByText('The next one').click()
  await fails.getByRole('switch').click()
  await fails.getByText('everybody · 1 more').waitFor()
  await shot(table, 'trouble')
  const wamid = await world.send({ to: NUMBER, type: 'text', text: 'never arrives' })
  await world.receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'failed' })
  await composer.goto(`${world.gateway.url}/#/messages?words=${encodeURIComponent(wamid)}`)
  await composer.getByText('never arrives').click()
  await composer.getByText('What to do:').waitFor()
  assert.deepEqual([...composer.wrongs, ...table.wrongs], [])
})
