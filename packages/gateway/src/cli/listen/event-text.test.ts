import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contactsOf, lineOf, wordsOf } from './event-text.ts'

const message = (one: Record<string, unknown>) => ({
  event: 'new_message',
  message: { contacts: [{ wa_id: '85268411234', user_id: 'HK.1' }], messages: [{ from: '85268411234', ...one }] },
})

const CASES: [body: Record<string, unknown>, words: string][] = [
  [message({ type: 'text', text: { body: 'hi' } }), 'text: hi'],
  [message({ type: 'button', button: { payload: 'p', text: 'Yes' } }), 'button: Yes'],
  [
    message({ type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'a', title: 'Media Mail' } } }),
    'interactive: Media Mail',
  ],
  [message({ type: 'image', image: { id: '77' } }), 'image: 77'],
  [message({ type: 'unsupported' }), 'unsupported'],
  [{ event: 'new_message', message: 'odd' }, ''],
  [
    {
      event: 'message_status_update',
      message_id: 'wamid.A',
      message_status: 'failed',
      error: { code: 131049, title: 'Held' },
    },
    'failed wamid.A (#131049) Held',
  ],
  [{ event: 'template_status_update', template_name: 'n', new_value: 'APPROVED' }, 'n APPROVED'],
  [{ event: 'channel_update', what: 'quality', now: 'RED' }, 'what quality, now RED'],
  [{ event: 'anything', value: {} }, ''],
]

for (const [body, words] of CASES) test(`words of an event: ${words}`, () => assert.equal(wordsOf(body), words))

test('an event names its contact by number and id', () => {
  assert.deepEqual(contactsOf(message({})), ['85268411234', 'HK.1', '85268411234'])
  assert.deepEqual(contactsOf({ recipient: '1', contact: { phone: '1', user_id: 'US.2' } }), ['1', '1', 'US.2'])
  assert.deepEqual(contactsOf({ message: [], contact: null }), [])
})

test('a line is one line of a terminal, and bounded', () => {
  const text = `\u001b[2J\u001b]0;title\u0007evil\r\n\u202e${'x'.repeat(500)}`
  const line = lineOf(new Date(2026, 1, 3, 4, 5, 6), {
    id: 'evt_1',
    text: '',
    body: message({ type: 'text', text: { body: text } }),
  })
  assert.match(line, /^04:05:06 {2}new_message {13}85268411234 {2}text: /)
  assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202e]/)
  assert.ok(line.length < 170, `${line.length}`)
})
