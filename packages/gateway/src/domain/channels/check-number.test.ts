import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WirePhoneNumber } from '../../../../cloud-api/src/wire.ts'
import { judgeAccount, judgeWebhookUrl, webhookUrlOf } from './check-number.ts'

const number = (more: object = {}): WirePhoneNumber =>
  ({ id: '301', display_phone_number: '+1 415-555-0123', verified_name: 'Shop', ...more }) as WirePhoneNumber

test('a number belongs to the account when the account lists it, at any place in the list', () => {
  const other = number({ id: '302', display_phone_number: '+1 415-555-0999' })
  const judged = judgeAccount([other, number()], '301')
  assert.deepEqual([judged.state, judged.says], ['ok', 'The account has 2 number(s), this one among them.'])
  assert.deepEqual(judgeAccount([other], '301'), {
    step: 'account',
    state: 'failed',
    says: 'The number is not of this account. Its numbers: +1 415-555-0999.',
  })
  assert.match(judgeAccount([], '301').says, /has no numbers/)
})

const WEBHOOK_URLS: [what: string, configuration: unknown, url: string | undefined][] = [
  [
    'the number’s own first',
    { phone_number: 'https://a/', whatsapp_business_account: 'https://b/', application: 'https://c/' },
    'https://a/',
  ],
  [
    'then the account’s',
    { phone_number: '', whatsapp_business_account: 'https://b/', application: 'https://c/' },
    'https://b/',
  ],
  ['then the app’s', { application: 'https://c/' }, 'https://c/'],
  ['none', {}, undefined],
  ['null', null, undefined],
  ['a text', 'https://a/', undefined],
  ['an address that is no text', { phone_number: 7 }, undefined],
  ['nothing said', undefined, undefined],
]
for (const [what, configuration, url] of WEBHOOK_URLS) {
  test(`callback URL: ${what}`, () => {
    assert.equal(webhookUrlOf(number({ webhook_configuration: configuration })), url)
  })
}

const OURS = '/webhooks/meta'
const JUDGED: [url: string | undefined, state: string][] = [
  [undefined, 'warning'],
  ['https://gate.example/webhooks/meta', 'ok'],
  ['https://gate.example/behind/a/proxy/webhooks/meta', 'ok'],
  ['https://gate.example/webhooks/meta?x=1', 'ok'],
  ['https://gate.example/webhooks/other', 'warning'],
  ['https://gate.example/?to=/webhooks/meta', 'warning'],
  ['/webhooks/meta', 'warning'],
]
for (const [url, state] of JUDGED) {
  test(`webhooks that are sent to ${url}: ${state}`, () => {
    const step = judgeWebhookUrl(number(url === undefined ? {} : { webhook_configuration: { application: url } }), OURS)
    assert.deepEqual([step.step, step.state], ['callback', state])
    assert.ok(step.says.includes(url ?? OURS))
  })
}
