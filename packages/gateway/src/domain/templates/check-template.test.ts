import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { WireTemplateDefinition, WireTemplateEntry } from '../../../../cloud-api/src/wire.ts'
import type { TemplateComponent } from '../messages/message.ts'
import { checkTemplate } from './check-template.ts'
import {
  body,
  buttons,
  entryOf,
  header,
  image,
  sentBody,
  sentButton,
  sentHeader,
  text,
  verdict,
  type Json,
} from './test-templates.ts'

/** A template, and sends of it with their results. */
type Case = {
  has: WireTemplateDefinition[]
  more?: Partial<WireTemplateEntry>
  sends: [what: string, components: Json[] | undefined, verdict: string[]][]
}

const plain = body('Hello there.')
const one = body('Hello {{1}}.')
const OK = ['ok']
const at = (rest: string) => `template.components${rest}`

const media = (kind: string): Json => ({ type: kind, [kind]: { link: 'https://files.example/a' } })
const place: Json = { type: 'location', location: { latitude: '1', longitude: '2', name: 'n', address: 'a' } }
const product: Json = { type: 'product', product: { product_retailer_id: 'p', catalog_id: 'c' } }
const coupon = (code: string): Json => ({ type: 'coupon_code', coupon_code: code })
const payload: Json = { type: 'payload', payload: 'x' }
const action = (inner: Json): Json => ({ type: 'action', action: inner })
const sections = [{ title: 'A', product_items: [{ product_retailer_id: 'p' }] }]
const offer = (ms: number): Json => ({
  type: 'limited_time_offer',
  parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: ms } }],
})

const mediaHeader = (format: string, right: Json, wrong: Json): Case => ({
  has: [header(format), plain],
  sends: [
    ['right', [sentHeader(right)], OK],
    ['missing', undefined, ['132012', at(' required')]],
    ['missing, though a component is there', [sentHeader()], ['132012', at('.0.parameters required')]],
    ['surplus', [sentHeader(right, right)], ['132000', at('.0.parameters maxItems')]],
    ['wrong kind', [sentHeader(wrong)], ['132012', at('.0.parameters.0 type')]],
    ['text instead', [sentHeader(text('x'))], ['132012', at('.0.parameters.0 type')]],
  ],
})

const CASES: Record<string, Case> = {
  'no variables': {
    has: [plain, { type: 'FOOTER', text: 'Shop' }, buttons({ type: 'QUICK_REPLY', text: 'Yes' })],
    sends: [
      ['nothing', undefined, OK],
      ['an empty list', [], OK],
      ['empty components', [sentHeader(), sentBody()], OK],
      ['a body parameter', [sentBody(text('x'))], ['132000', at('.0.parameters maxItems')]],
      ['a header parameter', [sentHeader(image)], ['132000', at('.0.parameters maxItems')]],
      ['an offer', [offer(1788700000000)], ['132012', at('.0 unknownKey')]],
      ['a carousel', [{ type: 'carousel', cards: [] }], ['132012', at('.0 unknownKey')]],
    ],
  },
  'body, numbered': {
    has: [body('Hi {{1}}, {{2}}!')],
    sends: [
      ['right', [sentBody(text('a'), text('b'))], OK],
      ['missing', undefined, ['132000', at(' minItems')]],
      ['one missing', [sentBody(text('a'))], ['132000', at('.0.parameters minItems')]],
      ['surplus', [sentBody(text('a'), text('b'), text('c'))], ['132000', at('.0.parameters maxItems')]],
      ['an image', [sentBody(text('a'), image)], ['132012', at('.0.parameters.1 type')]],
      ['in capitals', [{ type: 'BODY', parameters: [text('a'), text('b')] }], OK],
      [
        'money and a date',
        [
          sentBody(
            { type: 'currency', currency: { fallback_value: '$1', code: 'USD', amount_1000: 1000 } },
            { type: 'date_time', date_time: { fallback_value: 'today' } },
          ),
        ],
        OK,
      ],
      [
        'names',
        [sentBody({ ...text('a'), parameter_name: 'x' }, text('b'))],
        ['132012', at('.0.parameters.0.parameter_name unknownKey')],
      ],
      ['a line break', [sentBody(text('a\nb'), text('b'))], ['132018', at('.0.parameters.0.text pattern')]],
      ['a tab', [sentBody(text('a'), text('a\tb'))], ['132018', at('.0.parameters.1.text pattern')]],
      ['four spaces', [sentBody(text('a    b'), text('b'))], OK],
      ['five spaces', [sentBody(text('a     b'), text('b'))], ['132018', at('.0.parameters.0.text pattern')]],
      ['empty', [sentBody(text(''), text('b'))], ['131008', at('.0.parameters.0.text minLength')]],
      ['twice', [sentBody(text('a'), text('b')), sentBody()], ['132000', at('.1 unique')]],
    ],
  },
  'body, a variable used twice': {
    has: [body('Hi {{1}}, dear {{1}}.')],
    sends: [
      ['right', [sentBody(text('a'))], OK],
      ['surplus', [sentBody(text('a'), text('a'))], ['132000', at('.0.parameters maxItems')]],
    ],
  },
  'body, named': {
    has: [body('Hi {{first_name}}, see you at {{time}}.')],
    more: { parameter_format: 'NAMED' },
    sends: [
      [
        'right, in any order',
        [sentBody({ ...text('9:00'), parameter_name: 'time' }, { ...text('Ann'), parameter_name: 'first_name' })],
        OK,
      ],
      [
        'without names',
        [sentBody(text('Ann'), text('9:00'))],
        ['132012', at('.0.parameters.0.parameter_name required'), at('.0.parameters.1.parameter_name required')],
      ],
      [
        'a wrong name',
        [sentBody({ ...text('a'), parameter_name: 'name' }, { ...text('b'), parameter_name: 'time' })],
        ['132012', at('.0.parameters.0.parameter_name enum')],
      ],
      [
        'one name twice',
        [sentBody({ ...text('a'), parameter_name: 'time' }, { ...text('b'), parameter_name: 'time' })],
        ['132012', at('.0.parameters.1.parameter_name unique')],
      ],
      ['one missing', [sentBody({ ...text('a'), parameter_name: 'time' })], ['132000', at('.0.parameters minItems')]],
    ],
  },
  'body, length': {
    has: [body('Hello {{1}}.'), { type: 'FOOTER', text: 'x' }],
    sends: [
      ['1024 filled in', [sentBody(text('字'.repeat(1017)))], OK],
      ['1025 filled in', [sentBody(text('字'.repeat(1018)))], ['132005', at('.0.parameters maxLength')]],
    ],
  },
  'body alone, length': {
    has: [body('Hello {{1}}.')],
    sends: [
      ['1025 filled in', [sentBody(text('x'.repeat(1018)))], OK],
      ['32769 filled in', [sentBody(text('x'.repeat(32762)))], ['132005', at('.0.parameters maxLength')]],
    ],
  },
  'header text': {
    has: [header('TEXT', 'Sale until {{1}}'), plain],
    sends: [
      ['right', [sentHeader(text('May'))], OK],
      ['missing', undefined, ['132000', at(' minItems')]],
      ['surplus', [sentHeader(text('a'), text('b'))], ['132000', at('.0.parameters maxItems')]],
      ['wrong kind', [sentHeader(image)], ['132012', at('.0.parameters.0 type')]],
      [
        'money',
        [sentHeader({ type: 'currency', currency: { fallback_value: '$1', code: 'USD', amount_1000: 1 } })],
        ['132012', at('.0.parameters.0 type')],
      ],
      ['60 filled in', [sentHeader(text('x'.repeat(49)))], OK],
      ['61 filled in', [sentHeader(text('x'.repeat(50)))], ['132005', at('.0.parameters maxLength')]],
    ],
  },
  'header text without a variable': {
    has: [header('TEXT', 'Sale'), plain],
    sends: [
      ['right', undefined, OK],
      ['surplus', [sentHeader(text('x'))], ['132000', at('.0.parameters maxItems')]],
    ],
  },
  'header image': mediaHeader('IMAGE', media('image'), media('video')),
  'header video': mediaHeader('VIDEO', media('video'), media('document')),
  'header document': mediaHeader('DOCUMENT', media('document'), media('image')),
  'header location': mediaHeader('LOCATION', place, media('image')),
  'header product': mediaHeader('PRODUCT', product, payload),
  'URL button with a variable': {
    has: [
      plain,
      buttons({ type: 'QUICK_REPLY', text: 'No' }, { type: 'URL', text: 'Go', url: 'https://x.example/{{1}}' }),
    ],
    sends: [
      ['right', [sentButton('url', '1', text('sale'))], OK],
      ['in any case, index a number', [{ ...sentButton('URL', 1, text('sale')), type: 'BUTTON' }], OK],
      ['missing', undefined, ['131008', at(' required')]],
      ['missing, though a component is there', [sentButton('url', '1')], ['131008', at('.0.parameters required')]],
      ['surplus', [sentButton('url', '1', text('a'), text('b'))], ['132000', at('.0.parameters maxItems')]],
      ['wrong kind', [sentButton('url', '1', payload)], ['132012', at('.0.parameters.0.type type')]],
      ['wrong sub type', [sentButton('quick_reply', '1', payload)], ['132012', at('.0.sub_type enum')]],
      ['wrong index', [sentButton('url', '2', text('x'))], ['132018', at('.0.index enum'), at(' required')]],
      [
        'another button’s index',
        [sentButton('url', '0', text('x'))],
        ['132012', at('.0.sub_type enum'), at(' required')],
      ],
      [
        'twice',
        [sentButton('url', '1', text('a')), sentButton('url', 1, text('a'))],
        ['132018', at('.1.index unique')],
      ],
      ['empty', [sentButton('url', '1', text(''))], ['131008', at('.0.parameters.0.text minLength')]],
      ['a line break', [sentButton('url', '1', text('a\nb'))], ['132018', at('.0.parameters.0.text pattern')]],
    ],
  },
  'URL button without a variable': {
    has: [plain, buttons({ type: 'URL', text: 'Go', url: 'https://x.example' })],
    sends: [
      ['right', undefined, OK],
      ['surplus', [sentButton('url', '0', text('x'))], ['132000', at('.0.parameters maxItems')]],
    ],
  },
  'quick reply': {
    has: [plain, buttons({ type: 'QUICK_REPLY', text: 'Yes' })],
    sends: [
      ['without', undefined, OK],
      ['right', [sentButton('quick_reply', '0', payload)], OK],
      ['surplus', [sentButton('quick_reply', '0', payload, payload)], ['132000', at('.0.parameters maxItems')]],
      ['wrong kind', [sentButton('quick_reply', '0', text('x'))], ['132012', at('.0.parameters.0.type type')]],
    ],
  },
  'copy code': {
    has: [plain, buttons({ type: 'COPY_CODE', text: 'Copy' })],
    sends: [
      ['right', [sentButton('COPY_CODE', '0', coupon('843924'))], OK],
      ['missing', undefined, ['131008', at(' required')]],
      ['wrong kind', [sentButton('copy_code', '0', text('x'))], ['132012', at('.0.parameters.0.type type')]],
      ['20 characters', [sentButton('copy_code', '0', coupon('x'.repeat(20)))], OK],
      [
        '21 characters',
        [sentButton('copy_code', '0', coupon('x'.repeat(21)))],
        ['131009', at('.0.parameters.0.coupon_code maxLength')],
      ],
      ['empty', [sentButton('copy_code', '0', coupon(''))], ['131008', at('.0.parameters.0.coupon_code minLength')]],
    ],
  },
  flow: {
    has: [plain, buttons({ type: 'FLOW', text: 'Book' })],
    sends: [
      ['without', undefined, OK],
      ['right', [sentButton('flow', '0', action({ flow_token: 't', flow_action_data: { a: 1 } }))], OK],
      [
        'empty data',
        [sentButton('flow', '0', action({ flow_action_data: {} }))],
        ['131009', at('.0.parameters.0.action.flow_action_data minItems')],
      ],
      ['wrong kind', [sentButton('flow', '0', payload)], ['132012', at('.0.parameters.0.type type')]],
    ],
  },
  catalog: {
    has: [plain, buttons({ type: 'CATALOG', text: 'View catalog' })],
    sends: [
      ['without', undefined, OK],
      ['right', [sentButton('CATALOG', 0, action({ thumbnail_product_retailer_id: 'p' }))], OK],
    ],
  },
  mpm: {
    has: [plain, buttons({ type: 'MPM', text: 'View items' })],
    sends: [
      ['right', [sentButton('mpm', '0', action({ thumbnail_product_retailer_id: 'p', sections }))], OK],
      ['missing', undefined, ['131008', at(' required')]],
      [
        'without sections',
        [sentButton('mpm', '0', action({}))],
        ['131008', at('.0.parameters.0.action.sections required')],
      ],
    ],
  },
  'voice call': {
    has: [plain, buttons({ type: 'VOICE_CALL', text: 'Call' })],
    sends: [
      ['without', undefined, OK],
      ['right', [sentButton('voice_call', '0', { type: 'ttl_minutes', ttl_minutes: 60 }, payload)], OK],
      ['wrong kind', [sentButton('voice_call', '0', text('x'))], ['132012', at('.0.parameters.0.type type')]],
    ],
  },
  'order details': {
    has: [plain, buttons({ type: 'ORDER_DETAILS', text: 'Pay' })],
    sends: [
      ['missing', undefined, ['131008', at(' required')]],
      ['right', [sentButton('order_details', '0', action({ order_details: { reference_id: '1' } }))], OK],
    ],
  },
  'phone number': {
    has: [plain, buttons({ type: 'PHONE_NUMBER', text: 'Call', phone_number: '+1' })],
    sends: [
      ['right', undefined, OK],
      ['named as a URL', [sentButton('url', '0', text('x'))], ['132012', at('.0.sub_type enum')]],
    ],
  },
  'no buttons': {
    has: [plain],
    sends: [['one all the same', [sentButton('url', '0', text('x'))], ['132018', at('.0.index enum')]]],
  },
  'limited time offer': {
    has: [
      header('IMAGE'),
      plain,
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
      buttons({ type: 'COPY_CODE', text: 'Copy' }, { type: 'URL', text: 'Go', url: 'https://x.example/{{1}}' }),
    ],
    sends: [
      [
        'right',
        [
          sentHeader(image),
          offer(1788700000000),
          sentButton('copy_code', 0, coupon('FERN')),
          sentButton('url', 1, text('FERN')),
        ],
        OK,
      ],
      [
        'without its end',
        [sentHeader(image), sentButton('copy_code', 0, coupon('FERN')), sentButton('url', 1, text('FERN'))],
        ['131008', at(' required')],
      ],
      [
        'seconds',
        [
          sentHeader(image),
          offer(1788700000),
          sentButton('copy_code', 0, coupon('FERN')),
          sentButton('url', 1, text('FERN')),
        ],
        ['131009', at('.1.parameters.0.limited_time_offer.expiration_time_ms minimum')],
      ],
      [
        'a text instead',
        [
          sentHeader(image),
          { type: 'limited_time_offer', parameters: [text('x')] },
          sentButton('copy_code', 0, coupon('FERN')),
          sentButton('url', 1, text('FERN')),
        ],
        ['132012', at('.1.parameters type')],
      ],
    ],
  },
  'offer without an end': {
    has: [plain, { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Now' } }],
    sends: [
      ['without', undefined, OK],
      ['with', [offer(1788700000000)], OK],
    ],
  },
}

for (const [name, { has, more, sends }] of Object.entries(CASES)) {
  suite(name, () => {
    const entry = entryOf(has, more)
    for (const [what, components, expected] of sends) {
      test(what, () => assert.deepEqual(verdict(entry, components), expected))
    }
  })
}

suite('carousel', () => {
  const card = {
    components: [
      header('IMAGE'),
      body('Fern {{1}}'),
      buttons({ type: 'QUICK_REPLY', text: 'More' }, { type: 'URL', text: 'Buy', url: 'https://x.example/{{1}}' }),
    ],
  }
  const entry = entryOf([one, { type: 'CAROUSEL', cards: [card, card] }])
  const sent = (card_index: number, components?: Json[]): Json => ({
    card_index,
    components: components ?? [sentHeader(image), sentBody(text('a')), sentButton('url', '1', text('a'))],
  })
  const carousel = (...cards: Json[]): Json => ({ type: 'carousel', cards })
  const hello = sentBody(text('Ann'))

  const cases: [string, Json[], string[]][] = [
    ['right', [hello, carousel(sent(0), sent(1))], OK],
    ['in any order', [carousel(sent(1), sent(0)), hello], OK],
    ['missing', [hello], ['132000', at(' required')]],
    ['a card too few', [hello, carousel(sent(0))], ['132000', at('.1.cards minItems')]],
    [
      'a card too many',
      [hello, carousel(sent(0), sent(1), sent(2))],
      ['132000', at('.1.cards maxItems'), at('.1.cards.2.card_index maximum')],
    ],
    ['one card twice', [hello, carousel(sent(0), sent(0))], ['132012', at('.1.cards.1.card_index unique')]],
    [
      'a card without its header and URL',
      [hello, carousel(sent(0), sent(1, [sentBody(text('a'))]))],
      ['132012', at('.1.cards.1.components required'), at('.1.cards.1.components required')],
    ],
    [
      'a card body too long',
      [
        hello,
        carousel(
          sent(0),
          sent(1, [sentHeader(image), sentBody(text('x'.repeat(156))), sentButton('url', '1', text('a'))]),
        ),
      ],
      ['132005', at('.1.cards.1.components.1.parameters maxLength')],
    ],
  ]
  for (const [what, components, expected] of cases) {
    test(what, () => assert.deepEqual(verdict(entry, components), expected))
  }
})

suite('authentication', () => {
  const otp = {
    type: 'URL',
    text: 'Copy code',
    url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}',
  }
  const entry = entryOf([body('*{{1}}* is your verification code.'), buttons(otp)], { category: 'AUTHENTICATION' })
  const full = (inBody: string, inButton: string) => [sentBody(text(inBody)), sentButton('url', '0', text(inButton))]

  test('in Meta’s form', () => assert.deepEqual(verdict(entry, full('482913', '482913')), OK))
  test('without the button', () => {
    const checked = checkTemplate(entry, { components: [sentBody(text('482913'))] as TemplateComponent[] })
    assert.ok(!checked.ok)
    assert.deepEqual(
      [checked.code, checked.details],
      [131008, 'buttons: Button at index 0 of type Url requires a parameter'],
    )
  })
  test('two different codes', () => {
    assert.deepEqual(verdict(entry, full('482913', '482914')), ['132012', at('.1.parameters.0.text consistent')])
  })
  test('a code that is too long', () => {
    const long = '1234567890123456'
    assert.deepEqual(verdict(entry, full(long, long)), [
      '131009',
      at('.0.parameters.0.text maxLength'),
      at('.1.parameters.0.text maxLength'),
    ])
  })
  test('neither code nor components', () => {
    assert.deepEqual(verdict(entry), ['132000', 'template.code required'])
    assert.deepEqual(verdict(entry, []), ['132000', 'template.code required'])
  })
  test('both code and components', () => {
    const checked = checkTemplate(entry, { code: '1', components: [] })
    assert.ok(!checked.ok)
    assert.equal(checked.fields[0]?.rule, 'exclusive')
  })
  test('to a user id', () => {
    const to = (addressee: { to?: string; recipient?: string }) => checkTemplate(entry, { code: '1' }, addressee)
    const refused = to({ recipient: 'US.1' })
    assert.ok(!refused.ok)
    assert.equal(refused.code, 131062)
    assert.ok(to({ recipient: 'US.1', to: '12065550147' }).ok)
  })
})

suite('texts of refusals', () => {
  const entry = entryOf([
    header('IMAGE'),
    body('Hi {{1}}, {{2}}!'),
    buttons({ type: 'URL', text: 'Shop', url: 'https://x.example/{{1}}' }),
  ])

  test('a refusal has all problems, each with the wanted and the given value', () => {
    const checked = checkTemplate(entry, { components: [sentBody(text('a'))] as TemplateComponent[] })
    assert.deepEqual(checked, {
      ok: false,
      code: 132012,
      title: 'Parameter format does not match format in the created template',
      details: 'header: Format mismatch, expected IMAGE, received UNKNOWN',
      fields: [
        {
          path: 'template.components',
          rule: 'required',
          wants: 'an image parameter in the header',
          got: 'none',
          message: 'the template wants an image parameter in the header, got none',
        },
        {
          path: 'template.components.0.parameters',
          rule: 'minItems',
          limit: 2,
          actual: 1,
          wants: '2 parameters ({{1}}, {{2}}) in the body',
          got: '1',
          message: 'the template wants 2 parameters ({{1}}, {{2}}) in the body, got 1',
        },
        {
          path: 'template.components',
          rule: 'required',
          wants: 'a button component with sub_type "url", index "0" and a text parameter (Shop)',
          got: 'none',
          message:
            'the template wants a button component with sub_type "url", index "0" and a text parameter (Shop), got none',
        },
      ],
    })
  })

  test('Meta’s own details, where they are known', () => {
    const details = (has: WireTemplateDefinition[], components: Json[]) => {
      const checked = checkTemplate(entryOf(has), { components: components as TemplateComponent[] })
      return checked.ok ? '' : checked.details
    }
    const three = body('{{1}} {{2}} {{3}}')
    assert.equal(
      details([three], [sentBody(text('a'))]),
      'body: number of localizable_params (1) does not match the expected number of params (3)',
    )
    assert.equal(
      details([header('TEXT', 'Hi {{1}}'), plain], []),
      'header: number of localizable_params (0) does not match the expected number of params (1)',
    )
    assert.equal(
      details([one], [sentBody(text('a\nb'))]),
      'Param text cannot have new-line/tab characters or more than 4 consecutive spaces',
    )
  })

  test('texts of parameters are never echoed', () => {
    const secret = 'hunter2\n'
    const checked = checkTemplate(entry, { components: [sentBody(text(secret), text(secret))] as TemplateComponent[] })
    assert.doesNotMatch(JSON.stringify(checked), /hunter2/)
  })
})

test('a template that is not approved is refused by its status', () => {
  for (const [status, code] of [
    ['PAUSED', 132015],
    ['DISABLED', 132016],
    ['PENDING', 132001],
    ['REJECTED', 132001],
  ] as const) {
    const checked = checkTemplate(entryOf([plain], { status }), {})
    assert.ok(!checked.ok)
    assert.equal(checked.code, code)
  }
})
