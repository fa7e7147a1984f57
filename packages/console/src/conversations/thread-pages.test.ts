import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../api.ts'
import { joinedMessages } from './thread-pages.ts'

test('parts of a thread are joined, the oldest first, with the later news of a message', () => {
  const message = (reference: string, status = 'sent') => ({ reference, status }) as Message
  const joined = joinedMessages([
    [message('msg_3'), message('msg_2')],
    [message('msg_2'), message('msg_1')],
    [message('msg_4'), message('msg_3', 'read')],
  ])
  assert.deepEqual(
    joined.map(({ reference, status }) => `${reference} ${status}`),
    ['msg_1 sent', 'msg_2 sent', 'msg_3 read', 'msg_4 sent'],
  )
})
