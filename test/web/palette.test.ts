import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startSignedIn, type Browser } from './browser.ts'

const NUMBER = '85268411234'
const FOCUSED = `document.activeElement?.textContent ?? ''`

let world: World
let browser: Browser

before(async () => {
  buildPages()
  world = await startWorld()
  await world.sandbox.phone(NUMBER).says('Hello there')
  browser = await startSignedIn(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

async function typeIn(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill(text)
}

test('one field leads to pages, actions, contacts, messages, events and codes, by keyboard alone', async () => {
  const wamid = await world.send({ to: NUMBER, type: 'text', text: 'found by its wamid' })
  const event = await world.receiver.gets({ event: 'new_message' })
  const page = await browser.open(world.gateway.url)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()

  await page.keyboard.press('Control+k')
  const options = page.getByRole('option')
  await options.filter({ hasText: 'Conversations' }).waitFor()
  await shot(page, 'palette')
  assert.deepEqual(await violationsOf(page), [])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  await typeIn(page, 'temp')
  await options.first().getByText('Templates').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Templates' }).waitFor()

  await typeIn(page, 'verify sig')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByLabel('webhook-id').waitFor()
  await page.keyboard.press('Escape')
  await page.getByLabel('webhook-id').waitFor({ state: 'detached' })

  for (const words of ['+852 6841', 'Mei']) {
    await typeIn(page, words)
    await options.filter({ hasText: 'Mei Chan' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('log').getByText('Hello there').waitFor()
  }

  await typeIn(page, wamid)
  await options.filter({ hasText: 'msg_' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  await page.getByText('found by its wamid').first().waitFor()

  await typeIn(page, event.id)
  await options.filter({ hasText: event.id }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
  await page.getByRole('row', { name: /new_message/ }).waitFor()
  assert.equal(await page.getByRole('row').count(), 2, 'the heads of the columns, and the one event')

  await typeIn(page, '131026')
  await options.filter({ hasText: 'Failures with code 131026' }).waitFor()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  assert.equal(await page.getByLabel('Error code').inputValue(), '131026')
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('j, k, Enter and / walk the lists, and typed letters stay letters', async () => {
  const page = await browser.open(`${world.gateway.url}/#/messages`)
  await page.getByText('Hello there').waitFor()
  await page.keyboard.press('j')
  const first = String(await page.evaluate(FOCUSED))
  await page.keyboard.press('j')
  const second = String(await page.evaluate(FOCUSED))
  assert.notEqual(first, second)
  assert.match(second, /Hello there/, 'the older message is below')
  await page.keyboard.press('k')
  assert.equal(await page.evaluate(FOCUSED), first)
  await page.keyboard.press('/')
  await page.keyboard.type('jkj')
  assert.equal(await page.getByLabel('Number, name, business-scoped id or wamid').inputValue(), 'jkj')
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByText('Hello there').waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()

  await page.goto(`${world.gateway.url}/#/deliveries`)
  await page.getByRole('row', { name: /new_message/ }).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByText('webhook-id:').waitFor()
  assert.deepEqual(page.wrongs, [])
  await page.close()
})
