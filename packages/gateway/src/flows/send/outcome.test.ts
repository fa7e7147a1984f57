import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERROR_CODES } from '../../../../cloud-api/src/error-codes.ts'
import { CloudApiError, NoAnswer, NotConnected, StrangeAnswer } from '../../platform/cloud-api/errors.ts'
import { outcomeOf, type Outcome } from './outcome.ts'

function meta(code: number, httpStatus: number, retryAfterMs?: number): CloudApiError {
  return new CloudApiError({ message: `(#${code}) Title`, code }, httpStatus, { retryAfterMs })
}

function short(outcome: Outcome): string {
  if (outcome.kind === 'accepted') return outcome.kind
  const scope = outcome.kind === 'throttled' ? ` ${outcome.scope}` : ''
  return `${outcome.kind}${scope}${outcome.mayRetry ? ' again' : ''}`
}

/** Every code that is not a plain refusal. The second test checks that the rest of Meta's table is. */
const SPECIAL: Record<number, string> = {
  4: 'throttled app again',
  80007: 'throttled account again',
  80008: 'throttled account again',
  131064: 'throttled account again',
  130429: 'throttled channel again',
  131048: 'throttled channel again',
  131057: 'throttled channel again',
  2494100: 'throttled channel again',
  133016: 'throttled channel again',
  613: 'throttled channel again',
  138002: 'throttled channel again',
  138005: 'throttled channel again',
  138013: 'throttled channel again',
  131056: 'throttled pair again',
  1: 'unavailable again',
  2: 'unavailable again',
  131000: 'unavailable again',
  131016: 'unavailable again',
  133004: 'unavailable again',
  // A 5xx with a code that needs a fix first: not accepted, and the same request would fail again.
  3: 'unavailable',
  131045: 'unavailable',
  133000: 'unavailable',
  134102: 'unavailable',
}

for (const [code, expected] of Object.entries(SPECIAL)) {
  const http = ERROR_CODES[Number(code)]?.http ?? 400
  test(`${code} with HTTP ${http}: ${expected}`, () =>
    assert.equal(short(outcomeOf(meta(Number(code), http))), expected))
}

test('every other documented code is a refusal', () => {
  const refused = Object.entries(ERROR_CODES).filter(([code]) => !(code in SPECIAL))
  assert(refused.length > 150)
  for (const [code, { http }] of refused) {
    assert.equal(short(outcomeOf(meta(Number(code), http ?? 400))), 'refused', code)
  }
})

const OTHERS: [what: string, error: Error, expected: string][] = [
  ['an unheard-of code with 400', meta(999999, 400), 'refused'],
  ['an unheard-of code with 500', meta(999999, 500), 'unavailable again'],
  ['a throttle that comes with 500', meta(130429, 500), 'throttled channel again'],
  ['an outage that comes with 400', meta(131000, 400), 'unavailable again'],
  ['no connection', new NotConnected('refused'), 'unavailable again'],
  ['no answer', new NoAnswer('closed'), 'unknown'],
  ['a page instead of JSON with 200', new StrangeAnswer('html', 200), 'unknown'],
  ['a gateway’s 502', new StrangeAnswer('html', 502), 'unknown'],
  ['a gateway’s 503', new StrangeAnswer('html', 503), 'unknown'],
  ['a gateway’s 504', new StrangeAnswer('html', 504), 'unknown'],
  ['a bare 500', new StrangeAnswer('html', 500), 'unknown'],
  ['a proxy’s 403', new StrangeAnswer('html', 403), 'refused'],
  ['a proxy’s 413', new StrangeAnswer('html', 413), 'refused'],
  ['a redirect', new StrangeAnswer('html', 302), 'refused'],
  ['a proxy’s 408', new StrangeAnswer('html', 408), 'unknown'],
  ['a proxy’s 429', new StrangeAnswer('html', 429, { retryAfterMs: 5_000 }), 'throttled app again'],
]
for (const [what, error, expected] of OTHERS) {
  test(`${what}: ${expected}`, () => assert.equal(short(outcomeOf(error)), expected))
}

test('Meta’s Retry-After takes precedence over the table', () => {
  const told = outcomeOf(meta(130429, 400, 7_000))
  const untold = outcomeOf(meta(130429, 400))
  assert(told.kind === 'throttled' && untold.kind === 'throttled')
  assert.equal(told.retryAfterMs, 7_000)
  assert.equal(untold.retryAfterMs, 1_000)
})

test('any other error is a bug and is thrown', () => {
  const bug = new TypeError('x is undefined')
  assert.throws(() => outcomeOf(bug), bug)
})
