import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
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
  sandbox = await startSandbox({ statusDelayMs: 0, site: phoneSite() })
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

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what)
    await table.waitForTimeout(30)
  }
}

test('nothing went wrong on the page', () => assert.deepEqual(table.wrongs, []))
