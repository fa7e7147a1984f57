import type { Clock } from '@postern/runtime/clock'

/** Wrong passwords that one address may try in `WITHIN_MS`, and all addresses together. */
const EACH = 5
const TOGETHER = 50
const WITHIN_MS = 60_000
/** Maximum number of addresses in memory. Above it, the oldest is removed; the common limit still applies. */
const MOST_ADDRESSES = 10_000

export type SignInLimit = {
  /** Seconds to wait before the next try from this address. 0 when it may try now. */
  waitSeconds(address: string): number | Promise<number>
  /**
   * Counts a wrong password from this address. Returns the seconds to wait when all addresses together try too many,
   * else 0: only wrong passwords are refused because of other addresses.
   */
  failed(address: string): number | Promise<number>
}

/**
 * Slows guesses down. Each machine counts for itself: the secret is long, so this is a second defence. It is a sliding
 * window and not a token bucket (`domain/channels/token-bucket.ts`): after five wrong passwords an address waits until
 * the first of them is a minute old, as `Retry-After` promises. A bucket of five would allow one more try every 12
 * seconds.
 */
export function createSignInLimit(clock: Clock) {
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
    waitSeconds(address: string): number {
      return wait(recent(byAddress.get(address) ?? []), EACH)
    },
    failed(address: string): number {
      const times = [...recent(byAddress.get(address) ?? []), clock.monotonic()]
      byAddress.delete(address)
      byAddress.set(address, times)
      all = recent(all)
      const waitTogether = wait(all, TOGETHER)
      if (waitTogether === 0) all.push(clock.monotonic())
      if (byAddress.size > MOST_ADDRESSES) {
        for (const oldest of byAddress.keys()) {
          byAddress.delete(oldest)
          break
        }
      }
      return waitTogether
    },
  }
}
