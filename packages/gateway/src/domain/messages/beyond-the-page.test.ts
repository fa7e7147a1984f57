import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { parseMessage } from './parse.ts'
import { interactiveBody, of, problemsWith, rulesBroken, textBody, withAt, type Json } from './test-bodies.ts'
import { toCloudApi } from './to-cloud-api.ts'

function sent(body: Json): Json {
  const parsed = parseMessage(body)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return toCloudApi(parsed.message, { reference: 'r', template: { language: 'en' } }) as unknown as Json
}

suite('the common keys of every message', () => {
  test('a user id instead of a number', () => {
    const body = { recipient: 'US.61120098443371852206', type: 'text', text: 'x' }
    assert.equal(sent(body).recipient, 'US.61120098443371852206')
    assert.equal('to' in sent(body), false)
    assert.equal(sent({ ...body, recipient: 'US.ENT.50117208839461' }).recipient, 'US.ENT.50117208839461')
    assert.deepEqual(rulesBroken({ ...body, recipient: '61120098443371852206' }), ['recipient pattern'])
    assert.deepEqual(rulesBroken({ type: 'text', text: 'x' }), ['to required'])
  })

  test('a quote is allowed in every type except a reaction', () => {
    const context = { message_id: 'wamid.A' }
    assert.deepEqual(sent({ ...textBody(), context }).context, context)
    assert.deepEqual(rulesBroken({ ...textBody(), context: {} }), ['context.message_id required'])
    assert.deepEqual(rulesBroken({ ...of('reaction', { message_id: 'wamid.A', emoji: '👍' }), context }), [
      'context unknownKey',
    ])
  })

  test('an identity key hash is passed on', () => {
    assert.equal(sent({ ...textBody(), recipient_identity_key_hash: 'h=' }).recipient_identity_key_hash, 'h=')
  })

  test('a group instead of a contact', () => {
    const group = 'Y2FwaV9ncm91cDoxOTUwNTU1MDA3OToxMjAzNjM0'
    const { to: _to, ...text } = textBody()
    const body = { ...text, recipient_type: 'group', to: group }
    assert.deepEqual([sent(body).recipient_type, sent(body).to], ['group', group])
    assert.equal(sent(textBody()).recipient_type, 'individual')
    assert.deepEqual(rulesBroken({ ...text, recipient_type: 'group' }), ['to required'])
    assert.deepEqual(rulesBroken({ ...body, to: 'a group' }), ['to pattern'])
    assert.deepEqual(rulesBroken({ ...body, recipient: 'US.1' }), ['recipient exclusive'])
    assert.deepEqual(rulesBroken({ ...body, recipient_type: 'list' }), ['to pattern', 'recipient_type enum'])
  })

  test('a link preview beside the text or inside it', () => {
    assert.deepEqual(sent({ ...textBody('x'), preview_url: true }).text, { body: 'x', preview_url: true })
    assert.deepEqual(sent(textBody({ body: 'x', preview_url: false })).text, { body: 'x', preview_url: false })
    assert.deepEqual(rulesBroken({ ...textBody({ body: 'x' }), preview_url: true }), ['preview_url exclusive'])
    assert.deepEqual(rulesBroken({ ...of('image', { id: '1' }), preview_url: true }), ['preview_url unknownKey'])
  })
})

suite('types beyond the API page', () => {
  test('media by id, with the further keys of each type', () => {
    for (const [type, content] of [
      ['image', { id: '1', caption: 'c' }],
      ['video', { id: '1', caption: '' }],
      ['audio', { id: '1', voice: true }],
      ['document', { id: '1', caption: 'c', filename: 'a.pdf' }],
      ['sticker', { id: '1' }],
    ] as const) {
      assert.deepEqual(sent(of(type, content))[type], content)
      assert.deepEqual(rulesBroken(of(type, {})), [`${type}.link required`])
      assert.deepEqual(rulesBroken(of(type, { ...content, link: 'https://files.example/a' })), [`${type} exclusive`])
      assert.deepEqual(rulesBroken(of(type, 'https://files.example/a')), [`${type} type`])
      assert.deepEqual(rulesBroken({ to: '85268411234', type }), [`${type} required`])
    }
  })

  test('location: coordinates as text or numbers, within their limits', () => {
    const place = { latitude: '22.3193', longitude: 114.1694, name: 'Shop' }
    assert.deepEqual(sent(of('location', place)).location, place)
    for (const [latitude, rule] of [
      ['91', 'maximum'],
      [-90.5, 'minimum'],
      ['north', 'pattern'],
      ['1e1', 'pattern'],
      [undefined, 'required'],
    ] as const) {
      assert.deepEqual(rulesBroken(of('location', { ...place, latitude })), [`location.latitude ${rule}`])
    }
  })

  test('contacts', () => {
    const card = {
      name: { formatted_name: 'Ines Duarte', first_name: 'Ines' },
      phones: [{ phone: '+12065550188', type: 'WORK', wa_id: '12065550188' }],
      emails: [{ email: 'ines@duarte.example', type: 'WORK' }],
      addresses: [{ street: '1 Pier', city: 'Lisbon', country_code: 'pt', type: 'HOME' }],
      org: { company: 'Duarte', title: 'Dispatcher' },
      urls: [{ url: 'https://duarte.example', type: 'WORK' }],
      birthday: '1990-12-31',
    }
    assert.deepEqual(sent(of('contacts', [card])).contacts, [card])
    assert.deepEqual(rulesBroken(of('contacts', [{ ...card, birthday: '31.12.1990' }])), [
      'contacts.0.birthday pattern',
    ])
    assert.deepEqual(rulesBroken(of('contacts', [{ name: {} }])), ['contacts.0.name.formatted_name required'])
    assert.deepEqual(rulesBroken(of('contacts', card)), ['contacts type'])
  })

  test('reaction: one emoji, or an empty text that removes it', () => {
    for (const emoji of ['👍', '👍🏽', '❤', '❤️', '🇵🇹', '👩‍👩‍👧', '1️⃣', '']) {
      assert.deepEqual(sent(of('reaction', { message_id: 'wamid.A', emoji })).reaction, {
        message_id: 'wamid.A',
        emoji,
      })
    }
    for (const emoji of ['ok', '👍👍', 'a', '1', ' ', '👍'.repeat(100)]) {
      assert.deepEqual(rulesBroken(of('reaction', { message_id: 'wamid.A', emoji })), ['reaction.emoji pattern'])
    }
  })
})

/** An interactive kind, a valid action, and changes with the problems that they cause. */
type KindCase = { kind: Json; breaks: [path: string, put: unknown, broken: string][] }

const body = { text: 'x' }
const flowAction = (more: Json = {}) => ({
  name: 'flow',
  parameters: { flow_message_version: '3', flow_id: '1', flow_cta: 'Book', ...more },
})
const products = (count: number) => Array.from({ length: count }, (_, i) => ({ product_retailer_id: `p${i}` }))

const KINDS: Record<string, KindCase> = {
  location_request_message: {
    kind: { body, action: { name: 'send_location' } },
    breaks: [
      ['action.name', 'location', 'action.name enum'],
      ['header', { type: 'text', text: 'x' }, 'header unknownKey'],
      ['footer', { text: 'x' }, 'footer unknownKey'],
      ['body', undefined, 'body required'],
    ],
  },
  flow: {
    kind: {
      body,
      header: { type: 'document', document: { id: '1', filename: 'a.pdf' } },
      action: flowAction({
        mode: 'draft',
        flow_token: 't',
        flow_action: 'navigate',
        flow_action_payload: { screen: 'A' },
      }),
    },
    breaks: [
      ['action.parameters.flow_id', undefined, 'action.parameters.flow_id required'],
      ['action.parameters.flow_name', 'n', 'action.parameters exclusive'],
      ['action.parameters.flow_cta', 'Book 🍽️', 'action.parameters.flow_cta pattern'],
      ['action.parameters.flow_message_version', 3, 'action.parameters.flow_message_version enum'],
      ['action.parameters.flow_action', 'data_exchange', 'action.parameters.flow_action_payload exclusive'],
      [
        'action.parameters.flow_action_payload',
        { screen: 'A', data: {} },
        'action.parameters.flow_action_payload.data minItems',
      ],
      ['action.parameters.mode', 'live', 'action.parameters.mode enum'],
    ],
  },
  product: {
    kind: { body, footer: { text: 'x' }, action: { catalog_id: '1', product_retailer_id: 'p' } },
    breaks: [
      ['header', { type: 'text', text: 'x' }, 'header unknownKey'],
      ['action.catalog_id', undefined, 'action.catalog_id required'],
    ],
  },
  product_list: {
    kind: {
      header: { type: 'text', text: 'x' },
      body,
      action: {
        catalog_id: '1',
        sections: [
          { title: 'A', product_items: products(15) },
          { title: 'B', product_items: products(15) },
        ],
      },
    },
    breaks: [
      ['header', undefined, 'header required'],
      ['action.sections.1.product_items', products(16), 'action.sections maxItems'],
      ['action.sections.1.product_items', [], 'action.sections.1.product_items minItems'],
      ['action.sections.1.title', undefined, 'action.sections.1.title required'],
      ['action.sections.1.title', 'x'.repeat(25), 'action.sections.1.title maxLength'],
    ],
  },
  catalog_message: {
    kind: { body, action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'p' } } },
    breaks: [['action.parameters.product', 'p', 'action.parameters.product unknownKey']],
  },
  address_message: {
    kind: {
      body,
      action: {
        name: 'address_message',
        parameters: {
          country: 'IN',
          values: { name: 'Ann', in_pin_code: '400063' },
          validation_errors: { city: 'unknown' },
        },
      },
    },
    breaks: [
      ['action.parameters.country', 'PT', 'action.parameters.country enum'],
      ['action.parameters.values.in_pin_code', '4000631', 'action.parameters.values.in_pin_code maxLength'],
    ],
  },
  call_permission_request: {
    kind: { action: { name: 'call_permission_request' } },
    breaks: [['footer', { text: 'x' }, 'footer unknownKey']],
  },
  voice_call: {
    kind: {
      body,
      action: { name: 'voice_call', parameters: { display_text: 'Call', ttl_minutes: 43200, payload: 'p' } },
    },
    breaks: [
      ['action.parameters.ttl_minutes', 43201, 'action.parameters.ttl_minutes maximum'],
      ['action.parameters.ttl_minutes', 0, 'action.parameters.ttl_minutes minimum'],
    ],
  },
  request_contact_info: {
    kind: { body, action: { name: 'request_contact_info' } },
    breaks: [['action.name', undefined, 'action.name required']],
  },
}

suite('interactive kinds', () => {
  for (const [type, { kind, breaks }] of Object.entries(KINDS)) {
    test(type, () => {
      const right = interactiveBody({ type, ...kind })
      assert.deepEqual(sent(right).interactive, right.interactive)
      for (const [path, put, broken] of breaks) {
        assert.deepEqual(rulesBroken(withAt(right, `interactive.${path}`, put)), [`interactive.${broken}`], path)
      }
    })
  }

  test('product cards: one catalog; the content decides the kind of card', () => {
    const card = (card_index: number, catalog_id: string) => ({
      card_index,
      type: 'product',
      action: { product_retailer_id: `p${card_index}`, catalog_id },
    })
    const of2 = (...cards: Json[]) => interactiveBody({ type: 'carousel', body, action: { cards } })
    assert.deepEqual(problemsWith(of2(card(0, 'c'), card(1, 'c'))), [])
    assert.deepEqual(rulesBroken(of2(card(0, 'c'), card(1, 'd'))), [
      'interactive.action.cards.1.action.catalog_id consistent',
    ])
    assert.deepEqual(rulesBroken(of2({ ...card(0, 'c'), header: {} }, card(1, 'c'))), [
      'interactive.action.cards.0.header unknownKey',
    ])
  })

  test('an unknown kind is reported as the only problem', () => {
    const [problem, ...others] = problemsWith(interactiveBody({ type: 'buttons', body, action: {} }))
    assert.deepEqual(others, [])
    assert.deepEqual([problem?.path, problem?.rule, problem?.actual], ['interactive.type', 'enum', 'buttons'])
  })
})

suite('template parameters', () => {
  const components = (parameter: Json) =>
    of('template', { name: 'a', components: [{ type: 'body', parameters: [parameter] }] })
  const right: Json[] = [
    { type: 'text', text: '' },
    { type: 'text', text: 'x', parameter_name: 'first_name' },
    { type: 'currency', currency: { fallback_value: '$14.50', code: 'USD', amount_1000: 14500 } },
    { type: 'date_time', date_time: { fallback_value: '20 Sept 2026' } },
    { type: 'image', image: { link: 'https://files.example/a.jpg' } },
    { type: 'video', video: { id: '1' } },
    { type: 'document', document: { id: '1', filename: 'a.pdf' } },
    { type: 'location', location: { latitude: '1', longitude: '2', name: 'n', address: 'a' } },
    { type: 'product', product: { product_retailer_id: 'p', catalog_id: 'c' } },
    { type: 'payload', payload: 'x' },
    { type: 'coupon_code', coupon_code: 'X' },
    { type: 'action', action: { flow_token: 't', flow_action_data: { a: 1 } } },
    {
      type: 'action',
      action: {
        thumbnail_product_retailer_id: 'p',
        sections: [{ title: 'A', product_items: [{ product_retailer_id: 'p' }] }],
      },
    },
    { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1788700000000 } },
    { type: 'ttl_minutes', ttl_minutes: 60 },
  ]
  for (const parameter of right) {
    test(`a ${String(parameter.type)} parameter is accepted, and refused with a further key`, () => {
      const body = components(parameter)
      assert.deepEqual((sent(body).template as Json).components, (body.template as Json).components)
      const at = 'template.components.0.parameters.0'
      assert.deepEqual(rulesBroken(components({ ...parameter, zap: 1 })), [`${at}.zap unknownKey`])
      const key = String(parameter.type)
      assert.deepEqual(rulesBroken(withAt(body, `${at}.${key}`, undefined)), [`${at}.${key} required`])
    })
  }

  test('an unknown parameter, component or sub type is refused', () => {
    assert.deepEqual(rulesBroken(components({ type: 'emoji' })), ['template.components.0.parameters.0.type enum'])
    const sentComponents = [{ type: 'footer' }, { type: 'button', sub_type: 'tap', index: '0' }, { parameters: [] }]
    assert.deepEqual(rulesBroken(of('template', { name: 'a', components: sentComponents })), [
      'template.components.0.type enum',
      'template.components.1.sub_type enum',
      'template.components.2.type required',
    ])
  })

  test('carousel cards have the same components', () => {
    const cards = [
      { card_index: 0, components: [{ type: 'HEADER', parameters: [{ type: 'IMAGE', image: { id: '1' } }] }] },
    ]
    const template = sent(of('template', { name: 'a', components: [{ type: 'CAROUSEL', cards }] })).template as Json
    assert.deepEqual(template.components, [
      {
        type: 'carousel',
        cards: [
          { card_index: 0, components: [{ type: 'header', parameters: [{ type: 'image', image: { id: '1' } }] }] },
        ],
      },
    ])
  })

  test('language as a code or in the form of the Cloud API', () => {
    for (const language of ['en_US', { code: 'en_US' }, { code: 'en_US', policy: 'deterministic' }]) {
      const parsed = parseMessage(of('template', { name: 'a', language }))
      assert.ok(parsed.ok && parsed.message.type === 'template')
      assert.equal(parsed.message.template.language, 'en_US')
    }
    assert.deepEqual(rulesBroken(of('template', { name: 'a', language: {} })), ['template.language.code required'])
    assert.deepEqual(rulesBroken(of('template', { name: 'a', language: 1 })), ['template.language type'])
  })

  test('a code excludes components', () => {
    assert.deepEqual(rulesBroken(of('template', { name: 'a', code: '1', components: [] })), ['template.code exclusive'])
  })
})

suite('orders to pay, and their state', () => {
  const amount = { value: 149_900, offset: 100 }
  const details = (more: Json = {}, order: Json = {}): Json =>
    interactiveBody({
      type: 'order_details',
      body: { text: 'Your order' },
      action: {
        name: 'review_and_pay',
        parameters: {
          reference_id: 'order-8812',
          type: 'physical-goods',
          currency: 'INR',
          total_amount: amount,
          order: { status: 'pending', items: [{ name: 'Fern', amount, quantity: 1 }], subtotal: amount, ...order },
          ...more,
        },
      },
    })
  const status = (order: Json): Json =>
    interactiveBody({
      type: 'order_status',
      body: { text: 'On its way' },
      action: { name: 'review_order', parameters: { reference_id: 'order-8812', order } },
    })
  const at = 'interactive.action.parameters'

  test('pass unchanged, with further keys', () => {
    const payment = { payment_settings: [{ type: 'pix_dynamic_code', pix_dynamic_code: { code: 'x', key: 'y' } }] }
    for (const body of [
      details(),
      details({ ...payment, currency: 'BRL', beneficiaries: [{ name: 'Ann' }] }),
      details({ payment_type: 'upi', payment_configuration: 'shop' }, { expiration: { timestamp: '1796000000' } }),
      status({ status: 'shipped', description: 'Arrives on Monday' }),
      status({ status: 'out_for_delivery' }),
    ])
      assert.deepEqual(sent(body).interactive, body.interactive)
  })

  test('each problem names its field', () => {
    assert.deepEqual(rulesBroken(details({ currency: 'EUR' })), [`${at}.currency enum`])
    assert.deepEqual(rulesBroken(details({ type: 'services' })), [`${at}.type enum`])
    assert.deepEqual(rulesBroken(details({ reference_id: 'order 1' })), [`${at}.reference_id pattern`])
    assert.deepEqual(rulesBroken(details({ total_amount: { value: 1.5, offset: 100 } })), [
      `${at}.total_amount.value type`,
    ])
    assert.deepEqual(rulesBroken(details({ total_amount: { value: 1, offset: 10 } })), [
      `${at}.total_amount.offset enum`,
    ])
    assert.deepEqual(rulesBroken(details({ total_amount: undefined })), [`${at}.total_amount required`])
    assert.deepEqual(rulesBroken(details({}, { items: [] })), [`${at}.order.items minItems`])
    assert.deepEqual(rulesBroken(details({}, { items: [{ name: 'Fern', amount }] })), [
      `${at}.order.items.0.quantity required`,
    ])
    assert.deepEqual(rulesBroken(details({}, { subtotal: undefined })), [`${at}.order.subtotal required`])
    assert.deepEqual(rulesBroken(status({ status: 'lost' })), [`${at}.order.status enum`])
    assert.deepEqual(rulesBroken(status({ status: 'shipped', description: 'x'.repeat(121) })), [
      `${at}.order.description maxLength`,
    ])
  })
})
