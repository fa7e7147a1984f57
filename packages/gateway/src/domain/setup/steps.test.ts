import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageFact, NumberFact, SetupFacts, TokenFact } from './facts.ts'
import { FIELDS } from './judge-webhooks.ts'
import { type Need, nextOf, type Step, type StepName, STEPS } from './step.ts'
import { stepsOf } from './steps.ts'

const NOW = Date.UTC(2026, 10, 26, 12)
const OURS = 'https://gw.example.com/webhooks/meta'
const THEIRS = 'https://old.example.com/hook'

const TOKEN: TokenFact = {
  isValid: true,
  scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
  expiresAt: null,
  app: { id: '9', name: 'Shop app' },
  wabaIds: ['2'],
}
const NUMBER: NumberFact = {
  ...{ shown: '+852 3000 1234', name: 'The Table', status: 'CONNECTED', verification: 'VERIFIED' },
  ...{ nameStatus: 'APPROVED', newNameStatus: 'NONE', quality: 'GREEN', limit: 2000, isOnBizApp: false },
  ...{ canSend: 'AVAILABLE', problems: [], overrides: [] },
}
const SENT: MessageFact = { status: 'delivered', at: NOW - 5_000, error: null }

/** Everything is as it must be. */
const GOOD: SetupFacts = {
  now: NOW,
  channel: { businessPhone: '85230001234', phoneNumberId: '1', wabaId: '2' },
  isSandbox: false,
  token: { value: TOKEN },
  number: { value: NUMBER },
  account: { value: { numbers: [{ id: '1', shown: '+852 3000 1234' }], verification: 'verified' } },
  apps: { value: [{ id: '9', name: 'Shop app' }] },
  app: { value: { callbackUrl: OURS, fields: FIELDS } },
  address: { url: OURS, challenge: { kind: 'ok' }, webhook: { kind: 'ok' } },
  template: { value: 'hello_world' },
  sent: [SENT],
  received: { status: 'received', at: NOW, error: null },
}

const refused = (code: number | null, says = `(#${code}) refused`) => ({ error: { code, says } })
const token = (change: Partial<TokenFact>) => ({ token: { value: { ...TOKEN, ...change } } })
const number = (change: Partial<NumberFact>) => ({ number: { value: { ...NUMBER, ...change } } })
const trip = (challenge: NonNullable<SetupFacts['address']>['challenge'], webhook = challenge) => ({
  address: { url: OURS, challenge, webhook },
})
const sent = (change: Partial<MessageFact>) => ({ sent: [{ ...SENT, ...change }], received: undefined })

type Case = [what: string, StepName, Partial<SetupFacts>, Step['state'], says: RegExp, advice: RegExp | null, needs?: Need[]] // prettier-ignore

const ALL_REFUSED = { token: refused(190), number: refused(190), account: refused(190), apps: refused(190), app: undefined } // prettier-ignore

const CASES: Case[] = [
  ['a rejected token', 'token', ALL_REFUSED, 'wrong', /#190/, /System users/, ['access_token']],
  ['what follows a rejected token', 'number', ALL_REFUSED, 'waiting', /token comes first/, null],
  ['what follows a rejected token', 'registration', ALL_REFUSED, 'waiting', /token comes first/, null],
  ['what follows a rejected token', 'app', ALL_REFUSED, 'waiting', /token comes first/, null],
  ['what follows a rejected token', 'subscription', ALL_REFUSED, 'waiting', /token comes first/, null],
  ['an expired token', 'token', token({ isValid: false }), 'wrong', /expired/, /Never/, ['access_token']],
  ['a token without a permission', 'token', token({ scopes: [TOKEN.scopes[0]!] }), 'wrong', /lacks the permission whatsapp_business_messaging/, /Generate token/, ['access_token']], // prettier-ignore
  ['a token that tells nothing of itself', 'token', { token: refused(100) }, 'done', /accepts the token/, null],
  ['WhatsApp cannot be reached', 'token', { token: refused(null, 'away'), number: refused(null), account: refused(null) }, 'waiting', /away/, /CLOUD_API_URL/], // prettier-ignore
  ['an id that nobody knows', 'number', { number: refused(100) }, 'wrong', /no number with the id 1/, /Phone numbers/],
  ['a number that the user may not see', 'number', { number: refused(10) }, 'wrong', /#10/, /Assign people/],
  ['the id of another number', 'number', number({ shown: '+1 555 000' }), 'wrong', /belongs to \+1 555 000/, /Remove the channel/], // prettier-ignore
  ['the id of another account', 'number', { account: { value: { numbers: [{ id: '8', shown: '+8' }], verification: undefined } } }, 'wrong', /Its numbers: \+8/, /id of the account/, ['waba_id']], // prettier-ignore
  ['an account that the user may not see', 'number', { account: refused(100) }, 'wrong', /#100/, /Assign people/, ['waba_id']], // prettier-ignore
  ['a number that is not registered', 'registration', number({ status: 'DISCONNECTED' }), 'wrong', /not registered \(DISCONNECTED\)/, /six digits/, ['pin']], // prettier-ignore
  ['a number that is not verified', 'registration', number({ status: 'PENDING', verification: 'NOT_VERIFIED' }), 'wrong', /not proven/, /code by text message/, ['code']], // prettier-ignore
  ['a number in the business app', 'registration', number({ status: 'UNLINKED', isOnBizApp: true }), 'wrong', /UNLINKED/, /WhatsApp Business app/], // prettier-ignore
  ['a banned number', 'registration', number({ status: 'BANNED' }), 'wrong', /BANNED/, /Support Home/],
  ['a flagged number', 'registration', number({ status: 'FLAGGED' }), 'done', /registered/, null],
  ['a name in review', 'name', number({ nameStatus: 'PENDING_REVIEW' }), 'waiting', /reviews the name/, /131037/],
  ['a declined name', 'name', number({ nameStatus: 'DECLINED' }), 'wrong', /did not approve/, /Display name/, ['display_name']], // prettier-ignore
  ['another name in review', 'name', number({ nameStatus: 'DECLINED', newNameStatus: 'PENDING_REVIEW' }), 'waiting', /reviews/, /by itself/], // prettier-ignore
  ['an account that may not send', 'name', number({ canSend: 'BLOCKED', problems: [{ says: 'No payment method.', advice: 'Add one.' }] }), 'wrong', /No payment method/, /Add one/], // prettier-ignore
  ['no public address', 'address', { address: undefined }, 'wrong', /PUBLIC_URL is not set/, /deploy\.md/],
  ['no public address in the sandbox', 'address', { address: undefined, isSandbox: true }, 'done', /sandbox/, null],
  ['an address that nobody finds', 'address', trip({ kind: 'unreachable', why: 'ENOTFOUND' }), 'wrong', /ENOTFOUND/, /DNS/], // prettier-ignore
  ['another gateway at the address', 'address', trip({ kind: 'status', status: 403 }), 'wrong', /403 to the handshake/, /META_VERIFY_TOKEN/], // prettier-ignore
  ['a proxy without a gateway', 'address', trip({ kind: 'status', status: 502 }), 'wrong', /502/, /proxy passes/],
  ['a proxy that changes bodies', 'address', trip({ kind: 'ok' }, { kind: 'status', status: 401 }), 'wrong', /as it was sent/, /X-Hub-Signature/], // prettier-ignore
  ['a proxy that takes no POST', 'address', trip({ kind: 'ok' }, { kind: 'status', status: 405 }), 'wrong', /405 to a signed webhook/, /GET and POST/], // prettier-ignore
  ['a wrong app secret', 'app', { app: refused(190) }, 'wrong', /not the secret of the app Shop app/, /App secret/],
  ['an app without a callback', 'app', { app: { value: null } }, 'wrong', /no callback URL/, /Configuration/, []],
  ['an app of another program', 'app', { app: { value: { callbackUrl: THEIRS, fields: FIELDS } } }, 'wrong', /old\.example/, /replace/, ['replace']], // prettier-ignore
  ['the same, and the number has our address', 'app', { app: { value: { callbackUrl: THEIRS, fields: FIELDS } }, ...number({ overrides: [OURS] }) }, 'done', /old\.example/, null], // prettier-ignore
  ['an app that hears no messages', 'app', { app: { value: { callbackUrl: OURS, fields: ['account_update'] } } }, 'wrong', /field messages/, /Webhook fields/, []], // prettier-ignore
  ['an app that hears messages alone', 'app', { app: { value: { callbackUrl: OURS, fields: ['messages'] } } }, 'done', /gw\.example/, /Webhook fields/, []], // prettier-ignore
  ['an app that is not subscribed', 'subscription', { apps: { value: [{ id: '7', name: 'Old bot' }] } }, 'wrong', /not subscribed/, /no button/, []], // prettier-ignore
  ['messages that go elsewhere', 'subscription', number({ overrides: [THEIRS] }), 'wrong', /old\.example/, /on purpose/, ['replace']], // prettier-ignore
  ['nothing was sent', 'message', { sent: [] }, 'waiting', /hello_world/, /your own number/, ['to']],
  ['no template can be sent', 'message', { sent: [], template: { value: undefined } }, 'wrong', /no approved template/, /Message templates/], // prettier-ignore
  ['templates could not be asked for', 'message', { sent: [], template: { error: { code: null, says: 'WhatsApp did not answer.' } } }, 'waiting', /WhatsApp did not answer/, /./], // prettier-ignore
  ['a refused message', 'message', sent({ status: 'failed', error: { code: 131042, title: 'Payment' } }), 'wrong', /#131042/, /payment method/, ['to']], // prettier-ignore
  ['a message on its way', 'message', sent({ status: 'sent' }), 'waiting', /\(sent\)/, /phone on/],
  ['a message without a status, soon', 'message', sent({ status: 'accepted' }), 'waiting', /accepted/, /phone on/],
  ['a message without a status', 'message', sent({ status: 'accepted', at: NOW - 61_000 }), 'wrong', /no status/, /App Mode/, ['to']], // prettier-ignore
  ['no answer yet', 'answer', { received: undefined }, 'waiting', /No answer/, /App Mode/],
  ['no answer before a message', 'answer', { received: undefined, sent: [] }, 'waiting', /No answer/, /Write/],
]

test('when everything is as it must be, every step is done and none is next', () => {
  const steps = stepsOf(GOOD)
  assert.deepEqual(
    steps.map(({ step, state }) => [step, state]),
    STEPS.map((step) => [step, 'done']),
  )
  assert.equal(nextOf(steps), null)
})

test('each fact makes its step wrong or waiting, with what to do and what Postern needs for it', () => {
  for (const [what, name, change, state, says, advice, needs] of CASES) {
    const step = stepsOf({ ...GOOD, ...change }).find((one) => one.step === name)!
    assert.equal(step.state, state, what)
    assert.match(step.says, says, what)
    if (advice) assert.match(step.advice ?? '', advice, what)
    else assert.equal(step.advice, null, what)
    assert.deepEqual(step.action, needs ? { needs } : null, what)
  }
})

test('every step is once wrong or waiting in the table', () => {
  const shown = new Set(CASES.filter(([, , , state]) => state !== 'done').map(([, step]) => step))
  assert.deepEqual([...shown].sort(), [...STEPS].sort())
})

test('the way stops at the first step that is wrong, and not at a name in review', () => {
  const inReview = number({ nameStatus: 'PENDING_REVIEW' })
  assert.equal(nextOf(stepsOf({ ...GOOD, ...inReview })), null)
  assert.equal(nextOf(stepsOf({ ...GOOD, ...inReview, received: undefined })), 'answer')
  assert.equal(nextOf(stepsOf({ ...GOOD, ...ALL_REFUSED })), 'token')
})

test('notes tell of expiry, quality, limit, verification and other apps, and stop nothing', () => {
  const facts: SetupFacts = {
    ...GOOD,
    ...token({ expiresAt: NOW + 86_400_000 }),
    ...number({ quality: 'RED', limit: 250, canSend: 'LIMITED', problems: [{ says: 'Verify.', advice: null }] }),
    account: { value: { numbers: [{ id: '1', shown: '' }], verification: 'pending' } },
    apps: { value: [{ id: '7', name: 'Old bot' }, TOKEN.app!] },
  }
  const steps = stepsOf(facts)
  assert.equal(nextOf(steps), null)
  const all = steps.flatMap(({ notes }) => notes).join('\n')
  for (const part of [
    /expires at 2026-11-27 12:00 UTC/,
    /RED/,
    /250 people/,
    /not verified \(pending\)/,
    /Verify\./,
    /Old bot/,
  ])
    // prettier-ignore
    assert.match(all, part)
})
