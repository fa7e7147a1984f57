import type { Clock } from '../../clock.ts'

/** Wrong passwords that one address may try in `WITHIN_MS`, and all addresses together. */
const EACH = 5
const TOGETHER = 50
const WITHIN_MS = 60_000
/** Addresses remembered at the most. Beyond, the oldest is forgotten; the common limit still holds. */
const MOST_ADDRESSES = 10_000

export type SignInLimit = {
  /** Seconds to wait before the next try from here; 0 when one may be made now. */
  waitSeconds(address: string): number
  failed(address: string): void
}

/** Slows down guessing. Kept by each node for itself: the secret is long, this is the fence before the wall. */
export function createSignInLimit(clock: Clock): SignInLimit {
  const byAddress = new Map<string, number[]>()
  let all: number[] = []
  const recent = (times: readonly number[]): number[] => times.filter((at) => at > clock.monotonic() - WITHIN_MS)
  const wait = (times: readonly number[], most: number): number => {
    const blocking = times.at(-most)
    return times.length < most || blocking === undefined
      ? 0
      : Math.ceil((blocking + WITHIN_MS - clock.monotonic()) / 1000)
  }
  return {
    waitSeconds(address) {
      all = recent(all)
      return Math.max(wait(recent(byAddress.get(address) ?? []), EACH), wait(all, TOGETHER))
    },
    failed(address) {
      const times = [...recent(byAddress.get(address) ?? []), clock.monotonic()]
      byAddress.delete(address)
      byAddress.set(address, times)
      all.push(clock.monotonic())
      if (byAddress.size > MOST_ADDRESSES) {
        for (const oldest of byAddress.keys()) {
          byAddress.delete(oldest)
          break
        }
      }
    },
  }
}
