import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Channel } from '../domain/channels/channel.ts'
import { GatewayError, validationError } from '../platform/errors.ts'
import { failure } from './envelope.ts'
import { asOnPage, createPageForm, errorHeader } from './page-form.ts'

const channel = (compatibility: Channel['compatibility']) => ({ compatibility }) as Channel
const [page, postern] = [channel('page'), channel('postern')]

const formOf = (channels: Channel[]) =>
  createPageForm({
    byCode: (code) => (code === 'of-page' ? page : code === 'of-postern' ? postern : undefined),
    channels: () => channels,
  })

const CASES: [string, { channel?: Channel; url?: string; code?: string; channels: Channel[] }, boolean][] = [
  ['the channel says so', { channel: page, channels: [page, postern] }, true],
  ['the channel says no', { channel: postern, channels: [page] }, false],
  [
    'no route, a code of such a channel',
    { url: '/external/nothing', code: 'of-page', channels: [page, postern] },
    true,
  ],
  ['no route, a code of another', { url: '/external/nothing', code: 'of-postern', channels: [page] }, false],
  ['an unknown code, channels of both kinds', { code: 'unknown', channels: [page, postern] }, false],
  ['an unknown code, all channels agree', { code: 'unknown', channels: [page, page] }, true],
  ['no code, all channels agree', { channels: [page] }, true],
  ['no code and no channel', { channels: [] }, false],
  ['a route for operators', { url: '/admin/channels', code: 'of-page', channels: [page] }, false],
  ['a path that begins alike', { url: '/externals', channels: [page] }, false],
]

for (const [title, { channel: own, url = '/external/messages/whatsapp', code, channels }, wanted] of CASES)
  test(`page form: ${title}`, () => {
    const headers = code === undefined ? {} : { 'certification-code': code }
    assert.equal(formOf(channels)({ url, headers, channel: own ?? null }), wanted)
  })

test('an error keeps code and message; its details become headers', () => {
  const failed = failure(new GatewayError('window_closed', {}, { data: { closed_at: 1_760_000_000 } }), 'req_1')
  const { body, headers } = asOnPage(failed.http, failed.body)
  assert.deepEqual(body, {
    status: 'error',
    code: 10002,
    message: '(#131047) Re-engagement message',
    data: {},
    error: {},
  })
  assert.deepEqual(headers, {
    'x-postern-status': '400',
    'x-postern-error': '{"closed_at":1760000000,"reason":"window_closed"}',
  })
})

test('the header is ASCII, also for text of other scripts', () => {
  const text = errorHeader({ reason: 'x', title: '格式不符 – ™ \u007f\n👍' }, '')
  assert.match(text, /^[\x20-\x7e]+$/)
  assert.deepEqual(JSON.parse(text), { reason: 'x', title: '格式不符 – ™ \u007f\n👍' })
})

test('the header is bounded: fields are left off at the end, and counted', () => {
  const fields = Array.from({ length: 100 }, (_, i) => ({
    path: `interactive.action.${i}`,
    rule: 'required',
    message: 'is required',
  }))
  const { body } = failure(validationError(fields), 'req_1')
  const text = errorHeader(body.error, body.message)
  assert.ok(text.length <= 2048, `${text.length}`)
  const told = JSON.parse(text) as { fields: unknown[]; left_off: number }
  assert.deepEqual(told.fields, fields.slice(0, told.fields.length))
  assert.ok(told.fields.length > 10)
  assert.equal(told.left_off, 100 - told.fields.length)
})

test('a detail that fits with nothing else leaves the reason', () => {
  const huge = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key${i}`, '格'.repeat(200)]))
  assert.equal(
    errorHeader({ reason: 'upstream_refused', upstream: huge }, ''),
    '{"reason":"upstream_refused","left_off":0}',
  )
})

test('the header tells nothing of a person that the message does not tell', () => {
  const said = errorHeader(
    {
      fields: [
        { path: 'type', rule: 'enum', actual: 'call me at 85268411234', message: 'must be "text"' },
        { path: 'to', rule: 'maxLength', limit: 20, actual: 25, message: 'at most 20 characters, got 25' },
      ],
      upstream: { details: 'Recipient 85268411234 is not allowed', fbtrace_id: 'A12345678' },
      reference: 'msg_01K7G0000000000000000000',
    },
    'type: must be "text"',
  )
  assert.doesNotMatch(said, /85268411234/)
  assert.deepEqual(JSON.parse(said), {
    fields: [
      { path: 'type', rule: 'enum', message: 'must be "text"' },
      { path: 'to', rule: 'maxLength', limit: 20, actual: 25, message: 'at most 20 characters, got 25' },
    ],
    upstream: { details: 'Recipient … is not allowed', fbtrace_id: 'A12345678' },
    reference: 'msg_01K7G0000000000000000000',
  })
})
