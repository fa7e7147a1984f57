import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  button,
  carousel,
  interactiveBody,
  list,
  of,
  problemsWith,
  quickCard,
  reply,
  row,
  section,
  textBody,
  urlButton,
  urlCard,
  withAt,
  type Json,
} from './test-bodies.ts'

const image = { link: 'https://files.example/a.png' }
const withFooter = (kind: Json) => interactiveBody({ ...kind, footer: { text: 'F' } })
const withHeader = (kind: Json) => interactiveBody({ ...kind, header: { type: 'text', text: 'H' } })
const flow = {
  type: 'flow',
  body: { text: 'Book' },
  action: { name: 'flow', parameters: { flow_message_version: '3', flow_id: '1', flow_cta: 'Book' } },
}
const call = {
  type: 'voice_call',
  body: { text: 'Call' },
  action: { name: 'voice_call', parameters: { display_text: 'Call', payload: 'x' } },
}

/** A valid body, the path of a text in it, and the limit of that text in characters. */
const TEXTS: [what: string, body: Json, path: string, limit: number][] = [
  ['text', textBody(), 'text', 4096],
  ['text as an object', textBody({ body: 'x' }), 'text.body', 4096],
  ['image caption', of('image', { ...image, caption: 'x' }), 'image.caption', 1024],
  ['video caption', of('video', { ...image, caption: 'x' }), 'video.caption', 1024],
  ['document caption', of('document', { ...image, caption: 'x' }), 'document.caption', 1024],
  ['list body', interactiveBody(list()), 'interactive.body.text', 4096],
  ['button body', interactiveBody(button()), 'interactive.body.text', 1024],
  ['cta_url body', interactiveBody(urlButton()), 'interactive.body.text', 1024],
  ['carousel body', interactiveBody(carousel()), 'interactive.body.text', 1024],
  ['flow body', interactiveBody(flow), 'interactive.body.text', 1024],
  ['button footer', withFooter(button()), 'interactive.footer.text', 60],
  ['list footer', withFooter(list()), 'interactive.footer.text', 60],
  ['cta_url footer', withFooter(urlButton()), 'interactive.footer.text', 60],
  ['button header', withHeader(button()), 'interactive.header.text', 60],
  ['list header', withHeader(list()), 'interactive.header.text', 60],
  ['cta_url header', withHeader(urlButton()), 'interactive.header.text', 60],
  ['button title', interactiveBody(button()), 'interactive.action.buttons.0.reply.title', 20],
  ['button id', interactiveBody(button()), 'interactive.action.buttons.0.reply.id', 256],
  ['words that open a list', interactiveBody(list()), 'interactive.action.button', 20],
  ['section title', interactiveBody(list()), 'interactive.action.sections.0.title', 24],
  ['row id', interactiveBody(list()), 'interactive.action.sections.0.rows.0.id', 200],
  ['row title', interactiveBody(list()), 'interactive.action.sections.0.rows.0.title', 24],
  [
    'row description',
    interactiveBody(list(section('A', { ...row('1'), description: 'x' }))),
    'interactive.action.sections.0.rows.0.description',
    72,
  ],
  ['URL button', interactiveBody(urlButton()), 'interactive.action.parameters.display_text', 20],
  [
    'URL button of a card',
    interactiveBody(carousel()),
    'interactive.action.cards.1.action.parameters.display_text',
    20,
  ],
  [
    'card body',
    interactiveBody(carousel({ ...urlCard(0), body: { text: 'x' } }, urlCard(1))),
    'interactive.action.cards.0.body.text',
    160,
  ],
  [
    'quick reply id',
    interactiveBody(carousel(quickCard(0), quickCard(1))),
    'interactive.action.cards.0.action.buttons.0.quick_reply.id',
    256,
  ],
  [
    'quick reply title',
    interactiveBody(carousel(quickCard(0), quickCard(1))),
    'interactive.action.cards.0.action.buttons.0.quick_reply.title',
    20,
  ],
  ['flow button', interactiveBody(flow), 'interactive.action.parameters.flow_cta', 30],
  ['call button', interactiveBody(call), 'interactive.action.parameters.display_text', 20],
  ['call payload', interactiveBody(call), 'interactive.action.parameters.payload', 512],
  ['one-time code', of('template', { name: 'a', code: '1' }), 'template.code', 15],
  ['template name', of('template', { name: 'a' }), 'template.name', 512],
  ['callback data', { ...textBody(), biz_opaque_callback_data: 'x' }, 'biz_opaque_callback_data', 512],
]

suite('limits of texts', () => {
  for (const [what, body, path, limit] of TEXTS) {
    test(`${what}: ${limit} characters of any width are accepted, one more is refused`, () => {
      for (const letter of ['x', 'é', '字', '𝒳']) {
        assert.deepEqual(problemsWith(withAt(body, path, letter.repeat(limit))), [])
        assert.deepEqual(problemsWith(withAt(body, path, letter.repeat(limit + 1))), [
          {
            path,
            rule: 'maxLength',
            limit,
            actual: limit + 1,
            message: `at most ${limit} characters, got ${limit + 1}`,
          },
        ])
      }
    })
  }

  const MAY_BE_EMPTY = /caption|description|payload|callback/
  for (const [what, body, path] of TEXTS.filter(([, , path]) => !MAY_BE_EMPTY.test(path))) {
    test(`${what}: an empty text is refused`, () => {
      assert.deepEqual(problemsWith(withAt(body, path, '')), [
        { path, rule: 'minLength', limit: 1, actual: 0, message: 'must not be empty' },
      ])
    })
  }
})

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

/** The limit, a body with `n` items, and the path of the problem. */
const COUNTS: [what: string, fewest: number, most: number, make: (n: number) => Json, path: string][] = [
  [
    'reply buttons',
    1,
    3,
    (n) =>
      withAt(
        interactiveBody(button()),
        'interactive.action.buttons',
        many(n, (i) => reply(`${i}`, `${i}`)),
      ),
    'interactive.action.buttons',
  ],
  [
    'sections',
    1,
    10,
    (n) =>
      withAt(
        interactiveBody(list()),
        'interactive.action.sections',
        many(n, (i) => section(`S${i}`)),
      ),
    'interactive.action.sections',
  ],
  [
    'rows over all sections',
    1,
    10,
    (n) =>
      n < 2
        ? withAt(interactiveBody(list()), 'interactive.action.sections', n === 0 ? [] : [section('A')])
        : interactiveBody(list(section('A', row('first')), section('B', ...many(n - 1, (i) => row(`${i}`))))),
    'interactive.action.sections',
  ],
  [
    'cards',
    2,
    10,
    (n) => withAt(interactiveBody(carousel()), 'interactive.action.cards', many(n, urlCard)),
    'interactive.action.cards',
  ],
  [
    'contacts',
    1,
    257,
    (n) =>
      of(
        'contacts',
        many(n, () => ({ name: { formatted_name: 'Ann' } })),
      ),
    'contacts',
  ],
]

suite('limits of lists', () => {
  for (const [what, fewest, most, make, path] of COUNTS) {
    test(`${what}: ${fewest} to ${most} items`, () => {
      assert.deepEqual(problemsWith(make(fewest)), [])
      assert.deepEqual(problemsWith(make(most)), [])
      const few = problemsWith(make(fewest - 1)).find((problem) => problem.path === path)
      assert.deepEqual([few?.rule, few?.limit, few?.actual], ['minItems', fewest, fewest - 1])
      const over = problemsWith(make(most + 1)).find((problem) => problem.path === path)
      assert.deepEqual([over?.rule, over?.limit, over?.actual], ['maxItems', most, most + 1])
    })
  }

  test('a list has at most ten rows over all its sections', () => {
    const [problem, ...others] = problemsWith(
      interactiveBody(
        list(section('A', ...many(6, (i) => row(`a${i}`))), section('B', ...many(5, (i) => row(`b${i}`)))),
      ),
    )
    assert.deepEqual(others, [])
    assert.equal(problem?.message, 'at most 10 rows over all sections together, got 11')
  })

  test('a section has at least one row', () => {
    assert.equal(
      problemsWith(interactiveBody(list({ title: 'A', rows: [] })))[0]?.path,
      'interactive.action.sections.0.rows',
    )
  })
})
