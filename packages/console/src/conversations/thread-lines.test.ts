import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../api.ts'
import { linesOf } from './thread-lines.ts'

const DAY = 86_400
const message = (id: string, at: number, more: object = {}): Message =>
  ({
    msg_id: id,
    reference: id,
    type: 'text',
    created_at: at,
    content: { text: { body: id } },
    ...more,
  }) as unknown as Message
const reaction = (id: string, to: string, emoji: string, at: number): Message =>
  message(id, at, { type: 'reaction', content: { reaction: { message_id: to, emoji } } })

test('a reaction stands on its message, the newest counts, and an empty one takes it away', () => {
  const lines = linesOf([message('a', 1), message('b', 2), reaction('c', 'a', '👍', 3), reaction('d', 'a', '🙏', 4)])
  assert.deepEqual(
    lines.map(({ message: { msg_id }, reaction: emoji }) => [msg_id, emoji]),
    [
      ['a', '🙏'],
      ['b', undefined],
    ],
  )
  assert.equal(
    linesOf([message('a', 1), reaction('c', 'a', '👍', 3), reaction('d', 'a', '', 4)])[0]!.reaction,
    undefined,
  )
  assert.equal(linesOf([reaction('c', 'elsewhere', '👍', 3)]).length, 1, 'one on an older message is a line')
})

test('an answer has the message that it quotes, and each day begins once', () => {
  const lines = linesOf([
    message('a', 10 * DAY),
    message('b', 10 * DAY + 60, { content: { context: { id: 'a' } } }),
    message('c', 12 * DAY, { content: { context: { message_id: 'b' } } }),
  ])
  assert.deepEqual(
    lines.map(({ quoted, day }) => [quoted?.msg_id, day]),
    [
      [undefined, true],
      ['a', false],
      ['b', true],
    ],
  )
})
