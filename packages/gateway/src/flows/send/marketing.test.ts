import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudApiError, NoAnswer } from '../../platform/cloud-api/errors.ts'
import { GatewayError } from '../../platform/errors.ts'
import { keysFor, mustBeAllowed, otherPath, pathOf } from './marketing.ts'
import { outcomeOf } from './outcome.ts'

const refused = (code: number, http = 400) => outcomeOf(new CloudApiError({ message: `(#${code}) x`, code }, http, {}))
const template = { type: 'template' as const }

test('marketing templates go as the channel says, all others to /messages', () => {
  for (const category of ['MARKETING', 'UTILITY', 'AUTHENTICATION', undefined])
    for (const marketing of ['cloud', 'marketing_messages', 'auto'] as const)
      assert.equal(
        pathOf({ marketing }, category),
        category === 'MARKETING' && marketing !== 'cloud' ? 'marketing_messages' : 'messages',
      )
})

for (const [code, from, marketing, to] of [
  [131063, 'messages', 'auto', 'marketing_messages'],
  [131063, 'messages', 'marketing_messages', 'marketing_messages'],
  [131061, 'messages', 'auto', 'marketing_messages'],
  [131063, 'messages', 'cloud', undefined],
  [131063, 'marketing_messages', 'auto', undefined],
  [131055, 'marketing_messages', 'marketing_messages', 'messages'],
  [134100, 'marketing_messages', 'marketing_messages', 'messages'],
  [134101, 'marketing_messages', 'auto', 'messages'],
  [134101, 'marketing_messages', 'marketing_messages', undefined],
  [134102, 'marketing_messages', 'auto', 'messages'],
  [131050, 'marketing_messages', 'auto', undefined],
  [132001, 'messages', 'auto', undefined],
] as const)
  test(`${code} at /${from} with marketing ${marketing}: ${to === undefined ? 'stays refused' : `goes to /${to}`}`, () => {
    assert.equal(otherPath({ marketing }, template, from, refused(code, code === 134102 ? 500 : 400)), to)
  })

test('what may have been accepted, is not a template, or is STRICT, is not sent again', () => {
  const auto = { marketing: 'auto' as const }
  const unknown = outcomeOf(new NoAnswer('no answer'))
  assert.equal(otherPath(auto, template, 'messages', unknown), undefined)
  assert.equal(otherPath(auto, template, 'messages', { kind: 'accepted' }), undefined)
  assert.equal(otherPath(auto, { type: 'text' }, 'messages', refused(131063)), undefined)
  const strict = { ...template, marketing: { product_policy: 'STRICT' as const } }
  assert.equal(otherPath(auto, strict, 'marketing_messages', refused(134102)), undefined)
  assert.equal(otherPath(auto, strict, 'messages', refused(131063)), 'marketing_messages')
})

test('only /marketing_messages gets the keys of the Marketing Messages API', () => {
  const keys = { product_policy: 'STRICT' as const }
  assert.deepEqual(keysFor('marketing_messages', keys), keys)
  assert.deepEqual(keysFor('messages', keys), {})
  assert.deepEqual(keysFor('marketing_messages', undefined), {})
})

test('what the channel does not allow is refused with its field', () => {
  const off = { marketing: 'cloud' as const, directSend: false }
  const text = { to: '1', type: 'text' as const, text: { body: 'x' }, direct: { category: 'utility' as const } }
  const sale = {
    to: '1',
    type: 'template' as const,
    template: { name: 'sale' },
    marketing: { product_policy: 'STRICT' as const },
  }
  for (const [message, reason, path] of [
    [text, 'direct_send_not_allowed', 'category'],
    [sale, 'validation_failed', 'product_policy'],
  ] as const)
    assert.throws(
      () => mustBeAllowed(off, message),
      (error) => {
        assert(error instanceof GatewayError)
        assert.equal(error.reason, reason)
        assert.equal((error.data.fields as { path: string }[])[0]!.path, path)
        return true
      },
    )
  mustBeAllowed({ marketing: 'auto', directSend: true }, text)
  mustBeAllowed({ marketing: 'auto', directSend: true }, sale)
})
