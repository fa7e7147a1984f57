import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readStopWhen, ruleBroken, type Standing, stoppedByRule, type StopWhen } from './stop-when.ts'

const good: Standing = { accepted: 1000, refused: 0, undelivered: 0, quality: 3, micros: 0 }

const CASES: [title: string, rules: StopWhen, standing: Partial<Standing>, broken: string | undefined][] = [
  ['nothing failed', { failed: 5, failed_share: 0.1, quality: 'YELLOW', spend: 10 }, {}, undefined],
  ['fewer failures than the limit', { failed: 5 }, { refused: 2, undelivered: 2 }, undefined],
  ['refused and undelivered count together', { failed: 5 }, { refused: 2, undelivered: 3 }, 'failed'],
  ['a share below the limit', { failed_share: 0.1 }, { accepted: 901, refused: 99 }, undefined],
  ['a share at the limit', { failed_share: 0.1 }, { accepted: 900, refused: 100 }, 'failed_share'],
  ['a share of messages that failed later', { failed_share: 0.1 }, { undelivered: 100 }, 'failed_share'],
  ['too few results for a share', { failed_share: 0.5 }, { accepted: 0, refused: 9 }, undefined],
  ['just enough results', { failed_share: 0.5 }, { accepted: 0, refused: 10 }, 'failed_share'],
  ['a small share needs more results', { failed_share: 0.01 }, { accepted: 90, refused: 10 }, undefined],
  ['nothing was sent yet', { failed_share: 0.01 }, { accepted: 0 }, undefined],
  ['a green number', { quality: 'RED' }, {}, undefined],
  ['a yellow number where red stops', { quality: 'RED' }, { quality: 2 }, undefined],
  ['a red number where red stops', { quality: 'RED' }, { quality: 1 }, 'quality'],
  ['a red number where yellow stops', { quality: 'YELLOW' }, { quality: 1 }, 'quality'],
  ['a number without a quality', { quality: 'YELLOW' }, { quality: undefined }, undefined],
  ['a cost below the limit', { spend: 1.5 }, { micros: 1_499_999 }, undefined],
  ['a cost at the limit', { spend: 1.5 }, { micros: 1_500_000 }, 'spend'],
  ['no rate card', { spend: 1.5 }, { micros: undefined }, undefined],
]
for (const [title, rules, standing, broken] of CASES) {
  test(`stop_when: ${title}`, () => {
    assert.equal(ruleBroken(rules, { ...good, ...standing })?.rule, broken)
  })
}

test('the reason names the limit and what was reached', () => {
  const broken = ruleBroken({ failed_share: 0.1 }, { ...good, accepted: 850, refused: 150 })!
  assert.deepEqual(stoppedByRule(broken), {
    reason: 'stopped_by_rule',
    message:
      'Stopped by stop_when.failed_share: 15 % of the messages failed, and the limit is 10 %. Nothing more is sent until it is resumed.',
    rule: 'failed_share',
    limit: 0.1,
    actual: 0.15,
  })
})

test('rules are read as they were stored', () => {
  assert.equal(readStopWhen(null), undefined)
  assert.deepEqual(readStopWhen('{"failed":5}'), { failed: 5 })
  assert.equal(readStopWhen('{"failed":0}'), undefined)
})
