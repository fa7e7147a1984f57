import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { mediaFile, startFileHost, type FileHost } from '../support/file-host.ts'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, signIn, startBrowser, type Browser } from './browser.ts'

let world: World
let host: FileHost
let browser: Browser
let page: Page & { wrongs: string[] }

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
  host = await startFileHost()
  browser = await startBrowser({ height: 1000 })
  page = await browser.open(world.gateway.url)
  await signIn(page)
})
after(async () => {
  await browser?.close()
  await world?.stop()
  await host?.close()
})

type Json = Record<string, unknown>

async function begin(name: string): Promise<Locator> {
  await page.goto('about:blank')
  await page.goto(`${world.gateway.url}/#/templates`)
  await page.getByRole('button', { name: 'New template' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  await choose(dialog, 'Category', 'MARKETING')
  return dialog
}

async function choose(within: Locator, label: string, option: string, nth = 0): Promise<void> {
  await within.getByRole('combobox', { name: label, exact: true }).nth(nth).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

/** Submits the form, and returns the components that WhatsApp then has. */
async function created(dialog: Locator, name: string): Promise<Json[]> {
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await world.admin('POST', '/admin/channels/1/templates/sync')
  const { data } = await world.admin('GET', '/admin/channels/1/templates')
  const entry = (data as { templates: { name: string; components: Json[] }[] }).templates.find(
    (one) => one.name === name,
  )
  return entry!.components
}

test('the form creates a carousel: all cards have the shape of the first, each with its own text', async () => {
  const dialog = await begin('our_bags')
  await dialog.getByLabel('Body', { exact: true }).fill('Look at these')
  await dialog.getByRole('switch', { name: 'Carousel' }).click()
  const card = (i: number): Locator => dialog.getByRole('group', { name: `Card ${i}`, exact: true })
  for (const i of [1, 2]) {
    // A link is uploaded as the example; a handle is used as it is.
    const example = i === 1 ? host.file('/bag.png', mediaFile('image_rgb24.png')) : '4:aGFuZGxl'
    await card(i).getByLabel('Example: link, media id or handle').fill(example)
    await card(i).getByLabel('Body', { exact: true }).fill(`Bag number ${i}`)
  }
  await choose(card(1), 'Kind', 'URL')
  await card(1).getByLabel('Title').fill('Buy')
  await card(1).getByLabel('URL').fill('https://shop.example/1')
  await card(2).getByLabel('Title').fill('Buy it')
  // The second card has the parts of the first, and its own limits.
  await card(2).getByLabel('URL').fill('https://shop.example/2')
  await card(2).getByLabel('Body', { exact: true }).fill('x'.repeat(161))
  await card(2).getByText('161/160').waitFor()
  await card(2)
    .getByText(/at most 160/)
    .waitFor()
  await card(2).getByLabel('Body', { exact: true }).fill('Bag number 2')
  await dialog.locator('.preview').getByText('Bag number 2').waitFor()
  assert.deepEqual(await violationsOf(page), [])
  const components = await created(dialog, 'our_bags')
  assert.deepEqual(
    components.map((one) => one.type),
    ['BODY', 'CAROUSEL'],
  )
  const cards = components[1]!.cards as { components: Json[] }[]
  assert.deepEqual(
    cards.map((one) => (one.components[2]!.buttons as Json[])[0]!.url),
    ['https://shop.example/1', 'https://shop.example/2'],
  )

  const handles = cards.map((one) => (one.components[0]!.example as { header_handle: string[] }).header_handle[0]!)
  assert.doesNotMatch(handles[0]!, /^http:..127/, 'the link became an upload')
  assert.equal(handles[1], '4:aGFuZGxl')

  // The form can load a template that it created.
  await page
    .getByRole('row', { name: /our_bags/ })
    .getByRole('button', { name: 'edit' })
    .click()
  const again = page.getByRole('dialog').getByRole('group', { name: 'Card 2', exact: true })
  await again.getByLabel('URL').waitFor()
  assert.equal(await again.getByLabel('URL').inputValue(), 'https://shop.example/2')
  assert.deepEqual(page.wrongs, [])
})

test('a limited-time offer, with a code to copy', async () => {
  const dialog = await begin('autumn_offer')
  await dialog.getByRole('switch', { name: 'An offer for a limited time' }).click()
  assert.equal(await dialog.getByLabel('Footer, if any').count(), 0, 'an offer has no footer')
  await dialog.getByLabel('Name of the offer').fill('An offer of many words')
  await dialog.getByText('22/16').waitFor()
  await dialog
    .getByText(/at most 16/)
    .first()
    .waitFor()
  await dialog.getByLabel('Name of the offer').fill('Autumn sale')
  await dialog.getByLabel('Body', { exact: true }).fill('A quarter off')
  await dialog.getByRole('button', { name: 'Add a button' }).click()
  await choose(dialog, 'Kind', 'COPY_CODE')
  await dialog.getByLabel('Example of an offer code').fill('BAGS25')
  await dialog.getByRole('button', { name: 'Add a button' }).click()
  await choose(dialog, 'Kind', 'URL', 1)
  await dialog.getByLabel('Title').fill('Shop')
  await dialog.getByLabel('URL').fill('https://shop.example/')
  await dialog.locator('.preview').getByText('Autumn sale').waitFor()
  const components = await created(dialog, 'autumn_offer')
  assert.deepEqual(components[0], {
    type: 'LIMITED_TIME_OFFER',
    limited_time_offer: { text: 'Autumn sale', has_expiration: true },
  })
})

test('buttons that open a catalog, products or a flow', async () => {
  for (const [kind, name] of [
    ['CATALOG', 'see_catalog'],
    ['MPM', 'see_products'],
    ['FLOW', 'see_flow'],
  ] as const) {
    const dialog = await begin(name)
    if (kind === 'MPM') {
      await choose(dialog, 'Header', 'TEXT')
      await dialog.getByLabel('Header text').fill('Bags')
    }
    await dialog.getByLabel('Body', { exact: true }).fill('Have a look')
    await dialog.getByRole('button', { name: 'Add a button' }).click()
    await choose(dialog, 'Kind', kind)
    await dialog.getByLabel('Title').fill('Look')
    if (kind === 'FLOW') {
      await dialog.getByRole('button', { name: 'Create', exact: true }).click()
      await dialog.getByRole('alert').filter({ hasText: 'flow_id' }).waitFor()
      await dialog.getByLabel('Flow id').fill('1234')
      await dialog.getByLabel('First screen (default: the flow’s first)').fill('WELCOME')
    }
    const components = await created(dialog, name)
    const { buttons } = components.at(-1) as { buttons: Json[] }
    assert.equal(buttons[0]!.type, kind)
    assert.equal(buttons[0]!.text, 'Look')
    if (kind === 'FLOW') assert.equal(buttons[0]!.navigate_screen, 'WELCOME')
  }
  assert.deepEqual(page.wrongs, [])
})
