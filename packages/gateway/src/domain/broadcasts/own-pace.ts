import { numberLimit, taken, waitMs } from '../channels/token-bucket.ts'

/**
 * The pace of a broadcast, as a share of its number's. WhatsApp's throttle halves it, and the quality of the number
 * lowers it. It recovers slower than the pace of the number, so that single messages get the recovered part first.
 */
export type OwnPace = {
  /** After throttles; 1 when there was none. */
  share: number
  /** The time of `share`, in ms of the monotonic clock. */
  at: number
  /** The token bucket (`token-bucket.ts`). */
  fullAt: number
}

export const FULL_PACE: OwnPace = { share: 1, at: 0, fullAt: 0 }

const LEAST_SHARE = 1 / 64
/** A halved pace recovers within a minute without a throttle. */
const RECOVERS_PER_SECOND = 1 / 120
/** Concurrent sends are refused together; that counts as one reason to slow down. */
const ONE_REASON_MS = 1_000

/** By the quality of the number: 3 is green, 2 yellow, 1 red. A worse quality lowers the messaging limit. */
const QUALITY_SHARES: Record<number, number> = { 2: 0.5, 1: 0.1 }

const throttleShare = (pace: OwnPace, now: number): number =>
  pace.share === 1 ? 1 : Math.min(1, pace.share + (Math.max(0, now - pace.at) / 1000) * RECOVERS_PER_SECOND)

/** After WhatsApp refused a message because there were too many. */
export function throttled(pace: OwnPace, now: number): OwnPace {
  if (pace.share < 1 && now - pace.at < ONE_REASON_MS) return pace
  return { ...pace, share: Math.max(LEAST_SHARE, throttleShare(pace, now) / 2), at: now }
}

export type PaceNow = { share: number; slowedBy: 'throttled' | 'quality' | null }

/** The share that holds now, and its cause. */
export function paceNow(pace: OwnPace, quality: number | undefined, now: number): PaceNow {
  const byThrottle = throttleShare(pace, now)
  const byQuality = QUALITY_SHARES[quality ?? 3] ?? 1
  const share = Math.min(byThrottle, byQuality)
  if (share === 1) return { share, slowedBy: null }
  return { share, slowedBy: byQuality <= byThrottle ? 'quality' : 'throttled' }
}

/** Time until the broadcast may send its next message. At its full pace the limit of the number decides alone. */
export function untilNextMs(pace: OwnPace, perSecond: number, share: number, now: number): number {
  return share === 1 ? 0 : waitMs(pace.fullAt, numberLimit(perSecond * share), now)
}

/** After one message. */
export function spent(pace: OwnPace, perSecond: number, share: number, now: number): OwnPace {
  return share === 1 ? pace : { ...pace, fullAt: taken(pace.fullAt, numberLimit(perSecond * share), now) }
}
