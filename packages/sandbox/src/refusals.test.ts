import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { startSandbox, type Sandbox } from './index.ts'
import { graph, type Loose } from './testing.ts'

/* Wrong requests of a business, and Meta's errors for them. */

let sandbox: Sandbox
before(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0 })
})
after(() => sandbox.close())

const send = (body: object): Promise<{ status: number; body: Loose }> =>
  graph(sandbox.url, 'POST', '/v25.0/302702419599374/messages', body)
const to = '16505551234'
const base = { messaging_product: 'whatsapp', to }
const interactive = (content: object): object => ({ ...base, type: 'interactive', interactive: content })
const reply = (id: string, title = id): object => ({ type: 'reply', reply: { id, title } })
const buttons = (...list: object[]): object =>
  interactive({ type: 'button', body: { text: 'x' }, action: { buttons: list } })
const rows = (n: number): object[] => Array.from({ length: n }, (_, i) => ({ id: `r${i}`, title: `Row ${i}` }))
const list = (sections: object[], more: object = {}): object =>
  interactive({ type: 'list', body: { text: 'x' }, action: { button: 'Go', sections }, ...more })
const template = (name: string, components?: object[], code = 'en_US'): object => ({
  ...base,
  type: 'template',
  template: { name, language: { code }, ...(components && { components }) },
})
const image = { type: 'image', image: { link: 'https://x.example/a.png' } }
const words = (type: string, ...texts: string[]): object => ({
  type,
  parameters: texts.map((text) => ({ type: 'text', text })),
})
const urlCard = (i: number): object => ({
  card_index: i,
  header: image,
  action: { name: 'cta_url', parameters: { display_text: 'Buy', url: 'https://x.example' } },
})
const carousel = (...cards: object[]): object =>
  interactive({ type: 'carousel', body: { text: 'x' }, action: { cards } })
const replyCard = (i: number, n: number): object => ({
  card_index: i,
  header: image,
  action: {
    buttons: Array.from({ length: n }, (_, j) => ({
      type: 'quick_reply',
      quick_reply: { id: `${i}${j}`, title: 'More' },
    })),
  },
})

const products = (n: number): object =>
  interactive({
    type: 'product_list',
    header: { type: 'text', text: 'x' },
    body: { text: 'x' },
    action: {
      catalog_id: 'c',
      sections: [{ product_items: Array.from({ length: n }, (_, i) => ({ product_retailer_id: `p${i}` })) }],
    },
  })
const amount = { value: 2_100, offset: 100 }
const orderDetails = (more: object = {}): object =>
  interactive({
    type: 'order_details',
    body: { text: 'Your order' },
    action: {
      name: 'review_and_pay',
      parameters: {
        reference_id: 'order-1',
        type: 'digital-goods',
        payment_settings: [{ type: 'payment_gateway', payment_gateway: { type: 'razorpay' } }],
        currency: 'INR',
        total_amount: amount,
        order: { status: 'pending', items: [{ name: 'Fern', amount, quantity: 1 }], subtotal: amount },
        ...more,
      },
    },
  })
const orderStatus = (status: string): object =>
  interactive({
    type: 'order_status',
    body: { text: 'On its way' },
    action: { name: 'review_order', parameters: { reference_id: 'order-1', order: { status } } },
  })

const CASES: [what: string, body: object, code: number, says: string | RegExp][] = [
  [
    'no messaging_product',
    { to, type: 'text', text: { body: 'x' } },
    100,
    '(#100) The parameter messaging_product is required.',
  ],
  [
    'another product',
    { ...base, messaging_product: 'x' },
    100,
    '(#100) Param messaging_product must be one of {WHATSAPP} - got "x".',
  ],
  [
    'no recipient',
    { messaging_product: 'whatsapp', type: 'text', text: { body: 'x' } },
    100,
    '(#100) The parameter to is required.',
  ],
  [
    'letters in the number',
    { ...base, to: 'Pablo', text: { body: 'x' } },
    131009,
    'Recipient phone number is not valid',
  ],
  ['itself', { ...base, to: '+62 815 1923 6680', text: { body: 'x' } }, 131021, 'Recipient cannot be sender'],
  [
    'an unknown type',
    { ...base, type: 'jpeg' },
    100,
    '(#100) Param type must be one of {AUDIO, CONTACTS, DOCUMENT, GIF, IMAGE, INTERACTIVE, LINK_PREVIEW, LOCATION, PIN, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "jpeg".',
  ],
  ['a type without content', { ...base, type: 'image' }, 100, '(#100) The parameter image is required.'],
  ['an unsendable type', { ...base, type: 'gif', gif: {} }, 131051, /not supported/],
  [
    'a text too long',
    { ...base, text: { body: 'x'.repeat(4097) } },
    100,
    "(#100) Param text['body'] must be at most 4096 characters long.",
  ],
  ['an empty text', { ...base, text: { body: '' } }, 100, "(#100) The parameter text['body'] is required."],
  [
    'a stray key',
    { ...base, type: 'image', image: { link: 'https://x.example/a', filename: 'a' } },
    100,
    '(#100) Unexpected key "filename" on param "image".',
  ],
  [
    'a bad link',
    { ...base, type: 'image', image: { link: 'x.example/a' } },
    100,
    "(#100) Param image['link'] is not a valid URI.",
  ],
  [
    'an unknown media id',
    { ...base, type: 'image', image: { id: '1' } },
    100,
    "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID",
  ],
  ['id and link', { ...base, type: 'image', image: { id: '1', link: 'https://x.example' } }, 100, /Only one of/],
  [
    'a caption too long',
    { ...base, type: 'image', image: { link: 'https://x.example', caption: 'x'.repeat(1025) } },
    100,
    /at most 1024/,
  ],
  [
    'a place beyond the poles',
    { ...base, type: 'location', location: { latitude: 91, longitude: 0 } },
    131009,
    /latitude/,
  ],
  [
    'a contact without name',
    { ...base, type: 'contacts', contacts: [{}] },
    100,
    "(#100) The parameter contacts[0]['name'] is required.",
  ],
  ['two emoji', { ...base, type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍👍' } }, 131009, /one emoji/],
  [
    'callback data too long',
    { ...base, text: { body: 'x' }, biz_opaque_callback_data: 'x'.repeat(513) },
    100,
    /at most 512/,
  ],

  [
    'no body text',
    interactive({ type: 'button', body: {}, action: {} }),
    100,
    "(#100) The parameter interactive['body']['text'] is required.",
  ],
  [
    'a stray key in interactive',
    interactive({ type: 'button', templateId: 'x' }),
    100,
    '(#100) Unexpected key "templateId" on param "interactive".',
  ],
  ['a body too long', buttons(reply('a')), 0, ''],
  ['no buttons', buttons(), 131009, 'Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3'],
  [
    'four buttons',
    buttons(reply('a'), reply('b'), reply('c'), reply('d')),
    131009,
    'Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3',
  ],
  [
    'a title too long',
    buttons(reply('a', 'x'.repeat(21))),
    131009,
    'Button title length invalid. Min length: 1, Max length: 20',
  ],
  ['a title of 20 emoji', buttons(reply('a', '👍'.repeat(20))), 0, ''],
  ['the same id twice', buttons(reply('a', 'A'), reply('a', 'B')), 131009, /Duplicate button id/],
  ['the same title twice', buttons(reply('a', 'A'), reply('b', 'A')), 131009, /Duplicate button title/],
  [
    'eleven rows',
    list([
      { title: 'A', rows: rows(6) },
      { title: 'B', rows: rows(5).map((r, i) => ({ ...r, id: `s${i}` })) },
    ]),
    131009,
    'Total row count exceed max allowed count: 10',
  ],
  [
    'a row title too long',
    list([{ rows: [{ id: '1', title: 'x'.repeat(25) }] }]),
    131009,
    'Row title is too long. Max length is 24',
  ],
  [
    'two sections, one without title',
    list([{ title: 'A', rows: rows(1) }, { rows: [{ id: 'z', title: 'Z' }] }]),
    131008,
    /Section title is required/,
  ],
  ['a list with a picture above', list([{ rows: rows(1) }], { header: image }), 131009, /Header type image/],
  ['a carousel of one', carousel(urlCard(0)), 131009, /Min allowed cards: 2/],
  ['unlike cards', carousel(urlCard(0), replyCard(1, 1)), 131009, /same kind and number/],
  ['unlike counts', carousel(replyCard(0, 1), replyCard(1, 2)), 131009, /same kind and number/],
  [
    'a footer under a carousel',
    interactive({ type: 'carousel', body: { text: 'x' }, footer: { text: 'x' }, action: { cards: [] } }),
    100,
    '(#100) Unexpected key "footer" on param "interactive".',
  ],

  [
    'two quick replies of a card with one title',
    carousel(replyCard(0, 2), replyCard(1, 2)),
    131009,
    /Duplicate button title/,
  ],
  ['a location without longitude', { ...base, type: 'location', location: { latitude: 1 } }, 100, /longitude/],
  [
    'a location with an empty coordinate',
    { ...base, type: 'location', location: { latitude: ' ', longitude: 1 } },
    131009,
    /latitude/,
  ],
  [
    'a line break in an address',
    interactive({
      type: 'cta_url',
      body: { text: 'x' },
      action: { name: 'cta_url', parameters: { display_text: 'Go', url: 'https://x.example/a\nb' } },
    }),
    100,
    /not a valid URI/,
  ],
  ['thirty products', products(30), 0, ''],
  ['thirty-one products', products(31), 131009, 'Invalid products count. Min: 1, Max: 30'],
  ['an order to pay', orderDetails(), 0, ''],
  ['an order to pay without its sum', orderDetails({ total_amount: undefined }), 100, /total_amount/],
  ['an order to pay in another currency', orderDetails({ currency: 'EUR' }), 131009, /currency/],
  ['the state of an order', orderStatus('shipped'), 0, ''],
  ['a state that orders do not have', orderStatus('lost'), 100, /must be one of/],
  [
    'a footer in a template send',
    template('test_button_reply_1', [{ type: 'footer', parameters: [] }]),
    100,
    /must be one of \{HEADER, BODY, BUTTON/,
  ],
  ['hello_world, without anything', template('hello_world'), 0, ''],
  [
    'a template header location without longitude',
    template('test_header_image_5', [
      { type: 'header', parameters: [{ type: 'location', location: { latitude: 1 } }] },
    ]),
    100,
    "(#100) The parameter template['components'][0]['parameters'][0]['location']['longitude'] is required.",
  ],

  ['an unknown template', template('nothing'), 132001, 'template name (nothing) does not exist in en_US'],
  [
    'another language',
    template('test_button_reply_1', undefined, 'fr'),
    132001,
    'template name (test_button_reply_1) does not exist in fr',
  ],
  [
    'no language',
    { ...base, type: 'template', template: { name: 'x' } },
    100,
    "(#100) The parameter template['language'] is required.",
  ],
  [
    'too few words',
    template('test_header_text_2', [words('header', 'a'), words('body', 'a')]),
    132000,
    'body: number of localizable_params (1) does not match the expected number of params (3)',
  ],
  [
    'no header words',
    template('test_header_text_2', [words('body', 'a', 'b', 'c')]),
    132000,
    'header: number of localizable_params (0) does not match the expected number of params (1)',
  ],
  [
    'no header picture',
    template('test_header_image_5'),
    132012,
    'header: Format mismatch, expected IMAGE, received UNKNOWN',
  ],
  [
    'words for a picture',
    template('test_header_image_5', [words('header', 'a')]),
    132012,
    'header: Format mismatch, expected IMAGE, received TEXT',
  ],
  [
    'a line break in a word',
    template('test_header_text_2', [words('header', 'a'), words('body', 'a\nb', 'b', 'c')]),
    132018,
    'Param text cannot have new-line/tab characters or more than 4 consecutive spaces',
  ],
  [
    'an empty word',
    template('test_header_text_2', [words('header', 'a'), words('body', '', 'b', 'c')]),
    131008,
    /missing text value/,
  ],
  [
    'a text too long when filled',
    template('test_header_text_2', [words('header', 'x'.repeat(60)), words('body', 'a', 'b', 'c')]),
    132005,
    /header/,
  ],
  [
    'no code in a one-time-password button',
    template('authentication_ca', [words('body', '1')]),
    131008,
    'buttons: Button at index 0 of type Url requires a parameter',
  ],
  ['no coupon', template('test_button_code_1'), 131008, /Button at index 0/],
  [
    'a button that is not there',
    template('test_button_reply_1', [{ type: 'button', sub_type: 'url', index: 5, parameters: [] }]),
    132018,
    /index 5/,
  ],
  [
    'a button of another kind',
    template('test_button_reply_1', [
      { type: 'button', sub_type: 'url', index: 0, parameters: [{ type: 'text', text: 'x' }] },
    ]),
    132012,
    /expected QUICK_REPLY/,
  ],
  [
    'a name for a numbered variable',
    template('test_header_text_2', [
      { type: 'header', parameters: [{ type: 'text', text: 'a', parameter_name: 'x' }] },
      words('body', 'a', 'b', 'c'),
    ]),
    132012,
    /Parameter name/,
  ],
]

for (const [what, body, code, says] of CASES) {
  test(`${what}: ${code === 0 ? 'accepted' : code}`, async () => {
    const { status, body: answer } = await send(body)
    if (code === 0) return assert.equal(status, 200, JSON.stringify(answer))
    assert.equal(answer.error?.code, code, JSON.stringify(answer))
    const text: string = answer.error.error_data?.details ?? answer.error.message
    if (typeof says === 'string') assert.equal(text, says)
    else assert.match(text, says)
    assert.equal(typeof answer.error.fbtrace_id, 'string')
  })
}

test('a wrong shape is reported before a wrong value', async () => {
  const both = interactive({ type: 'button', body: { text: 'x'.repeat(1025) }, footer: {}, action: { buttons: [] } })
  assert.equal((await send(both)).body.error.message, "(#100) The parameter interactive['footer']['text'] is required.")
})

test('a paused and a disabled template have their own codes', async () => {
  const { id } = sandbox.addTemplate({ name: 'tired', components: [{ type: 'BODY', text: 'x' }] })
  sandbox.judge(id, { event: 'PAUSED' })
  assert.equal((await send(template('tired'))).body.error.code, 132015)
  sandbox.judge(id, { event: 'DISABLED' })
  assert.equal((await send(template('tired'))).body.error.code, 132016)
})

test('a body that is not JSON is refused for its first missing key, and a form body is accepted', async () => {
  const post = async (type: string, body: string): Promise<Loose> => {
    const response = await fetch(`${sandbox.url}/v25.0/302702419599374/messages?access_token=sandbox-token`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    return response.json()
  }
  assert.equal(
    (await post('application/json', '{"messaging_product": ')).error.message,
    '(#100) The parameter messaging_product is required.',
  )
  const form = new URLSearchParams({
    messaging_product: 'whatsapp',
    to,
    type: 'text',
    text: JSON.stringify({ body: 'x' }),
  })
  assert.ok((await post('application/x-www-form-urlencoded', form.toString())).messages)
})

test('every example of the API page is accepted in the form of the Cloud API', async () => {
  const folder = new URL('../../../test/fixtures/vendor/', import.meta.url)
  const names = readdirSync(folder).filter((f) => f.startsWith('send_'))
  assert.ok(names.length >= 14)
  for (const name of names) {
    const example = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Loose
    if (example.type === 'text') example.text = { body: example.text }
    if (example.type === 'template') {
      example.template.language = { code: 'en_US' }
      if (example.template.code !== undefined) {
        const code = { type: 'text', text: example.template.code }
        example.template.components = [
          { type: 'body', parameters: [code] },
          { type: 'button', sub_type: 'url', index: '0', parameters: [code] },
        ]
        delete example.template.code
      }
    }
    const { status, body } = await send({ messaging_product: 'whatsapp', ...example })
    assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`)
    await sandbox.phone(example.to).sees((m) => m.id === body.messages[0].id)
  }
})

test('an object with its own toString is refused like any other wrong word', async () => {
  const odd = { toString: 1 }
  for (const body of [
    { ...base, messaging_product: odd, type: 'text', text: { body: 'x' } },
    template('test_button_reply_1', [{ type: 'body', parameters: [{ type: odd }] }]),
    { ...base, type: 'text', context: { message_id: odd }, text: { body: odd } },
  ]) {
    const { status } = await send(body)
    assert.equal(status, 400)
  }
})
