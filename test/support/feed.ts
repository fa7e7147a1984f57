import { type DeliveryState, deliveryStates, type EventRow } from '../../packages/gateway/src/store/events.ts'
import { feedSlice } from '../../packages/gateway/src/store/feed.ts'
import type { Sql } from '../../packages/gateway/src/store/sql.ts'

const AT_ONCE = 100

/** The events of one channel after a place, as a reader of the feed finds them: whole rows, with their deliveries. */
export async function eventsAfter(
  sql: Sql,
  channelId: number,
  after: number,
  count: number,
): Promise<(EventRow & { state: DeliveryState })[]> {
  const { rows } = await feedSlice(sql, { channelId, after, kinds: null, mostRows: count, mostBytes: 1e9 })
  if (rows.length === 0) return []
  const range = [channelId, rows[0]!.seq, rows.at(-1)!.seq]
  const whole = await sql.all<EventRow>(
    'select * from events where channel_id = $1 and seq >= $2 and seq <= $3 order by seq',
    range,
  )
  const bySeq = new Map(whole.map((row) => [row.seq, row]))
  const states = new Map<number, DeliveryState>()
  for (let i = 0; i < rows.length; i += AT_ONCE) {
    const seqs = rows.slice(i, i + AT_ONCE).map(({ seq }) => seq)
    for (const [seq, state] of await deliveryStates(sql, seqs)) states.set(seq, state)
  }
  return rows.map(({ seq }) => ({ ...bySeq.get(seq)!, state: states.get(seq)! }))
}
