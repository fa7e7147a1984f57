import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERYTHING } from '../channels/endpoint.ts'
import { oneLine, wantsStored } from './stored-event.ts'

const message = (type: unknown): string => JSON.stringify({ event: 'new_message', message: { messages: [{ type }] } })
const status = (word: string): string => JSON.stringify({ event: 'message_status_update', message_status: word })

test('a filter looks at the name of an event, at the type of a message and at the word of a status', () => {
  const cases = [
    [{}, 'new_message', message('text'), true],
    [{ events: ['new_message'] }, 'new_message', 'no JSON', true],
    [{ events: ['new_message'] }, 'message_status_update', status('read'), false],
    [{ types: ['text', 'image'] }, 'new_message', message('image'), true],
    [{ types: ['text'] }, 'new_message', message('image'), false],
    [{ types: ['unknown'] }, 'new_message', message(7), true],
    [{ types: ['text'] }, 'message_status_update', status('read'), true],
    [{ statuses: ['read'] }, 'message_status_update', status('read'), true],
    [{ statuses: ['read'] }, 'message_status_update', status('sent'), false],
    [{ statuses: ['read'] }, 'new_message', message('text'), true],
    [{ events: ['calls'], statuses: ['read'] }, 'message_status_update', status('read'), false],
  ] as const
  for (const [filter, event, body, wanted] of cases) {
    const told = `${JSON.stringify(filter)} ${event} ${body}`
    assert.equal(wantsStored({ ...EVERYTHING, ...filter }, event, body), wanted, told)
  }
})

test('a body becomes one line and stays the same JSON', () => {
  const body = '{\r\n  "text": "two\\nlines",\n  "n": 1\n}'
  assert.doesNotMatch(oneLine(body), /[\r\n]/)
  assert.deepEqual(JSON.parse(oneLine(body)), JSON.parse(body))
})
