import { bounded, PAIR_LIMIT, taken, waitMs } from '../../domain/channels/token-bucket.ts'
import { pairClosedMs } from '../../domain/channels/slowdown.ts'

/** Maximum number of pairs in memory. Above it, the pair that was quiet for longest is removed. */
const MOST_PAIRS = 200_000
const MOST_CLOSED = 20_000
/** After this much quiet, a refused pair starts again from one second. */
const FORGIVEN_AFTER_MS = 10 * 60_000
/** How often recovered pairs are looked for: a map that loses its oldest keys one by one is slow to begin at. */
const FORGET_EVERY_MS = 1_000

/**
 * WhatsApp's limit for one number and one contact. Each node counts for itself. A pair that Meta refuses stays closed
 * as long as Meta asks.
 */
export type PairLimiter = {
  /** Time until this pair's next turn. */
  waitMs(key: string, now: number): number
  /** Takes the next turn, also one in the future. */
  take(key: string, now: number): void
  giveBack(key: string): void
  /** WhatsApp refused the pair. Returns for how long it is closed. */
  refused(key: string, now: number): number
  /** WhatsApp accepted a message again. */
  accepted(key: string): void
  readonly known: number
  closed(now: number): number
}

export function createPairLimiter(mostPairs = MOST_PAIRS): PairLimiter {
  // In the order of the last turn: recovered pairs are at the front, and are removed as others come.
  const fullAt = new Map<string, number>()
  const refusals = new Map<string, { count: number; until: number }>()
  let forgotAt = -Infinity

  function forgetRecovered(now: number): void {
    if (fullAt.size <= mostPairs && now - forgotAt < FORGET_EVERY_MS) return
    forgotAt = now
    for (const [key, at] of fullAt) {
      if (at > now && fullAt.size <= mostPairs) return
      fullAt.delete(key)
    }
  }

  return {
    waitMs(key, now) {
      const at = fullAt.get(key)
      const owed = at === undefined ? 0 : waitMs(at, PAIR_LIMIT, now)
      if (refusals.size === 0) return owed
      return Math.max(owed, (refusals.get(key)?.until ?? 0) - now)
    },
    take(key, now) {
      const before = fullAt.get(key)
      if (before !== undefined) fullAt.delete(key)
      else if (fullAt.size > 64) forgetRecovered(now)
      // The minute covers turns that were promised ahead of their time.
      fullAt.set(key, taken(bounded(before ?? 0, PAIR_LIMIT, now, 60_000), PAIR_LIMIT, now))
    },
    giveBack(key) {
      const at = fullAt.get(key)
      if (at !== undefined) fullAt.set(key, at - PAIR_LIMIT.everyMs)
    },
    refused(key, now) {
      const before = refusals.get(key)
      // Concurrent sends are refused together, and count once.
      if (before && before.until > now) return before.until - now
      const count = before && now - before.until < FORGIVEN_AFTER_MS ? before.count + 1 : 0
      const closedMs = pairClosedMs(count)
      refusals.delete(key)
      refusals.set(key, { count, until: now + closedMs })
      for (const [oldest, { until }] of refusals) {
        if (refusals.size <= MOST_CLOSED && now - until < FORGIVEN_AFTER_MS) break
        refusals.delete(oldest)
      }
      return closedMs
    },
    accepted(key) {
      if (refusals.size > 0) refusals.delete(key)
    },
    get known() {
      return fullAt.size
    },
    closed(now) {
      let count = 0
      for (const { until } of refusals.values()) if (until > now) count++
      return count
    },
  }
}
