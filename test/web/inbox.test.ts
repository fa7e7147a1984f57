import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

const [ANN, BOB, CAT] = ['16505550001', '16505550002', '16505550003']
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
  for (const [number, name, words] of [
    [ANN, 'Ann Lee', 'hello from Ann'],
    [BOB, 'Bob', 'are you open?'],
    [CAT, 'Cat', 'one table, please'],
  ] as const) {
    const phone = world.sandbox.phone(number)
    phone.is({ name })
    await phone.says(words)
    await world.sandbox.settled()
  }
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(`${world.gateway.url}/#/conversations`)
  await page.setViewportSize({ width: 1440, height: 900 })
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const rows = () => page.locator('.talk-person:not(.talk-hit)')
const names = async (): Promise<string[]> => rows().locator('strong').allInnerTexts()
const text = () => page.getByLabel('Text', { exact: true })
const log = () => page.getByRole('log')
const chip = (name: string) => page.getByRole('group', { name: 'Filter' }).getByRole('button', { name, exact: true })
/** Waits for a fact about the page. */
async function until(is: () => Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await is()) return
    await page.waitForTimeout(50)
  }
  assert.fail(what)
}
const counts = (wanted: number) => until(async () => (await rows().count()) === wanted, `${wanted} rows`)
const sees = (number: string, words: string) => world.sandbox.phone(number).sees(words)

test('who waits is first and unread; keys open a conversation, Enter answers, and it moves down', async () => {
  await rows().nth(2).waitFor()
  assert.deepEqual(await names(), ['Cat', 'Bob', 'Ann Lee'])
  assert.equal(await page.getByText('1 unread').count(), 3)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await log().getByText('are you open?').waitFor()
  // Opened: read for everybody, and still waiting.
  await rows().filter({ hasText: 'Bob' }).getByRole('img', { name: 'waits for an answer' }).waitFor()
  await text().fill('Yes, *until 9*')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('See you!')
  await page.keyboard.press('Enter')
  await sees(BOB, 'Yes, *until 9*\nSee you!')
  await until(async () => (await names()).at(-1) === 'Bob', 'Bob is the last one')
  assert.equal(await text().inputValue(), '')
  await text().press('Escape')
  await page.locator('.talk-person[aria-current]:focus').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('ann')
  await counts(1)
  await page.getByRole('textbox', { name: 'Search people and messages' }).fill('')
})

test('filters stand in the address, and done ends a wait without an answer', async () => {
  await chip('Waiting').click()
  await counts(2)
  assert.match(page.url(), /show=waiting/)
  await rows().filter({ hasText: 'Cat' }).click()
  await page.getByRole('button', { name: 'Done', exact: true }).click()
  await counts(1)
  assert.deepEqual(await names(), ['Ann Lee'])
  await chip('Opted out').click()
  await page.getByText('No matches').waitFor()
  await chip('All').click()
  await until(async () => (await names()).join() === 'Ann Lee,Cat,Bob', 'who waits is first')
})

test('a quote, a reaction, a saved reply and an emoji', async () => {
  await rows().filter({ hasText: 'Ann Lee' }).click()
  const first = log().locator('.bubble').first()
  await first.getByText('hello from Ann').waitFor()
  await first.hover()
  await first.getByRole('button', { name: 'Quote' }).click()
  await page.getByRole('button', { name: 'Emoji' }).click()
  await page.getByRole('button', { name: '🎉' }).click()
  await text().press('End')
  await page.keyboard.type(' hi Ann')
  await page.getByRole('button', { name: 'Saved replies' }).click()
  await page.getByLabel('Name of the saved reply').fill('Greeting')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByLabel('Name of the saved reply').waitFor({ state: 'detached' })
  await text().press('Enter')
  await sees(ANN, '🎉 hi Ann')
  await log().locator('.bubble-quote').getByText('hello from Ann').waitFor()
  await page.getByRole('button', { name: 'Saved replies' }).click()
  await page.locator('.saved-one', { hasText: 'Greeting' }).click()
  assert.equal(await text().inputValue(), '🎉 hi Ann')
  await text().fill('')
  await first.hover()
  await first.getByRole('button', { name: 'React' }).click()
  await page.getByRole('menuitem', { name: '🙏' }).click()
  await log().locator('.bubble-reaction', { hasText: '🙏' }).waitFor()
})

test('a dropped file is uploaded and sent by its id', async () => {
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob('${PNG}'), (c) => c.charCodeAt(0))
    const data = new DataTransfer()
    data.items.add(new File([bytes], 'dot.png', { type: 'image/png' }))
    const form = document.querySelector('.talk-composer')
    for (const type of ['dragenter', 'dragover', 'drop'])
      form.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
  })()`)
  await page.locator('.composer-sheet').getByLabel('Caption, if any').fill('a dot')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await log().getByText('a dot').waitFor()
  await text().waitFor()
  const { data } = await world.admin('GET', '/admin/messages/search?count=20')
  const sent = (data as { type: string; content: { image?: { id?: string } } }[]).find((one) => one.type === 'image')!
  assert.match(sent.content.image!.id!, /^\d+$/)
})

test('a template is chosen as a card, and its blanks are written into the bubble', async () => {
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Template', exact: true }).click()
  await page.getByLabel('Search templates').fill('button_code')
  await page.getByRole('button', { name: /test_button_code_1/ }).click()
  await page.locator('.composer-sheet').getByText('Copy offer code', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  // The field by its name, not by its path.
  await page.getByRole('alert').getByText('Button “Copy offer code”: Offer code').waitFor()
  assert.equal(
    await page
      .getByRole('alert')
      .getByText(/template\.components/)
      .count(),
    0,
  )
  await page.getByRole('button', { name: 'Another template' }).click()
  await page.getByLabel('Search templates').fill('test_header_text_2')
  await page.getByRole('button', { name: /test_header_text_2/ }).click()
  const blanks = page.locator('.preview input.blank')
  await blanks.first().waitFor()
  for (let i = 0; i < (await blanks.count()); i++) await blanks.nth(i).fill(`word${i}`)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await text().waitFor()
  await log().getByText('word0').first().waitFor()
  assert.deepEqual(page.wrongs, [])
})

test('labels and a note are kept beside the thread, and a label stands in the list', async () => {
  const panel = page.getByRole('complementary', { name: 'Contact' })
  await panel.getByLabel('Labels', { exact: true }).fill('vip')
  await page.keyboard.press('Enter')
  await rows().filter({ hasText: 'Ann Lee' }).getByText('vip', { exact: true }).waitFor()
  await panel.getByLabel('Note', { exact: true }).fill('Tall.')
  const saved = page.waitForResponse((one) => one.request().method() === 'PATCH')
  await panel.getByLabel('Labels', { exact: true }).focus()
  assert.equal((await saved).status(), 200)
  await page.reload()
  await panel.getByText('Tall.').waitFor()
  await panel.getByText('test_header_text_2').waitFor()
})

test('the inbox has no serious findings of axe, at each width and in the dark', async () => {
  for (const [width, scheme] of [
    [1440, 'light'],
    [1440, 'dark'],
    [1024, 'light'],
    [390, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height: 844 })
    await page.emulateMedia({ colorScheme: scheme })
    await page.evaluate(`localStorage.setItem('mantine-color-scheme-value', '${scheme}')`)
    await page.reload()
    await log().getByText('hello from Ann').first().waitFor()
    assert.deepEqual(await violationsOf(page), [], `${width} ${scheme}`)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${width}`)
  }
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await rows().first().waitFor()
  assert.deepEqual(await violationsOf(page), [])
})
