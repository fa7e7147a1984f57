import type { Clock } from '@postern/runtime/clock'
import type { Sql } from '../../store/sql.ts'
import { type FeedPage, type FeedQuestion, readFeed } from './read.ts'
import type { Reader } from './readers.ts'

/**
 * Events behind another node's commit are readable a moment later: first after this pause, then after twice as long.
 */
const HELD_FIRST_MS = 20
const HELD_LONGEST_MS = 1_000

/**
 * The next events, as soon as there are some. Ends without any after `withinMs`, or when the reader is closed; the
 * page's cursor has then moved past filtered events.
 */
export async function awaitEvents(
  { sql, clock, reader }: { sql: Sql; clock: Clock; reader: Reader },
  question: FeedQuestion,
  withinMs: number,
): Promise<FeedPage> {
  const endsAt = clock.monotonic() + withinMs
  let after = question.after
  let heldMs = HELD_FIRST_MS
  for (;;) {
    const page = await readFeed(sql, clock, { ...question, after })
    const left = endsAt - clock.monotonic()
    if (page.events.length > 0 || left <= 0 || reader.isOver) return page
    after = page.cursor
    if (page.state === 'level') {
      heldMs = HELD_FIRST_MS
      if (!(await reader.changed(left))) return { ...page, cursor: after }
    } else if (page.state === 'held') {
      await reader.changed(Math.min(left, heldMs))
      heldMs = Math.min(heldMs * 2, HELD_LONGEST_MS)
    }
  }
}
