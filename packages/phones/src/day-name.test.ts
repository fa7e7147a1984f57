import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chatTime, dayName } from './day-name.ts'

const at = (text: string): number => new Date(text).getTime()
const NOW = at('2026-03-04T00:30:00')

for (const [time, locale, name] of [
  ['2026-03-04T00:01:00', 'en-GB', 'Today'],
  ['2026-03-03T23:59:00', 'en-GB', 'Yesterday'],
  ['2026-03-03T00:10:00', 'zh-CN', '昨天'],
  ['2026-02-28T12:00:00', 'en-GB', 'Saturday'],
  ['2026-02-25T12:00:00', 'en-GB', '25 February'],
  ['2026-03-09T12:00:00', 'en-GB', '9 March'],
] as const)
  test(`${time} is ${name}`, () => assert.equal(dayName(at(time), NOW, locale), name))

test('a list of chats shows the clock today, and the day before that', () => {
  assert.equal(chatTime(at('2026-03-04T00:05:00'), NOW, 'en-GB'), '00:05')
  assert.equal(chatTime(at('2026-03-03T08:00:00'), NOW, 'en-GB'), 'Yesterday')
  assert.equal(chatTime(at('2026-01-03T08:00:00'), NOW, 'en-GB'), '03/01/2026')
})
