import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CloudApiError, StrangeAnswer } from './errors.ts'
import { parseExact } from '../exact-json.ts'
import { readAnswer } from './read-answer.ts'

const SENDS = new URL('../../../../../test/fixtures/cloud-api/sends/', import.meta.url)

function read(status: number, body: string, headers: Record<string, string> = {}): unknown {
  return readAnswer({ status, headers, body: Buffer.from(body) }, 'token-42')
}

function errorOf(...args: Parameters<typeof read>): CloudApiError {
  try {
    read(...args)
  } catch (error) {
    assert(error instanceof CloudApiError, String(error))
    return error
  }
  throw new Error('no error')
}

for (const file of readdirSync(SENDS).filter((name) => name.startsWith('response_error_'))) {
  test(`${file} keeps Meta's texts`, () => {
    const text = readFileSync(new URL(file, SENDS), 'utf8')
    const { error: sent } = JSON.parse(text) as { error: Record<string, never> }
    const error = errorOf(400, text)
    assert.equal(error.message, sent.message)
    assert.equal(error.code, sent.code)
    assert.equal(error.type, sent.type)
    assert.equal(error.fbtraceId, sent.fbtrace_id)
    assert.equal(error.subcode, sent.error_subcode)
    assert.equal(error.details, (sent.error_data as { details?: string } | undefined)?.details)
  })
}

test('the title is the message without its number', () => {
  assert.equal(errorOf(400, '{"error":{"message":"(#130429) Rate limit hit","code":130429}}').title, 'Rate limit hit')
})

const STRANGE: [what: string, status: number, body: string][] = [
  ['a page of HTML', 502, '<html>Bad Gateway</html>'],
  ['nothing', 200, ''],
  ['half of a JSON', 200, '{"messages":[{"id":"wamid'],
  ['an error without a code', 500, '{"error":{"message":"x"}}'],
  ['an error that is a text', 500, '{"error":"server_error"}'],
  ['an error whose code is nonsense', 500, '{"error":{"code":"often","message":"x"}}'],
  ['an error in a list', 500, '[{"error":{"code":1}}]'],
  ['a good body with a bad status', 500, '{"messages":[{"id":"wamid.x"}]}'],
  ['a redirect', 302, '{}'],
  ['depth beyond reason', 200, `${'['.repeat(100_000)}1000000000000000000000`],
]
for (const [what, status, body] of STRANGE) {
  test(`strange: ${what}`, () => {
    assert.throws(
      () => read(status, body),
      (error: Error) => error instanceof StrangeAnswer && error.httpStatus === status,
    )
  })
}

test('an error object counts whatever the HTTP status', () => {
  assert.equal(errorOf(200, '{"error":{"message":"(#1) x","code":1}}').httpStatus, 200)
})

test('a code written as text is a code; a missing message becomes its number', () => {
  const error = errorOf(400, '{"error":{"code":"131009"}}')
  assert.equal(error.code, 131009)
  assert.equal(error.message, '(#131009)')
})

test('values of wrong types are dropped, a long text is cut, a quoted token is removed', () => {
  const error = errorOf(
    400,
    JSON.stringify({
      error: {
        message: `bad token-42 ${'x'.repeat(10_000)}`,
        code: 190,
        error_subcode: {},
        error_data: 'none',
        fbtrace_id: 7,
        type: ['a'],
      },
    }),
  )
  assert.match(error.message, /^bad \[secret\] x+$/)
  assert(error.message.length < 4_100)
  assert.deepEqual(
    [error.subcode, error.details, error.fbtraceId, error.type],
    [undefined, undefined, undefined, undefined],
  )
})

const WAITS: [headers: Record<string, string>, ms: number | undefined][] = [
  [{}, undefined],
  [{ 'retry-after': '30' }, 30_000],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '999999999' }, 24 * 3600_000],
  [
    {
      'x-business-use-case-usage':
        '{"7":[{"estimated_time_to_regain_access":5},{"estimated_time_to_regain_access":2}]}',
    },
    300_000,
  ],
  [{ 'x-business-use-case-usage': '{"7":[{"estimated_time_to_regain_access":0}]}' }, undefined],
  [{ 'x-business-use-case-usage': '{"7":' }, undefined],
  [{ 'x-business-use-case-usage': '{"7":null,"8":[null]}' }, undefined],
]
for (const [headers, ms] of WAITS) {
  test(`wait ${ms} for ${JSON.stringify(headers)}`, () => {
    assert.equal(errorOf(400, '{"error":{"message":"x","code":80007}}', headers).retryAfterMs, ms)
  })
}

test('integers that a number cannot hold become text, everything else stays', () => {
  const text =
    '{"id":12345678901234567890,"n":-12345678901234567890,"list":[9007199254740993],"small":7,"f":1.5,"s":"12345678901234567"}'
  assert.deepEqual(parseExact(text, 'text'), {
    id: '12345678901234567890',
    n: '-12345678901234567890',
    list: ['9007199254740993'],
    small: 7,
    f: 1.5,
    s: '12345678901234567',
  })
  assert.deepEqual(parseExact('[9007199254740991, 1788300000000000]', 'text'), [9007199254740991, 1788300000000000])
})
