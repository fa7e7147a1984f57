import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyFor, messageFor, problemsOfMessage, readRecipients } from './broadcast-message.ts'

const template = { type: 'template', template: { name: 'order_update', language: 'en_US' } }
const components = [{ type: 'body', parameters: [{ type: 'text', text: 'Ana' }] }]
const breathe = (): Promise<void> => Promise.resolve()

const RECIPIENTS: [what: string, given: unknown, contact: string | undefined, paths: string[]][] = [
  ['a number', '85268411234', '85268411234', []],
  ['a business-scoped id', 'US.80412236671908854412', 'US.80412236671908854412', []],
  ['an object with a number', { to: '85268411234' }, '85268411234', []],
  ['an object with an id', { recipient: 'US.80412236671908854412' }, 'US.80412236671908854412', []],
  ['parameters of their own', { to: '85268411234', components }, '85268411234', []],
  ['words of their own', { to: '85268411234', biz_opaque_callback_data: 'order 7' }, '85268411234', []],
  ['a number with a plus', '+85268411234', undefined, ['recipients.0']],
  ['letters', 'hello', undefined, ['recipients.0']],
  ['a number with letters behind it', '85268411234abc', undefined, ['recipients.0']],
  ['a number with a line behind it', '85268411234\n', undefined, ['recipients.0']],
  ['a number of six digits', '852684', undefined, ['recipients.0']],
  ['a number of seven digits', '8526841', '8526841', []],
  ['a number of sixteen digits', '8526841123412345', undefined, ['recipients.0']],
  ['a number of fifteen digits', '852684112341234', '852684112341234', []],
  ['a number that begins with 0', '085268411234', undefined, ['recipients.0']],
  ['a kind of their own', { to: '85268411234', type: 'text' }, undefined, ['recipients.0.type']],
  ['a template of their own', { to: '85268411234', template: { name: 'other' } }, '85268411234', []],
  [
    'a template of their own by its name, a language, a name',
    { to: '85268411234', template: 'other', language: 'de', name: 'Ana' },
    '85268411234',
    [],
  ],
  [
    'a template with an unknown key',
    { to: '85268411234', template: { name: 'other', colour: 1 } },
    undefined,
    ['recipients.0.template.colour'],
  ],
  ['a template that is a number', { to: '85268411234', template: 7 }, undefined, ['recipients.0.template.name']],
  ['nothing', '', undefined, ['recipients.0']],
  ['neither number nor id', { components }, undefined, ['recipients.0.to']],
  ['a number that is a number', 85268411234, undefined, ['recipients.0']],
  ['null', null, undefined, ['recipients.0']],
  ['an unknown key', { to: '85268411234', text: 'x' }, undefined, ['recipients.0.text']],
  [
    'parameters that are none',
    { to: '85268411234', components: [{ type: 'body', parameters: 5 }] },
    undefined,
    ['recipients.0.components.0.parameters'],
  ],
]
for (const [what, given, contact, paths] of RECIPIENTS) {
  test(`recipient: ${what}`, async () => {
    const read = await readRecipients(template, [given], breathe)
    if (read.ok) assert.deepEqual([read.recipients[0]!.contact, []], [contact, paths])
    else assert.deepEqual([undefined, read.problems.map((problem) => problem.path)], [contact, paths])
  })
}

test('problems of many recipients are reported together, each with its place', async () => {
  const read = await readRecipients(template, ['85268411234', 'x', '85268411235', 'y'], breathe)
  assert(!read.ok)
  assert.deepEqual(
    read.problems.map((problem) => problem.path),
    ['recipients.1', 'recipients.3'],
  )
})

test('a recipient’s own components need a template', async () => {
  const read = await readRecipients({ type: 'text', text: 'hi' }, [{ to: '85268411234', components }], breathe)
  assert(!read.ok)
  assert.equal(read.problems[0]!.path, 'recipients.0.components')
})

test('the message is checked without a recipient', () => {
  assert.deepEqual(problemsOfMessage(template), [])
  assert.deepEqual(
    problemsOfMessage({ type: 'text', text: '' }).map((problem) => problem.path),
    ['message.text'],
  )
  assert.deepEqual(
    problemsOfMessage({ ...template, to: '85268411234' }).map((problem) => problem.path),
    ['message.to'],
  )
})

test('a stored recipient becomes the message again, with its own values', async () => {
  const read = await readRecipients(
    template,
    [{ to: '85268411234', components, biz_opaque_callback_data: 'order 7' }],
    breathe,
  )
  assert(read.ok)
  const [{ contact, own }] = read.recipients as [{ contact: string; own: string }]
  assert.deepEqual(messageFor(JSON.stringify(template), contact, own), {
    to: '85268411234',
    callbackData: 'order 7',
    type: 'template',
    template: { name: 'order_update', language: 'en_US', components },
  })
  assert.deepEqual(messageFor('{"type":"text","text":"hi"}', 'US.80412236671908854412', null), {
    recipient: 'US.80412236671908854412',
    type: 'text',
    text: { body: 'hi' },
  })
  assert.equal(messageFor('{"type":"carrier pigeon"}', '85268411234', null), undefined)
})

test('a template of their own has neither language nor values of the message', () => {
  const message = { type: 'template', template: { name: 'offer', language: 'en_US', components } }
  const own = (value: unknown) => bodyFor(message, '85268411234', { template: value }).template
  assert.deepEqual(own({ name: 'other' }), { name: 'other' })
  assert.deepEqual(own({ language: 'de' }), { name: 'offer', language: 'de', components })
})
