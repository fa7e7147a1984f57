import type { Clock } from '@postern/runtime/clock'
import type { EndpointFilter } from '../../domain/channels/endpoint.ts'
import { wantsStored } from '../../domain/events/stored-event.ts'
import { feedSlice } from '../../store/feed.ts'
import type { Sql } from '../../store/sql.ts'

/** Rows of one query. */
const SLICE_ROWS = 500
const SLICE_BYTES = 512 * 1024
/** A read ends after this many rows, or this long, with its results: a filter may exclude millions. */
const MOST_ROWS = 50_000
const MOST_MS = 2_000

export type FeedEvent = { seq: number; kind: string; body: string; createdAt: number }

export type FeedPage = {
  events: FeedEvent[]
  /** Everything up to this place was checked: the returned events, and the filtered ones. */
  cursor: number
  /**
   * `level`: no event after the cursor. `behind`: there are more events. `held`: there are more, and they become
   * readable after another node's commit.
   */
  state: 'level' | 'behind' | 'held'
}

export type FeedQuestion = {
  channelId: number
  after: number
  filter: EndpointFilter
  count: number
  /** A page ends with the event that exceeds this. */
  mostBytes: number
}

/** The next events of a channel that a filter accepts, oldest first. Limited in rows, bytes and time. */
export async function readFeed(sql: Sql, clock: Clock, question: FeedQuestion): Promise<FeedPage> {
  const { channelId, filter, count, mostBytes } = question
  const endsAt = clock.monotonic() + MOST_MS
  const events: FeedEvent[] = []
  let cursor = question.after
  let bytes = 0
  for (let looked = 0; looked < MOST_ROWS && clock.monotonic() < endsAt;) {
    // Without a filter every row is an event of the page.
    const mostRows = isOpen(filter) ? Math.min(SLICE_ROWS, count - events.length) : SLICE_ROWS
    const slice = await feedSlice(sql, {
      ...{ channelId, after: cursor, kinds: filter.events, mostRows },
      mostBytes: Math.min(SLICE_BYTES, mostBytes - bytes),
    })
    looked += slice.rows.length
    for (const { seq, kind, body, created_at: createdAt, size } of slice.rows) {
      cursor = seq
      if (body === null || !wantsStored(filter, kind, body)) continue
      events.push({ seq, kind, body, createdAt })
      bytes += size
      if (events.length >= count || bytes >= mostBytes) return { events, cursor, state: 'behind' }
    }
    if (slice.isLast) return { events, cursor, state: slice.isHeld ? 'held' : 'level' }
  }
  return { events, cursor, state: 'behind' }
}

const isOpen = ({ events, types, statuses }: EndpointFilter): boolean =>
  events === null && types === null && statuses === null
