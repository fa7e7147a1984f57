import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { newMessageId } from '../../packages/gateway/src/platform/ids.ts'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

const [ANN, BOB] = ['16505550001', '16505550002']
/** More than two pages of the thread. */
const BETWEEN = 150

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }
let place: string

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
  const phone = world.sandbox.phone(ANN)
  phone.is({ name: 'Ann Lee' })
  await phone.says('我需要发票, the Unicorn one')
  world.sandbox.phone(BOB).is({ name: 'بدر' })
  await world.sandbox.phone(BOB).says('أين الفاتورة يا أحمد؟')
  await world.sandbox.settled()
  const { sql } = world.gateway.store
  const ann = (await sql.get<{ id: number }>(`select id from contacts where name = 'Ann Lee'`))!
  place = `/conversations/1/${ann.id}`
  // A day of the past, so that the message is older than those that follow.
  await sql.run('update messages set id = $1 where contact_id = $2', [newMessageId(Date.now() - 86_400_000), ann.id])
  const rows = Array.from({ length: BETWEEN }, (_, i) => {
    const at = Date.now() - 3_600_000 + i * 1_000
    const content = JSON.stringify({ type: 'text', text: { body: `note ${i}` } })
    return `(1, '${newMessageId(at)}', ${ann.id}, 'out', 'text', 'delivered', '${content}', ${at})`
  })
  await sql.run(
    `insert into messages (channel_id, id, contact_id, direction, type, status, content, created_at) values ${rows.join(',')}`,
  )
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(`${world.gateway.url}/#/conversations`)
  await page.setViewportSize({ width: 1440, height: 900 })
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const field = () => page.getByRole('textbox', { name: 'Search people and messages' })
const hits = () => page.locator('.talk-hit')
const log = () => page.getByRole('log')
const inView = (words: string): Promise<boolean> =>
  log()
    .getByText(words, { exact: true })
    .first()
    .evaluate((element: { getBoundingClientRect(): { top: number; bottom: number } }) => {
      const { top, bottom } = element.getBoundingClientRect()
      return top > 0 && bottom < 900
    })

test('a message is found by its words, and opens the thread in its place', async () => {
  await field().fill('UNICORN 发票')
  await hits().waitFor()
  assert.deepEqual(await hits().locator('mark').allInnerTexts(), ['发票', 'Unicorn'])
  await page.getByText('All messages were searched.').waitFor()
  await hits().click()
  await log().getByText('我需要发票, the Unicorn one').waitFor()
  await page.locator('[data-found]').getByText('Unicorn').waitFor()
  assert.equal(await inView('我需要发票, the Unicorn one'), true)
  assert.match(page.url(), /q=UNICORN.*at=msg_/)
  // The next messages towards now, without a gap, and back to the newest.
  await log().getByText('note 0', { exact: true }).waitFor()
  for (const last of [87, 146, BETWEEN - 1]) {
    await log().getByRole('button', { name: 'Later', exact: true }).click()
    await log().getByText(`note ${last}`, { exact: true }).waitFor()
  }
  const shown = await log().locator('.bubble-text').allInnerTexts()
  assert.deepEqual(
    shown.slice(1),
    Array.from({ length: BETWEEN }, (_, i) => `note ${i}`),
  )
})

test('the search stands in the address: it survives a reload and Back, and a link to the newest leaves the place', async () => {
  await page.reload()
  await page.locator('[data-found]').waitFor()
  assert.equal(await field().inputValue(), 'UNICORN 发票')
  await log().getByRole('link', { name: 'To the newest messages' }).click()
  await log()
    .getByText(`note ${BETWEEN - 1}`, { exact: true })
    .waitFor()
  assert.doesNotMatch(page.url(), /at=/)
  await page.goBack()
  await page.locator('[data-found]').waitFor()
  await field().fill('احمد')
  await hits().locator('mark').getByText('أحمد').waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await field().fill('nothing like this')
  await page.getByText('No matches').waitFor()
  await field().fill('')
  await page.getByRole('group', { name: 'Filter' }).waitFor()
})

test('⌘K finds messages by their words, too', async () => {
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('combobox', { name: 'Search or jump to' })
  await palette.fill('unicorn')
  await page.getByRole('option').locator('mark').getByText('Unicorn').waitFor()
  await page.getByRole('option', { name: /Search all conversations for “unicorn”/ }).waitFor()
  await page.getByRole('option').filter({ hasText: '我需要发票' }).click()
  await page.locator('[data-found]').getByText('Unicorn').waitFor()
})

test('who of us wrote stands beside the time, and what the messages cost beside the thread', async () => {
  await page.goto(`${world.gateway.url}/#${place}`)
  await page.getByLabel('Text', { exact: true }).fill('from the console')
  await page.keyboard.press('Enter')
  const mine = log().locator('.bubble', { hasText: 'from the console' })
  await mine.getByText('Admin token').waitFor()
  await log()
    .locator('.bubble', { hasText: `note ${BETWEEN - 1}` })
    .getByText('API')
    .waitFor()
  await world.sandbox.settled()
  await page.reload()
  const costs = page.getByRole('complementary', { name: 'Contact' }).getByRole('table')
  await costs.getByRole('cell', { name: 'service' }).waitFor()
  assert.deepEqual(page.wrongs, [])
})

test('a reader of earlier messages stays there, and still gets what is new', async () => {
  await log().getByRole('button', { name: 'Earlier' }).click()
  await log().getByText('note 60', { exact: true }).waitFor()
  await log().evaluate((box: { scrollTop: number }) => (box.scrollTop = 200))
  const top = (): Promise<number> => log().evaluate((box: { scrollTop: number }) => box.scrollTop)
  await page.waitForTimeout(100)
  const before = await top()
  await world.sandbox.phone(ANN).says('one more thing')
  await log().getByText('one more thing').waitFor({ state: 'attached' })
  assert.equal(Math.abs((await top()) - before) < 40, true)
})

test('back on the page, the list stands at the row where it was left; another filter begins at the top', async () => {
  const { sql } = world.gateway.store
  const some = Array.from({ length: 80 }, (_, i) => ({ id: 5_000 + i, at: Date.now() - i * 1_000 }))
  const contacts = some.map(({ id, at }) => `(${id}, 1, '1999${id}', 'Person ${id}', ${at}, ${at}, ${at})`)
  const messages = some.map(({ id, at }) => {
    const content = JSON.stringify({ type: 'text', text: { body: `question of ${id}` } })
    return `(1, '${newMessageId(at)}', ${id}, 'in', 'text', 'received', '${content}', ${at})`
  })
  await sql.atomically([
    {
      sql: `insert into contacts (id, channel_id, phone, name, last_inbound_at, waiting_since, created_at) values ${contacts.join(',')}`,
    },
    {
      sql: `insert into messages (channel_id, id, contact_id, direction, type, status, content, created_at) values ${messages.join(',')}`,
    },
  ])
  await page.goto(`${world.gateway.url}/#/conversations`)
  await page.reload()
  const list = page.getByRole('region', { name: 'Conversations' })
  await list.getByText('Person 5001').waitFor()
  await list.evaluate((box: { scrollTop: number }) => (box.scrollTop = 3_000))
  const top = (): Promise<number> => list.evaluate((box: { scrollTop: number }) => box.scrollTop)
  await list.getByText('Person 5042').click()
  await log().getByText('question of 5042').waitFor()
  await page.getByRole('link', { name: 'Messages', exact: true }).click()
  await page.getByRole('search').first().waitFor()
  await page.goBack()
  await list.getByText('Person 5042').waitFor()
  assert.equal(await top(), 3_000)
  await page.getByRole('button', { name: 'Window open', exact: true }).click()
  await list.getByText('Person 5001').waitFor()
  assert.equal(await top(), 0)
  // A thread hides the list on a phone.
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await list.getByText('Person 5001').waitFor()
  await list.evaluate((box: { scrollTop: number }) => (box.scrollTop = 3_000))
  await list.getByText('Person 5042').click()
  await log().getByText('question of 5042').waitFor()
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await list.getByText('Person 5042').waitFor()
  assert.equal(await top(), 3_000)
  assert.deepEqual(page.wrongs, [])
})
