import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

let world: World
let browser: Browser

before(async () => {
  buildPages()
  world = await startWorld()
  browser = await startSignedIn(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

/** As text, because these files do not have DOM types. */
const WITHOUT_POLLING = `globalThis.setInterval = () => 0`
const WITHOUT_STREAM = `globalThis.EventSource = class extends EventTarget {
  static CLOSED = 2
  readyState = 2
  constructor() { super(); setTimeout(() => this.onerror?.()) }
  close() {}
}`

async function openWith(script: string, place: string) {
  const page = await browser.open('about:blank')
  await page.addInitScript(script)
  const streaming = page.waitForResponse((response) => response.url().endsWith('/console/events'))
  await page.goto(`${world.gateway.url}/#${place}`)
  return { page, streaming: streaming.catch(() => undefined) }
}

async function contactOf(number: string): Promise<number> {
  await world.sandbox.settled()
  const { data } = await world.admin('GET', `/admin/conversations?channel_id=1&q=${number}`)
  return (data as { conversations: { contact_id: number }[] }).conversations[0]!.contact_id
}

test('changes are shown when they happen, without polling', async () => {
  const phone = world.sandbox.phone('16505550101')
  await phone.says('first')
  const contact = await contactOf('16505550101')
  const { page, streaming } = await openWith(WITHOUT_POLLING, `/conversations/1/${contact}`)
  const log = page.getByRole('log')
  await log.getByText('first').waitFor()
  assert.equal((await streaming)?.status(), 200)

  await phone.says('second, a moment later')
  await log.getByText('second, a moment later').waitFor()
  const wamid = await world.send({ to: '16505550101', type: 'text', text: 'our answer' })
  await log.getByText('our answer').waitFor()
  await page.getByRole('navigation', { name: 'Contacts' }).getByText('our answer').waitFor()

  // A read receipt is notified as well, and the page of the message shows it.
  await page.goto(`${world.gateway.url}/#/messages/${encodeURIComponent(wamid)}`)
  await page.getByRole('heading', { level: 1, name: 'Message' }).waitFor()
  phone.reads()
  await page.locator('.page-head').getByText('read', { exact: true }).waitFor()

  await page.goto(`${world.gateway.url}/#/deliveries`)
  await page
    .getByRole('row', { name: /message_status_update/ })
    .first()
    .waitFor()
  const rows = page.getByRole('row')
  const shown = await rows.count()
  await phone.says('one more')
  await rows.nth(shown).waitFor()

  await page.goto(`${world.gateway.url}/#/channels`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await world.admin('PATCH', '/admin/channels/1', { name: 'Renamed meanwhile' })
  await page.getByText('Renamed meanwhile').first().waitFor()
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('without the stream the page polls', async () => {
  const phone = world.sandbox.phone('16505550102')
  await phone.says('first')
  const contact = await contactOf('16505550102')
  const { page } = await openWith(WITHOUT_STREAM, `/conversations/1/${contact}`)
  await page.getByRole('log').getByText('first').waitFor()
  await phone.says('and another')
  await page.getByRole('log').getByText('and another').waitFor()
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('a session that ends closes every page of the session', async () => {
  const { page } = await openWith(WITHOUT_POLLING, '/messages')
  const { page: other, streaming } = await openWith(WITHOUT_POLLING, '/conversations')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await streaming
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Admin token').waitFor()
  await other.getByLabel('Admin token').waitFor()
  await page.close()
  await other.close()
})
