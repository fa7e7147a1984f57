import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leftOut, type Outcome } from './repeat.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000
const failed: Outcome = { state: 'failed', status: 'failed', reason: 'upstream_refused', code: null, at: NOW - HOUR }

const CASES: [title: string, outcome: Partial<Outcome>, verdict: ReturnType<typeof leftOut>][] = [
  ['a message that WhatsApp refused for its parameters', { code: 131008 }, null],
  ['a message that the gateway refused', { reason: 'template_mismatch', status: null }, null],
  ['an accepted message that failed later', { state: 'accepted', reason: null, code: 131000 }, null],
  ['an accepted message', { state: 'accepted', status: 'accepted' }, 'not_failed'],
  ['a delivered message', { state: 'accepted', status: 'delivered' }, 'not_failed'],
  ['a message that waits', { state: 'waiting', status: null }, 'not_failed'],
  ['a message whose result is not known', { state: 'unknown', status: 'unknown' }, 'unknown'],
  ['a person who stopped marketing', { reason: 'opted_out', status: null }, 'opted_out'],
  ['a person who stopped marketing, says WhatsApp', { code: 131050 }, 'opted_out'],
  ['a number that is not on WhatsApp', { code: 131026 }, 'not_on_whatsapp'],
  ['a person who got enough marketing an hour ago', { code: 131049 }, 'marketing_limited'],
  ['a person whom we spared an hour ago', { reason: 'marketing_limited', status: null }, 'marketing_limited'],
  ['a person who got enough marketing a day ago', { code: 131049, at: NOW - 24 * HOUR }, null],
  ['a person in an experiment', { code: 130472 }, 'experiment'],
]
for (const [title, outcome, verdict] of CASES)
  test(`${title}: ${verdict ?? 'is tried again'}`, () => {
    assert.equal(leftOut({ ...failed, ...outcome }, NOW), verdict)
  })
