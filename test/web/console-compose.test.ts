import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, signIn, startBrowser, type Browser } from './browser.ts'

const NUMBER = '85268411234'

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
  await world.admin('PATCH', '/admin/channels/1', { media_check: 'off' })
  for (const template of TEMPLATES) world.sandbox.addTemplate({ category: 'MARKETING', ...template } as never)
  await world.admin('POST', '/admin/channels/1/templates/sync')
  browser = await startBrowser({ height: 1000 })
  page = await browser.open(world.gateway.url)
  await signIn(page)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

type Json = Record<string, unknown>

/** Labels and their input; `#1` selects the second of several. */
async function fill(inputs: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(inputs)) {
    const [name, nth] = label.split('#')
    await page
      .getByLabel(name!, { exact: true })
      .nth(Number(nth ?? 0))
      .fill(value)
  }
}

/** Sends the form and returns the request to WhatsApp. */
async function sent(): Promise<Json> {
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  const taken = page.getByText('Accepted by WhatsApp').or(page.getByRole('alert'))
  await taken.first().waitFor()
  assert.equal(await page.getByRole('alert').filter({ hasText: 'Not sent yet' }).allInnerTexts().then(String), '')
  const wamid = await page.locator('a.mono').innerText()
  const { data } = await world.admin('GET', `/admin/messages/${encodeURIComponent(wamid)}`)
  const { content } = (data as { message: { content: Json } }).message
  return content[String(content.type)] as Json
}

const preview = (): Locator => page.locator('.preview')

const KINDS: { kind: string; inputs: Record<string, string>; shows: string[]; sends: Json }[] = [
  {
    kind: 'product',
    inputs: { 'Catalog id': '4401', 'Product id (SKU)': 'bag-1' },
    shows: ['Product bag-1', 'View'],
    sends: { type: 'product', action: { catalog_id: '4401', product_retailer_id: 'bag-1' } },
  },
  {
    kind: 'product_list',
    inputs: {
      Header: 'Bags',
      Body: 'New in the shop',
      'Catalog id': '4401',
      'Section title': 'Leather',
      'Product id (SKU)': 'bag-2',
    },
    shows: ['Bags', 'Leather', 'Product bag-2', 'View items'],
    sends: {
      type: 'product_list',
      header: { type: 'text', text: 'Bags' },
      body: { text: 'New in the shop' },
      action: {
        catalog_id: '4401',
        sections: [{ title: 'Leather', product_items: [{ product_retailer_id: 'bag-2' }] }],
      },
    },
  },
  {
    kind: 'catalog_message',
    inputs: { Body: 'All that we have', 'Product whose picture is shown, if any': 'bag-3' },
    shows: ['All that we have', 'Product bag-3', 'View catalog'],
    sends: {
      type: 'catalog_message',
      body: { text: 'All that we have' },
      action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'bag-3' } },
    },
  },
  {
    kind: 'carousel_products',
    inputs: {
      Body: 'Two of them',
      'Catalog id#0': '4401',
      'Product id (SKU)#0': 'bag-4',
      'Catalog id#1': '4401',
      'Product id (SKU)#1': 'bag-5',
    },
    shows: ['Two of them', 'Product bag-4', 'Product bag-5'],
    sends: {
      type: 'carousel',
      body: { text: 'Two of them' },
      action: {
        cards: ['bag-4', 'bag-5'].map((id, i) => ({
          card_index: i,
          type: 'product',
          action: { product_retailer_id: id, catalog_id: '4401' },
        })),
      },
    },
  },
  {
    kind: 'call_permission_request',
    inputs: { 'Text, if any': 'May we call you?' },
    shows: ['May we call you?', 'Allow calls'],
    sends: {
      type: 'call_permission_request',
      body: { text: 'May we call you?' },
      action: { name: 'call_permission_request' },
    },
  },
  {
    kind: 'voice_call',
    inputs: {
      Body: 'We are there until six',
      'Button label (default: Call Now)': 'Ring us',
      'Valid for minutes (default: one week)': '90',
    },
    shows: ['We are there until six', 'Ring us'],
    sends: {
      type: 'voice_call',
      body: { text: 'We are there until six' },
      action: { name: 'voice_call', parameters: { display_text: 'Ring us', ttl_minutes: 90 } },
    },
  },
  {
    kind: 'request_contact_info',
    inputs: { Body: 'How do we reach you?' },
    shows: ['How do we reach you?', 'Share contact'],
    sends: {
      type: 'request_contact_info',
      body: { text: 'How do we reach you?' },
      action: { name: 'request_contact_info' },
    },
  },
]

for (const { kind, inputs, shows, sends } of KINDS) {
  test(`${kind}: filled in, previewed, and sent in WhatsApp’s form`, async () => {
    await page.goto(`${world.gateway.url}/#/compose?to=${NUMBER}&kind=${kind}`)
    await fill(inputs)
    for (const words of shows) await preview().getByText(words, { exact: true }).waitFor()
    assert.deepEqual(await violationsOf(page), [])
    assert.deepEqual(await sent(), sends)
    assert.deepEqual(page.wrongs, [])
  })
}

test('an address message for India is sent with its prefilled values', async () => {
  const number = '919812345678'
  await world.sandbox.phone(number).says('hello')
  await page.goto(`${world.gateway.url}/#/compose?to=${number}&kind=address_message`)
  await fill({ Body: 'Where shall we bring it?' })
  await page.getByText('Prefilled values').click()
  await fill({ Name: 'Asha Rao', 'PIN code': '5600011' })
  await page
    .getByText(/at most 6/)
    .first()
    .waitFor()
  await fill({ 'PIN code': '560001' })
  await page.getByRole('button', { name: 'Add a saved address' }).click()
  await page.getByLabel('City').last().fill('Bengaluru')
  await preview().getByText('Provide address', { exact: true }).waitFor()
  assert.deepEqual(await sent(), {
    type: 'address_message',
    body: { text: 'Where shall we bring it?' },
    action: {
      name: 'address_message',
      parameters: {
        country: 'IN',
        values: { name: 'Asha Rao', in_pin_code: '560001' },
        saved_addresses: [{ id: 'address_1', value: { city: 'Bengaluru' } }],
      },
    },
  })
})

test('empty fields are left out, and a text in a number field is reported beside it', async () => {
  await page.goto(`${world.gateway.url}/#/compose?to=${NUMBER}&kind=voice_call`)
  await fill({ Body: 'Ring', 'Valid for minutes (default: one week)': 'soon' })
  const minutes = page.getByLabel('Valid for minutes (default: one week)')
  await page
    .getByText(/must be a whole number|must be a number/i)
    .first()
    .waitFor()
  assert.equal(await minutes.getAttribute('aria-invalid'), 'true')
  await minutes.fill('')
  assert.deepEqual(await sent(), {
    type: 'voice_call',
    body: { text: 'Ring' },
    action: { name: 'voice_call', parameters: {} },
  })
})

const body = (text: string): Json => ({ type: 'BODY', text })
const buttons = (...list: Json[]): Json => ({ type: 'BUTTONS', buttons: list })
const TEMPLATES: Json[] = [
  {
    name: 'offer_with_code',
    components: [
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
      body('For you, {{1}}'),
      buttons(
        { type: 'COPY_CODE', text: 'Copy offer code', example: ['X'] },
        { type: 'URL', text: 'Shop', url: 'https://shop.example/{{1}}', example: ['a'] },
      ),
    ],
  },
  {
    name: 'cards_of_bags',
    components: [
      body('Look, {{1}}'),
      {
        type: 'CAROUSEL',
        cards: [0, 1].map(() => ({
          components: [
            { type: 'HEADER', format: 'IMAGE' },
            body('A bag of {{1}}'),
            buttons({ type: 'QUICK_REPLY', text: 'This one' }),
          ],
        })),
      },
    ],
  },
  { name: 'our_catalog', components: [body('All of it'), buttons({ type: 'CATALOG', text: 'View catalog' })] },
  {
    name: 'some_products',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Bags' },
      body('Some of it'),
      buttons({ type: 'MPM', text: 'View items' }),
    ],
  },
  {
    name: 'a_form',
    components: [
      body('Fill it in'),
      buttons({ type: 'FLOW', text: 'Open', flow_id: '77', flow_action: 'navigate', navigate_screen: 'FIRST' }),
    ],
  },
]

async function choose(name: string): Promise<void> {
  await page.goto('about:blank')
  await page.goto(`${world.gateway.url}/#/compose?to=${NUMBER}&kind=template`)
  await page.getByRole('combobox', { name: 'Template' }).click()
  await page.getByRole('option', { name: new RegExp(name) }).click()
}

test('a template with an offer: the code has its limit, the end of the offer is shown', async () => {
  await choose('offer_with_code')
  await fill({ 'Body {{1}}': 'Mei' })
  const code = page.getByLabel('Button “Copy offer code”: Offer code')
  await code.fill('A_CODE_OF_MORE_THAN_TWENTY')
  await page.getByText('26/20').waitFor()
  await page
    .getByText(/at most 20/)
    .first()
    .waitFor()
  await code.fill('BAGS25')
  await page.getByLabel('The offer ends').fill('2031-05-06T18:30')
  await page.getByLabel('Button “Shop”').fill('bags')
  await preview()
    .getByText(/until .*2031/)
    .waitFor()
  await preview().getByText('For you, Mei').waitFor()
  const { components } = (await sent()) as { components: Json[] }
  assert.deepEqual(
    components.map((one) => one.sub_type ?? one.type),
    ['body', 'copy_code', 'url', 'limited_time_offer'],
  )
})

test('a template with cards: each card has its own picture and text', async () => {
  await choose('cards_of_bags')
  await fill({
    'Body {{1}}': 'Mei',
    'Card 1: Header image': 'https://files.example/1.png',
    'Card 1: Body {{1}}': 'leather',
    'Card 2: Header image': 'https://files.example/2.png',
    'Card 2: Body {{1}}': 'x'.repeat(170),
  })
  await page
    .getByText(/at most 160/)
    .first()
    .waitFor()
  await fill({
    'Card 2: Body {{1}}': 'cloth',
    'Card 2: Button “This one”: Reply payload (optional)': 'second',
  })
  await preview().getByText('A bag of leather').waitFor()
  await preview().getByText('A bag of cloth').waitFor()
  const { components } = (await sent()) as { components: [Json, { cards: { components: Json[] }[] }] }
  assert.deepEqual(components[1].cards[1]!.components[2], {
    type: 'button',
    sub_type: 'quick_reply',
    index: '0',
    parameters: [{ type: 'payload', payload: 'second' }],
  })
})

test('templates with catalog, products and flow buttons have an input for each parameter', async () => {
  await choose('our_catalog')
  assert.equal((await sent()).components, undefined, 'a thumbnail need not be there')

  await choose('some_products')
  await page.getByLabel('Section title').fill('Leather')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('alert').filter({ hasText: 'Not sent yet' }).waitFor()
  await fill({ 'Product id (SKU)': 'bag-9' })
  assert.deepEqual(await violationsOf(page), [])
  assert.deepEqual((await sent()).components, [
    {
      type: 'button',
      sub_type: 'mpm',
      index: '0',
      parameters: [
        {
          type: 'action',
          action: { sections: [{ title: 'Leather', product_items: [{ product_retailer_id: 'bag-9' }] }] },
        },
      ],
    },
  ])

  await choose('a_form')
  const data = page.getByLabel('Button “Open”: Data for the first screen as JSON, if any')
  await data.fill('{"size":')
  await page
    .getByText(/must be an object/)
    .first()
    .waitFor()
  await data.fill('{"size":"M"}')
  await page.getByLabel('Button “Open”: Flow token, if any').fill('t-1')
  assert.deepEqual((await sent()).components, [
    {
      type: 'button',
      sub_type: 'flow',
      index: '0',
      parameters: [{ type: 'action', action: { flow_token: 't-1', flow_action_data: { size: 'M' } } }],
    },
  ])
  assert.deepEqual(page.wrongs, [])
})
