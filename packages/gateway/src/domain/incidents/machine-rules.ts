import type { Facts, MachineFact } from './facts.ts'
import type { Kind, Reading } from './incident.ts'
import { DAY, MINUTE, type Rule, rule, SECOND, UNREAD, timeText } from './rule.ts'

const GIB = 1024 ** 3
const MIB = 1024 ** 2

/** Two throttles in a row are ordinary in a burst, and are over within half a minute. */
const SLOW_BELOW = 0.5

/** Fewer failures, or a shorter time, are a blip. */
const LEAST_FAILED = 3
const META_FAILS_FOR_MS = 20 * SECOND

/** Above this, windows are judged wrongly near their ends. */
const SKEW_MS = 5 * SECOND
const SKEW_OVER_MS = 3 * SECOND
const STEP_MS = 5 * SECOND
const STEP_TOLD_FOR_MS = 30 * MINUTE
const FIELD_TOLD_FOR_MS = 7 * DAY

function throttled({ machines }: Facts): Reading[] | undefined {
  const slowest = new Map<number, MachineFact['slow'][number]>()
  for (const one of machines?.flatMap(({ slow }) => slow) ?? [])
    if (one.perSecond < (slowest.get(one.channelId)?.perSecond ?? Infinity)) slowest.set(one.channelId, one)
  return (
    machines &&
    [...slowest.values()].map(({ channelId, perSecond, of, code }) => {
      const rate = Math.round(perSecond * 10) / 10
      const reason = code === null ? '' : ` (code ${code})`
      return {
        kind: 'number_throttled' as const,
        channelId,
        ...(perSecond > SLOW_BELOW * of && { holds: true as const }),
        severity: 'warning' as const,
        count: 1,
        what: `WhatsApp throttles the number${reason}: it sends ${rate} messages a second instead of ${of}.`,
        advice:
          'Nothing is lost: sends wait or are refused with retry-after, and the rate rises again by itself. If it lasts, lower messages_per_second of the channel, spread broadcasts, or ask Meta for a higher throughput.',
      }
    })
  )
}

/** The calls of all machines together. Undefined while nothing was called: then nothing is known. */
function meta(kind: 'meta_unreachable' | 'meta_failing'): Rule {
  return {
    kind,
    read({ machines }, now) {
      if (!machines) return undefined
      const all = machines.map((machine) => machine.meta)
      const sum = (pick: (one: MachineFact['meta']) => number): number => all.reduce((n, one) => n + pick(one), 0)
      const [calls, failed, unreachable] = [
        sum((one) => one.calls),
        sum((one) => one.failed),
        sum((one) => one.unreachable),
      ]
      if (calls === 0) return undefined
      const isUnreachable = unreachable * 2 > failed
      if (failed * 2 <= calls || isUnreachable !== (kind === 'meta_unreachable')) return []
      const since = Math.min(now, ...all.flatMap((one) => one.since ?? []))
      return [
        {
          kind,
          ...((failed < LEAST_FAILED || now - since < META_FAILS_FOR_MS) && { holds: true as const }),
          severity: 'critical',
          since,
          count: failed,
          what: isUnreachable
            ? `WhatsApp cannot be reached: ${failed} of the last ${calls} calls found no connection.`
            : `WhatsApp fails: ${failed} of the last ${calls} calls got an error of its servers, or no answer.`,
          advice: isUnreachable
            ? 'Check the network, DNS, the firewall and the proxy of this machine: it must reach CLOUD_API_URL. Customers get 503 and can send again; nothing was sent.'
            : 'See Meta’s status page (metastatus.com). Customers get 503 with retry-after. It closes by itself when calls succeed.',
        },
      ]
    },
  }
}

type StoreKind = 'store_full' | 'store_read_only' | 'store_away'

/** SQLite and PostgreSQL say by their words what is wrong. */
export function storeKind(message: string): StoreKind {
  if (/\bfull\b|53100|no space left|ENOSPC/i.test(message)) return 'store_full'
  if (/read-?only|25006|permission denied|EROFS/i.test(message)) return 'store_read_only'
  return 'store_away'
}

const STORE: Record<StoreKind, { what: string; advice: string }> = {
  store_full: {
    what: 'The store accepts no writes, because its disk is full. Customers get 503, and Meta repeats its webhooks.',
    advice:
      'Free space on the disk of DATA_DIR, or of PostgreSQL: old logs and backups first. Nothing acknowledged is lost, and work continues by itself when there is space. Shorten RETENTION_…_DAYS if it fills again.',
  },
  store_read_only: {
    what: 'The store accepts no writes, because it is read-only. Customers get 503, and Meta repeats its webhooks.',
    advice:
      'With SQLite: see dmesg for errors of the disk, and mount it writable again. With PostgreSQL: DATABASE_URL points at a standby; name all hosts and add target_session_attrs=read-write. Work continues by itself.',
  },
  store_away: {
    what: 'The store cannot be reached or does not answer. Customers get 503, and Meta repeats its webhooks.',
    advice:
      'See that PostgreSQL runs and can be reached from this machine (DATABASE_URL, network, connection limit); with SQLite, that no other program holds the file. Nothing acknowledged is lost, and work continues by itself.',
  },
}

const ofStore = (kind: StoreKind): Rule => ({
  kind,
  read({ store: { trouble } }) {
    if (!trouble || storeKind(trouble.message) !== kind) return []
    return [{ kind, severity: 'critical', since: trouble.since, count: 1, ...STORE[kind] }]
  },
})

/** One for each machine. */
const ofMachine = (kind: Kind, judge: (one: MachineFact, now: number) => Omit<Reading, 'kind'> | undefined): Rule =>
  rule(kind, 'machines', (one, now) => {
    const found = judge(one, now)
    return found && { ...found, subject: one.host }
  })

function diskFull({ host, disk }: MachineFact): Omit<Reading, 'kind'> | undefined {
  if (!disk || disk.total === 0) return UNREAD
  const share = disk.free / disk.total
  // A large disk with a small share has room for days; a small one has not.
  const isLow = (part: number, bytes: number): boolean => share < part && disk.free < bytes
  if (!isLow(0.12, 12 * GIB)) return undefined
  const isCritical = isLow(0.03, 2 * GIB) || disk.free < 256 * MIB
  const free = disk.free < GIB ? `${Math.floor(disk.free / MIB)} MiB` : `${(disk.free / GIB).toFixed(1)} GiB`
  return {
    ...(!isLow(0.1, 10 * GIB) && { holds: true }),
    severity: isCritical ? 'critical' : 'warning',
    count: 1,
    what: `The disk of DATA_DIR on ${host} is nearly full: ${free} (${Math.floor(share * 100)} %) are free.`,
    advice: 'Free space or enlarge the disk. When it is full, the gateway accepts nothing until there is space again.',
  }
}

function clockStepped({ host, clock }: MachineFact, now: number): Omit<Reading, 'kind'> | undefined {
  if (clock.steppedAt === null || Math.abs(clock.stepMs) < STEP_MS) return undefined
  // The clock may have been set back since: then the step lies ahead.
  if (Math.abs(now - clock.steppedAt) > STEP_TOLD_FOR_MS) return undefined
  const seconds = Math.round(Math.abs(clock.stepMs) / 1000)
  const direction = clock.stepMs > 0 ? 'ahead' : 'back'
  return {
    severity: 'warning',
    since: clock.steppedAt,
    count: 1,
    what: `The clock of ${host} was set ${direction} by ${seconds} s.`,
    advice:
      'Windows, scheduled sends and signatures depend on it. Let the machine synchronise its time steadily (NTP, chrony); a machine that was suspended jumps too. This closes when the clock ran evenly for half an hour.',
  }
}

function clockSkewed({ host, clock }: MachineFact): Omit<Reading, 'kind'> | undefined {
  if (clock.skewMs === null) return UNREAD
  if (Math.abs(clock.skewMs) < SKEW_OVER_MS) return undefined
  const seconds = Math.round(Math.abs(clock.skewMs) / 1000)
  const side = clock.skewMs > 0 ? 'ahead of' : 'behind'
  return {
    ...(Math.abs(clock.skewMs) <= SKEW_MS && { holds: true }),
    severity: Math.abs(clock.skewMs) > 5 * MINUTE ? 'critical' : 'warning',
    count: 1,
    what: `The clock of ${host} is ${seconds} s ${side} that of ${clock.against}, so 24-hour windows are judged wrongly.`,
    advice:
      'Synchronise both (NTP). Above five minutes, customers refuse callbacks, because their signatures look too old.',
  }
}

/** One failure is worth a word: the next backup may be the one that is needed. */
const backupFailed: Rule = {
  kind: 'backup_failed',
  read({ backup }) {
    if (!backup) return undefined
    const { goodAt, failedSince, failures, problem } = backup
    if (failedSince === null) return []
    const last = goodAt === null ? 'none' : timeText(goodAt)
    return [
      {
        kind: 'backup_failed',
        severity: 'warning',
        since: failedSince,
        count: failures,
        what: `The scheduled backup fails: ${problem}. The last good one: ${last}.`,
        advice:
          'Repair the cause; the next try comes within ten minutes. postern backup makes one now. It closes with the next good one.',
      },
    ]
  },
}

const AUDIT_FAILS_FOR_MS = 10 * MINUTE

/** It is tried every minute, so a failure alone is a blip. A store that is away is told by itself. */
const lossAuditFailed: Rule = {
  kind: 'loss_audit_failed',
  read({ lossAudit }, now) {
    if (!lossAudit) return undefined
    const { goodAt, failedSince, failures, problem } = lossAudit
    if (failedSince === null) return []
    const isBlip = failures < LEAST_FAILED || now - failedSince < AUDIT_FAILS_FOR_MS
    const last = goodAt === null ? 'none' : timeText(goodAt)
    return [
      {
        kind: 'loss_audit_failed',
        ...(isBlip && { holds: true as const }),
        severity: 'warning',
        since: failedSince,
        count: failures,
        what: `The daily loss audit fails: ${problem}. The last one that ended: ${last}. Meanwhile nobody looks for lost messages.`,
        advice:
          'The log says why: losses.audit_failed. It is tried again every minute, and "postern audit --since 26h" looks now. It closes when an audit ends.',
      },
    ]
  },
}

export const MACHINE_RULES: readonly Rule[] = [
  { kind: 'number_throttled', read: throttled },
  meta('meta_unreachable'),
  meta('meta_failing'),
  ofStore('store_full'),
  ofStore('store_read_only'),
  ofStore('store_away'),
  ofMachine('disk_nearly_full', diskFull),
  backupFailed,
  lossAuditFailed,
  ofMachine('clock_step', clockStepped),
  ofMachine('clock_skew', clockSkewed),
  {
    kind: 'rates_old',
    read({ machines }) {
      const old = machines?.flatMap(({ rates }) => rates ?? [])[0]
      const says: Omit<Reading, 'kind'>[] =
        old === undefined
          ? []
          : [
              {
                severity: 'info',
                count: 1,
                what: old,
                advice: 'Costs are counted with old prices meanwhile. Nothing else is affected.',
              },
            ]
      return machines && says.map((one) => ({ kind: 'rates_old', ...one }))
    },
  },
  {
    kind: 'unknown_field',
    read({ machines }, now) {
      if (!machines) return undefined
      const fields = new Map<string, { at: number; count: number }>()
      for (const { name, at, count } of machines.flatMap((one) => one.fields)) {
        const known = fields.get(name) ?? { at, count: 0 }
        fields.set(name, { at: Math.min(known.at, at), count: known.count + count })
      }
      return [...fields]
        .filter(([, { at }]) => now - at < FIELD_TOLD_FOR_MS)
        .map(([name, { at, count }]) => ({
          kind: 'unknown_field',
          subject: name,
          severity: 'info',
          since: at,
          count: Math.max(1, count),
          what: `WhatsApp sent webhooks with the field ${name}, which this version of Postern does not know.`,
          advice:
            'They are stored and delivered unchanged under that name. See whether a newer version of Postern knows the field, and whether your program should. This closes seven days after the first one.',
        }))
    },
  },
]
