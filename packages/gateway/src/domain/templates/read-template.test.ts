import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { WireTemplateEntry } from '../../../../cloud-api/src/wire.ts'
import type { TemplateComponent } from '../messages/message.ts'
import { checkTemplate } from './check-template.ts'
import { readTemplate } from './read-template.ts'
import { renderTemplate } from './render-template.ts'
import { body, buttons, entryOf, header, wire } from './test-templates.ts'
import { toResource } from './to-resource.ts'

suite('templates are read', () => {
  test('the parameters of a send are computed once', () => {
    const entry = entryOf([
      header('TEXT', 'Sale until {{1}}'),
      body('Hi {{2}}, {{1}} and {{2}}.'),
      { type: 'FOOTER', text: 'Shop' },
      buttons(
        { type: 'URL', text: 'Go', url: 'https://x.example/{{1}}' },
        { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+1' },
      ),
    ])
    assert.deepEqual(entry.wants, {
      isNamed: false,
      header: { kind: 'text', text: { text: 'Sale until {{1}}', variables: ['1'], fixedLength: 11 } },
      body: { text: 'Hi {{2}}, {{1}} and {{2}}.', variables: ['1', '2'], fixedLength: 11 },
      footer: 'Shop',
      buttons: [
        { kind: 'url', text: 'Go', url: 'https://x.example/{{1}}', hasVariable: true },
        { kind: 'phone_number', text: 'Call', phoneNumber: '+1' },
      ],
    })
  })

  test('ten variables are in the order of their numbers', () => {
    const text = Array.from({ length: 11 }, (_, i) => `{{${11 - i}}}`).join(' ')
    assert.deepEqual(entryOf([body(text)]).wants.body?.variables, [
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
      '11',
    ])
  })

  test('named variables are recognised with and without parameter_format', () => {
    assert.equal(entryOf([body('Hi {{name}}.')]).wants.isNamed, true)
    assert.equal(entryOf([body('Hi {{1}}.')]).wants.isNamed, false)
    assert.equal(entryOf([body('Hi.')], { parameter_format: 'NAMED' }).wants.isNamed, true)
  })

  test('an entry can be stored as JSON', () => {
    const entry = entryOf([header('IMAGE'), body('Hi {{1}}.')], { quality_score: { score: 'GREEN' } })
    assert.deepEqual(JSON.parse(JSON.stringify(entry)), entry)
  })

  test('types in other cases, and languages with a hyphen', () => {
    const entry = entryOf([{ type: 'body', text: 'Hi {{1}}' }], {
      status: 'approved',
      category: 'utility',
      language: 'en-US',
    })
    assert.deepEqual([entry.status, entry.category, entry.language], ['APPROVED', 'UTILITY', 'en_US'])
    assert.deepEqual(entry.wants.body?.variables, ['1'])
  })

  test('quality is empty until Meta has rated the template', () => {
    assert.equal(entryOf([], { quality_score: { score: 'UNKNOWN' } }).quality, '')
    assert.equal(entryOf([], { quality_score: { score: 'YELLOW', date: 1 } }).quality, 'YELLOW')
  })

  test('the reason of a rejection', () => {
    assert.equal(entryOf([], { rejected_reason: 'NONE' }).rejectedReason, undefined)
    assert.equal(entryOf([], { rejected_reason: 'SCAM' }).rejectedReason, 'SCAM')
  })
})

suite('undocumented content', () => {
  test('unknown components and formats are kept, and need no parameters', () => {
    const entry = entryOf([{ type: 'HEADER', format: 'HOLOGRAM' }, { type: 'CALL_PERMISSION_REQUEST' }, body('Hi.')])
    assert.equal(entry.components.length, 3)
    assert.ok(checkTemplate(entry, {}).ok)
    assert.ok(checkTemplate(entry, { components: [{ type: 'header', parameters: [{ type: 'text', text: 'x' }] }] }).ok)
  })

  test('a template without a name or a language is skipped', () => {
    assert.equal(readTemplate(wire([], { name: '' })), undefined)
    assert.equal(readTemplate({ ...wire([]), language: 7 } as unknown as WireTemplateEntry), undefined)
  })

  test('any value can be read, checked and rendered', () => {
    const parts = fc.array(
      fc.record(
        {
          type: fc.oneof(
            fc.constantFrom('HEADER', 'BODY', 'BUTTONS', 'CAROUSEL', 'LIMITED_TIME_OFFER', 'FOOTER'),
            fc.anything(),
          ),
          format: fc.oneof(fc.constantFrom('TEXT', 'IMAGE'), fc.anything()),
          text: fc.oneof(fc.constantFrom('{{1}}', '{{', '{{a}} {{1}}'), fc.anything()),
          buttons: fc.oneof(
            fc.array(fc.record({ type: fc.constantFrom('URL', 'OTP', 'MPM'), url: fc.anything() })),
            fc.anything(),
          ),
          cards: fc.oneof(fc.array(fc.record({ components: fc.anything() })), fc.anything()),
          limited_time_offer: fc.anything(),
        },
        { requiredKeys: [] },
      ),
    )
    fc.assert(
      fc.property(fc.oneof(parts, fc.anything()), fc.anything(), (components, score) => {
        const entry = readTemplate({
          ...wire([]),
          components,
          quality_score: score,
          category: 'AUTHENTICATION',
        } as unknown as WireTemplateEntry)
        assert.ok(entry)
        checkTemplate(entry, {})
        renderTemplate(entry)
      }),
      { numRuns: 1_000 },
    )
  })

  test('excess parts are cut off', () => {
    const many = Array.from({ length: 5_000 }, () => ({ type: 'URL', url: 'x'.repeat(10_000) }))
    const entry = entryOf([buttons(...many)])
    assert.equal(entry.wants.buttons.length, 20)
    assert.equal(entry.wants.buttons[0]?.url?.length, 4096)
  })

  test('braces without an end cost no time', () => {
    const started = performance.now()
    entryOf([body('{{'.repeat(20_000)), body('{{ '.repeat(13_000)), body('{{' + 'a'.repeat(39_000))])
    assert.ok(performance.now() - started < 1_000)
  })
})

suite('templates are rendered', () => {
  const shown = (entry: ReturnType<typeof entryOf>, components: object[]) =>
    renderTemplate(entry, components as TemplateComponent[])

  test('header, body, footer and buttons with their values', () => {
    const entry = entryOf([
      header('TEXT', 'Sale until {{1}}'),
      body('Hi {{1}}, {{2}} off. Yes, {{2}}!'),
      { type: 'FOOTER', text: 'Shop' },
      buttons(
        { type: 'URL', text: 'Go', url: 'https://x.example/{{1}}' },
        { type: 'QUICK_REPLY', text: 'Stop' },
        { type: 'COPY_CODE', text: 'Copy' },
      ),
    ])
    const components = [
      { type: 'header', parameters: [{ type: 'text', text: 'May' }] },
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Ann $&' },
          { type: 'currency', currency: { fallback_value: '25%', code: 'USD', amount_1000: 1 } },
        ],
      },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'sale' }] },
      { type: 'button', sub_type: 'copy_code', index: 2, parameters: [{ type: 'coupon_code', coupon_code: 'FERN' }] },
    ]
    assert.deepEqual(shown(entry, components), {
      header: { kind: 'text', text: 'Sale until May' },
      body: 'Hi Ann $&, 25% off. Yes, 25%!',
      footer: 'Shop',
      buttons: [
        { kind: 'url', text: 'Go', url: 'https://x.example/sale' },
        { kind: 'quick_reply', text: 'Stop' },
        { kind: 'copy_code', text: 'Copy', code: 'FERN' },
      ],
    })
  })

  test('named values, an image, an offer, cards', () => {
    const card = { components: [header('IMAGE'), body('Fern {{1}}'), buttons({ type: 'QUICK_REPLY', text: 'More' })] }
    const entry = entryOf([
      body('Hi {{name}}.'),
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
      { type: 'CAROUSEL', cards: [card, card] },
    ])
    const one = (id: string, name: string) => [
      { type: 'header', parameters: [{ type: 'image', image: { id } }] },
      { type: 'body', parameters: [{ type: 'text', text: name }] },
    ]
    const components = [
      { type: 'body', parameters: [{ type: 'text', text: 'Ann', parameter_name: 'name' }] },
      {
        type: 'limited_time_offer',
        parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1788700000000 } }],
      },
      {
        type: 'carousel',
        cards: [
          { card_index: 1, components: one('2', 'B') },
          { card_index: 0, components: one('1', 'A') },
        ],
      },
    ]
    const buttons_ = [{ kind: 'quick_reply', text: 'More' }]
    assert.deepEqual(shown(entry, components), {
      body: 'Hi Ann.',
      buttons: [],
      offer: { text: 'Ends soon', expiresAt: 1788700000000 },
      cards: [
        { header: { kind: 'image', media: { id: '1' } }, body: 'Fern A', buttons: buttons_ },
        { header: { kind: 'image', media: { id: '2' } }, body: 'Fern B', buttons: buttons_ },
      ],
    })
  })

  test('a variable without a value stays as written', () => {
    assert.equal(renderTemplate(entryOf([body('Hi {{1}}.')])).body, 'Hi {{1}}.')
  })
})

test('the API shows the times of a template in seconds', () => {
  const entry = entryOf([body('Hi.')], { status: 'PENDING', category: 'UTILITY' })
  assert.deepEqual(toResource(entry, { createdAt: 1_788_300_000_999, updatedAt: 1_788_300_001_000 }), {
    template_id: '1478820956612233',
    name: 'order_ready',
    language: 'en_US',
    category: 'UTILITY',
    status: 'PENDING',
    quality: '',
    components: [{ type: 'BODY', text: 'Hi.' }],
    created_time: 1_788_300_000,
    updated_time: 1_788_300_001,
    status_updated_time: 0,
    quality_updated_time: 0,
    category_updated_time: 0,
  })
})
