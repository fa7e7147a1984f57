import { setTimeout as after } from 'node:timers/promises'
import type { Clock } from '@postern/runtime/clock'
import type { AuditFact, LossFact } from '../../domain/incidents/facts.ts'
import { isLost } from '../../domain/losses/loss.ts'
import type { Log } from '../../platform/log.ts'
import { keepAudit, type LossNote, newestAudit } from '../../store/losses.ts'
import type { Store } from '../../store/store.ts'
import type { Audit, Place } from './audit.ts'

const HOUR_MS = 60 * 60_000
const EVERY_MS = 24 * HOUR_MS
/** With losses it looks again sooner, so that the incident closes soon after the repair. */
const AGAIN_MS = HOUR_MS
/** Longer than a day: the end of the last audit was too young to be judged. */
const SPAN_MS = 26 * HOUR_MS
const LOOK_EVERY_MS = 60_000
/** A page is short work; this pause follows it, so that an audit of a day of millions takes minutes and hurts nobody. */
const PAUSE_MS = 50

export type DailyAudit = {
  start(): void
  /** For incidents. Undefined until it is known, and while another node does it. */
  fact(): AuditFact | undefined
  /** Looks now. For tests. */
  look(): Promise<void>
  stop(): Promise<void>
}

/** Audits the last day once a day, on the node that judges incidents. Its result is a note that the rules read. */
export function createDailyAudit(options: {
  store: Store
  clock: Clock
  log: Log
  audit: Audit
  /** False: another node does it. */
  isOurs: () => boolean
}): DailyAudit {
  const { store, clock, log, audit, isOurs } = options
  let cancel = (): void => {}
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let fact: AuditFact | undefined
  const good = (at: number | null): AuditFact => ({ goodAt: at, failedSince: null, failures: 0, problem: null })

  async function look(): Promise<void> {
    if (!isOurs()) {
      fact = undefined
      return
    }
    const last = await newestAudit(store.sql)
    const now = clock.now()
    if (last && now - last.at < (last.value.found.length > 0 ? AGAIN_MS : EVERY_MS)) {
      fact = good(last.at)
      return
    }
    const note = await run({ since: now - SPAN_MS, until: now })
    if (!note) return
    await keepAudit(store.sql, note, now)
    fact = good(now)
    const losses = note.found.reduce((sum, { count }) => sum + count, 0)
    log.info({ messages: note.messages, events: note.events, losses }, 'losses.audited')
  }

  /** Undefined: it was not finished. */
  async function run(span: { since: number; until: number }): Promise<LossNote | undefined> {
    const found = new Map<number, LossFact>()
    const note = { messages: 0, events: 0 }
    let place: Place | undefined
    do {
      const page = await audit(span, place)
      note.messages += page.messages
      note.events += page.events
      for (const loss of page.losses.filter(isLost)) {
        const { channelId, missing, since } = loss
        const fact = found.get(channelId) ?? { channelId, count: 0, oldestAt: since, missing: {} }
        fact.count++
        fact.oldestAt = Math.min(fact.oldestAt, since)
        fact.missing[missing] = (fact.missing[missing] ?? 0) + 1
        found.set(channelId, fact)
      }
      place = page.next
      if (place) await after(PAUSE_MS)
      if (stopped || !isOurs()) return undefined
    } while (place)
    return { ...note, found: [...found.values()] }
  }

  function failed(error: unknown): void {
    log.warn({ err: error }, 'losses.audit_failed')
    const { goodAt = null, failedSince = null, failures = 0 } = fact ?? {}
    // The name of the error, and not its text: that may quote a row.
    const problem = error instanceof Error ? error.name : 'an error'
    fact = { goodAt, failedSince: failedSince ?? clock.now(), failures: failures + 1, problem }
  }

  const looked = (): Promise<void> => (running = running.then(look).catch(failed))

  async function round(): Promise<void> {
    await looked()
    if (!stopped) cancel = clock.after(LOOK_EVERY_MS, () => void round())
  }

  return {
    start(): void {
      cancel = clock.after(LOOK_EVERY_MS, () => void round())
    },
    fact: () => fact,
    look: looked,
    async stop(): Promise<void> {
      stopped = true
      cancel()
      await running
    },
  }
}
