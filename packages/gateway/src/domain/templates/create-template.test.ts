import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'
import { createTemplateSchema } from './create-schema.ts'
import { parseTemplateCreate, parseTemplateEdit } from './parse-create.ts'
import type { Json } from './test-templates.ts'

const create = (components: Json[] | undefined, more: Json = {}): Json => ({
  name: 'order_ready',
  language: 'en_US',
  category: 'UTILITY',
  ...(components && { components }),
  ...more,
})
const plain: Json = { type: 'BODY', text: 'Hello there.' }
const body = (text: string, example?: unknown): Json => ({
  type: 'BODY',
  text,
  ...(example !== undefined && { example: { body_text: example } }),
})
const buttons = (...list: Json[]): Json => ({ type: 'BUTTONS', buttons: list })
const quick = (text: string): Json => ({ type: 'QUICK_REPLY', text })
const url = (more: Json = {}): Json => ({ type: 'URL', text: 'Go', url: 'https://x.example', ...more })

function broken(request: unknown): string[] {
  const parsed = parseTemplateCreate(request)
  return parsed.ok ? [] : parsed.problems.map((problem) => `${problem.path} ${problem.rule}`)
}

function made(request: Json): Json {
  const parsed = parseTemplateCreate(request)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return parsed.template as unknown as Json
}

suite('valid templates', () => {
  test('a body, a footer, and examples that are numbers', () => {
    const sent = create([body('Dear {{1}}, order {{2}} is ready.', [[1, 8812]]), { type: 'FOOTER', text: 'Shop' }])
    assert.deepEqual(made(sent), {
      name: 'order_ready',
      language: 'en_US',
      category: 'UTILITY',
      components: [
        { type: 'BODY', text: 'Dear {{1}}, order {{2}} is ready.', example: { body_text: [['1', '8812']] } },
        { type: 'FOOTER', text: 'Shop' },
      ],
    })
  })

  test('examples as a list in a list, as a list, or as a single value', () => {
    for (const example of [[['Ann']], ['Ann'], 'Ann']) {
      const [first] = made(create([body('Hi {{1}}.', example)])).components as Json[]
      assert.deepEqual(first?.example, { body_text: [['Ann']] })
    }
  })

  test('types in upper and lower case become upper case', () => {
    const [first, second] = made(
      create(
        [
          { type: 'body', text: 'Hi.' },
          { type: 'buttons', buttons: [{ type: 'quick_reply', text: 'Yes' }] },
        ],
        { category: 'marketing' },
      ),
    ).components as Json[]
    assert.equal(first?.type, 'BODY')
    assert.deepEqual(second, buttons(quick('Yes')))
  })

  test('named variables set parameter_format', () => {
    const example = { body_text_named_params: [{ param_name: 'name', example: 7 }] }
    const template = made(create([{ type: 'BODY', text: 'Hi {{name}}.', example }]))
    assert.equal(template.parameter_format, 'NAMED')
    assert.deepEqual((template.components as Json[])[0]?.example, {
      body_text_named_params: [{ param_name: 'name', example: '7' }],
    })
  })

  test('an edit may omit the components', () => assert.deepEqual(broken(create(undefined)), []))

  test('headers of every kind', () => {
    const handle = { header_handle: ['4::aW1h'] }
    for (const header of [
      { format: 'TEXT', text: 'Sale until {{1}}', example: { header_text: ['May'] } },
      { format: 'IMAGE', example: handle },
      { format: 'video', example: handle },
      { format: 'DOCUMENT', example: handle },
      { format: 'LOCATION' },
      { format: 'PRODUCT' },
    ]) {
      assert.deepEqual(broken(create([{ type: 'HEADER', ...header }, plain])), [])
    }
  })

  test('buttons of every kind', () => {
    const phone = { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+12065550147' }
    assert.deepEqual(broken(create([plain, buttons(quick('A'), quick('B'), url(), phone)])), [])
    for (const button of [
      { type: 'COPY_CODE', example: 'FERN25' },
      { type: 'COPY_CODE', example: 25 },
      { type: 'FLOW', text: 'Book', flow_id: '1', flow_action: 'navigate', navigate_screen: 'A' },
      { type: 'CATALOG', text: 'View catalog' },
      { type: 'MPM', text: 'View items' },
      { type: 'VOICE_CALL', text: 'Call' },
      { type: 'REQUEST_CONTACT_INFO' },
      url({ url: 'https://x.example/{{1}}', example: ['https://x.example/a'] }),
    ]) {
      assert.deepEqual(broken(create([plain, buttons(button)])), [], String(button.type))
    }
  })

  test('a limited-time offer', () => {
    const offer = { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } }
    assert.deepEqual(broken(create([plain, offer, buttons({ type: 'COPY_CODE', example: 'X' }, url())])), [])
  })

  test('authentication, in its three forms', () => {
    const apps = { supported_apps: [{ package_name: 'com.example', signature_hash: 'K8a/AINcGX7' }] }
    for (const otp of [
      { otp_type: 'COPY_CODE', text: 'Copy code' },
      { otp_type: 'ONE_TAP', autofill_text: 'Fill', ...apps },
      { otp_type: 'ZERO_TAP', zero_tap_terms_accepted: true, ...apps },
    ]) {
      const components = [
        { type: 'BODY', add_security_recommendation: true },
        { type: 'FOOTER', code_expiration_minutes: 5 },
        buttons({ type: 'OTP', ...otp }),
      ]
      assert.deepEqual(broken(create(components, { category: 'AUTHENTICATION', message_send_ttl_seconds: 300 })), [])
    }
  })
})

const card = (text: string, ...list: Json[]): Json => ({
  components: [
    { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::a'] } },
    { type: 'BODY', text },
    buttons(...(list.length > 0 ? list : [quick('More')])),
  ],
})
const carousel = (...cards: Json[]): Json => ({ type: 'CAROUSEL', cards })

const REFUSED: Record<string, [request: Json, broken: string[]]> = {
  'no name, language, category': [{}, ['name required', 'language required', 'category required']],
  'a name in capitals': [create([plain], { name: 'Order' }), ['name pattern']],
  'a name of 101': [create([plain], { name: 'a'.repeat(101) }), ['name pattern']],
  'an unknown language': [create([plain], { language: 'xx' }), ['language enum']],
  'a language with a hyphen': [create([plain], { language: 'en-US' }), ['language enum']],
  'a category of its own': [create([plain], { category: 'PROMO' }), ['category enum']],
  'an unknown key': [create([plain], { zap: 1 }), ['zap unknownKey']],
  'no body': [create([{ type: 'FOOTER', text: 'x' }]), ['components required']],
  'a body without text': [create([{ type: 'BODY' }]), ['components.0.text required']],
  'two bodies': [create([plain, plain]), ['components.1 unique']],
  'a body of 1025': [create([body('x'.repeat(1025))]), ['components.0.text maxLength']],
  'a gap in the numbers': [create([body('Hi {{1}}, {{3}}.', [['a', 'b']])]), ['components.0.text pattern']],
  'numbers and names': [
    create([body('Hi {{1}}, {{name}}.', [['a', 'b']])]),
    ['components.0.text consistent', 'components.0.example.body_text_named_params required'],
  ],
  'a variable at the start': [create([body('{{1}} is here.', [['a']])]), ['components.0.text pattern']],
  'a variable at the end': [create([body('Here is {{1}}', [['a']])]), ['components.0.text pattern']],
  'a broken variable': [create([body('Hi {{first name}}.')]), ['components.0.text pattern']],
  'no example': [create([body('Hi {{1}}.')]), ['components.0.example.body_text required']],
  'an example too few': [create([body('Hi {{1}}, {{2}}.', [['a']])]), ['components.0.example.body_text minItems']],
  'no named example': [
    create([
      {
        type: 'BODY',
        text: 'Hi {{a}}, {{b}}.',
        example: { body_text_named_params: [{ param_name: 'a', example: 'x' }] },
      },
    ]),
    ['components.0.example.body_text_named_params required'],
  ],
  'two variables in a header': [
    create([{ type: 'HEADER', format: 'TEXT', text: '{{1}} {{2}}', example: { header_text: ['a', 'b'] } }, plain]),
    ['components.0.text maxItems'],
  ],
  'a header of 61': [
    create([{ type: 'HEADER', format: 'TEXT', text: 'x'.repeat(61) }, plain]),
    ['components.0.text maxLength'],
  ],
  'an image without an example': [
    create([{ type: 'HEADER', format: 'IMAGE' }, plain]),
    ['components.0.example.header_handle required'],
  ],
  'a header of no known format': [create([{ type: 'HEADER', format: 'STICKER' }, plain]), ['components.0.format enum']],
  'a variable in a footer': [create([plain, { type: 'FOOTER', text: 'Hi {{1}}' }]), ['components.1.text pattern']],
  'a footer of 61': [create([plain, { type: 'FOOTER', text: 'x'.repeat(61) }]), ['components.1.text maxLength']],
  'a button of 26': [create([plain, buttons(quick('x'.repeat(26)))]), ['components.1.buttons.0.text maxLength']],
  'eleven buttons': [
    create([plain, buttons(...Array.from({ length: 11 }, (_, i) => quick(`${i}`)))]),
    ['components.1.buttons maxItems', 'components.1.buttons maxItems'],
  ],
  'three URLs': [create([plain, buttons(url(), url(), url())]), ['components.1.buttons maxItems']],
  'two phone numbers': [
    create([plain, buttons(...['a', 'b'].map((text) => ({ type: 'PHONE_NUMBER', text, phone_number: '+1' })))]),
    ['components.1.buttons maxItems'],
  ],
  'quick replies apart': [create([plain, buttons(quick('A'), url(), quick('B'))]), ['components.1.buttons consistent']],
  'quick replies in the middle': [
    create([plain, buttons(url(), quick('A'), { type: 'PHONE_NUMBER', text: 'c', phone_number: '+1' })]),
    ['components.1.buttons consistent'],
  ],
  'a URL variable in the middle': [
    create([plain, buttons(url({ url: 'https://x.example/{{1}}/a', example: ['a'] }))]),
    ['components.1.buttons.0.url pattern'],
  ],
  'a URL variable without an example': [
    create([plain, buttons(url({ url: 'https://x.example/{{1}}' }))]),
    ['components.1.buttons.0.example required'],
  ],
  'a URL of 2001': [
    create([plain, buttons(url({ url: `https://x.example/${'a'.repeat(1983)}` }))]),
    ['components.1.buttons.0.url maxLength'],
  ],
  'a flow of no id': [
    create([plain, buttons({ type: 'FLOW', text: 'x' })]),
    ['components.1.buttons.0.flow_id required'],
  ],
  'an offer of 17': [
    create([plain, { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'x'.repeat(17) } }]),
    ['components.1.limited_time_offer.text maxLength'],
  ],
  'an offer with a footer and a long body': [
    create([
      body('x'.repeat(601)),
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'x' } },
      { type: 'FOOTER', text: 'x' },
    ]),
    ['components.0.text maxLength', 'components.2 exclusive'],
  ],
  'one card': [create([plain, carousel(card('a'))]), ['components.1.cards minItems']],
  'cards that differ': [
    create([plain, carousel(card('a'), card('b', url()))]),
    ['components.1.cards.1.components consistent'],
  ],
  'a card body of 161': [
    create([plain, carousel(card('a'), card('x'.repeat(161)))]),
    ['components.1.cards.1.components.1.text maxLength'],
  ],
  'three buttons on a card': [
    create([
      plain,
      carousel(card('a', quick('1'), quick('2'), quick('3')), card('b', quick('1'), quick('2'), quick('3'))),
    ]),
    ['components.1.cards.0.components.2.buttons maxItems', 'components.1.cards.1.components.2.buttons maxItems'],
  ],
  'authentication with words of its own': [
    create([plain, buttons(quick('x'))], { category: 'AUTHENTICATION' }),
    ['components.0.text exclusive', 'components required'],
  ],
  'one tap without an app': [
    create([{ type: 'BODY' }, buttons({ type: 'OTP', otp_type: 'ONE_TAP' })], { category: 'AUTHENTICATION' }),
    ['components.1.buttons.0.supported_apps required'],
  ],
  'zero tap without the terms': [
    create(
      [
        { type: 'BODY' },
        buttons({
          type: 'OTP',
          otp_type: 'zero_tap',
          supported_apps: [{ package_name: 'a', signature_hash: 'K8a/AINcGX7' }],
        }),
      ],
      { category: 'AUTHENTICATION' },
    ),
    ['components.1.buttons.0.zero_tap_terms_accepted required'],
  ],
  'a code that lives 91 minutes': [
    create(
      [
        { type: 'BODY' },
        { type: 'FOOTER', code_expiration_minutes: 91 },
        buttons({ type: 'OTP', otp_type: 'COPY_CODE' }),
      ],
      { category: 'AUTHENTICATION' },
    ),
    ['components.1.code_expiration_minutes maximum'],
  ],
}

suite('invalid templates', () => {
  for (const [what, [request, expected]] of Object.entries(REFUSED)) {
    test(what, () => assert.deepEqual(broken(request), expected))
  }

  test('a body that is not an object', () => {
    for (const request of [null, [], 'x']) assert.equal(broken(request)[0]?.split(' ')[1], 'type')
  })

  test('a hostile text costs no time', () => {
    const started = performance.now()
    broken(
      create([
        body('{{'.repeat(100_000)),
        { type: 'FOOTER', text: '}} '.repeat(50_000) },
        buttons(url({ url: '{{'.repeat(100_000) })),
      ]),
    )
    assert.ok(performance.now() - started < 1_000)
  })
})

suite('edits', () => {
  const edited = (request: unknown, category = 'UTILITY') => {
    const parsed = parseTemplateEdit(request, category)
    return parsed.ok ? parsed.edit : parsed.problems.map((problem) => `${problem.path} ${problem.rule}`)
  }

  test('category, components or time to live', () => {
    assert.deepEqual(edited({ category: 'marketing' }), { category: 'MARKETING' })
    assert.deepEqual(edited({ components: [{ type: 'body', text: 'Hi.' }] }), {
      components: [{ type: 'BODY', text: 'Hi.' }],
    })
    assert.deepEqual(edited({ message_send_ttl_seconds: -1 }), { message_send_ttl_seconds: -1 })
  })

  test('an empty edit, and an edit of the name', () => {
    assert.deepEqual(edited({}), [' required'])
    assert.deepEqual(edited({ name: 'x' }), ['name unknownKey', ' required'])
  })

  test('the template’s own category decides which components are allowed', () => {
    const components = [
      { type: 'BODY', add_security_recommendation: true },
      buttons({ type: 'OTP', otp_type: 'COPY_CODE' }),
    ]
    assert.deepEqual(edited({ components }, 'AUTHENTICATION'), { components })
    assert.deepEqual(edited({ components }), ['components.0.text required'])
  })
})

test('the published schema accepts the same bodies as the parser', () => {
  const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(
    z.toJSONSchema(createTemplateSchema, { io: 'input' }),
  )
  for (const request of [
    create([body('Hi {{1}}, {{2}}.', [[1, 'b']]), buttons(quick('A'), url())]),
    create([plain, carousel(card('a'), card('b'))]),
    create(undefined),
  ]) {
    assert.deepEqual(broken(request), [])
    assert.ok(isValid(request), JSON.stringify(isValid.errors?.slice(-3)))
  }
  assert.equal(isValid(create([plain], { zap: 1 })), false)
})

test('an object with its own toString is refused and does not throw', () => {
  const odd = { toString: 1 }
  const refused = create([{ type: odd }, { type: 'BUTTONS', buttons: [{ type: odd }] }], { category: odd })
  assert.equal(parseTemplateCreate(refused).ok, false)
  assert.equal(parseTemplateEdit({ category: odd, components: [plain] }, 'UTILITY').ok, false)
})

test('the example of the docs is valid', () => {
  const page = readFileSync(new URL('../../../../../docs/templates.md', import.meta.url), 'utf8')
  const example = /```json create\n([\s\S]*?)```/.exec(page)?.[1]
  assert.ok(example)
  assert.deepEqual(broken(JSON.parse(example)), [])
})

test('a text that is far too long is checked within milliseconds, whatever braces it has', () => {
  for (const piece of ['{', '{{', '{{a', '{{1}}', '}}', '{ ', '{{a}']) {
    const text = piece.repeat(Math.floor(200_000 / piece.length))
    const before = process.threadCpuUsage()
    assert.ok(broken(create([body(text)])).length > 0)
    const { user, system } = process.threadCpuUsage(before)
    assert.ok(user + system < 1_000_000, `${piece}: ${(user + system) / 1000} ms`)
  }
})

test('the older form of one-tap with its one app on the button is accepted, and half of it is refused', () => {
  const app = { package_name: 'com.example', signature_hash: 'K8a/AINcGX7' }
  const of = (button: Json): Json =>
    create([{ type: 'BODY' }, buttons({ type: 'OTP', otp_type: 'ONE_TAP', ...button })], { category: 'AUTHENTICATION' })
  assert.deepEqual(broken(of(app)), [])
  assert.deepEqual(broken(of({ package_name: 'com.example' })), ['components.1.buttons.0.signature_hash required'])
  assert.deepEqual(broken(of({})), ['components.1.buttons.0.supported_apps required'])
})

test('the fields of 2026 pass, and what Meta has dropped is not sent', () => {
  const fields = {
    optimization_spec: { bid_strategy: 'LOWEST_COST_WITH_BID_CAP', bid_amount: 4_500 },
    degrees_of_freedom_spec: { creative_features_spec: { image_brightness: { enroll_status: 'OPT_OUT' } } },
    creative_features_spec: { text_extraction: { enroll_status: 'OPT_IN' } },
  }
  const sent = made(create([plain], { ...fields, allow_category_change: true }))
  assert.equal('allow_category_change' in sent, false)
  const { optimization_spec, degrees_of_freedom_spec, creative_features_spec } = sent
  assert.deepEqual({ optimization_spec, degrees_of_freedom_spec, creative_features_spec }, fields)
  assert.equal(
    made(create(undefined, { library_template_name: 'delivery_update_1' })).library_template_name,
    'delivery_update_1',
  )
  assert.deepEqual(broken(create([plain], { optimization_spec: { bid_amount: 0 } })), [
    'optimization_spec.bid_amount minimum',
  ])
  assert.deepEqual(broken(create([plain], { creative_features_spec: { x: { enroll_status: 'YES' } } })), [
    'creative_features_spec.x.enroll_status enum',
  ])
  // Deprecated on 31 July 2026.
  assert.deepEqual(broken(create([plain], { bid_spec: { bid_amount: 1 } })), ['bid_spec unknownKey'])
})
