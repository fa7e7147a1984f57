import type { MachineFact } from './facts.ts'
import { MINUTE, SECOND } from './rule.ts'

/** `ok`: WhatsApp answered, perhaps with a refusal. `failing`: an error of its servers, or no answer. */
export type CallResult = 'ok' | 'failing' | 'unreachable'

const BUCKET_MS = 10 * SECOND
const WINDOW_MS = 2 * MINUTE

type Bucket = { at: number } & Record<CallResult, number>

/** Counts calls of WhatsApp over the last two minutes. Times are of a clock that never goes back. */
export function createCallWindow() {
  let buckets: Bucket[] = []
  /** The first failure after the last success. */
  let failsSince: number | null = null

  return {
    note(result: CallResult, count: number, now: number): void {
      const at = Math.floor(now / BUCKET_MS) * BUCKET_MS
      let last = buckets.at(-1)
      if (last?.at !== at) {
        buckets = buckets.filter((one) => one.at > at - WINDOW_MS)
        buckets.push((last = { at, ok: 0, failing: 0, unreachable: 0 }))
      }
      last[result] += count
      if (result === 'ok') failsSince = null
      else failsSince ??= now
    },
    /** `sinceMs`: how long no call has succeeded, null when the last one did. */
    read(now: number): Omit<MachineFact['meta'], 'since'> & { sinceMs: number | null } {
      const read = { calls: 0, failed: 0, unreachable: 0, sinceMs: failsSince === null ? null : now - failsSince }
      for (const one of buckets) {
        if (one.at <= now - WINDOW_MS - BUCKET_MS) continue
        read.calls += one.ok + one.failing + one.unreachable
        read.failed += one.failing + one.unreachable
        read.unreachable += one.unreachable
      }
      return read
    },
  }
}
