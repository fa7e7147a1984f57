import { setTimeout as after } from 'node:timers/promises'
import type { Clock } from '@postern/runtime/clock'
import type { Config } from '../../platform/config.ts'
import type { Log } from '../../platform/log.ts'
import {
  pruneAttempts,
  pruneBroadcasts,
  pruneEvents,
  pruneKeys,
  pruneMessages,
  pruneQuarantine,
  pruneScheduled,
  pruneSeen,
  type Prune,
} from '../../store/retention.ts'
import { pruneAudit } from '../../store/audit-log.ts'
import { pruneSecrets } from '../../store/endpoints.ts'
import type { Store } from '../../store/store.ts'

const DAY_MS = 24 * 60 * 60_000
const EVERY_MS = 60 * 60_000
/** Nodes that start together must not clean up together. */
const FIRST_WITHIN_MS = 10 * 60_000
const MOST_ROWS = 1_000
const LEAST_ROWS = 50
/** Time limit of one batch. The embedded store does nothing else meanwhile. */
const BATCH_MS = 10
/** After each batch follows a pause this many times as long. */
const PAUSE_FACTOR = 4

export const KINDS = [
  'messages',
  'events',
  'attempts',
  'quarantine',
  'broadcasts',
  'scheduled',
  'idempotency',
  'seen',
  'audit',
] as const
export type Kind = (typeof KINDS)[number]

/** Days per kind; 0 keeps for ever. */
export type RetentionDays = Record<Kind, number>

export const retentionDays = (config: Config): RetentionDays => ({
  messages: config.retentionMessagesDays,
  events: config.retentionEventsDays,
  attempts: config.retentionAttemptsDays,
  quarantine: config.retentionQuarantineDays,
  broadcasts: config.retentionBroadcastsDays,
  scheduled: config.retentionScheduledDays,
  idempotency: config.retentionIdempotencyDays,
  seen: config.retentionSeenDays,
  audit: config.auditRetention,
})

const PRUNES: Record<Kind, Prune> = {
  messages: pruneMessages,
  events: pruneEvents,
  attempts: pruneAttempts,
  quarantine: pruneQuarantine,
  broadcasts: pruneBroadcasts,
  scheduled: pruneScheduled,
  idempotency: pruneKeys,
  seen: pruneSeen,
  audit: pruneAudit,
}

export type Retention = {
  start(): void
  /** One round over all kinds. Returns the number of removed rows of each kind. */
  once(): Promise<Record<Kind, number>>
  stop(): Promise<void>
}

export type RetentionOptions = {
  store: Store
  clock: Clock
  log: Log
  days: RetentionDays
  onPruned?: (kind: Kind, rows: number) => void
  random?: () => number
}

/**
 * Removes old rows in small batches with pauses between them. The measured time of a batch sets the size of the next
 * one, so that other work is not delayed.
 */
export function createRetention(options: RetentionOptions): Retention {
  const { store, clock, log, days, random = Math.random } = options
  let cancel = (): void => {}
  let stopped = false
  let round: Promise<unknown> = Promise.resolve()

  async function prune(kind: Kind): Promise<number> {
    if (days[kind] === 0) return 0
    const before = clock.now() - days[kind] * DAY_MS
    let total = kind === 'events' ? await dropMonths(before) : 0
    let rows = 200
    let next: string | undefined = ''
    while (next !== undefined && !stopped) {
      const startedAt = performance.now()
      const pruned: { gone: number; next: string | undefined } = await PRUNES[kind](store.sql, before, rows, next)
      const took = performance.now() - startedAt
      total += pruned.gone
      next = pruned.next
      if (pruned.gone > 0) options.onPruned?.(kind, pruned.gone)
      rows = took > BATCH_MS ? Math.max(LEAST_ROWS, rows >> 1) : Math.min(MOST_ROWS, rows * 2)
      if (next !== undefined) await after(Math.min(1_000, Math.max(1, took * PAUSE_FACTOR)), undefined, { ref: false })
    }
    return total
  }

  /** Drops whole months. Rows of other months are removed one by one. */
  async function dropMonths(before: number): Promise<number> {
    try {
      const gone = (await store.dropMonths?.(before)) ?? 0
      if (gone > 0) options.onPruned?.('events', gone)
      return gone
    } catch (error) {
      log.warn({ err: error }, 'retention.months_not_dropped')
      return 0
    }
  }

  async function once(): Promise<Record<Kind, number>> {
    await store.keepMonths?.().catch((error: unknown) => log.warn({ err: error }, 'retention.months_not_made'))
    const gone = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>
    for (const kind of KINDS) gone[kind] = await prune(kind)
    await pruneSecrets(store.sql, clock.now())
    if (Object.values(gone).some((count) => count > 0)) log.info(gone, 'retention.done')
    return gone
  }

  function next(inMs: number): void {
    if (stopped) return
    cancel = clock.after(inMs, () => {
      round = once()
        .catch((error: unknown) => log.warn({ err: error }, 'retention.failed'))
        .then(() => next(EVERY_MS))
    })
  }

  return {
    start: () => next(random() * FIRST_WITHIN_MS),
    once,
    async stop() {
      stopped = true
      cancel()
      await round
    },
  }
}
