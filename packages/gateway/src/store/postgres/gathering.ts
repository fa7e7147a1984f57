/** How long other nodes count as writing after a sign of them. */
const TRACE_GOOD_FOR_MS = 1_000
/** Maximum wait, however slow the database is. */
const LONGEST_MS = 20

/**
 * How long a node gathers writes before its next commit. The server's cost of a commit does not depend on its content,
 * so nodes that share a server make each other's commits smaller and more frequent. While others write too, a node with
 * several concurrent writes waits as long as its last commit took. Alone it never waits: writes gather during the
 * current commit.
 *
 * Other nodes show in the places of events: a node's own places follow one another, unless another node took some in
 * between.
 */
export type Gathering = {
  /** Records a commit: its duration, its number of writes, and the places of its events. */
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
