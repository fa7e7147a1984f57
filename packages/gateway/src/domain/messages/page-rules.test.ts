import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { parseMessage } from './parse.ts'
import {
  button,
  carousel,
  cta,
  interactiveBody,
  list,
  of,
  problemsWith,
  quick,
  quickCard,
  reply,
  row,
  rulesBroken,
  section,
  textBody,
  urlButton,
  urlCard,
  withAt,
  type Json,
} from './test-bodies.ts'

function accepted(body: Json): void {
  assert.deepEqual(problemsWith(body), [])
}

suite('valid bodies that a strict check would refuse', () => {
  test('a quick-reply card may have the type "cta_url", and any card may have none', () => {
    for (const type of ['cta_url', undefined]) {
      const named = (card: Json): Json => (type ? { ...card, type } : card)
      accepted(interactiveBody(carousel(named(quickCard(0)), named(quickCard(1)))))
      accepted(interactiveBody(carousel(named(urlCard(0)), named(urlCard(1)))))
    }
    assert.deepEqual(rulesBroken(interactiveBody(carousel({ ...urlCard(0), type: 'quick_reply' }, urlCard(1)))), [
      'interactive.action.cards.0.type enum',
    ])
  })

  test('a card body has at most two line breaks', () => {
    const withBody = (text: string) => interactiveBody(carousel({ ...urlCard(0), body: { text } }, urlCard(1)))
    accepted(withBody('*Name*\n\nWords'))
    assert.deepEqual(problemsWith(withBody('a\nb\nc\nd')), [
      {
        path: 'interactive.action.cards.0.body.text',
        rule: 'maxLines',
        limit: 2,
        actual: 3,
        message: 'at most 2 line breaks, got 3',
      },
    ])
  })

  test('links with any extension, case and query, with or without a path', () => {
    const links = [
      'https://files.example/h.jpg',
      'https://files.example/H.JPEG?x-oss-process=image/resize',
      'https://files.example/plain',
      'http://files.example:8080/a.mp3#t=1',
      'https://files.example?clickID=abc',
      'HTTPS://files.example/a.png',
      'https://bücher.example/ü.png',
    ]
    for (const link of links) accepted(of('image', { link }))
    for (const url of ['https://shop.example?c=1', 'https://shop.example']) {
      accepted(withAt(interactiveBody(urlButton()), 'interactive.action.parameters.url', url))
    }
  })

  test('a link is an http or https URL', () => {
    const links = [
      'ftp://files.example/a',
      'files.example/a.png',
      'javascript:alert(1)',
      'https://',
      '/a.png',
      '',
      'https://a b',
    ]
    for (const link of links) assert.deepEqual(rulesBroken(of('image', { link })), ['image.link pattern'])
  })

  test('numbers of 7 to 15 digits, without a numbering plan', () => {
    for (const to of ['8526841511234', '16505551234', '1234567', '123456789012345']) accepted({ ...textBody(), to })
    const wrong = [
      '+85268411234',
      '852 6841 1234',
      '852-68411234',
      '',
      '123456',
      '1234567890123456',
      '0085268411',
      'abc',
      '٨٥٢٦٨٤١١٢٣',
    ]
    for (const to of wrong) assert.deepEqual(rulesBroken({ ...textBody(), to }), ['to pattern'])
    assert.deepEqual(problemsWith({ ...textBody(), to: 85268411234 }), [
      { path: 'to', rule: 'type', actual: 'number', message: 'must be a string, got a number' },
    ])
  })

  test('a text is a plain string', () => {
    const parsed = parseMessage(textBody('Hi'))
    assert.ok(parsed.ok)
    assert.deepEqual(parsed.message, { to: '85268411234', type: 'text', text: { body: 'Hi' } })
  })

  test('templates need neither language nor components', () => {
    accepted(of('template', { name: 'greet' }))
    accepted(of('template', { name: 'greet', components: [] }))
  })

  test('a code is text and keeps its zeros', () => {
    const parsed = parseMessage(of('template', { name: 'login', code: '001234' }))
    assert.ok(parsed.ok && parsed.message.type === 'template')
    assert.equal(parsed.message.template.code, '001234')
    assert.deepEqual(rulesBroken(of('template', { name: 'login', code: 1234 })), ['template.code type'])
  })

  test('index is text or number, card_index is a number and may be 0', () => {
    const sent = (index: unknown) =>
      of('template', { name: 'a', components: [{ type: 'button', sub_type: 'url', index, parameters: [] }] })
    for (const index of ['0', '9', 0, 9]) accepted(sent(index))
    for (const [index, rule] of [
      ['10', 'pattern'],
      ['', 'pattern'],
      [10, 'maximum'],
      [-1, 'minimum'],
      [0.5, 'type'],
      [true, 'type'],
      [undefined, 'required'],
    ] as const) {
      assert.deepEqual(rulesBroken(sent(index)), [`template.components.0.index ${rule}`])
    }
    const card = 'interactive.action.cards.0.card_index'
    for (const [index, rule] of [
      ['0', 'type'],
      [undefined, 'required'],
      [-1, 'minimum'],
      [0.5, 'type'],
    ] as const) {
      assert.deepEqual(rulesBroken(withAt(interactiveBody(carousel()), card, index)), [`${card} ${rule}`])
    }
  })

  test('component types and sub types in upper and lower case', () => {
    for (const [type, sub_type] of [
      ['button', 'COPY_CODE'],
      ['BUTTON', 'copy_code'],
      ['Button', 'Copy_Code'],
    ]) {
      const parsed = parseMessage(of('template', { name: 'a', components: [{ type, sub_type, index: '0' }] }))
      assert.ok(parsed.ok && parsed.message.type === 'template')
      assert.deepEqual(parsed.message.template.components, [{ type: 'button', sub_type: 'copy_code', index: '0' }])
    }
  })

  test('the same titles on several cards', () => {
    accepted(
      interactiveBody(
        carousel(
          quickCard(0, quick('a', 'More'), quick('b', 'Save')),
          quickCard(1, quick('c', 'More'), quick('d', 'Save')),
        ),
      ),
    )
  })

  test('an image header by link or by id, exactly one', () => {
    const sent = (image: Json) => interactiveBody({ ...button(), header: { type: 'image', image } })
    accepted(sent({ link: 'https://files.example/h.jpg' }))
    accepted(sent({ id: '990011223344556' }))
    assert.deepEqual(rulesBroken(sent({ link: 'https://files.example/h.jpg', id: '1' })), [
      'interactive.header.image exclusive',
    ])
    assert.deepEqual(rulesBroken(sent({})), ['interactive.header.image.link required'])
  })
})

suite('rules that are easy to miss', () => {
  test('a section has a title, even when it is the only one', () => {
    assert.deepEqual(rulesBroken(interactiveBody(list({ rows: [row('1')] }))), [
      'interactive.action.sections.0.title required',
    ])
  })

  test('a list has a text header only; a card has an image or a video', () => {
    const media = { type: 'image', image: { link: 'https://files.example/a.png' } }
    assert.deepEqual(rulesBroken(interactiveBody({ ...list(), header: media })), ['interactive.header.type enum'])
    for (const header of [
      { type: 'text', text: 'x' },
      { type: 'document', document: { link: 'https://files.example/a.pdf' } },
    ]) {
      assert.deepEqual(rulesBroken(interactiveBody(carousel({ ...urlCard(0), header }, urlCard(1)))), [
        'interactive.action.cards.0.header.type enum',
      ])
    }
    assert.deepEqual(rulesBroken(withAt(interactiveBody(carousel()), 'interactive.action.cards.0.header', undefined)), [
      'interactive.action.cards.0.header required',
    ])
  })

  test('a carousel has no header and no footer, and must have a body', () => {
    const sent = interactiveBody({ ...carousel(), header: { type: 'text', text: 'x' }, footer: { text: 'x' } })
    assert.deepEqual(rulesBroken(sent), ['interactive.header unknownKey', 'interactive.footer unknownKey'])
    for (const kind of [carousel(), list(), button(), urlButton()]) {
      const without = withAt(interactiveBody(kind), 'interactive.body', undefined)
      assert.deepEqual(rulesBroken(without), ['interactive.body required'])
    }
  })

  test('all cards have the same kind and number of buttons', () => {
    assert.deepEqual(problemsWith(interactiveBody(carousel(urlCard(0), quickCard(1)))), [
      {
        path: 'interactive.action.cards.1.action',
        rule: 'consistent',
        message: 'must hold a URL button, as on the first card, got quick replies',
      },
    ])
    assert.deepEqual(
      problemsWith(interactiveBody(carousel(quickCard(0), quickCard(1, quick('a', 'A'), quick('b', 'B'))))),
      [
        {
          path: 'interactive.action.cards.1.action.buttons',
          rule: 'consistent',
          limit: 1,
          actual: 2,
          message: 'must hold as many buttons as the first card: 1, got 2',
        },
      ],
    )
  })

  test('a card has either a URL button or quick replies', () => {
    const action = { ...cta(), buttons: [quick('a', 'A')] }
    assert.deepEqual(rulesBroken(interactiveBody(carousel({ ...urlCard(0), action }, urlCard(1)))), [
      'interactive.action.cards.0.action exclusive',
    ])
    const empty = interactiveBody(
      carousel({ ...urlCard(0), action: { buttons: [] } }, { ...urlCard(1), action: { buttons: [] } }),
    )
    assert.deepEqual(rulesBroken(empty), [
      'interactive.action.cards.0.action.buttons minItems',
      'interactive.action.cards.1.action.buttons minItems',
    ])
    assert.deepEqual(rulesBroken(interactiveBody(carousel({ ...urlCard(0), action: {} }, urlCard(1)))), [
      'interactive.action.cards.0.action.name required',
      'interactive.action.cards.0.action.parameters required',
    ])
  })

  test('card_index is unique', () => {
    assert.deepEqual(rulesBroken(interactiveBody(carousel(urlCard(0), urlCard(0)))), [
      'interactive.action.cards.1.card_index unique',
    ])
  })

  test('reply and quick_reply are different types', () => {
    assert.deepEqual(rulesBroken(interactiveBody(button(quick('a', 'A')))), [
      'interactive.action.buttons.0.type enum',
      'interactive.action.buttons.0.reply required',
      'interactive.action.buttons.0.quick_reply unknownKey',
    ])
    const broken = rulesBroken(interactiveBody(carousel(quickCard(0, reply('a', 'A')), quickCard(1))))
    assert.deepEqual(broken, [
      'interactive.action.cards.0.action.buttons.0.type enum',
      'interactive.action.cards.0.action.buttons.0.quick_reply required',
      'interactive.action.cards.0.action.buttons.0.reply unknownKey',
    ])
  })

  test('parameters is an object in an action and a list in a template', () => {
    assert.deepEqual(rulesBroken(withAt(interactiveBody(urlButton()), 'interactive.action.parameters', [])), [
      'interactive.action.parameters type',
    ])
    assert.deepEqual(rulesBroken(of('template', { name: 'a', components: [{ type: 'body', parameters: {} }] })), [
      'template.components.0.parameters type',
    ])
  })

  test('an action is named cta_url, in cards too', () => {
    for (const [body, path] of [
      [interactiveBody(urlButton()), 'interactive.action.name'],
      [interactiveBody(carousel()), 'interactive.action.cards.1.action.name'],
    ] as const) {
      assert.deepEqual(rulesBroken(withAt(body, path, 'url')), [`${path} enum`])
      assert.deepEqual(rulesBroken(withAt(body, path, undefined)), [`${path} required`])
    }
  })

  test('a footer without text is refused', () => {
    assert.deepEqual(rulesBroken(interactiveBody({ ...button(), footer: {} })), ['interactive.footer.text required'])
  })

  test('the type and the content of a header must agree', () => {
    const header = { type: 'image', video: { link: 'https://files.example/a.mp4' } }
    assert.deepEqual(rulesBroken(interactiveBody({ ...button(), header })), [
      'interactive.header.image required',
      'interactive.header.video unknownKey',
    ])
    assert.deepEqual(rulesBroken(interactiveBody({ ...button(), header: { text: 'x' } })), [
      'interactive.header.type required',
    ])
  })

  test('button ids and titles are unique, and row ids over all sections', () => {
    assert.deepEqual(rulesBroken(interactiveBody(button(reply('a', 'A'), reply('a', 'B'), reply('c', 'A')))), [
      'interactive.action.buttons.1.reply.id unique',
      'interactive.action.buttons.2.reply.title unique',
    ])
    assert.deepEqual(rulesBroken(interactiveBody(list(section('A', row('1')), section('B', row('1'))))), [
      'interactive.action.sections.1.rows.0.id unique',
    ])
  })

  test('the schema does not check whether the template fits', () => {
    accepted(
      of('template', { name: 'a', components: [{ type: 'header', parameters: [{ type: 'payload', payload: 'x' }] }] }),
    )
  })

  test('unknown keys are refused by their path, at any place', () => {
    const cases: [Json, string][] = [
      [{ ...textBody(), from: '1' }, 'from'],
      [of('audio', { link: 'https://files.example/a.mp3', caption: 'x' }), 'audio.caption'],
      [of('image', { link: 'https://files.example/a.png', filename: 'x' }), 'image.filename'],
      [of('sticker', { link: 'https://files.example/a.webp', caption: 'x' }), 'sticker.caption'],
      [interactiveBody(button({ ...reply('a', 'A'), icon: 'x' })), 'interactive.action.buttons.0.icon'],
      [interactiveBody(list(section('A', { ...row('1'), image: 'x' }))), 'interactive.action.sections.0.rows.0.image'],
      [of('template', { name: 'a', namespace: 'x' }), 'template.namespace'],
      [{ ...textBody(), image: { link: 'https://files.example/a.png' } }, 'image'],
      [JSON.parse('{"to":"85268411234","type":"text","text":"x","__proto__":{"a":1}}') as Json, '__proto__'],
    ]
    for (const [body, path] of cases) assert.deepEqual(rulesBroken(body), [`${path} unknownKey`])
  })

  test('texts stay unchanged', () => {
    const words = '  *bold* _it_ ~s~ `c`\n\n<b>&amp;</b> "q" \\ 1–3 Days ™ \u200b 👩‍👩‍👧  '
    const parsed = parseMessage(textBody(words))
    assert.ok(parsed.ok && parsed.message.type === 'text')
    assert.equal(parsed.message.text.body, words)
  })

  test('a button id has no space at its ends, a title no line break', () => {
    assert.deepEqual(rulesBroken(interactiveBody(button(reply(' a', 'A')))), [
      'interactive.action.buttons.0.reply.id pattern',
    ])
    assert.deepEqual(rulesBroken(interactiveBody(button(reply('a', 'A\nB')))), [
      'interactive.action.buttons.0.reply.title pattern',
    ])
  })
})
