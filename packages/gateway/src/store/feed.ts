import type { Sql } from './sql.ts'

/** An event for a reader of the feed. `body` is null when the event's name was not requested. */
export type FeedRow = { seq: number; kind: string; body: string | null; created_at: number; size: number }

export type FeedSlice = {
  rows: FeedRow[]
  /** The channel has no events after these rows. */
  isLast: boolean
  /** Events after these rows are not readable yet: a lower place is still being committed. */
  isHeld: boolean
}

export type SliceOf = {
  channelId: number
  after: number
  /** Names of events whose bodies are read; null reads all. */
  kinds: readonly string[] | null
  mostRows: number
  /** Bodies are read until they have this size together, and one more. */
  mostBytes: number
}

// The pattern may match too many names: the caller compares again.
const SLICE = `select seq, kind, created_at, size, body from (
    select seq, kind, created_at, body, coalesce(octet_length(body), 0) as size,
      sum(coalesce(octet_length(body), 0)) over (order by seq) as total
    from (
      select seq, kind, created_at, case when $3 = '' or $3 like '%,' || kind || ',%' then body end as body
      from events where channel_id = $1 and seq > $2 order by seq limit $4
    ) slice
  ) sized where total - size < $5 order by seq`

/** The next events of one channel, oldest first, in the order of the feed: no event appears before them later. */
export async function feedSlice(
  sql: Sql,
  { channelId, after, kinds, mostRows, mostBytes }: SliceOf,
): Promise<FeedSlice> {
  // Read first: events that are committed between the two reads are then returned by the next call.
  const end = (await sql.feedEnd?.()) ?? Number.MAX_SAFE_INTEGER
  const wanted = kinds === null ? '' : `,${kinds.join(',')},`
  const found = await sql.all<FeedRow>(SLICE, [channelId, after, wanted, mostRows, mostBytes])
  const rows = found.filter(({ seq }) => seq <= end)
  const bytes = rows.reduce((sum, { size }) => sum + size, 0)
  const isHeld = rows.length < found.length
  return { rows, isHeld, isLast: isHeld || (rows.length < mostRows && bytes < mostBytes) }
}

/** The place of the newest event that readers see; 0 when there is none. */
export async function newestPlace(sql: Sql): Promise<number> {
  const end = (await sql.feedEnd?.()) ?? Number.MAX_SAFE_INTEGER
  const newest = await sql.get<{ seq: number }>('select seq from events order by seq desc limit 1')
  // Without events, the end of the feed is not an event's place.
  return Math.min(newest?.seq ?? 0, end)
}

/** Channels with events after a place, up to the newest; null when there are more events than the limit. */
export async function channelsAfter(
  sql: Sql,
  after: number,
  mostRows: number,
): Promise<{ newest: number; channelIds: number[] | null }> {
  const newest = await newestPlace(sql)
  if (newest <= after) return { newest, channelIds: [] }
  const rows = await sql.all<{ channel_id: number }>(
    'select channel_id from events where seq > $1 and seq <= $2 order by seq limit $3',
    [after, newest, mostRows],
  )
  return { newest, channelIds: rows.length < mostRows ? [...new Set(rows.map((row) => row.channel_id))] : null }
}
