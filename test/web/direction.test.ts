import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

const NUMBER = '971509876543'
const NAME = 'فاطمة الزهراء'
const SHOP = 'متجر المرفأ'
const WORDS = 'هل طلبي ABC-123 جاهز؟'
const HEBREW = 'ההזמנה ABC-123 מוכנה?'
const BUTTON = 'نعم، أكيد!'

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }
let contact: number

before(async () => {
  buildPages()
  world = await startWorld()
  await world.admin('PATCH', '/admin/channels/1', { name: SHOP })
  const phone = world.sandbox.phone(NUMBER)
  phone.is({ name: NAME })
  await phone.says(WORDS)
  await phone.says(`${WORDS}\nORD-9 in English\n${HEBREW}`)
  await phone.says({ type: 'location', location: { latitude: 25.2, longitude: 55.3, name: NAME, address: WORDS } })
  const rows = [{ id: 'r1', title: 'صغير', description: HEBREW }]
  const action = { button: 'المقاسات', sections: [{ title: 'الكل', rows }] }
  const interactive = { type: 'list', body: { text: WORDS }, footer: { text: HEBREW }, action }
  await world.send({ to: NUMBER, type: 'interactive', interactive })
  const buttons = [{ type: 'reply', reply: { id: 'y', title: BUTTON } }]
  await world.send({
    to: NUMBER,
    type: 'interactive',
    interactive: { type: 'button', body: { text: WORDS }, action: { buttons } },
  })
  await world.sandbox.settled()
  const { data } = await world.admin('GET', `/admin/conversations?channel_id=1&q=${NUMBER}`)
  contact = (data as { conversations: { contact_id: number }[] }).conversations[0]!.contact_id
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

/** The used parts of the DOM, whose types these files do not have. */
type Text = { data: string }
type Dom = {
  getComputedStyle(element: unknown): { direction: string; paddingLeft: string; paddingRight: string }
  document: {
    createTreeWalker(root: unknown, what: number): { nextNode(): Text | null }
    createRange(): {
      setStart(node: Text, at: number): void
      setEnd(node: Text, at: number): void
      getBoundingClientRect(): { left: number }
    }
  }
}

/** The text direction of the element itself, whatever contains it. */
const runs = (place: Locator): Promise<string> =>
  place.first().evaluate((element) => (globalThis as unknown as Dom).getComputedStyle(element).direction)

/** The position of the text on the screen, so that the visible result is checked. */
const left = (place: Locator, needle: string): Promise<number> =>
  place.first().evaluate((element, words) => {
    const { document } = globalThis as unknown as Dom
    const walker = document.createTreeWalker(element, 4)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(words)
      if (at < 0) continue
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + words.length)
      return range.getBoundingClientRect().left
    }
    throw new Error(`not there: ${words}`)
  }, needle)

test('in a bubble each paragraph has its own direction', async () => {
  await page.goto(`${world.gateway.url}/#/conversations/1/${contact}`)
  const log = page.getByRole('log')
  const one = log.locator('.bubble-text > div', { hasText: WORDS }).first()
  await one.waitFor()
  assert.equal(await runs(one), 'rtl')
  assert.ok((await left(one, '؟')) < (await left(one, 'هل')), 'the question mark ends the sentence, at the left')
  assert.ok((await left(one, 'ABC')) < (await left(one, '123')), 'an order number reads from the left')
  const many = log.locator('.bubble-text > div', { hasText: 'ORD-9' }).first()
  assert.ok((await left(many, 'ORD')) < (await left(many, 'English')))
  assert.ok((await left(many, '?')) < (await left(many, 'ההזמנה')), 'the third line is Hebrew again')
  for (const words of ['المقاسات', BUTTON, HEBREW, NAME])
    assert.equal(await runs(log.locator('[dir="auto"]', { hasText: words }).last()), 'rtl', words)
})

test('names, list rows, search results and fields have their own direction; numbers start at the left', async () => {
  const people = page.getByRole('navigation', { name: 'Contacts' })
  assert.equal(await runs(people.locator('strong', { hasText: NAME })), 'rtl')
  assert.equal(await runs(page.locator('.talk-head strong', { hasText: NAME })), 'rtl')
  const number = page.locator('.talk-head bdi', { hasText: NUMBER })
  assert.equal(await runs(number), 'ltr')

  const field = page.getByLabel('Text', { exact: true })
  await field.fill(WORDS)
  assert.equal(await runs(field), 'rtl')
  await field.fill('English')
  assert.equal(await runs(field), 'ltr')
  await field.fill('')

  await page.goto(`${world.gateway.url}/#/messages?words=${NUMBER}`)
  const row = page.locator('.row', { hasText: WORDS }).last()
  await row.waitFor()
  assert.equal(await runs(row.locator('.row-who')), 'rtl')
  assert.equal(await runs(row.locator('.row-text')), 'rtl')
  await row.click()
  await page.getByRole('heading', { name: 'Message', exact: true }).waitFor()
  assert.equal(await runs(page.locator('.facts bdi', { hasText: NAME })), 'rtl')
  assert.equal(await runs(page.locator('.facts bdi', { hasText: NUMBER })), 'ltr')

  await page.goto(`${world.gateway.url}/#/channels`)
  assert.equal(await runs(page.getByRole('heading', { name: SHOP })), 'rtl')
  await page.goto(`${world.gateway.url}/#/compose?to=${NUMBER}&kind=button`)
  await page.getByLabel('Body', { exact: true }).fill(WORDS)
  await page.getByLabel('Title', { exact: true }).fill(BUTTON)
  assert.equal(await runs(page.getByLabel('Body', { exact: true })), 'rtl')
  assert.equal(await runs(page.getByLabel('Title', { exact: true })), 'rtl')
  // The text does not run below the counter beside it, which keeps its place.
  const padding = await page.getByLabel('Title', { exact: true }).evaluate((element) => {
    const { paddingLeft, paddingRight } = (globalThis as unknown as Dom).getComputedStyle(element)
    return [paddingLeft, paddingRight].map(Number.parseFloat)
  })
  const [atLeft, atRight] = padding as [number, number]
  assert.ok(atRight >= 60 && atLeft < 30, `${atLeft} ${atRight}`)
  assert.equal(await runs(page.locator('.preview .bubble-text > div').first()), 'rtl')
  assert.equal(await runs(page.locator('.preview .bubble-button bdi')), 'rtl')
  await page.getByRole('button', { name: 'Start over' }).click()

  await page.goto(`${world.gateway.url}/#/templates`)
  await page.getByRole('button', { name: 'New template' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Body', { exact: true }).fill(WORDS)
  assert.equal(await runs(dialog.getByLabel('Body', { exact: true })), 'rtl')
  assert.equal(await runs(dialog.locator('.bubble-text > div').first()), 'rtl')
  await dialog.getByLabel('Body', { exact: true }).fill('')
  assert.deepEqual(page.wrongs, [])
})

test('the same on the phones and in the wire', async () => {
  const table = await browser.open('about:blank')
  await table.goto(world.sandbox.url)
  await table.evaluate(`localStorage.setItem('postern.phones', '["${NUMBER}"]')`)
  await table.reload()
  const phone = table.getByRole('region', { name: `Phone of ${NAME}` })
  const one = phone.locator('.bubble-text > div', { hasText: WORDS }).first()
  await one.waitFor()
  assert.equal(await runs(one), 'rtl')
  const owner = phone.locator('.phone-owner')
  assert.equal(await runs(owner.locator('bdi', { hasText: NAME })), 'rtl')
  assert.ok((await left(owner, '+')) < (await left(owner, '971')), 'the plus stands before the number')
  const message = phone.getByLabel('Message', { exact: true })
  await message.fill(WORDS)
  assert.equal(await runs(message), 'rtl')
  await message.fill('')
  await phone.getByRole('button', { name: 'المقاسات' }).click()
  assert.equal(await runs(phone.locator('.bubble-list-row span')), 'rtl')
  await table.keyboard.press('Escape')
  await phone.getByRole('button', { name: 'What to do with this message' }).first().click()
  await table.getByRole('menuitem', { name: 'Show on the wire' }).click()
  const drawer = table.getByRole('complementary', { name: 'Wire' })
  await drawer.getByText('Only one message').waitFor()
  await drawer.locator('.wire-row').first().click()
  assert.equal(await runs(drawer.locator('pre')), 'ltr')
  assert.equal(await runs(drawer.locator('pre bdi', { hasText: WORDS })), 'rtl')
  const json = drawer.locator('pre').first()
  assert.ok((await left(json, '؟')) < (await left(json, 'هل')), 'words in JSON run in their own direction')
  assert.deepEqual(table.wrongs, [])
  await table.close()
})
