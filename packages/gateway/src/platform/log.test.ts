import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorForLog, messageOf } from './log.ts'

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error
  }
}

test('text that JSON.parse quotes does not reach the log', () => {
  for (const text of [
    'Baker Street',
    '{"text":"Baker Street 12, at the "corner" of it"}',
    'x'.repeat(50) + 'Baker Street' + 'y'.repeat(50),
    '{"a":1} Baker Street',
    '"Baker Street\nBaker Street"',
    '{"Baker Street": Baker Street}',
    '',
  ]) {
    const error = parse(text) as Error
    assert.ok(error instanceof SyntaxError)
    assert.ok(!messageOf(error).includes('Bak'), `${messageOf(error)} | ${error.message}`)
    assert.ok(messageOf(error).length > 10, messageOf(error))
    assert.ok(!JSON.stringify(errorForLog(new Error('outer', { cause: error }))).includes('Bak'))
  }
})

test('an error is logged with its kind, message, code and place, and without the row of a database error', () => {
  const error = Object.assign(new Error('duplicate key value'), {
    code: '23505',
    detail: 'Key (channel_id, key)=(1, p:85268411234) already exists.',
    parameters: ['85268411234'],
  })
  const told = errorForLog(error) as Record<string, string>
  assert.deepEqual([told.type, told.message, told.code], ['Error', 'duplicate key value', '23505'])
  assert.match(told.stack!, /^Error: duplicate key value\n +at .*log\.test\.ts/)
  assert.ok(!JSON.stringify(told).includes('85268411234'))
})
