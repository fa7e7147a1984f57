import type { ChannelFact, EndpointFact, Facts, MachineFact } from '../packages/gateway/src/domain/incidents/facts.ts'
import { type Incident, type Kind, KINDS } from '../packages/gateway/src/domain/incidents/incident.ts'
import { judge, type Judgement, NOTHING_KNOWN } from '../packages/gateway/src/domain/incidents/judge.ts'
import { channelFact, endpointFact, machineFact, STORE } from '../packages/gateway/src/domain/incidents/test-facts.ts'

/*
 * The table of incidents in docs/incidents.md: each fault is given to the rules from a moment on, which judge every five
 * seconds as in operation, and the table says when they named it and in which words. So it cannot differ from the rules.
 */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
const GIB = 1024 ** 3
const LOOK_MS = 5 * SECOND
const MOST_MS = 60 * MINUTE
/** When the fault begins. */
const T0 = Date.UTC(2026, 2, 10, 3)

type Fault = { how: string; facts: (now: number) => Partial<Facts> }

const endpoint = (how: string, more: Partial<EndpointFact>): Fault => ({
  how,
  facts: () => ({ endpoints: [endpointFact(more)] }),
})
const channel = (how: string, more: Partial<ChannelFact>): Fault => ({
  how,
  facts: () => ({ channels: [channelFact(more)] }),
})
const machine = (how: string, more: Partial<MachineFact>): Fault => ({
  how,
  facts: () => ({ machines: [machineFact(more)] }),
})
const template = (how: string, status: string): Fault => ({
  how,
  facts: () => ({ templates: [{ channelId: 1, name: 'sale', language: 'en', status, since: T0 }] }),
})
const store = (how: string, message: string): Fault => ({
  how,
  facts: () => ({ store: { engine: 'postgres', trouble: { message, since: T0 } } }),
})
const clock = { stepMs: 0, steppedAt: null, skewMs: 0, against: 'WhatsApp' }
const calls = (unreachable: number) => ({ calls: 6, failed: 6, unreachable, since: T0 })

const FAULTS: Record<Kind, Fault> = {
  endpoint_failing: endpoint('The endpoint answers 503 to everything, and rests between tries', {
    ...{ state: 'resting', since: T0, waiting: 7, oldestAt: T0, nextTryAt: T0 + 2 * MINUTE },
    lastAnswer: { delivered: false, words: 'HTTP 503' },
  }),
  dead_events: endpoint('Four events are not acknowledged until their retries end', { dead: 4 }),
  events_waiting: endpoint('Two events of one contact are not taken; the others are', { waiting: 2, oldestAt: T0 }),
  token_rejected: channel('A send is refused with code 190', {
    token: { rejectedAt: T0, acceptedAt: T0 - 1, code: 190 },
  }),
  token_expiring: channel('The token has less than seven days', { tokenExpiresAt: T0 + 7 * DAY - 1 }),
  number_throttled: machine('Sends get code 130429 until a quarter of the rate is left', {
    slow: [{ channelId: 1, perSecond: 20, of: 80, code: 130429 }],
  }),
  quality_fallen: channel('WhatsApp rates the number yellow', { quality: { rank: 2, since: T0 } }),
  limit_fallen: channel('WhatsApp tells a lower limit', { limitFell: { before: '10000', now: '2000', at: T0 } }),
  number_restricted: channel('WhatsApp restricts the number for a day', {
    restriction: { word: 'RESTRICTED_BIZ_INITIATED_MESSAGING', since: T0, until: T0 + DAY },
  }),
  number_disconnected: channel('WhatsApp tells that the number was disconnected', {
    disconnection: { word: 'PARTNER_REMOVED', since: T0, advice: 'Connect it again.' },
  }),
  template_paused: template('WhatsApp pauses a template that was sent this week', 'PAUSED'),
  template_rejected: template('WhatsApp rejects a template that was sent this week', 'REJECTED'),
  webhooks_silent: {
    how: 'Three messages are accepted, and no status comes',
    facts: (now) => {
      const late = now - T0 > 5 * MINUTE ? 3 : 0
      const silence = { unanswered: late, of: late, oldestAt: T0, usualMs: 5 * MINUTE }
      return { channels: [channelFact({ silence })] }
    },
  },
  app_unsubscribed: channel('The app is not among those of the account', { apps: { ours: false, others: [] } }),
  second_subscriber: channel('Another app is subscribed', { apps: { ours: true, others: ['Old bot'] } }),
  unknown_outcomes: channel('The answers to two sends are lost', { unknown: { count: 2, oldestAt: T0 } }),
  meta_unreachable: machine('No call finds a connection', { meta: calls(6) }),
  meta_failing: machine('Every call gets HTTP 500', { meta: calls(0) }),
  store_full: store('The disk of the store is full', 'SQLite: database or disk is full'),
  store_read_only: store('The file of the store is read-only', 'SQLite: attempt to write a readonly database'),
  store_away: store('PostgreSQL refuses connections', 'PostgreSQL: ECONNREFUSED, connect'),
  disk_nearly_full: machine('5 of 100 GiB are free', { disk: { free: 5 * GIB, total: 100 * GIB } }),
  clock_step: machine('The clock is set back by 90 s', { clock: { ...clock, stepMs: -90_000, steppedAt: T0 } }),
  clock_skew: machine('The clock is 8 s ahead', { clock: { ...clock, skewMs: 8_000 } }),
  rates_old: machine('The newest prices are from last year', {
    rates: 'The newest prices in RATE_CARD_FILE are valid from 2025-10-01: they are 160 days old, more than 100.',
  }),
  unknown_field: machine('A webhook has a new field', { fields: [{ name: 'payments_v2', at: T0, count: 3 }] }),
  backup_failed: {
    how: 'The folder of the backups is full',
    facts: () => ({ backup: { goodAt: T0 - DAY, failedSince: T0, failures: 1, problem: 'no space is left' } }),
  },
  broadcast_stopped: {
    how: 'The token ends while a broadcast runs',
    facts: () => ({
      broadcasts: [{ channelId: 1, id: 'bc_1', name: 'July', reason: 'token_invalid, code 190', at: T0 }],
    }),
  },
  loss_found: {
    how: 'The statuses of two messages never came, and one callback is dead',
    facts: () => ({
      losses: [{ channelId: 1, count: 3, oldestAt: T0 - DAY, missing: { no_status: 2, callback_dead: 1 } }],
    }),
  },
  loss_audit_failed: {
    how: 'The audit fails whenever it is tried',
    facts: (now) => {
      const failures = 1 + Math.floor((now - T0) / MINUTE)
      return { lossAudit: { goodAt: T0 - DAY, failedSince: T0, failures, problem: 'RangeError' } }
    },
  },
}

/** Judges from the begin of a fault on, until the rules name it. */
function named(kind: Kind, { facts }: Fault): { afterMs: number; incident: Incident } {
  let judgement: Judgement = NOTHING_KNOWN
  for (let now = T0; now <= T0 + MOST_MS; now += LOOK_MS) {
    const verdict = judge(judgement, { store: STORE, ...facts(now) }, now, () => 'inc_1')
    const others = verdict.opened.filter((one) => one.kind !== kind)
    if (others.length > 0) throw new Error(`${kind} opened ${others.map((one) => one.kind).join(', ')} too`)
    const [incident] = verdict.opened
    if (incident) return { afterMs: now - T0, incident }
    judgement = verdict.judgement
  }
  throw new Error(`${kind} was not named within ${MOST_MS} ms`)
}

function timeText(ms: number): string {
  if (ms === 0) return 'at once'
  const minutes = Math.floor(ms / MINUTE)
  const seconds = (ms % MINUTE) / SECOND
  return [minutes > 0 ? `${minutes} min` : '', seconds > 0 ? `${seconds} s` : ''].filter(Boolean).join(' ')
}

/** Each kind, how it was provoked, after how long the rules named it, and their words. */
export function incidentDocs(): string {
  const rows = (Object.keys(KINDS) as Kind[]).map((kind) => {
    const { afterMs, incident } = named(kind, FAULTS[kind])
    return `| \`${kind}\` | ${FAULTS[kind].how} | ${timeText(afterMs)} | ${incident.severity} | ${incident.what.replaceAll('|', '\\|')} |`
  })
  const head = '| Kind | Provoked by | Named after | Severity | What it said |'
  return [head, '| --- | --- | --- | --- | --- |', ...rows].join('\n')
}
