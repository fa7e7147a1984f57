import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatewayError } from '../platform/errors.ts'
import { parseJson } from './json-body.ts'

const parse = (text: string | Buffer): unknown => parseJson(Buffer.from(text as string))

function refusal(text: string | Buffer): { reason: unknown; message: string; fields: string[] } {
  try {
    parse(text)
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error))
    const fields = (error.data?.fields as { path: string }[] | undefined) ?? []
    return { reason: error.reason, message: error.message, fields: fields.map(({ path }) => path) }
  }
  return assert.fail('it was taken')
}

test('UTF-8 is accepted, with or without a byte order mark', () => {
  assert.deepEqual(parse('{"a":"你好 💥"}'), { a: '你好 💥' })
  assert.deepEqual(parse('\ufeff{"a":1}'), { a: 1 })
})

test('other encodings are refused, with the position and the next step', () => {
  const bodies: [Buffer, number][] = [
    [Buffer.concat([Buffer.from('{"text":"'), Buffer.from('c4e3bac3', 'hex'), Buffer.from('"}')]), 9], // 你好 in GBK
    [Buffer.from('{"text":"caf\xe9"}', 'latin1'), 12],
    [Buffer.from('{"a":"\xe4\xbd', 'latin1'), 6], // cut inside a character
    [Buffer.from('fffe7b00', 'hex'), 0],
    [Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1'), 6], // a surrogate in UTF-8
  ]
  for (const [body, position] of bodies) {
    const { reason, message } = refusal(body)
    assert.equal(reason, 'bad_encoding')
    assert.match(message, new RegExp(`position ${position} .*Encode the JSON as UTF-8`))
  }
})

test('__proto__ is refused by name at any place and in any spelling', () => {
  assert.deepEqual(refusal('{"to":"1","__proto__":{"admin":true}}').fields, ['__proto__'])
  assert.deepEqual(refusal('{"a":[{"b":1},{"__proto__":null}]}').fields, ['a.1.__proto__'])
  assert.deepEqual(refusal('{"\\u005f_proto__":1}').fields, ['__proto__'])
  assert.deepEqual(refusal('{"a":{"__proto__":{"__proto__":1}},"__proto__":2}').fields, ['__proto__', 'a.__proto__'])
  assert.deepEqual(parse('{"text":"__proto__ is a word"}'), { text: '__proto__ is a word' })
})

test('a deep body full of it takes milliseconds', () => {
  const before = process.threadCpuUsage()
  assert.ok(refusal(`${'{"__proto__":1,"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`).fields.length > 0)
  const { user, system } = process.threadCpuUsage(before)
  assert.ok(user + system < 50_000, `${(user + system) / 1000} ms`)
})
