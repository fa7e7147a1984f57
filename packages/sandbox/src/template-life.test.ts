import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from './index.ts'
import { graph, startCallback, type Callback, type Loose } from './testing.ts'

const WABA = '102290129340398'
const PATH = `/v25.0/${WABA}/message_templates`

let sandbox: Sandbox
let callback: Callback
beforeEach(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0, reviewDelayMs: 0 })
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
})
afterEach(async () => {
  await sandbox.close()
  await callback.close()
})

const call = (method: string, path: string, body?: object): Promise<{ status: number; body: Loose }> =>
  graph(sandbox.url, method, path, body)
const draft = (more: object = {}): object => ({
  name: 'parcel',
  language: 'en_US',
  category: 'utility',
  components: [{ type: 'body', text: 'Your parcel {{1}} has arrived.', example: { body_text: [[4711]] } }],
  ...more,
})
const events = (): unknown[] =>
  callback
    .changes()
    .filter((c) => c.field === 'message_template_status_update')
    .map((c) => c.value['event'])

test('a template is created, approved, edited and deleted, and its name is then blocked', async () => {
  const created = await call('POST', PATH, draft())
  assert.deepEqual(created.body, { id: created.body.id, status: 'PENDING', category: 'UTILITY' })
  await callback.until(() => events().includes('APPROVED'), 'the approval')
  const { time } = callback.got.at(-1)!.body.entry[0]!
  assert.ok(Number.isInteger(time) && Math.abs(time! - sandbox.clock.now() / 1000) < 5)

  assert.equal((await call('POST', PATH, draft())).body.error.error_subcode, 2388024)
  const id: string = created.body.id
  const change = { components: [{ type: 'BODY', text: 'Parcel {{1}} is here.', example: { body_text: [['A1']] } }] }
  assert.deepEqual((await call('POST', `/v25.0/${id}`, change)).body, { success: true })
  await callback.until(
    () => callback.changes().some((c) => c.field === 'message_template_components_update'),
    'the new text',
  )
  assert.equal(
    (await call('POST', `/v25.0/${id}`, change)).body.error.error_subcode,
    2388039,
    'a second edit within a day',
  )
  sandbox.clock.advance(25 * 3_600_000)
  assert.equal((await call('POST', `/v25.0/${id}`, change)).status, 200)
  await sandbox.settled()
  assert.equal((await call('POST', `/v25.0/${id}`, { category: 'MARKETING' })).body.error.error_subcode, 2388039)

  assert.deepEqual((await call('DELETE', `${PATH}?name=parcel`)).body, { success: true })
  assert.equal((await call('GET', `/v25.0/${id}`)).status, 400)
  assert.equal((await call('POST', PATH, draft())).body.error.error_subcode, 2388023)
  sandbox.clock.advance(31 * 24 * 3_600_000)
  assert.equal((await call('POST', PATH, draft())).status, 200)
})

test('a review can reject a template, or wait for a control call', async () => {
  sandbox.pace({ review: 'reject' })
  const first = await call('POST', PATH, draft())
  await callback.until(() => events().includes('REJECTED'), 'the rejection')
  assert.equal(
    (await call('GET', `/v25.0/${first.body.id}?fields=status,rejected_reason`)).body.rejected_reason,
    'INVALID_FORMAT',
  )
  sandbox.pace({ review: 'manual' })
  const second = await call('POST', PATH, draft({ name: 'other' }))
  await sandbox.settled()
  assert.equal((await call('GET', `/v25.0/${second.body.id}`)).body.status, 'PENDING')
  sandbox.judge(second.body.id, { event: 'APPROVED' })
  assert.equal((await call('GET', `/v25.0/${second.body.id}`)).body.status, 'APPROVED')
})

test('an authentication template gets its texts, and its button becomes a URL button that a send must fill', async () => {
  const { body } = await call('POST', PATH, {
    name: 'code',
    language: 'en_US',
    category: 'AUTHENTICATION',
    components: [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ],
  })
  await sandbox.settled()
  const { components } = (await call('GET', `/v25.0/${body.id}`)).body
  assert.match(components[0].text, /^\*\{\{1\}\}\* is your verification code/)
  assert.equal(components[2].buttons[0].type, 'URL')
  assert.match(components[2].buttons[0].url, /otp\{\{1\}\}$/)
})

const long = 'word '.repeat(40)
const WRONG: [what: string, more: object, subcode: number | undefined][] = [
  ['capitals in the name', { name: 'Parcel' }, undefined],
  ['an unknown language', { language: 'xx' }, undefined],
  ['an unknown category', { category: 'FUN' }, undefined],
  ['no body', { components: [] }, 2388072],
  [
    'a variable first',
    { components: [{ type: 'BODY', text: `{{1}} ${long}`, example: { body_text: [['a']] } }] },
    2388299,
  ],
  [
    'a variable last',
    { components: [{ type: 'BODY', text: `${long} {{1}}`, example: { body_text: [['a']] } }] },
    2388299,
  ],
  ['a gap', { components: [{ type: 'BODY', text: `a {{2}} ${long}`, example: { body_text: [['a']] } }] }, 2388072],
  [
    'too many variables',
    { components: [{ type: 'BODY', text: 'a {{1}}{{2}}{{3}} b', example: { body_text: [['a', 'b', 'c']] } }] },
    2388293,
  ],
  ['no example', { components: [{ type: 'BODY', text: `a {{1}} ${long}` }] }, 2388072],
  ['a body too long', { components: [{ type: 'BODY', text: 'x'.repeat(1025) }] }, 2388040],
  [
    'two header variables',
    {
      components: [
        { type: 'BODY', text: 'x' },
        { type: 'HEADER', text: 'a {{1}} b {{2}} c', example: { header_text: ['a', 'b'] } },
      ],
    },
    2388047,
  ],
  [
    'a picture without handle',
    {
      components: [
        { type: 'BODY', text: 'x' },
        { type: 'HEADER', format: 'IMAGE' },
      ],
    },
    2388047,
  ],
  [
    'a footer variable',
    {
      components: [
        { type: 'BODY', text: 'x' },
        { type: 'FOOTER', text: 'a {{1}}' },
      ],
    },
    2388073,
  ],
  [
    'a button text too long',
    {
      components: [
        { type: 'BODY', text: 'x' },
        { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'x'.repeat(26) }] },
      ],
    },
    2388040,
  ],
]
for (const [what, more, subcode] of WRONG) {
  test(`refused: ${what}`, async () => {
    const { status, body } = await call('POST', PATH, draft(more))
    assert.equal(status, 400, JSON.stringify(body))
    assert.equal(body.error.code, 100)
    assert.equal(body.error.error_subcode, subcode, JSON.stringify(body))
  })
}

test('a header picture is uploaded in two steps', async () => {
  const bytes = Buffer.from('picture')
  const begun = await call(
    'POST',
    `/v25.0/${sandbox.appId}/uploads?file_name=a.png&file_length=${bytes.length}&file_type=image/png`,
  )
  assert.match(begun.body.id, /^upload:.+\?sig=/)
  const send = (offset: number, part: Buffer): Promise<Loose> =>
    fetch(`${sandbox.url}/v25.0/${begun.body.id}`, {
      method: 'POST',
      headers: { authorization: 'OAuth sandbox-token', file_offset: String(offset) },
      body: new Uint8Array(part),
    }).then((r) => r.json())
  assert.equal((await send(0, bytes.subarray(0, 3))).file_offset, 3)
  const { h } = await send(3, bytes.subarray(3))
  assert.match(h, /^4::/)
  const components = [
    { type: 'HEADER', format: 'IMAGE', example: { header_handle: [h] } },
    { type: 'BODY', text: 'Look!' },
  ]
  assert.equal((await call('POST', PATH, draft({ components }))).status, 200)
})

test('lists are paged and filtered', async () => {
  const names: string[] = []
  let path: string | undefined = `${PATH}?limit=2&fields=name`
  while (path !== undefined) {
    const page: Loose = (await call('GET', path)).body
    names.push(...page.data.map((t: Loose) => t.name))
    path = page.paging.next?.replace(sandbox.url, '')
  }
  assert.equal(new Set(names).size, 6)
  assert.equal((await call('GET', `${PATH}?status=approved&category=MARKETING`)).body.data.length, 3)
  assert.equal((await call('GET', `${PATH}?name=button`)).body.data.length, 2)
  assert.equal((await call('GET', `${PATH}?after=nonsense`)).body.error.code, 131059)
})

test('overrides are challenged first and get messages, never template updates', async () => {
  const other = await startCallback('another-token')
  try {
    const wrong = await call('POST', `/v25.0/${WABA}/subscribed_apps`, {
      override_callback_uri: other.url,
      verify_token: 'wrong',
    })
    assert.equal(wrong.status, 400)
    const right = { override_callback_uri: other.url, verify_token: 'another-token' }
    assert.deepEqual((await call('POST', `/v25.0/${WABA}/subscribed_apps`, right)).body, { success: true })
    await sandbox.phone('16505551234').says('hi')
    assert.equal(other.changes().length, 1)
    assert.equal(callback.changes().length, 0)
    await call('POST', PATH, draft())
    await callback.until(() => events().includes('APPROVED'), 'the approval at the app')
    assert.equal(other.changes().length, 1)

    const own = await call('POST', '/v25.0/302702419599374', {
      webhook_configuration: { override_callback_uri: callback.url, verify_token: sandbox.verifyToken },
    })
    assert.equal(own.status, 200)
    await sandbox.phone('16505551234').says('again')
    assert.ok(callback.changes().some((c) => c.field === 'messages'))
    const read = await call('GET', '/v25.0/302702419599374?fields=webhook_configuration')
    assert.deepEqual(read.body.webhook_configuration, {
      phone_number: callback.url,
      whatsapp_business_account: other.url,
      application: callback.url,
    })
  } finally {
    await other.close()
  }
})

test('invalid templates are refused', async () => {
  const created = async (more: object, name = `t_${Math.abs(JSON.stringify(more).length)}`): Promise<Loose> =>
    (await call('POST', PATH, draft({ name, ...more }))).body
  const body = { type: 'BODY', text: 'Your order is here.' }
  const header = (text: string, example: string): object => ({
    parameter_format: 'NAMED',
    components: [
      {
        type: 'HEADER',
        format: 'TEXT',
        text,
        example: { header_text_named_params: [{ param_name: example, example: 'x' }] },
      },
      body,
    ],
  })
  assert.equal((await created(header('Order {{order_id}}', 'order_id'), 'named_header')).status, 'PENDING')
  assert.equal((await created(header('*Order* {{order}}', 'order'), 'bold_header')).error.error_subcode, 2388047)

  const reply = (text: string): object => ({ type: 'QUICK_REPLY', text })
  const buttons = (...list: object[]): object => ({ components: [body, { type: 'BUTTONS', buttons: list }] })
  assert.equal((await created(buttons(reply('Yes'), reply('No')), 'unlike')).status, 'PENDING')
  assert.match((await created(buttons(reply('Yes'), reply('Yes')), 'alike')).error.error_user_title, /Duplicate/)

  const card = (...list: object[]): object => ({
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::x'] } },
      { type: 'BUTTONS', buttons: list },
    ],
  })
  const carousel = (...cards: object[]): object => ({
    category: 'marketing',
    components: [body, { type: 'CAROUSEL', cards }],
  })
  const url = { type: 'URL', text: 'Buy', url: 'https://x.example' }
  assert.equal((await created(carousel(card(reply('A')), card(reply('B'))), 'like_cards')).status, 'PENDING')
  assert.match((await created(carousel(card(reply('A')), card(url)), 'cards_1')).error.message, /buttons/)
  assert.match(
    (await created(carousel(card(reply('A')), card(reply('A'), url)), 'cards_2')).error.message,
    /same components and buttons/,
  )

  const otp = { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }
  const code = (...components: object[]): object => ({ category: 'authentication', components: [...components, otp] })
  assert.equal((await created(code({ type: 'BODY' }), 'code')).status, 'PENDING')
  const own = await created(code({ type: 'BODY', text: 'Use {{1}} to enter.' }), 'own_body')
  assert.match(own.error.error_user_msg, /leave text out/)
  const footer = await created(code({ type: 'BODY' }, { type: 'FOOTER', text: 'Mine' }), 'own_footer')
  assert.match(footer.error.error_user_msg, /code_expiration_minutes/)
  const title = await created(code({ type: 'HEADER', text: 'Mine' }, { type: 'BODY' }), 'own_header')
  assert.match(title.error.message, /HEADER/)
})

test('an authentication template can be edited with the components that a GET showed', async () => {
  const otp = { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }
  const body = { type: 'BODY', add_security_recommendation: true }
  const made = await call('POST', PATH, draft({ category: 'AUTHENTICATION', components: [body, otp] }))
  await sandbox.settled()
  const shown = await call('GET', `/v25.0/${made.body.id}`)
  const [text] = shown.body.components
  const edited = await call('POST', `/v25.0/${made.body.id}`, { components: [text, otp] })
  assert.deepEqual(edited.body, { success: true })
})

test('a product list of a template has at most 30 products', async () => {
  sandbox.addTemplate({
    name: 'shelf',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'Our shelf.' },
      { type: 'BUTTONS', buttons: [{ type: 'MPM', text: 'View items' }] },
    ],
  })
  const send = async (n: number): Promise<Loose> => {
    const items = Array.from({ length: n }, (_, i) => ({ product_retailer_id: `p${i}` }))
    const action = { thumbnail_product_retailer_id: 'p0', sections: [{ title: 'All', product_items: items }] }
    const button = { type: 'button', sub_type: 'mpm', index: 0, parameters: [{ type: 'action', action }] }
    return call('POST', '/v25.0/302702419599374/messages', {
      messaging_product: 'whatsapp',
      to: '16505551234',
      type: 'template',
      template: { name: 'shelf', language: { code: 'en_US' }, components: [button] },
    })
  }
  assert.equal((await send(30)).status, 200)
  assert.equal((await send(31)).body.error.code, 131009)
})
