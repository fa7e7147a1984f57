import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERROR_CODES } from '../../../../cloud-api/src/error-codes.ts'
import { CloudApiError, NoAnswer, NotConnected } from '../../platform/cloud-api/errors.ts'
import { GatewayError, StoreUnavailable } from '../../platform/errors.ts'
import { endingOf } from './broadcast-ending.ts'
import { MessageIdTaken } from '../../store/store.ts'
import { outcomeOf } from './outcome.ts'
import { toGatewayError } from './to-gateway-error.ts'

/** The sender's error for a code of Meta's. */
function meta(code: number): GatewayError {
  return toGatewayError(
    outcomeOf(new CloudApiError({ message: `(#${code}) No`, code }, ERROR_CODES[code]?.http ?? 400)),
  )
}

const CODES: Record<string, number[]> = {
  // Token, permission, registration, lock, payment, spam: no recipient would get it.
  stop: [0, 3, 10, 190, 200, 368, 131005, 131031, 131037, 131042, 131045, 131048, 132001, 132015, 132016, 133010],
  // Concerns one contact, or one message.
  failed: [100, 131008, 131009, 131021, 131026, 131030, 131047, 131050, 131051, 132000, 132012, 135000],
  again: [1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057],
}
for (const [kind, codes] of Object.entries(CODES)) {
  for (const code of codes) test(`${code}: ${kind}`, () => assert.equal(endingOf(meta(code)).kind, kind))
}

const OTHERS: [what: string, error: Error, kind: string][] = [
  ['a lost answer', toGatewayError(outcomeOf(new NoAnswer('cut'))), 'unknown'],
  ['no connection', toGatewayError(outcomeOf(new NotConnected('refused'))), 'again'],
  ['the store away', new StoreUnavailable('gone'), 'lost'],
  ['a bug', new TypeError('x'), 'look'],
  ['an id that another node has begun to send', new MessageIdTaken(), 'look'],
  ['a template that is gone', new GatewayError('template_not_found'), 'stop'],
  ['a template that is paused', new GatewayError('template_not_approved', { problem: 'paused' }), 'stop'],
  ['parameters that do not fit', new GatewayError('template_mismatch', { problem: 'one missing' }), 'failed'],
  ['a closed window', new GatewayError('window_closed'), 'failed'],
  ['the number’s pace', new GatewayError('rate_limited_number', { seconds: 2 }), 'again'],
]
for (const [what, error, kind] of OTHERS) test(`${what}: ${kind}`, () => assert.equal(endingOf(error).kind, kind))

test('only a send that reached WhatsApp counts as a try', () => {
  const counts = (error: Error): unknown => {
    const ending = endingOf(error)
    return ending.kind === 'again' && ending.counts
  }
  assert.equal(counts(new GatewayError('rate_limited_number', { seconds: 2 })), false)
  assert.equal(counts(new GatewayError('shutting_down')), false)
  assert.equal(counts(new GatewayError('overloaded', { seconds: 2 })), false)
  // Otherwise a contact whose pair is full would be tried for ever.
  assert.equal(counts(new GatewayError('rate_limited_pair', { seconds: 6 })), true)
  assert.equal(counts(meta(131000)), true)
})

test('only a message that WhatsApp refused gets a new id', () => {
  const fresh = (error: Error): unknown => {
    const ending = endingOf(error)
    return (ending.kind === 'again' || ending.kind === 'stop') && ending.fresh
  }
  for (const code of [131000, 190]) assert.equal(fresh(meta(code)), true, String(code))
  for (const reason of ['overloaded', 'shutting_down', 'template_not_found'] as const)
    assert.equal(fresh(new GatewayError(reason)), false, reason)
})

test('a contact whose pair is full waits for a second, and does not delay the others', () => {
  const rest = (error: Error): unknown => {
    const ending = endingOf(error)
    return ending.kind === 'again' && ending.restMs
  }
  assert.equal(rest(new GatewayError('rate_limited_pair', { seconds: 6 }, { retryAfterSeconds: 6 })), 1_000)
  assert.equal(rest(new GatewayError('rate_limited_number', { seconds: 6 }, { retryAfterSeconds: 6 })), 6_000)
  assert.equal(rest(new GatewayError('overloaded', { seconds: 2 })), 1_000)
})
