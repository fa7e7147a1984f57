import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askMessage } from './ask-message.ts'

const TEMPLATES = [
  {
    name: 'order_ready',
    language: 'en',
    status: 'APPROVED',
    components: [{ type: 'BODY', text: 'Hi {{1}}, {{2}} is {{1}}' }],
  },
  { name: 'waiting', language: 'en', status: 'PENDING', components: [] },
]

/** Asks with these answers, and returns the questions with the result. */
async function asked(values: Parameters<typeof askMessage>[0], ...answers: string[]) {
  const questions: string[] = []
  const ask = (question: string): Promise<string> => {
    questions.push(question)
    const answer = answers.shift()
    assert.ok(answer !== undefined, `no answer to: ${question}`)
    return Promise.resolve(answer)
  }
  return { values: await askMessage(values, ask, () => Promise.resolve(TEMPLATES)), questions }
}

test('everything is asked for: recipient, template, its variables', async () => {
  const { values, questions } = await asked({}, 'Ann', '+85268411234', 'template', 'order_ready', 'Ann', 'your order')
  assert.deepEqual(values, { to: '85268411234', template: 'order_ready', param: ['Ann', 'your order'] })
  assert.deepEqual(questions, [
    'To (country code and number): ',
    'To (country code and number): ',
    'Text or template? [text] ',
    'Template (order_ready): ',
    '{{1}}: ',
    '{{2}}: ',
  ])
})

test('a text is the default; an empty one is asked for again', async () => {
  const { values } = await asked({ to: '85268411234' }, '', '', 'hello')
  assert.deepEqual(values, { to: '85268411234', text: 'hello' })
})

test('what is given is not asked for', async () => {
  for (const given of [
    { to: '1', text: 'hi' },
    { body: 'message.json' },
    { to: '1', template: 'order_ready', param: ['a', 'b'] },
    { to: '1', template: 'waiting' },
    { to: '1', template: 'not_known_here' },
  ])
    assert.deepEqual(await asked(given), { values: given, questions: [] })
})
