import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

const NUMBER = '85268411234'
const SINCE = /Not connected since \d\d:\d\d/

let world: World
let browser: Browser
let open: (Page & { wrongs: string[] })[] = []

before(async () => {
  buildPages()
  world = await startWorld()
  await world.sandbox.phone(NUMBER).says('Hello before')
  await world.send({ to: NUMBER, type: 'text', text: 'Answer before' })
  await world.sandbox.settled()
  browser = await startSignedIn(world.gateway.url)
})
afterEach(async () => {
  await browser.context.setOffline(false)
  for (const page of open) await page.close()
  open = []
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

async function openAt(url: string): Promise<Page & { wrongs: string[] }> {
  const page = await browser.open(url)
  open.push(page)
  return page
}
const gone = { status: 404, contentType: 'application/json', body: '{}' }

test('a part whose files are missing says that there is a new version, and the rest of the page still works', async () => {
  const page = await openAt(world.gateway.url)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.route('**/assets/*.js', (route) => route.fulfill(gone))
  await page.getByRole('link', { name: 'Messages' }).click()
  const alert = page.getByRole('alert').filter({ hasText: 'A new version is available' })
  await alert.waitFor()
  assert.equal(await page.getByRole('link', { name: 'Deliveries' }).isVisible(), true)
  await page.goBack()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.goForward()
  await alert.waitFor()

  // The files exist again, as after a rollback: the part loads without an action of the user.
  await page.unroute('**/assets/*.js')
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  await page.getByText('Hello before').waitFor()
  await alert.waitFor({ state: 'detached' })

  await page.route('**/assets/*.js', (route) => route.fulfill(gone))
  await page.getByRole('link', { name: 'Deliveries' }).click()
  await alert.waitFor()
  await page.unroute('**/assets/*.js')
  await alert.getByRole('button', { name: 'Reload' }).click()
  await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
})

test('a page that was loaded before an upgrade says so, and has the new version after a reload', async () => {
  const page = await openAt(world.gateway.url)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  const banner = page.getByRole('status').filter({ hasText: 'A new version is available' })
  assert.equal(await banner.count(), 0)
  await page.route('**/console/session', async (route) => {
    const response = await route.fetch()
    const answer = (await response.json()) as { data: object }
    await route.fulfill({ response, json: { ...answer, data: { ...answer.data, version: '99.0.0' } } })
  })
  await page.evaluate(
    `setTimeout(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })), 1_100)`,
  )
  await banner.waitFor()
  await banner.getByRole('button', { name: 'Reload' }).click()
  await page.getByText('Version 99.0.0').waitFor()
  assert.equal(await banner.count(), 0)
})

test('a part that is opened without a connection loads when there is one', async () => {
  const page = await openAt(world.gateway.url)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await browser.context.setOffline(true)
  await page.getByRole('link', { name: 'Templates' }).click()
  await page.getByText('This part of the page did not load').waitFor()
  await page.getByText(SINCE).waitFor()
  await browser.context.setOffline(false)
  await page.getByRole('heading', { name: 'Templates' }).waitFor()
  await page.getByText(SINCE).waitFor({ state: 'detached' })
})

test('data stays visible without a connection, with the time of its loss, and is fresh afterwards', async () => {
  const page = await openAt(world.gateway.url)
  const received = page.locator('.figures .card').filter({ hasText: 'Received' }).locator('.card-figure')
  await received.waitFor()
  const figure = Number(await received.innerText())
  assert.ok(figure > 0)
  await browser.context.setOffline(true)
  await page.getByText(SINCE).waitFor()
  await world.sandbox.phone(NUMBER).says('while nobody could see')
  await world.sandbox.settled()
  // Every poll meanwhile has failed, the last one after its retries.
  for (let i = 0; i < 4; i++) await page.waitForEvent('requestfailed', (one) => one.url().includes('/admin/stats'))
  assert.equal(Number(await received.innerText()), figure)
  assert.equal(await page.getByRole('alert').count(), 0)
  await page.getByText('7 days', { exact: true }).click()
  await page.getByText('Loading failed').waitFor()
  await page.getByText('24 hours', { exact: true }).click()
  await received.waitFor()

  await browser.context.setOffline(false)
  await page.getByText(SINCE).waitFor({ state: 'detached' })
  await received.getByText(String(figure + 1), { exact: true }).waitFor()
})

for (const [place, words] of [
  ['/messages', 'Hello before'],
  ['/conversations/1/1', 'Answer before'],
  ['/deliveries', 'new_message'],
] as const) {
  test(`a refused poll does not remove what ${place} shows`, async () => {
    const page = await openAt('about:blank')
    // Without the stream the page polls, and soon.
    await page.addInitScript(`globalThis.EventSource = class extends EventTarget {
      static CLOSED = 2
      readyState = 2
      close() {}
    }`)
    await page.goto(`${world.gateway.url}/#${place}`)
    const shown = page.locator('#main').getByText(words).first()
    await shown.waitFor()
    await page.route('**/admin/**', (route) => route.fulfill({ status: 500, contentType: 'text/html', body: 'broken' }))
    await page.getByText(/could not be updated since \d\d:\d\d/).waitFor()
    assert.equal(await shown.isVisible(), true)
    assert.equal(await page.getByRole('alert').count(), 0)
    await page.unroute('**/admin/**')
    await page.getByText(/could not be updated since/).waitFor({ state: 'detached' })
  })
}

test('a conversation whose contact was erased does not stay visible', async () => {
  const page = await openAt(`${world.gateway.url}/#/conversations/1/1`)
  await page.getByRole('log').getByText('Answer before').waitFor()
  await page.route('**/admin/conversations/1/1', (route) =>
    route.fulfill({
      status: 404,
      json: { status: 'error', code: 404, message: 'There is no such person.', data: null, error: {} },
    }),
  )
  await world.sandbox.phone(NUMBER).says('the page asks again')
  await page.getByText('There is no such person.').waitFor()
  assert.equal(await page.getByRole('log').count(), 0)
})

test('a session whose check fails leaves the page and its drafts', async () => {
  const page = await openAt(`${world.gateway.url}/#/compose`)
  await page.getByLabel('Text', { exact: true }).fill('half written')
  await page.route('**/console/session', (route) => route.abort())
  // The window gets the focus again, and the page checks the session.
  for (let i = 0; i < 3; i++) {
    const failed = page.waitForEvent('requestfailed', (one) => one.url().endsWith('/console/session'))
    if (i === 0)
      await page.evaluate(
        `setTimeout(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })), 1_100)`,
      )
    await failed
  }
  assert.equal(await page.getByLabel('Text', { exact: true }).inputValue(), 'half written')
})

test('the phones keep their chats without a connection and continue afterwards', async () => {
  const page = await openAt(world.sandbox.url)
  const phone = page.getByRole('region', { name: 'Phone of Mei Chan' })
  await phone.getByText('Answer before').waitFor()
  await browser.context.setOffline(true)
  await page.getByText(SINCE).waitFor()
  assert.equal(await phone.getByText('Answer before').isVisible(), true)
  await page.getByRole('button', { name: 'Trouble' }).click()
  await page.getByText('This part of the page did not load').waitFor()
  await phone.getByLabel('Message', { exact: true }).fill('written without a connection')
  await phone.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByText('The sandbox does not answer.').first().waitFor()
  assert.equal(await phone.getByLabel('Message', { exact: true }).inputValue(), 'written without a connection')
  await world.send({ to: NUMBER, type: 'text', text: 'sent meanwhile' })
  await browser.context.setOffline(false)
  await phone.getByText('sent meanwhile').waitFor()
  await page.getByRole('complementary', { name: 'Trouble' }).getByText('Auto-read').waitFor()
  await page.getByText(SINCE).waitFor({ state: 'detached' })
})
