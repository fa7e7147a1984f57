import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  CONTACTS_TO_REST,
  type EndpointHealth,
  type HealthEvent,
  newHealth,
  next,
  PAUSED_BY_ENDPOINT,
  PAUSED_BY_OPERATOR,
  restMs,
  UNPROVEN,
} from './endpoint-health.ts'

const HOUR = 3_600_000
const T = 1_800_000_000_000
const reason = 'the endpoint answered HTTP 500'
const failure = { reason, random: 0.5 }

const active = newHealth(T)
const failed = (health: EndpointHealth, contacts: number, at = T): HealthEvent => ({
  actor: 'delivery',
  kind: 'failed',
  contacts,
  at,
  epoch: health.epoch,
  ...failure,
})
const pause: HealthEvent = { actor: 'operator', kind: 'pause', at: T }
const resume = (waiting: boolean): HealthEvent => ({ actor: 'operator', kind: 'resume', at: T, waiting })
const retry: HealthEvent = { actor: 'operator', kind: 'retry', at: T }
const replace: HealthEvent = { actor: 'operator', kind: 'replace', at: T }

const resting = next(active, failed(active, CONTACTS_TO_REST))
const probing = next(resting, { actor: 'probe', kind: 'begin', at: T, version: resting.version, until: T + 15_000 })
const probe = probing.probe!
const paused = next(active, pause)
const restingPaused = next(resting, pause)
const gone = next(active, { actor: 'delivery', kind: 'gone', at: T, epoch: 0 })
const epoch = 0

/** The effect of each event on each state. `same`: nothing changes. */
const TABLE: [name: string, from: EndpointHealth, event: HealthEvent, to: Partial<EndpointHealth> | 'same'][] = [
  ['four contacts in a row are not enough', active, failed(active, 4), 'same'],
  [
    'the fifth puts it to rest',
    active,
    failed(active, 5),
    { state: 'resting', restingUntil: T + 2000, rests: 1, reason },
  ],
  [
    'Retry-After lengthens a rest, up to six hours',
    active,
    { ...failed(active, 5), retryAfterMs: 99 * HOUR } as HealthEvent,
    { restingUntil: T + 6 * HOUR },
  ],
  [
    'a success of one that works says nothing new',
    active,
    { actor: 'delivery', kind: 'succeeded', at: T, epoch },
    'same',
  ],
  [
    '410 pauses',
    active,
    { actor: 'delivery', kind: 'gone', at: T, epoch },
    { state: 'paused', pausedBy: 'endpoint', rests: 1, reason: PAUSED_BY_ENDPOINT },
  ],
  ['failures that were on their way do not lengthen a rest', resting, failed(resting, 9), 'same'],
  [
    'a success that was on its way ends it',
    resting,
    { actor: 'delivery', kind: 'succeeded', at: T, epoch },
    { state: 'active', rests: 0, restingUntil: null, reason: null },
  ],
  [
    'a probe begins once',
    probing,
    { actor: 'probe', kind: 'begin', at: T, version: resting.version, until: T },
    'same',
  ],
  [
    'a lost probe is followed by another',
    probing,
    { actor: 'probe', kind: 'begin', at: T, version: probing.version, until: T + 9 },
    { probe: probing.version + 1, probeUntil: T + 9 },
  ],
  ['one that works needs no probe', active, { actor: 'probe', kind: 'begin', at: T, version: 0, until: T }, 'same'],
  [
    'a failed probe lengthens the rest, which began when it began',
    probing,
    { actor: 'probe', kind: 'failed', probe, at: T + 5, epoch, ...failure },
    { state: 'resting', since: T, rests: 2, restingUntil: T + 5 + 4000, probe: null },
  ],
  [
    'a probe that another followed says nothing by failing',
    probing,
    { actor: 'probe', kind: 'failed', probe: probe - 1, at: T, epoch, ...failure },
    'same',
  ],
  [
    'a probe that succeeds ends the rest',
    probing,
    { actor: 'probe', kind: 'succeeded', probe, at: T, epoch },
    { state: 'active', rests: 0, probe: null },
  ],
  [
    'a probe is told 410',
    probing,
    { actor: 'probe', kind: 'gone', probe, at: T, epoch },
    { state: 'paused', pausedBy: 'endpoint', probe: null },
  ],
  [
    'a probe with nothing to send leaves the way free',
    probing,
    { actor: 'probe', kind: 'unused', probe, at: T, epoch },
    { state: 'resting', probe: null, probeUntil: null },
  ],
  [
    'an operator pauses',
    active,
    pause,
    { state: 'paused', pausedBy: 'operator', epoch: 1, reason: PAUSED_BY_OPERATOR },
  ],
  ['an operator pauses what rests', probing, pause, { state: 'paused', restingUntil: null, probe: null, rests: 1 }],
  ['an operator’s pause takes the place of the endpoint’s', gone, pause, { pausedBy: 'operator', rests: 1 }],
  ['pausing twice is pausing once', paused, pause, 'same'],
  ['no success ends a pause', paused, { actor: 'delivery', kind: 'succeeded', at: T, epoch: paused.epoch }, 'same'],
  ['no failure ends a pause', paused, failed(paused, 9), 'same'],
  ['no 410 ends an operator’s pause', paused, { actor: 'delivery', kind: 'gone', at: T, epoch: paused.epoch }, 'same'],
  [
    'no probe ends a pause',
    restingPaused,
    { actor: 'probe', kind: 'succeeded', probe, at: T, epoch: restingPaused.epoch },
    'same',
  ],
  ['no test ends a pause', paused, { actor: 'operator', kind: 'tested', at: T, epoch: paused.epoch }, 'same'],
  ['no retry ends a pause', gone, retry, 'same'],
  ['one with nothing against it is resumed', paused, resume(false), { state: 'active', epoch: 2, reason: null }],
  [
    'with events waiting, one of them shows it',
    paused,
    resume(true),
    { state: 'resting', restingUntil: T, reason: UNPROVEN },
  ],
  [
    'one that rested is not healthy by pause and resume',
    restingPaused,
    resume(false),
    { state: 'resting', restingUntil: T },
  ],
  ['one that said 410 is not healthy by resume', gone, resume(false), { state: 'resting', restingUntil: T }],
  [
    'resuming what rests is a retry',
    next(resting, failed(resting, 5)),
    resume(false),
    { state: 'resting', restingUntil: T, reason },
  ],
  ['resuming what works changes nothing', active, resume(true), 'same'],
  [
    'a retry ends the wait and the probe under way',
    probing,
    retry,
    { state: 'resting', restingUntil: T, probe: null, epoch: 1 },
  ],
  ['a retry of what works begins an epoch, so that lanes are due', active, retry, { state: 'active', epoch: 1 }],
  ['another URL ends a rest', resting, replace, { state: 'active', rests: 0, restingUntil: null, epoch: 1 }],
  ['another URL ends the endpoint’s pause', gone, replace, { state: 'active', pausedBy: null, rests: 0, epoch: 1 }],
  ['another URL ends an operator’s pause', paused, replace, { state: 'active', pausedBy: null, epoch: 2 }],
  [
    'a test that is acknowledged ends a rest',
    resting,
    { actor: 'operator', kind: 'tested', at: T, epoch },
    { state: 'active', rests: 0 },
  ],
  [
    'a test of the URL before says nothing',
    next(resting, retry),
    { actor: 'operator', kind: 'tested', at: T, epoch },
    'same',
  ],
  [
    '410 of the URL before says nothing',
    next(active, replace),
    { actor: 'delivery', kind: 'gone', at: T, epoch },
    'same',
  ],
  ['failures of the URL before say nothing', next(active, replace), failed(active, 9), 'same'],
]

for (const [name, from, event, to] of TABLE) {
  test(`${from.state}, ${event.actor} ${event.kind}: ${name}`, () => {
    const became = next(from, event)
    if (to === 'same') return assert.equal(became, from)
    assert.equal(became.version, from.version + 1)
    assert.deepEqual({ ...became, ...to }, became)
  })
}

test('a rest doubles from two seconds to five minutes', () => {
  assert.deepEqual(
    [0, 1, 2, 7, 8, 50].map((rests) => restMs(rests, 0.5)),
    [2000, 4000, 8000, 256_000, 300_000, 300_000],
  )
  assert.deepEqual([restMs(0, 0), restMs(0, 1)], [1600, 2400])
})

// Any sequence of events, with the possible knowledge of each process: the current row, or one from some changes ago.
const stale = fc.nat({ max: 4 })
const step = fc.oneof(
  fc.record({ is: fc.constantFrom('pause', 'retry', 'replace', 'wait'), stale }),
  fc.record({ is: fc.constantFrom('resume', 'resume-waiting'), stale }),
  fc.record({ is: fc.constantFrom('succeeded', 'gone', 'tested', 'begin', 'unused', 'failed'), stale }),
  fc.record({ is: fc.constantFrom('probe-succeeded', 'probe-gone', 'probe-failed'), stale }),
)

test('in any order of events: operators outrank attempts, and only evidence makes an endpoint healthy', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, dead) => {
      let at = T
      let health = newHealth(at)
      const past = [health]
      for (const { is, stale: ago } of steps) {
        at += 1000
        const seen = past.at(-1 - Math.min(ago, past.length - 1))!
        const event = eventOf(is, seen, at)
        if (event === undefined) continue
        // A dead endpoint acknowledges nothing.
        if (dead && (is.endsWith('succeeded') || is === 'tested' || is === 'replace')) continue
        const before = health
        health = next(before, event)
        if (health === before) continue
        past.push(health)
        const told = `${before.state} ${is} ${health.state}`
        assert.equal(health.version, before.version + 1, told)
        assert.equal(health.epoch, before.epoch + (event.actor === 'operator' && is !== 'tested' ? 1 : 0), told)
        if (before.state === 'paused' && health.state !== 'paused')
          assert.ok(event.actor === 'operator' && is !== 'tested' && is !== 'retry', told)
        if (before.pausedBy === 'operator') assert.equal(event.actor, 'operator', told)
        // It had failed, so only a success or another URL makes it healthy.
        if (before.rests > 0 && health.state === 'active') assert.ok(!dead, told)
        if (health.state === 'active') assert.equal(health.rests, 0, told)
        assert.equal(health.restingUntil !== null, health.state === 'resting', told)
        assert.equal(health.pausedBy !== null, health.state === 'paused', told)
        assert.equal(health.reason === null, health.state === 'active', told)
        assert.equal(health.probe === null, health.probeUntil === null, told)
        if (health.probe !== null) assert.equal(health.state, 'resting', told)
        if (health.restingUntil !== null) assert.ok(health.restingUntil - at <= 6 * HOUR, told)
      }
    }),
    { numRuns: 3000 },
  )
})

function eventOf(is: string, seen: EndpointHealth, at: number): HealthEvent | undefined {
  const { epoch, version } = seen
  const probe = seen.probe ?? -1
  switch (is) {
    case 'pause':
    case 'retry':
    case 'replace':
      return { actor: 'operator', kind: is, at }
    case 'resume':
    case 'resume-waiting':
      return { actor: 'operator', kind: 'resume', at, waiting: is !== 'resume' }
    case 'tested':
      return { actor: 'operator', kind: 'tested', at, epoch }
    case 'succeeded':
    case 'gone':
      return { actor: 'delivery', kind: is, at, epoch }
    case 'failed':
      return { actor: 'delivery', kind: 'failed', at, epoch, contacts: 5, ...failure, retryAfterMs: 9 * HOUR }
    case 'begin':
      return { actor: 'probe', kind: 'begin', at, version, until: at + 15_000 }
    case 'unused':
      return { actor: 'probe', kind: 'unused', at, epoch, probe }
    case 'probe-succeeded':
      return { actor: 'probe', kind: 'succeeded', at, epoch, probe }
    case 'probe-gone':
      return { actor: 'probe', kind: 'gone', at, epoch, probe }
    case 'probe-failed':
      return { actor: 'probe', kind: 'failed', at, epoch, probe, ...failure }
    default:
      return undefined
  }
}
