import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERROR_CODES, TEMPLATE_SUBCODES } from '../../packages/cloud-api/src/error-codes.ts'
import * as bodies from '../../packages/gateway/src/domain/messages/test-bodies.ts'
import { parseTemplateCreate } from '../../packages/gateway/src/domain/templates/parse-create.ts'
import { sayingAgain } from '../../packages/ui/src/server-words.ts'
import { serverChinese } from '../../packages/ui/src/server-zh/all.ts'
import { serverTexts } from './server-texts.ts'

const again = sayingAgain(serverChinese)

/** Untranslated English. Names of fields, and WhatsApp's own texts, do not count. */
const ENGLISH = /\b(?:the|must|got|is|are|with|without|at (?:most|least)|and|or|in|takes|it|its|has|have|a|an)\b/
/** Meta’s titles, as Meta writes them. */
const META = /^\(#\d+\) /

function assertSaid(text: string, where: string): void {
  const chinese = again(text)
  assert.ok(chinese !== undefined, `${where} says "${text}", which packages/ui/src/server-zh does not`)
  if (META.test(text)) return
  const ours = chinese.replace(/"[^"]*"|[A-Za-z0-9{}]+[_./][\w{}./]+/g, '')
  assert.doesNotMatch(ours, ENGLISH, `"${text}" is half said: ${chinese}`)
}

test('every sentence that the server can send to a page has Chinese text', () => {
  const texts = serverTexts()
  assert.ok(texts.length > 400, `${texts.length} sentences were found`)
  for (const sure of ['must not be empty', 'WhatsApp takes the token.', 'There is no such fault.'])
    assert.ok(
      texts.some(({ text }) => text === sure),
      `"${sure}" was found`,
    )
  assert.deepEqual(
    texts.filter(({ text }) => again(text) === undefined),
    [],
    'these want Chinese words in packages/ui/src/server-zh',
  )
  for (const { text, file } of texts) assertSaid(text, file)
})

test('every code of WhatsApp’s has Chinese text: its meaning and the advice', () => {
  const codes = Object.entries(ERROR_CODES)
  assert.ok(codes.length > 100)
  for (const [code, { meaning, advice }] of codes) {
    assertSaid(meaning, `the meaning of ${code}`)
    assertSaid(advice, `the advice of ${code}`)
  }
  for (const [code, meaning] of Object.entries(TEMPLATE_SUBCODES)) assertSaid(meaning, `subcode ${code}`)
})

/** The value with each of its parts removed, of another type, far too long, and with an unknown key added. */
function* broken(value: unknown): Generator<unknown> {
  for (const wrong of [undefined, null, 7, -1.5, '', 'x'.repeat(5_000), 'two\nlines {{1}} 👍', [], {}, true])
    yield wrong
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    yield Array.from({ length: 90 }, () => value[0] as unknown)
    for (const [i, item] of value.entries()) for (const other of broken(item)) yield value.with(i, other)
    return
  }
  yield { ...value, stranger: 1 }
  for (const [key, item] of Object.entries(value)) for (const other of broken(item)) yield { ...value, [key]: other }
}

test('the real problems of messages are translated into Chinese', () => {
  const { interactiveBody, of, textBody } = bodies
  const whole = [
    textBody({ body: 'Hi', preview_url: true }),
    interactiveBody(bodies.button()),
    interactiveBody(bodies.list(bodies.section('A'), bodies.section('B'))),
    interactiveBody(bodies.urlButton()),
    interactiveBody(bodies.carousel()),
    interactiveBody(bodies.carousel(bodies.quickCard(0), bodies.quickCard(1))),
    of('image', { link: 'https://files.example/a.png', caption: 'c' }),
    of('location', { latitude: '1', longitude: '2', name: 'n', address: 'a' }),
    of('reaction', { message_id: 'wamid.x', emoji: '👍' }),
    of('template', {
      name: 'n',
      language: 'en_US',
      components: [{ type: 'body', parameters: [{ type: 'text', text: 't' }] }],
    }),
  ]
  const said = new Set<string>()
  for (const body of whole)
    for (const wrong of broken(body)) for (const { message } of bodies.problemsWith(wrong)) said.add(message)
  assert.ok(said.size > 80, `${said.size} different problems`)
  for (const text of said) assertSaid(text, 'parseMessage')
})

test('the real problems of new templates are translated into Chinese', () => {
  const whole = {
    name: 'spring_sale',
    language: 'en_US',
    category: 'MARKETING',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Hello {{1}}', example: { header_text: ['Ann'] } },
      { type: 'BODY', text: 'All {{1}} off today', example: { body_text: [['20%']] } },
      { type: 'FOOTER', text: 'Bye' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Yes' },
          { type: 'URL', text: 'Shop', url: 'https://shop.example/{{1}}', example: ['x'] },
        ],
      },
    ],
  }
  const said = new Set<string>()
  for (const wrong of broken(whole)) {
    const read = parseTemplateCreate(wrong)
    if (!read.ok) for (const { message } of read.problems) said.add(message)
  }
  assert.ok(said.size > 40, `${said.size} different problems`)
  for (const text of said) assertSaid(text, 'parseTemplateCreate')
})

test('paths, quotations and WhatsApp’s own texts stay unchanged', () => {
  const cases: [string, string | undefined][] = [
    [
      'interactive.body.text: at most 1024 characters, got 1025',
      'interactive.body.text：最多 1024 个字符，现有 1025 个',
    ],
    ['must be one of "a", "b", got "c"', '必须是 "a", "b" 之一，现为 "c"'],
    ['must be a list, got a string', '必须是列表，现为字符串'],
    [
      'the template wants 2 parameters ({{1}}, {{2}}) in the body, got none',
      '模板需要正文中的 2 个参数（{{1}}, {{2}}），现为无',
    ],
    ['(#190) Something of Meta’s Send a template instead.', '(#190) Something of Meta’s 请改发模板。'],
    ['(#100) Invalid parameter. phone: unknown', undefined],
    ['A text of nobody’s in the middle of nowhere', undefined],
    ['', undefined],
    ['must not be empty'.repeat(10_000), undefined],
  ]
  for (const [english, chinese] of cases) assert.equal(again(english), chinese, english.slice(0, 80))
})

test('both languages have the same gaps', () => {
  const gaps = (text: string): string[] => [...text.matchAll(/\{+\w+\}+/g)].map((match) => match[0]).sort()
  for (const [english, chinese] of Object.entries(serverChinese))
    assert.deepEqual(gaps(chinese), gaps(english), english)
})
