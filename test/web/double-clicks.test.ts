import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

const ANN = '16505550001'

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }
/** What the page changed, in order. */
let changes: string[] = []

before(async () => {
  buildPages()
  world = await startWorld()
  world.sandbox.phone(ANN).is({ name: 'Ann' })
  await world.sandbox.phone(ANN).says('hello')
  await world.sandbox.settled()
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(`${world.gateway.url}/#/conversations`)
  await page.setViewportSize({ width: 1440, height: 900 })
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (request.method() !== 'GET' && pathname.startsWith('/admin/'))
      changes.push(`${request.method()} ${pathname.replace(/\/(?:ep_\w+|\d+)(?=\/|$)/g, '')}`)
  })
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

/** Clicks twice, with a pause in which the first answer may come, and returns what was changed. */
async function twice(button: Locator, settled: () => Promise<unknown>, delay = 0): Promise<string[]> {
  await button.waitFor()
  changes = []
  await button.dblclick({ delay })
  await settled()
  await page.waitForTimeout(100)
  return changes
}
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
/** A change that is no button's: who opens a conversation has seen it. */
const withoutSeen = (all: string[]): string[] => all.filter((one) => !one.endsWith('/seen'))

for (const delay of [0, 120])
  test(`in the inbox, a double click acts once (${delay} ms)`, async () => {
    await page.locator('.talk-person').first().click()
    const text = page.getByLabel('Text', { exact: true })
    const log = page.getByRole('log')
    await text.fill(`once ${delay}`)
    const sent = await twice(button('Send'), () => log.getByText(`once ${delay}`).waitFor(), delay)
    assert.deepEqual(withoutSeen(sent), ['POST /admin/channels/messages'])
    await world.sandbox.phone(ANN).says(`again ${delay}`)
    const done = button('Done')
    assert.deepEqual(withoutSeen(await twice(done, () => done.waitFor({ state: 'detached' }), delay)), [
      'POST /admin/conversations/done',
    ])
    const labels = page.getByRole('combobox', { name: 'Labels' })
    await labels.fill(`a${delay}`)
    await page.keyboard.press('Enter')
    await labels.fill(`b${delay}`)
    await page.keyboard.press('Enter')
    // Two labels one after the other are two changes, and none is lost.
    const kept = async (): Promise<string[]> =>
      ((await world.admin('GET', '/admin/conversations')).data as { conversations: { labels: string[] }[] })
        .conversations[0]!.labels
    for (let i = 0; i < 100 && !(await kept()).includes(`b${delay}`); i++) await page.waitForTimeout(50)
    assert.deepEqual((await kept()).slice(-2), [`a${delay}`, `b${delay}`])
  })

test('on a channel’s page, a double click acts once, however fast the answer is', async () => {
  await page.goto(`${world.gateway.url}/#/channels/1`)
  const ends = { pause: () => button('Resume').waitFor(), resume: () => button('Pause').waitFor() }
  const place = 'PATCH /admin/channels/endpoints'
  // Faster than the second click: the button already says the opposite.
  assert.deepEqual(await twice(button('Pause'), ends.pause, 150), [place])
  assert.deepEqual(await twice(button('Resume'), ends.resume, 150), [place])
  assert.deepEqual(await twice(button('Pause'), ends.pause), [place])
  assert.deepEqual(await twice(button('Resume'), ends.resume), [place])
  const tested = () => page.waitForTimeout(300)
  assert.deepEqual(await twice(button('Send a test event'), tested, 150), ['POST /admin/channels/endpoints/test'])
  const form = page.locator('form').filter({ has: page.locator('#messages_per_second') })
  await form.getByRole('textbox', { name: /^Name/ }).fill('The shop')
  const saved = () => page.getByRole('heading', { name: 'The shop' }).first().waitFor()
  const save = form.getByRole('button', { name: 'Save' })
  assert.deepEqual(await twice(save, saved, 120), ['PATCH /admin/channels'])
  assert.deepEqual(page.wrongs, [])
})
