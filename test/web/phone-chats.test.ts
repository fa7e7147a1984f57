import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import decodeQR from 'qr/decode.js'
import { phoneSite, startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startBrowser, type Browser } from './browser.ts'

/* Phones with several chats, and what a chat shows. The sandbox runs alone: no gateway is needed for it. */

const MEI = '85268411234'
const DEMO = '302702419599374'

let sandbox: Sandbox
let browser: Browser
let table: Page & { wrongs: string[] }
let mei: Locator
let pablo: Locator
let books: { id: string; token: string }

before(async () => {
  buildPages()
  sandbox = await startSandbox({ statusDelayMs: 0, handsetPort: 0, site: phoneSite() })
  const { number, token } = sandbox.addNumber({ verifiedName: 'Harbour Books' })
  books = { id: number.id, token }
  browser = await startBrowser({ height: 1000, microphone: true })
  table = await browser.open(sandbox.url)
  mei = table.getByRole('region', { name: 'Phone of Mei Chan' })
  pablo = table.getByRole('region', { name: 'Phone of Pablo Morales' })
})
after(async () => {
  await browser?.close()
  await sandbox?.close()
})

async function send(body: object, from = { id: DEMO, token: 'sandbox-token' }, to = MEI): Promise<void> {
  const response = await fetch(`${sandbox.url}/v25.0/${from.id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${from.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messaging_product: 'whatsapp', to, ...body }),
  })
  assert.equal(response.status, 200, await response.text())
}
const text = (body: string): object => ({ type: 'text', text: { body } })
const chatsOf = (phone: Locator): Locator => phone.getByRole('list', { name: 'Chats' })
const back = (phone: Locator): Promise<void> => phone.getByRole('button', { name: /^Chats/ }).click()
const statusOf = (body: string): string | undefined =>
  sandbox
    .phone(MEI)
    .messages()
    .find((one) => JSON.stringify(one.content).includes(body))?.status

test('a phone has a chat with each business, and each phone its own open chat', async () => {
  await mei.getByLabel('Message', { exact: true }).waitFor()
  await back(mei)
  await mei.getByText('No chats yet').waitFor()
  for (const [name, words] of [
    ['Postern Demo', 'Is my table ready?'],
    ['Harbour Books', 'Do you have a map of the harbour?'],
  ] as const) {
    await mei.getByRole('button', { name: 'New chat' }).click()
    await mei.getByRole('list', { name: 'Business numbers' }).getByRole('button', { name }).click()
    await mei.getByLabel('Message', { exact: true }).fill(words)
    await table.keyboard.press('Enter')
    await mei.locator('.phone-message', { hasText: words }).waitFor()
    await back(mei)
  }
  const rows = chatsOf(mei).getByRole('button')
  assert.match(await rows.nth(0).innerText(), /Harbour Books\s+Do you have a map/)
  assert.match(await rows.nth(1).innerText(), /Postern Demo\s+Is my table ready\?/)

  await rows.nth(0).click()
  await send(text('Your table is ready.'))
  await send(text('Two copies are left.'), books)
  // The open chat is read, the other one waits.
  await mei.locator('.phone-message', { hasText: 'Two copies are left.' }).waitFor()
  await mei.getByRole('button', { name: 'Chats, 1 unread in others' }).waitFor()
  assert.equal(await mei.getByText('Your table is ready.').count(), 0)
  await until(() => statusOf('Two copies') === 'read', 'the open chat is read')
  assert.equal(statusOf('Your table'), 'delivered')

  await pablo.getByText('No messages yet').waitFor()
  await shot(table, 'two-chats')
  await back(mei)
  await chatsOf(mei).getByLabel('1 unread').waitFor()
  assert.deepEqual(await violationsOf(table), [])
  await shot(table, 'chat-list')
  await chatsOf(mei)
    .getByRole('button', { name: /^Postern Demo/ })
    .press('Enter')
  await mei.getByText('Your table is ready.').waitFor()
  await until(() => statusOf('Your table') === 'read', 'a chat that is opened is read')
})

test('the address has the phones and their chats: a reload and a link show the same', async () => {
  assert.match(table.url(), new RegExp(`#${MEI}=${DEMO}&16505551234=`))
  await table.reload()
  await mei.getByText('Your table is ready.').waitFor()
  await table.goto(`${sandbox.url}/#${MEI}=list&16505551234=${books.id}`)
  await chatsOf(mei).getByRole('button').nth(1).waitFor()
  await pablo.getByText('Harbour Books').waitFor()
  await table.goto(`${sandbox.url}/#${MEI}=${books.id}`)
  await mei.getByText('Two copies are left.').waitFor()
  await pablo.waitFor({ state: 'detached' })
})

/** Peaks of the waveform in the order of the bars, from the drawing. */
const barsOf = (player: Locator): Promise<number[]> =>
  player
    .locator('.voice-wave path')
    .first()
    .evaluate((path) => [...(path.getAttribute('d') ?? '').matchAll(/v([\d.]+)/g)].map((one) => Number(one[1])))

test('a voice message has the shape of its sound, is moved in and sped up by keyboard, and one plays at a time', async () => {
  await table.goto(`${sandbox.url}/#${MEI}=${DEMO}`)
  const { id } = sandbox.addMedia({ numberId: DEMO, type: 'audio' })
  await send({ type: 'audio', audio: { id, voice: true } })
  await sandbox.phone(MEI).says({ type: 'audio', audio: { voice: true } })
  const [theirs, own] = [0, 1].map((i) => mei.locator('.voice').nth(i)) as [Locator, Locator]
  await until(async () => new Set(await barsOf(theirs)).size > 8, 'the bars have the heights of the sound')
  const slider = theirs.getByRole('slider', { name: 'Voice message' })
  const { length } = /of \d:(?<length>\d\d)/.exec((await slider.getAttribute('aria-valuetext')) ?? '')!.groups!
  assert.ok(Number(length) >= 1, `${length} s`)

  await slider.press('End')
  await slider.press('Home')
  await slider.press('ArrowRight')
  const at = (): Promise<number> => theirs.locator('audio').evaluate((one) => (one as HTMLAudioElement).currentTime)
  assert.ok((await at()) > 0.05, 'an arrow key moves')
  await shot(table, 'voice')
  await theirs.getByRole('button', { name: 'Speed 1' }).press('Enter')
  await theirs.getByRole('button', { name: 'Speed 1.5' }).press('Enter')
  await theirs.getByRole('button', { name: 'Speed 2' }).waitFor()
  const rate = await theirs.locator('audio').evaluate((one) => (one as HTMLAudioElement).playbackRate)
  assert.equal(rate, 2)

  await theirs.getByRole('button', { name: 'Play' }).press('Enter')
  const played = (): string | undefined =>
    sandbox
      .phone(MEI)
      .messages()
      .find((one) => one.type === 'audio')?.status
  await until(() => played() === 'played', 'the business is told')
  await until(async () => (await at()) === 0, 'it ends, and stands at its beginning again')
  await theirs.getByRole('button', { name: 'Play' }).press('Enter')
  await own.getByRole('button', { name: 'Play' }).press('Enter')
  await theirs.getByRole('button', { name: 'Play' }).waitFor()
  assert.ok(await theirs.locator('audio').evaluate((one) => (one as HTMLAudioElement).paused))
  assert.deepEqual(await violationsOf(table), [])
})

test('a carousel scrolls inside its bubble: arrows, dots, keyboard, and from right to left', async () => {
  const { id } = sandbox.addMedia({ numberId: DEMO })
  const card = (index: number) => ({
    card_index: index,
    type: 'cta_url',
    header: { type: 'image', image: { id } },
    body: { text: `Bag ${index}` },
    action: { name: 'cta_url', parameters: { display_text: `Buy ${index}`, url: `https://shop.example/${index}` } },
  })
  const action = { cards: [0, 1, 2].map(card) }
  await send({ type: 'interactive', interactive: { type: 'carousel', body: { text: 'Three bags' }, action } })
  const bubble = mei.locator('.bubble', { hasText: 'Three bags' })
  const cards = bubble.getByRole('group', { name: 'Cards' })
  await cards.getByText('Bag 0').waitFor()
  const here = (): Promise<number> =>
    bubble.locator('.bubble-dots i').evaluateAll((dots) => dots.findIndex((dot) => dot.hasAttribute('data-here')))
  for (const direction of ['ltr', 'rtl']) {
    await table.evaluate((dir) => (document.documentElement.dir = dir), direction)
    await until(async () => (await here()) === 0, 'the first card')
    assert.equal(await bubble.getByRole('button', { name: 'Previous card' }).count(), 0)
    for (const next of [1, 2]) {
      await bubble.getByRole('button', { name: 'Next card' }).click()
      await until(async () => (await here()) === next, `${direction}: card ${next}`)
    }
    assert.equal(await bubble.getByRole('button', { name: 'Next card' }).count(), 0)
    const [inner, outer] = await Promise.all([cards.boundingBox(), bubble.boundingBox()])
    assert.ok(inner!.x >= outer!.x && inner!.x + inner!.width <= outer!.x + outer!.width, 'the row is in the bubble')
    const last = await cards.getByRole('group', { name: 'Card 3 of 3' }).boundingBox()
    assert.ok(last!.x >= inner!.x - 1 && last!.x + last!.width <= inner!.x + inner!.width + 1, 'the card is whole')
    await shot(table, `carousel-${direction}`)
    for (const before of [1, 0]) {
      await bubble.getByRole('button', { name: 'Previous card' }).click()
      await until(async () => (await here()) === before, `${direction}: back to card ${before}`)
    }
  }
  await table.evaluate(() => (document.documentElement.dir = 'ltr'))
  assert.deepEqual(await violationsOf(table), [])
})

test('the camera takes a picture, which is sent; where the page may not use it, a file is chosen', async () => {
  const camera = mei.getByRole('dialog', { name: 'Camera' })
  await mei.getByRole('button', { name: 'Camera', exact: true }).click()
  await camera.getByRole('button', { name: 'Take the picture' }).click()
  await shot(table, 'camera')
  await camera.getByRole('button', { name: 'Take again' }).click()
  await camera.getByRole('button', { name: 'Take the picture' }).press('Enter')
  assert.deepEqual(await violationsOf(table), [])
  await camera.getByRole('button', { name: 'Send the picture' }).click()
  await camera.waitFor({ state: 'detached' })
  const picture = mei.locator('.phone-message').last().getByRole('img', { name: 'image' })
  await until(async () => (await picture.count()) === 1, 'the picture is in the chat')
  const wide = await picture.evaluate(async (one) => {
    await (one as HTMLImageElement).decode()
    return (one as HTMLImageElement).naturalWidth
  })
  assert.ok(wide >= 320, `${wide} pixels`)

  await browser.context.clearPermissions()
  await mei.getByRole('button', { name: 'Camera', exact: true }).click()
  await camera.getByText('This page may not use the camera').waitFor()
  const [chooser] = await Promise.all([
    table.waitForEvent('filechooser'),
    camera.getByRole('button', { name: 'Choose a picture' }).click(),
  ])
  assert.equal(await chooser.element().getAttribute('capture'), 'environment')
  await camera.waitFor({ state: 'detached' })
})

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what)
    await table.waitForTimeout(30)
  }
}

/** What a camera reads from the code on the page. */
async function scanned(code: Locator): Promise<string> {
  const side = Number((await code.getAttribute('viewBox'))!.split(' ')[2])
  const dark = (await code.locator('path').last().getAttribute('d')) ?? ''
  const scale = 4
  const data = new Uint8ClampedArray(4 * (side * scale) ** 2).fill(255)
  for (const [, x, y] of dark.matchAll(/M(\d+) (\d+)h/g))
    for (let i = 0; i < scale ** 2; i++) {
      const column = Number(x) * scale + (i % scale)
      const row = Number(y) * scale + Math.floor(i / scale)
      data.fill(0, 4 * (row * side * scale + column), 4 * (row * side * scale + column) + 3)
    }
  return decodeQR({ width: side * scale, height: side * scale, data })
}

test('a code opens one phone on a handset, on the whole screen, until it is ended', async () => {
  await table.goto(`${sandbox.url}/#${MEI}=${DEMO}`)
  await mei.getByRole('button', { name: 'Menu' }).click()
  await table.getByRole('menuitem', { name: 'Open on a handset …' }).click()
  const sheet = mei.getByRole('dialog', { name: 'Open on a handset' })
  await sheet.getByRole('button', { name: 'Show a code' }).click()
  await sheet.getByLabel('Address of this machine').fill(`http://127.0.0.1:${sandbox.handsetPort!}/`)
  await sheet.getByText(/not used yet/).waitFor()
  assert.deepEqual(await violationsOf(table), [])
  await shot(table, 'handset-code')
  const link = await scanned(sheet.getByRole('img', { name: 'Code to scan' }))
  assert.match(link, new RegExp(`^http://127\\.0\\.0\\.1:${sandbox.handsetPort!}/handset/[\\w-]{43}/$`))

  await using pocket = await startBrowser({ width: 390, height: 844 })
  const handset = await pocket.open(link)
  const phone = handset.getByRole('region', { name: 'Phone of Mei Chan' })
  await phone.getByText('Your table is ready.').waitFor()
  await sheet.getByText(/On a handset since/).waitFor()
  assert.equal(await handset.getByRole('button', { name: 'Add a phone' }).count(), 0)
  assert.equal(await handset.locator('.phone-owner').count(), 0)
  const screen = await phone.locator('.phone-screen').boundingBox()
  assert.deepEqual([screen!.x, screen!.y, screen!.width, screen!.height], [0, 0, 390, 844])
  await phone.getByLabel('Message', { exact: true }).fill('from my pocket')
  await handset.keyboard.press('Enter')
  await mei.locator('.phone-message', { hasText: 'from my pocket' }).waitFor()
  await send(text('Hello, pocket'))
  await phone.getByText('Hello, pocket').waitFor()
  await until(() => statusOf('Hello, pocket') === 'read', 'what is on the screen is read')
  await shot(handset, 'handset-chat')
  assert.deepEqual(await violationsOf(handset), [])
  // The handset's own way back.
  await phone.getByRole('button', { name: 'Chats' }).click()
  await chatsOf(phone)
    .getByRole('button', { name: /Harbour Books/ })
    .click()
  await phone.getByText('Two copies are left.').waitFor()
  await handset.goBack()
  await chatsOf(phone).waitFor()
  await shot(handset, 'handset-list')

  await sheet.getByRole('button', { name: 'End' }).click()
  await handset.getByText('This code has ended.').waitFor()
  await handset.reload()
  await handset.getByText('This code has ended.').waitFor()
  await shot(handset, 'handset-over')
  assert.deepEqual(handset.wrongs, [])
})

test('a sandbox that listens on this machine only says how a handset can reach it', async () => {
  const closed = await startSandbox({ site: phoneSite() })
  try {
    const page = await browser.open(`${closed.url}/#${MEI}=${DEMO}`)
    const phone = page.getByRole('region', { name: 'Phone of Mei Chan' })
    await phone.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('menuitem', { name: 'Open on a handset …' }).click()
    await phone.getByText('it listens on this machine only').waitFor()
    await phone.getByText('HANDSET_PORT=8082 npm start').waitFor()
    assert.equal(await phone.getByRole('button', { name: 'Show a code' }).count(), 0)
    await shot(page, 'handset-closed')
    assert.deepEqual(await violationsOf(page), [])
    await page.close()
  } finally {
    await closed.close()
  }
})

test('nothing went wrong on the page', () => assert.deepEqual(table.wrongs, []))
