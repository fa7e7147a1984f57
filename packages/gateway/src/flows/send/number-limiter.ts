import { bounded, numberLimit, taken, waitMs, type RateLimit } from '../../domain/channels/token-bucket.ts'
import type { Grant } from '../../store/pace.ts'

/** The source of a number's tokens. Times are milliseconds of the monotonic clock. */
export type NumberLimiter = {
  /** Time until a token is free: 0 now, Infinity when it is unknown until more tokens are granted. */
  waitMs(perSecond: number, now: number): number
  take(perSecond: number, now: number): void
  /** Returns an unused token to the bucket. */
  giveBack(perSecond: number): void
  /** Called while `waiting` sends wait. Rejects when the store cannot be asked. */
  more(perSecond: number, now: number, waiting: number): Promise<void> | undefined
}

/** A limiter for a single node: the whole bucket belongs to it. */
export function createLocalLimiter(): NumberLimiter {
  let fullAt = 0
  let rate: RateLimit = numberLimit(1)
  let ratePerSecond = 1
  const rateOf = (perSecond: number): RateLimit => {
    if (perSecond !== ratePerSecond) {
      ratePerSecond = perSecond
      rate = numberLimit(perSecond)
    }
    return rate
  }
  return {
    waitMs(perSecond, now) {
      fullAt = bounded(fullAt, rateOf(perSecond), now)
      return waitMs(fullAt, rate, now)
    },
    take(perSecond, now) {
      fullAt = taken(fullAt, rateOf(perSecond), now)
    },
    giveBack(perSecond) {
      fullAt -= rateOf(perSecond).everyMs
    },
    more: () => undefined,
  }
}

export type Granting = (turns: number, everyMs: number, now: number) => Promise<Grant & { alone: boolean }>

/** Size of one request: a quarter of a second's tokens, when no other node wants any. */
const SLICE_SECONDS = 0.25
/** A token that is unused this long after its time expires. Otherwise a quiet node would accumulate a burst. */
const LAPSES_AFTER_MS = 50

/** A limiter for a number that several nodes share: tokens come in small grants from the store. */
export function createSharedLimiter(grant: Granting): NumberLimiter {
  const grants: Grant[] = []
  let asking = false
  let alone = false
  let usedSince = 0

  function current(now: number): Grant | undefined {
    for (;;) {
      const [first] = grants
      if (!first) return undefined
      const late = Math.floor((now - LAPSES_AFTER_MS - first.startsAt) / first.everyMs)
      if (late > 0) {
        first.turns -= late
        first.startsAt += late * first.everyMs
      }
      if (first.turns > 0) return first
      grants.shift()
    }
  }

  return {
    waitMs(_perSecond, now) {
      const first = current(now)
      return first ? Math.max(0, first.startsAt - now) : Infinity
    },
    take(_perSecond, now) {
      const first = current(now)
      if (!first) return
      first.turns--
      first.startsAt += first.everyMs
      usedSince++
    },
    giveBack() {
      const [first] = grants
      if (!first) return
      first.turns++
      first.startsAt -= first.everyMs
    },
    more(perSecond, now, waiting) {
      const slice = Math.max(1, Math.floor(perSecond * SLICE_SECONDS))
      const left = grants.reduce((sum, one) => sum + one.turns, 0)
      // The next grant is requested while one is being used, so that no send waits for the store.
      if (asking || left >= Math.max(waiting, 1) || left > slice / 2) return undefined
      asking = true
      const turns = Math.min(slice, alone ? slice : Math.max(1, waiting, usedSince))
      usedSince = 0
      return grant(turns, 1000 / perSecond, now)
        .then((given) => {
          alone = given.alone
          grants.push({ startsAt: given.startsAt, turns: given.turns, everyMs: given.everyMs })
        })
        .finally(() => {
          asking = false
        })
    },
  }
}
