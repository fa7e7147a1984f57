import { readStopWhen, type RuleBroken, ruleBroken, type Standing } from '../../domain/broadcasts/stop-when.ts'
import { countryOf } from '../../domain/contacts/country.ts'
import { dayOf } from '../../domain/costs/cost.ts'
import { BILLED, listPrice } from '../../domain/costs/report.ts'
import type { RateCard } from '../../platform/rates/rate-card.ts'
import type { FailureRow } from '../../store/broadcast-tally.ts'
import type { BroadcastRow } from '../../store/broadcasts.ts'

/** Contacts that may not be written to: nothing failed, so `stop_when` does not count them. */
const SPARED = new Set(['opted_out', 'marketing_limited'])

/**
 * Decides at each result whether `stop_when` ends the broadcast. It counts what its runner does, and learns from the
 * store what statuses told.
 */
export type BroadcastJudge = {
  accepted(contact: string, category: string | undefined, now: number): void
  failed(reason: string): void
  /** Sums of the store. */
  learned(row: Pick<BroadcastRow, 'undelivered' | 'micros'>): void
  broken(quality: number | undefined): RuleBroken | undefined
  /** What has been counted, so that after `resume` only what comes then is judged. */
  standing(quality: number | undefined): Standing
  /** Price of the accepted messages by the rate card, before statuses tell it. */
  readonly expectedMicros: number
}

export function createJudge(
  row: BroadcastRow,
  failures: readonly FailureRow[],
  rateCard: RateCard | undefined,
): BroadcastJudge {
  const rules = readStopWhen(row.stop_when)
  const spared = failures
    .filter(({ reason }) => SPARED.has(reason))
    .reduce((sum, { recipients }) => sum + Number(recipients), 0)
  const from = row.judge_from === null ? undefined : (JSON.parse(row.judge_from) as Partial<Standing>)
  let accepted = Number(row.accepted)
  let refused = Math.max(0, Number(row.failed) - spared)
  let undelivered = Number(row.undelivered)
  let micros = Number(row.micros)
  let expectedMicros = Number(row.expected_micros)

  const standing = (quality: number | undefined): Standing => ({
    accepted,
    refused,
    undelivered,
    quality,
    micros: rateCard && Math.max(micros, expectedMicros),
  })

  return {
    accepted(contact, category, now) {
      accepted++
      if (!rateCard || category === undefined) return
      const cost = { day: dayOf(now), country: countryOf(contact), category: category.toLowerCase(), type: BILLED }
      expectedMicros += listPrice(rateCard, cost) ?? 0
    },
    failed(reason) {
      if (!SPARED.has(reason)) refused++
    },
    learned(now) {
      undelivered = Number(now.undelivered)
      micros = Number(now.micros)
    },
    broken: (quality) => (rules ? ruleBroken(rules, since(standing(quality), from)) : undefined),
    standing,
    get expectedMicros() {
      return expectedMicros
    },
  }
}

/** What came after `from`: who resumes a broadcast has seen what was before. */
function since(now: Standing, from: Partial<Standing> | undefined): Standing {
  if (!from) return now
  const { accepted = 0, refused = 0, undelivered = 0, micros = 0, quality } = from
  return {
    accepted: now.accepted - accepted,
    refused: now.refused - refused,
    undelivered: now.undelivered - undelivered,
    micros: now.micros === undefined ? undefined : now.micros - micros,
    quality: quality !== undefined && now.quality !== undefined && now.quality >= quality ? undefined : now.quality,
  }
}
