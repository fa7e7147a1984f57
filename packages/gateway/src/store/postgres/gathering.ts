/** For how long other nodes count as writing after a trace of them. */
const TRACE_GOOD_FOR_MS = 1_000
/** Never longer than this, however slow the database is. */
const LONGEST_MS = 20

/**
 * How long a node gathers writes before its next commit. A commit costs the server the same whatever it holds, so nodes
 * that share one make each other's commits smaller and pay for more of them. While others write too, a node that has
 * several writes under way waits as long as its last commit took. Alone it never waits: the commit under way is what
 * gathers.
 *
 * Others are known by the places of events: a node's own follow one another, unless somebody took some between.
 */
export type Gathering = {
  /** Notes a commit: how long it took, how many writes it held, and the places that its events took. */
  committed(commit: { ms: number; writes: number; places: readonly number[] }): void
  /** Milliseconds to wait before the next commit. */
  pause(): number
}

export function createGathering(monotonic: () => number): Gathering {
  let last: number | undefined
  let sawOthersAt = -Infinity
  let commit = { ms: 0, writes: 0 }

  return {
    committed({ ms, writes, places }) {
      commit = { ms, writes }
      for (const place of places) {
        if (last !== undefined && place !== last + 1) sawOthersAt = monotonic()
        last = place
      }
    },
    pause() {
      if (commit.writes < 2 || monotonic() - sawOthersAt >= TRACE_GOOD_FOR_MS) return 0
      return Math.min(commit.ms, LONGEST_MS)
    },
  }
}
