import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Callback, Received, SentWebhook } from '../../packages/phones/src/control.ts'
import { curlOf, filterLines, linesOf, messagesIn, titleOf } from '../../packages/phones/src/wire-lines.ts'
import type { WireFilter } from '../../packages/phones/src/wire-lines.ts'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startBrowser, type Browser } from './browser.ts'

const MEI = '85268411234'

const webhook = (at: number, value: object): SentWebhook => ({
  at,
  url: 'http://127.0.0.1/webhooks/meta',
  body: JSON.stringify({ object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] }),
  headers: { 'x-hub-signature-256': 'sha256=abc', 'content-length': '9' },
  status: 200,
  attempt: 1,
  tookMs: 1,
})
const callback = (id: string, at: number | undefined, body: object): Callback => ({
  id,
  event: 'any',
  state: at === undefined ? 'pending' : 'delivered',
  reference: null,
  url: 'http://127.0.0.1/webhook',
  made_at_ms: 3,
  body,
  attempts:
    at === undefined ? [] : [{ number: 1, at_ms: at, status: 200, duration_ms: 1, answer: null, outcome: 'delivered' }],
})
const call = (at: number, status = 200): Received => ({
  at,
  tookMs: 1,
  method: 'POST',
  version: 'v26.0',
  path: '/1/messages',
  body: { to: '+852 6841 1234', type: 'text', text: { body: "it's" } },
  status,
  answer: { messages: [{ id: 'a' }] },
})

const sent = webhook(2, { statuses: [{ id: 'a', status: 'sent', recipient_id: MEI }] })
const both = webhook(4, {
  statuses: [{ id: 'a', status: 'read' }],
  messages: [{ id: 'b', type: 'reaction', from: '1650', reaction: { message_id: 'a' } }],
})
const ofSent = callback('1', 2, { message_id: 'a', message_status: 'sent' })
const ofText = callback('3', 5, { message: { messages: [{ id: 'b' }] } })
const waiting = callback('4', undefined, { message_id: 'z', message_status: 'sent' })
const lines = linesOf({
  calls: [call(3), call(1)],
  webhooks: [both, sent],
  callbacks: [waiting, ofText, ofSent],
  ahead: 0,
})
const ALL: WireFilter = {
  words: '',
  kinds: new Set(['call', 'webhook', 'callback']),
  onlyFailed: false,
  phone: '',
  since: -1,
}
const keysOf = (filter: Partial<WireFilter>): string[] =>
  filterLines(lines, { ...ALL, ...filter }).map(({ kind, at }) => `${kind} ${at ?? '-'}`)

test('lines are in order of their beginnings, and a cause stands before its effect', () => {
  assert.deepEqual(keysOf({}), ['call 0', 'call 2', 'webhook 2', 'callback 2', 'callback -', 'webhook 4', 'callback 5'])
  const moved = linesOf({ calls: [], webhooks: [sent], callbacks: [{ ...ofSent }], ahead: 60_000 })
  assert.deepEqual(
    moved.map(({ at }) => at),
    [2, 60_002],
  )
  const twice = linesOf({ calls: [], webhooks: [sent, sent], callbacks: [], ahead: 0 })
  assert.equal(new Set(twice.map(({ key }) => key)).size, 2)
})

test('lines are found by kind, phone, words and failure', () => {
  assert.deepEqual(keysOf({ kinds: new Set(['webhook']) }), ['webhook 2', 'webhook 4'])
  assert.deepEqual(keysOf({ phone: '1650' }), [
    'call 0',
    'call 2',
    'webhook 2',
    'callback 2',
    'webhook 4',
    'callback 5',
  ])
  assert.deepEqual(keysOf({ words: ' READ ' }), ['webhook 4'])
  assert.deepEqual(keysOf({ since: 4 }), ['callback -', 'callback 5'])
  const failed = linesOf({ calls: [call(1, 400)], webhooks: [], callbacks: [ofSent], ahead: 0 })
  assert.equal(filterLines(failed, { ...ALL, onlyFailed: true }).length, 1)
})

test('a line knows its messages, and a reaction the message under it', () => {
  assert.deepEqual(linesOf({ calls: [], webhooks: [both], callbacks: [], ahead: 0 })[0]!.messages, ['a', 'b'])
  assert.equal(titleOf(both), 'messages · read · reaction')
  assert.deepEqual(messagesIn([sent, both]), ['b'])
  for (const body of ['', 'no JSON', 'null', '{"entry":[null,7,{"changes":{}}]}']) {
    const odd = { ...sent, body }
    assert.equal(linesOf({ calls: [], webhooks: [odd], callbacks: [], ahead: 0 }).length, 1)
    assert.deepEqual(messagesIn([odd]), [])
    assert.equal(titleOf(odd), '')
  }
})

test('a line can be sent again from a terminal', () => {
  const [first, , third, fourth] = lines
  assert.match(curlOf(first!, 'http://sandbox'), /^curl -X POST 'http:\/\/sandbox\/v26\.0\/1\/messages' \\\n/)
  assert.ok(curlOf(first!, '').includes(String.raw`"it'\''s"`), 'the quote is closed and opened')
  assert.match(curlOf(third!, ''), /-H 'x-hub-signature-256: sha256=abc'/)
  assert.doesNotMatch(curlOf(third!, ''), /content-length/)
  assert.match(curlOf(fourth!, ''), /'http:\/\/127\.0\.0\.1\/webhook'/)
})

let world: World
let browser: Browser
before(async () => {
  buildPages()
  world = await startWorld()
  browser = await startBrowser({ width: 1440, height: 900 })
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const bubble = (page: Page, text: string) => page.locator('.phone-message', { hasText: text }).first()

test('the wire moves with every tap: call, webhooks and callbacks with times, lit with their bubble', async () => {
  const page = await browser.open(world.sandbox.url)
  const wire = page.getByRole('complementary', { name: 'Wire' })
  await wire.waitFor()
  const id = await world.send({ to: MEI, type: 'text', text: 'Your order is ready' })
  await world.receiver.gets({ event: 'message_status_update', message_id: id, message_status: 'delivered' })
  const row = (kind: string, what: string) =>
    wire
      .getByRole('button')
      .filter({ hasText: kind })
      .filter({ has: page.getByText(what, { exact: true }) })
  const sending = row('API call', 'POST /302702419599374/messages · text')
  await sending.getByText('200').waitFor()
  await row('Webhook', 'messages · delivered').waitFor()
  const told = row('Callback', 'message_status_update · delivered')
  await told.getByText(/^200 · \d+ ms$/).waitFor()
  assert.match(await sending.innerText(), /\d\d:\d\d:\d\d\.\d{3}[^]*answered in \d+ ms/)
  assert.match(await told.locator('..').innerText(), /^\+ [\d.]+ m?s\n/)

  await sending.hover()
  await page.locator('.phone-message[data-lit]', { hasText: 'Your order is ready' }).waitFor()
  assert.equal(await page.locator('.phone-message[data-lit]').count(), 1)
  await page.mouse.move(5, 890)
  await page.locator('.phone-message[data-lit]').waitFor({ state: 'detached' })
  await bubble(page, 'Your order is ready').locator('.bubble').hover()
  await told.locator('xpath=ancestor::li[@data-lit]').waitFor()

  await page.getByRole('region', { name: 'Phone of Pablo Morales' }).getByLabel('Message', { exact: true }).fill('hi')
  await page.keyboard.press('Enter')
  const written = row('Callback', 'new_message')
  await written.getByText('delivered').waitFor()
  await shot(page, 'wire')
  await wire.getByLabel('Search the wire').fill('READY')
  await written.waitFor({ state: 'detached' })
  await sending.click()
  await wire.getByText('"Your order is ready"').waitFor()
  await wire.getByRole('button', { name: 'Copy as curl' }).click()
  await wire.getByRole('button', { name: 'Copied' }).waitFor()
  const command = String(await page.evaluate('navigator.clipboard.readText()'))
  assert.match(command, /^curl -X POST 'http:.*\/v\d+\.0\/302702419599374\/messages'/)
  const link = wire.getByRole('link', { name: 'Open in the console' })
  assert.equal(await link.getAttribute('href'), `${world.gateway.url}/#/messages?words=${encodeURIComponent(id)}`)
  await shot(page, 'wire-open')
  assert.deepEqual(await violationsOf(page), [])

  await wire.getByLabel('Search the wire').fill('')
  await wire.getByRole('button', { name: 'Callbacks' }).click()
  await told.waitFor({ state: 'detached' })
  await wire.getByRole('button', { name: 'Callbacks' }).click()
  await bubble(page, 'Your order is ready').getByRole('button', { name: 'What to do with this message' }).click()
  await page.getByRole('menuitem', { name: 'Show on the wire' }).click()
  await wire.getByText('Only one message').waitFor()
  await written.waitFor({ state: 'detached' })
  await wire.getByRole('button', { name: 'Close' }).click()
  await wire.waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('button', { name: 'Wire' }).waitFor()
  assert.equal(await wire.count(), 0, 'a closed wire stays closed')
  assert.deepEqual(page.wrongs, [])
})

test('on a narrow screen the wire is a sheet; a cut connection and an answer that is no JSON are lines of it', async () => {
  await using narrow = await startBrowser({ width: 390, height: 844 })
  const page = await narrow.open(world.sandbox.url)
  const wire = page.getByRole('complementary', { name: 'Wire' })
  await page.getByRole('button', { name: 'Wire' }).click()
  world.sandbox.fault({ on: 'messages', httpStatus: 503 })
  world.sandbox.fault({ on: 'messages', drop: 'before' })
  for (const text of ['one', 'two'])
    await world.customer('POST', '/external/messages/whatsapp', { to: MEI, type: 'text', text })
  await wire.getByText('503', { exact: true }).first().waitFor()
  await wire.getByText('cut off').first().waitFor()
  const box = await wire.boundingBox()
  assert.ok(box!.y > 200 && box!.width === 390, JSON.stringify(box))
  await shot(page, 'wire-narrow')
  assert.deepEqual(await violationsOf(page), [])
})
