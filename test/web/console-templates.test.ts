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
  await page.getByRole('article', { name: 'our_bags', exact: true }).getByRole('button', { name: 'edit' }).click()
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

const card = (name: string): Locator => page.getByRole('article', { name, exact: true })

/** As when a user opens a link: the page starts anew. */
async function visit(place: string): Promise<void> {
  await page.goto('about:blank')
  await page.goto(`${world.gateway.url}/#${place}`)
}

/** Creates a template with one blank, which has an example. */
async function add(name: string, language: string, text: string, example: string): Promise<string> {
  const body = { type: 'BODY', text, example: { body_text: [[example]] } }
  const { data } = await world.admin('POST', '/admin/channels/1/templates', {
    name,
    language,
    category: 'UTILITY',
    components: [body],
  })
  return (data as { template_id: string }).template_id
}

test('a card shows a template as the person sees it, in each of its languages', async () => {
  await visit('/templates')
  await card('our_bags').waitFor()
  const english = await add('table_ready', 'en_US', 'Hello {{1}}, your table is ready.', 'Mei')
  const german = await add('table_ready', 'de', 'Hallo {{1}}, Ihr Tisch ist bereit.', 'Jan')
  world.sandbox.judge(english, { event: 'APPROVED' })
  world.sandbox.judge(german, { event: 'REJECTED', reason: 'INVALID_FORMAT' })
  await world.admin('POST', '/admin/channels/1/templates/sync')
  await visit('/templates')
  await card('table_ready').waitFor()
  assert.equal(await card('table_ready').count(), 1, 'two languages are one card')
  const languages = card('table_ready').getByRole('group', { name: 'Language' })
  await languages.getByRole('button', { name: /^en_US approved$/i }).click()
  await card('table_ready').getByText('Hello Mei, your table is ready.').waitFor()
  await languages.getByRole('button', { name: /^de rejected$/i }).press('Enter')
  await card('table_ready').getByText('Hallo Jan, Ihr Tisch ist bereit.').waitFor()
  await card('table_ready').getByText('The form of the text is wrong.').waitFor()
  await card('table_ready').getByText('INVALID_FORMAT').waitFor()
  assert.equal(await card('table_ready').getByRole('link', { name: 'Send this' }).count(), 0, 'only what is approved')
  assert.deepEqual(await violationsOf(page), [])
})

test('filters stand in the address; the rejected language is the one that is shown', async () => {
  await visit('/templates')
  await choose(page.locator('#main'), 'Status', 'REJECTED')
  await card('our_bags').waitFor({ state: 'detached' })
  await card('table_ready').getByText('Hallo Jan').waitFor()
  assert.match(page.url(), /status=REJECTED/)
  await page.reload()
  await card('table_ready').getByText('Hallo Jan').waitFor()
  assert.equal(await page.getByRole('article').count(), 1)
  await visit('/templates?words=your+TABLE')
  await card('table_ready').getByText('Hello Mei').waitFor()
  assert.equal(await page.getByRole('article').count(), 1)
  await visit('/templates?category=MARKETING')
  await card('our_bags').waitFor()
  assert.equal(await card('table_ready').count(), 0)
})

test('what changed since the last look is said until it is seen', async () => {
  await visit('/templates')
  await page.getByRole('button', { name: 'Show only these' }).click()
  await card('test_button_reply_1').waitFor({ state: 'detached' })
  await card('table_ready').getByText('en_US New since your last look').waitFor()
  await page.getByRole('button', { name: 'Seen' }).click()
  await card('test_button_reply_1').waitFor()
  assert.equal(await page.getByText('New since your last look').count(), 0)
  const { data } = await world.admin('GET', '/admin/channels/1/templates')
  const { id } = (data as { templates: { id: string; name: string; language: string }[] }).templates.find(
    (one) => one.name === 'table_ready' && one.language === 'en_US',
  )!
  world.sandbox.judge(id, { event: 'PAUSED' })
  await world.admin('POST', '/admin/channels/1/templates/sync')
  await card('table_ready').getByText('en_US APPROVED became PAUSED').waitFor()
  world.sandbox.judge(id, { event: 'APPROVED' })
  await world.admin('POST', '/admin/channels/1/templates/sync')
  await card('table_ready').getByText('en_US APPROVED became PAUSED').waitFor({ state: 'detached' })
})

test('“Send this” opens the composer with the template, “duplicate” the editor with a copy', async () => {
  await visit('/templates?words=table_ready')
  await card('table_ready').getByRole('link', { name: 'Send this table_ready en_US' }).click()
  await page.getByRole('heading', { level: 1, name: 'Composer' }).waitFor()
  assert.equal(await page.getByRole('combobox', { name: 'Template' }).inputValue(), 'table_ready · en_US')
  await page.getByLabel('Body {{1}}').fill('Ada')
  await page.locator('.preview').getByText('Hello Ada, your table is ready.').waitFor()

  await visit('/templates?words=table_ready')
  await card('table_ready').getByRole('button', { name: 'duplicate table_ready en_US' }).click()
  const dialog = page.getByRole('dialog')
  assert.equal(await dialog.getByLabel('Name', { exact: true }).inputValue(), 'table_ready_copy')
  assert.equal(await dialog.getByLabel('Body', { exact: true }).inputValue(), 'Hello {{1}}, your table is ready.')
  const components = await created(dialog, 'table_ready_copy')
  assert.equal(components[0]!.text, 'Hello {{1}}, your table is ready.')
  await card('table_ready').getByRole('button', { name: 'duplicate table_ready en_US' }).click()
  assert.equal(await dialog.getByLabel('Name', { exact: true }).inputValue(), 'table_ready_copy_2')
  await page.keyboard.press('Escape')
  assert.deepEqual(page.wrongs, [])
})
