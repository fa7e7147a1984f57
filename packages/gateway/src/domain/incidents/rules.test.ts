import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { ChannelFact, EndpointFact, Facts, MachineFact } from './facts.ts'
import { incidentShape, type Kind, KINDS, linksOf, publicIncident, type Severity } from './incident.ts'
import { storeKind } from './machine-rules.ts'
import { RULES } from './rules.ts'
import { silenceOf, usualMs } from './silence.ts'
import { channelFact, endpointFact, machineFact, STORE } from './test-facts.ts'

const NOW = Date.UTC(2026, 2, 10, 3)
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const endpoint = (more: Partial<EndpointFact>): Partial<Facts> => ({ endpoints: [endpointFact(more)] })
const channel = (more: Partial<ChannelFact>): Partial<Facts> => ({ channels: [channelFact(more)] })
const machine = (more: Partial<MachineFact>): Partial<Facts> => ({ machines: [machineFact(more)] })
const store = (message: string): Partial<Facts> => ({ store: { engine: 'sqlite', trouble: { message, since: NOW } } })
const silence = (unanswered: number, of: number): Partial<Facts> =>
  channel({ silence: { unanswered, of, oldestAt: NOW - 9 * MINUTE, usualMs: 5 * MINUTE } })
const meta = (failed: number, unreachable: number, calls: number, sinceMs: number): Partial<Facts> =>
  machine({ meta: { calls, failed, unreachable, since: NOW - sinceMs } })
const template = (status: string): Partial<Facts> => ({
  templates: [{ channelId: 1, name: 'sale', language: 'en', status, since: NOW }],
})
const slow = (perSecond: number): Partial<Facts> =>
  machine({ slow: [{ channelId: 1, perSecond, of: 80, code: 130429 }] })

/** `holds`: too little to open, enough to keep open. `unread`: nothing is known. Undefined: no evidence. */
const CASES: [Kind, Partial<Facts>, Severity | 'holds' | 'unread' | undefined, RegExp?][] = [
  ['endpoint_failing', endpoint({}), undefined],
  ['endpoint_failing', endpoint({ state: 'resting', since: NOW - 20_000 }), 'holds'],
  [
    'endpoint_failing',
    endpoint({
      state: 'resting',
      since: NOW - 90_000,
      waiting: 7,
      nextTryAt: NOW + MINUTE,
      lastAnswer: { delivered: false, words: 'HTTP 503' },
    }),
    'warning',
    /bot fail.+Last answer: HTTP 503. 7 events wait. Next try: 2026-03-10 03:01 UTC/,
  ],
  ['endpoint_failing', endpoint({ state: 'resting', since: NOW - 10 * MINUTE }), 'critical'],
  ['endpoint_failing', endpoint({ state: 'paused', pausedBy: 'endpoint' }), 'critical', /410 Gone/],
  ['endpoint_failing', endpoint({ state: 'paused', pausedBy: 'operator', waiting: 3, oldestAt: NOW }), undefined],
  [
    'endpoint_failing',
    endpoint({ waiting: 1, oldestAt: NOW - 2 * MINUTE, lastAnswer: { delivered: false, words: 'no answer' } }),
    'warning',
  ],
  ['endpoint_failing', endpoint({ waiting: 1, oldestAt: NOW - 2 * MINUTE }), undefined],
  ['dead_events', endpoint({ dead: 4 }), 'warning', /^4 events for the endpoint bot are dead/],
  ['events_waiting', endpoint({ waiting: 2, oldestAt: NOW - 4 * MINUTE }), undefined],
  ['events_waiting', endpoint({ waiting: 2, oldestAt: NOW - 7 * MINUTE }), 'holds'],
  ['events_waiting', endpoint({ waiting: 2, oldestAt: NOW - 11 * MINUTE }), 'warning', /since 2026-03-10 02:49 UTC/],
  ['token_rejected', channel({ token: { rejectedAt: 5, acceptedAt: 4, code: 190 } }), 'critical', /code 190/],
  ['token_rejected', channel({ token: { rejectedAt: 5, acceptedAt: 6, code: 190 } }), undefined],
  ['token_expiring', channel({ tokenExpiresAt: NOW + 8 * DAY }), undefined],
  ['token_expiring', channel({ tokenExpiresAt: NOW + 3 * DAY }), 'warning', /expires at 2026-03-13/],
  ['token_expiring', channel({ tokenExpiresAt: NOW + DAY / 2 }), 'critical'],
  ['number_throttled', slow(50), 'holds'],
  ['number_throttled', slow(20), 'warning', /\(code 130429\): it sends 20 messages a second instead of 80/],
  ['quality_fallen', channel({ quality: { rank: 2, since: NOW } }), 'warning', /yellow/],
  ['quality_fallen', channel({ quality: { rank: 1, since: NOW } }), 'critical', /red/],
  ['quality_fallen', channel({ quality: { rank: undefined, since: NOW } }), undefined],
  ['limit_fallen', channel({ limitFell: { before: '10000', now: '2000', at: NOW } }), 'warning', /10000 to 2000/],
  ['limit_fallen', channel({ limitFell: { before: '10000', now: '2000', at: NOW - 8 * DAY } }), undefined],
  ['number_restricted', channel({ restriction: { word: 'RESTRICTED_BIZ_INITIATED_MESSAGING', since: NOW, until: NOW + DAY } }), 'critical', /until 2026-03-11/], // prettier-ignore
  ['number_disconnected', channel({ disconnection: { word: 'PARTNER_REMOVED', since: NOW, advice: 'Connect it again.' } }), 'critical'], // prettier-ignore
  ['number_disconnected', channel({ disconnection: { word: 'ACCOUNT_OFFBOARDED', since: NOW, advice: 'Wait.' } }), 'holds'], // prettier-ignore
  ['template_paused', template('PAUSED'), 'warning', /sale \(en\), which was in use, to PAUSED/],
  ['template_paused', template('DISABLED'), 'critical'],
  ['template_paused', template('APPROVED'), undefined],
  ['template_rejected', template('REJECTED'), 'warning'],
  ['webhooks_silent', silence(2, 2), 'holds'],
  ['webhooks_silent', silence(19, 20), undefined],
  ['webhooks_silent', silence(3, 3), 'critical', /last 3 messages.+more than 5 minutes/],
  ['app_unsubscribed', channel({ apps: { ours: false, others: [] } }), 'critical'],
  ['app_unsubscribed', channel({ apps: undefined }), 'unread'],
  ['second_subscriber', channel({ apps: undefined }), 'unread'],
  ['webhooks_silent', channel({ silence: undefined }), 'unread'],
  ['webhooks_silent', silence(0, 0), undefined],
  ['second_subscriber', channel({ apps: undefined, otherAddress: 'https://other.example/hook' }), 'warning', /other\.example/], // prettier-ignore
  ['disk_nearly_full', machine({ disk: undefined }), 'unread'],
  ['clock_skew', machine({ clock: { stepMs: 0, steppedAt: null, skewMs: null, against: 'WhatsApp' } }), 'unread'],
  ['token_rejected', channel({ token: undefined }), 'unread'],
  ['token_expiring', channel({ tokenExpiresAt: undefined }), 'unread'],
  ['second_subscriber', channel({ apps: { ours: true, others: ['Old bot'] } }), 'warning', /Old bot/],
  ['second_subscriber', channel({ otherAddress: 'https://other.example/hook' }), 'warning', /other\.example/],
  ['unknown_outcomes', channel({ unknown: { count: 2, oldestAt: NOW - 2 * MINUTE } }), 'holds'],
  [
    'unknown_outcomes',
    channel({ unknown: { count: 2, oldestAt: NOW - 20 * MINUTE } }),
    'warning',
    /accepted 2 messages/,
  ],
  ['meta_unreachable', meta(5, 5, 6, MINUTE), 'critical', /5 of the last 6 calls found no connection/],
  ['meta_failing', meta(5, 5, 6, MINUTE), undefined],
  ['meta_failing', meta(5, 0, 6, MINUTE), 'critical', /5 of the last 6/],
  ['meta_failing', meta(5, 0, 60, MINUTE), undefined],
  ['meta_failing', meta(5, 0, 6, 5_000), 'holds'],
  ['store_full', store('SQLite: database or disk is full'), 'critical', /disk is full/],
  ['store_read_only', store('SQLite: attempt to write a readonly database'), 'critical', /read-only/],
  ['store_away', store('PostgreSQL: ECONNREFUSED, connect'), 'critical', /cannot be reached/],
  [
    'disk_nearly_full',
    machine({ disk: { free: 5 * 1024 ** 3, total: 100 * 1024 ** 3 } }),
    'warning',
    /5\.0 GiB \(5 %\)/,
  ],
  ['disk_nearly_full', machine({ disk: { free: 100 * 1024 ** 3, total: 2000 * 1024 ** 3 } }), undefined],
  ['disk_nearly_full', machine({ disk: { free: 100 * 1024 ** 2, total: 1024 ** 3 } }), 'critical', /100 MiB/],
  ['backup_failed', { backup: { goodAt: NOW, failedSince: null, failures: 0, problem: null } }, undefined],
  [
    'backup_failed',
    { backup: { goodAt: 0, failedSince: NOW, failures: 2, problem: 'no space' } },
    'warning',
    /fails: no space\. The last good one: 1970-01-01 00:00 UTC/,
  ],
  ['clock_step', machine({ clock: { stepMs: -90_000, steppedAt: NOW, skewMs: 0, against: 'WhatsApp' } }), 'warning', /set back by 90 s/], // prettier-ignore
  ['clock_step', machine({ clock: { stepMs: 90_000, steppedAt: NOW - 3_600_000, skewMs: 0, against: 'WhatsApp' } }), undefined], // prettier-ignore
  ['clock_skew', machine({ clock: { stepMs: 0, steppedAt: null, skewMs: 4_000, against: 'WhatsApp' } }), 'holds'],
  ['clock_skew', machine({ clock: { stepMs: 0, steppedAt: null, skewMs: 8_000, against: 'WhatsApp' } }), 'warning', /8 s ahead of that of WhatsApp/], // prettier-ignore
  ['rates_old', machine({ rates: 'The newest prices in RATE_CARD_FILE are old.' }), 'info'],
  ['unknown_field', machine({ fields: [{ name: 'payments_v2', at: NOW - 1, count: 3 }] }), 'info', /payments_v2/],
  ['clock_skew', machine({ clock: { stepMs: 0, steppedAt: null, skewMs: -DAY, against: 'the database' } }), 'critical', /86400 s behind that of the database/], // prettier-ignore
  ['loss_audit_failed', { lossAudit: { goodAt: NOW, failedSince: null, failures: 0, problem: null } }, undefined],
  ['loss_audit_failed', { lossAudit: { goodAt: NOW, failedSince: NOW - 60 * MINUTE, failures: 2, problem: 'Error' } }, 'holds'], // prettier-ignore
  ['loss_audit_failed', { lossAudit: { goodAt: NOW, failedSince: NOW - 9 * MINUTE, failures: 9, problem: 'Error' } }, 'holds'], // prettier-ignore
  [
    'loss_audit_failed',
    { lossAudit: { goodAt: 0, failedSince: NOW - 10 * MINUTE, failures: 10, problem: 'StoreUnavailable' } },
    'warning',
    /fails: StoreUnavailable\. The last one that ended: 1970-01-01 00:00 UTC/,
  ],
  ['loss_found', { losses: [] }, undefined],
  ['loss_found', { losses: [{ channelId: 1, count: 3, oldestAt: NOW - DAY, missing: { no_status: 2, callback_dead: 1 } }] }, 'warning', /found 3 messages.+2026-03-09 03:00 UTC: no_status 2, callback_dead 1/], // prettier-ignore
  ['broadcast_stopped', { broadcasts: [{ channelId: 1, id: 'bc_1', name: 'July', reason: 'token_invalid, code 190', at: NOW }] }, 'warning', /July stopped by itself \(token_invalid, code 190\): no send could succeed, or a limit/], // prettier-ignore
]

const read = (kind: Kind, facts: Partial<Facts>) =>
  RULES.find((rule) => rule.kind === kind)!.read({ store: STORE, ...facts }, NOW)

test('each kind of incident has one rule, with evidence that opens it and evidence that does not', () => {
  assert.deepEqual(RULES.map(({ kind }) => kind).sort(), Object.keys(KINDS).sort())
  for (const kind of Object.keys(KINDS)) {
    assert.ok(
      CASES.some(
        ([of, , severity]) => of === kind && severity !== 'holds' && severity !== 'unread' && severity !== undefined,
      ),
      `a case opens ${kind}`,
    )
  }
})

for (const [kind, facts, expected, says] of CASES) {
  test(`${kind}: ${expected ?? 'nothing'} from ${JSON.stringify(facts).slice(0, 90)}`, () => {
    const [found, ...others] = read(kind, facts) ?? []
    assert.deepEqual(others, [])
    assert.equal(found?.unread ? 'unread' : found?.holds ? 'holds' : found?.severity, expected)
    if (says) assert.match(found!.what, says)
    if (!found || found.unread) return
    const shown = publicIncident({ ...found, id: 'inc_1', since: found.since ?? NOW, until: null })
    incidentShape.parse(shown)
    assert.match(shown.advice, /\.$/)
    assert.match(shown.what, /\.$/)
    assert.ok(shown.count >= 1 && linksOf(found).length > 0)
  })
}

test('without a part of the facts its rules say nothing, and with a healthy gateway none has evidence', () => {
  const healthy = {
    endpoints: [endpointFact()],
    channels: [channelFact()],
    templates: [],
    broadcasts: [],
    losses: [],
    machines: [machineFact()],
    backup: { goodAt: NOW, failedSince: null, failures: 0, problem: null },
    lossAudit: { goodAt: NOW, failedSince: null, failures: 0, problem: null },
  }
  for (const { kind } of RULES) assert.deepEqual(read(kind, healthy), [], kind)
  const unread = RULES.filter(({ kind }) => read(kind, {}) === undefined).map(({ kind }) => kind)
  assert.equal(unread.length, RULES.length - 3, 'only the store is always known')
})

test('while nobody calls WhatsApp, nothing is known of it', () => {
  assert.equal(read('meta_failing', meta(0, 0, 0, 0)), undefined)
})

test('words of both engines name the trouble of the store', () => {
  assert.equal(storeKind('PostgreSQL 53100: could not extend file: No space left on device'), 'store_full')
  assert.equal(storeKind('PostgreSQL 25006: cannot execute INSERT in a read-only transaction'), 'store_read_only')
  assert.equal(storeKind('SQLite: unable to open database file'), 'store_away')
})

test('statuses are missed after a multiple of their usual time, within bounds', () => {
  assert.equal(usualMs([]), 5 * MINUTE)
  assert.equal(usualMs([1_000, 2_000, 3_000]), 5 * MINUTE)
  assert.equal(usualMs(Array.from({ length: 50 }, () => 3 * MINUTE)), 12 * MINUTE)
  assert.equal(usualMs([90 * MINUTE]), 60 * MINUTE)
  assert.equal(silenceOf([], 1).of, 0)
  assert.deepEqual(
    silenceOf(
      [
        { acceptedAt: 9, answered: false },
        { acceptedAt: 5, answered: true },
      ],
      MINUTE,
    ),
    { unanswered: 1, of: 2, oldestAt: 5, usualMs: MINUTE },
  )
  // The sends of another day say nothing about the newest ones.
  const day = 24 * 60 * MINUTE
  assert.deepEqual(
    silenceOf(
      [
        { acceptedAt: 3 * day, answered: false },
        { acceptedAt: 2 * day, answered: true },
      ],
      MINUTE,
    ),
    { unanswered: 1, of: 1, oldestAt: 3 * day, usualMs: MINUTE },
  )
})

test('docs/incidents.md explains each kind', () => {
  const page = readFileSync(new URL('../../../../../docs/incidents.md', import.meta.url), 'utf8')
  for (const kind of Object.keys(KINDS)) assert.match(page, new RegExp(`^\\| \`${kind}\` \\|`, 'm'))
})
