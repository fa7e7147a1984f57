import type { Sql } from './sql.ts'

/** An event as a reader of the feed sees it. `body` is null when the event's name was not asked for. */
export type FeedRow = { seq: number; kind: string; body: string | null; created_at: number; size: number }

export type FeedSlice = {
  rows: FeedRow[]
  /** Nothing of this channel stands behind these rows. */
  isLast: boolean
  /** Events stand behind these rows that may not be read yet: a lower place is still being committed. */
  isHeld: boolean
}

export type SliceOf = {
  channelId: number
  after: number
  /** Names of events whose bodies are read; null reads all. */
  kinds: readonly string[] | null
  mostRows: number
  /** Bodies are read until they are this large together, and one more. */
  mostBytes: number
}

// The pattern may match a few names too many: whoever reads compares again.
const SLICE = `select seq, kind, created_at, size, body from (
    select seq, kind, created_at, body, coalesce(octet_length(body), 0) as size,
      sum(coalesce(octet_length(body), 0)) over (order by seq) as total
    from (
      select seq, kind, created_at, case when $3 = '' or $3 like '%,' || kind || ',%' then body end as body
      from events where channel_id = $1 and seq > $2 order by seq limit $4
    ) slice
  ) sized where total - size < $5 order by seq`

/** The next events of one channel, oldest first, in the order that the feed promises: none comes before them later. */
export async function feedSlice(
  sql: Sql,
  { channelId, after, kinds, mostRows, mostBytes }: SliceOf,
): Promise<FeedSlice> {
  // Asked first: what is committed between the two is then read the next time.
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
  // The end of the feed is no event's place while there are no events.
  return Math.min(newest?.seq ?? 0, end)
}

/** Channels that have events after a place, up to the newest; null when there are more events than are looked through. */
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
