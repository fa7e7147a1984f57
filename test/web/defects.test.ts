import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startSignedIn, type Browser } from './browser.ts'

const NUMBER = '85268411234'

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

/** Scrolls the list of messages, which has its height once its rows are measured. */
async function scrollRows(page: Page, top: number): Promise<void> {
  await page.waitForFunction(
    `(() => { const rows = document.querySelector('.rows'); rows.scrollTo(0, ${top}); return rows.scrollTop === ${top} })()`,
  )
}

test('a thread has days, quotes and reactions on their messages', async () => {
  const phone = world.sandbox.phone(NUMBER)
  await phone.says('Is the bag there?')
  const asked = await world.send({ to: NUMBER, type: 'text', text: 'It *is*, Mei.' })
  await phone.sees('It *is*, Mei.')
  await phone.reacts(asked, '🙏')
  await phone.replies(asked, 'Good')
  await world.sandbox.settled()
  const page = await browser.open(`${world.gateway.url}/#/conversations/1/1`)
  const log = page.getByRole('log')
  await log.locator('.bubble-reaction').getByText('🙏').waitFor()
  assert.equal(await log.locator('.talk-day').count(), 1)
  const year = String(new Date().getFullYear())
  assert.match(await log.locator('.talk-day').innerText(), new RegExp(year))
  // The reaction is no message of its own.
  await log.locator('.bubble-quote').getByText('It is, Mei.').waitFor()
  assert.equal(await log.locator('.bubble').count(), 3)
  await shot(page, 'thread')
  assert.deepEqual(await violationsOf(page), [])
  // A row has words without marks.
  await page.goto(`${world.gateway.url}/#/messages`)
  await page.locator('.row').filter({ hasText: 'It is, Mei.' }).waitFor()
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('back from a message shows the same list and the same rows, with seconds and the time zone', async () => {
  for (let i = 0; i < 40; i++) await world.sandbox.phone(NUMBER).says(`message ${i}`)
  await world.sandbox.settled()
  const page = await browser.open(`${world.gateway.url}/#/messages?status=received`)
  await page.getByText('message 39').waitFor()
  await page.getByText(/times in GMT|times in UTC/).waitFor()
  assert.match(await page.locator('.row-time').first().innerText(), /\d\d:\d\d:\d\d/)
  await scrollRows(page, 900)
  await page.locator('.row').filter({ hasText: 'message 12' }).click()
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  await page.getByRole('link', { name: '← Messages' }).click()
  await page.locator('.row').filter({ hasText: 'message 12' }).waitFor()
  assert.match(page.url(), /status=received/)
  assert.equal(await page.evaluate(`document.querySelector('.rows').scrollTop`), 900)
  await page.close()
})

test('a list that is drawn while its page is being left keeps its place', async () => {
  const page = await browser.open('about:blank')
  // The browser changes the address first and tells it later: the list gets new rows in between.
  await page.addInitScript(`
    let held
    addEventListener('hashchange', (event) => {
      if (held === undefined) return
      held = event
      event.stopImmediatePropagation()
    }, true)
    window.hold = () => (held = null)
    window.tell = () => { held = undefined; dispatchEvent(new HashChangeEvent('hashchange')) }
  `)
  await page.goto(`${world.gateway.url}/#/messages?status=received`)
  await page.getByText('message 39').waitFor()
  await scrollRows(page, 900)
  const row = page.locator('.row').filter({ hasText: 'message 12' })
  await row.waitFor()
  await page.evaluate('hold()')
  await row.click()
  await page.waitForURL(/#\/messages\/msg_/)
  const count = page.getByRole('status').getByText(/^\d+ messages/)
  const before = Number.parseInt(await count.innerText())
  await world.sandbox.phone(NUMBER).says('message 40')
  await page.getByText(`${before + 1} messages`).waitFor()
  await page.evaluate('tell()')
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  await page.getByRole('link', { name: '← Messages' }).click()
  await row.waitFor()
  assert.match(page.url(), /status=received/)
  assert.equal(await page.evaluate(`document.querySelector('.rows').scrollTop`), 900)
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('messages are found by a name', async () => {
  const { data } = await world.admin('GET', '/admin/messages/search?contact=mei%20ch&count=5')
  assert.equal((data as unknown as { name: string }[])[0]?.name, 'Mei Chan')
  const none = await world.admin('GET', '/admin/messages/search?contact=nobody')
  assert.deepEqual(none.data, [])
})

test('an address without the hash leads to its page', async () => {
  const page = await browser.open(`${world.gateway.url}/messages`)
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  assert.match(page.url(), /#\/messages$/)
  await page.close()
})

test('the page of a channel runs the check with WhatsApp', async () => {
  const page = await browser.open(`${world.gateway.url}/#/channels/1`)
  const check = page.getByRole('region', { name: 'Check' })
  await check.getByRole('button', { name: 'Check with WhatsApp' }).click()
  await check.getByText('WhatsApp takes the token.').waitFor()
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('on a phone the menu closes with Back', async () => {
  const page = await browser.open(`${world.gateway.url}/#/messages`)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('link', { name: 'Deliveries' }).click()
  await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('button', { name: 'Menu', expanded: true }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  await page.getByRole('button', { name: 'Menu', expanded: false }).waitFor()
  await page.close()
})

test('the counter of a text beyond its limit stays inside its field, wide and narrow', async () => {
  const page = await browser.open(`${world.gateway.url}/#/compose?kind=text`)
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 })
    const field = page.getByRole('textbox', { name: 'Text', exact: true })
    await field.fill('x'.repeat(5000))
    const counter = page.locator('.counter[data-over]')
    await counter.getByText(/5,?000 ?\/ ?4,?096/).waitFor()
    const inner = (await counter.boundingBox())!
    const outer = (await field
      .locator('xpath=ancestor::*[contains(@class, "mantine-InputWrapper-root")]')
      .boundingBox())!
    assert.ok(inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width + 1, `${width}: inside`)
    const cut = await counter.evaluate((one) => {
      const { scrollWidth, clientWidth } = one as unknown as Record<'scrollWidth' | 'clientWidth', number>
      return scrollWidth - clientWidth
    })
    assert.ok(cut <= 1, `${width}: not cut`)
  }
  await page.close()
})
