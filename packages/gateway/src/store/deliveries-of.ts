import { timeOfMessageId } from '../platform/ids.ts'
import { deliveriesOfEvent, type DeliveryRow } from './events.ts'
import type { Sql } from './sql.ts'

/** Statuses of a message come within days; the events of a busy gateway in that time are too many to read. */
const MOST_EVENTS_LOOKED_AT = 50_000
const MOST_EVENTS_OF_A_MESSAGE = 20

/**
 * The events about one message with their deliveries, oldest first. Events have no index by message, which every write would pay for; they
 * stand in the order of time, so the place where the message's own begin is found by halving.
 */
export async function deliveriesOfMessage(
  sql: Sql,
  message: { channel_id: number; id: string; created_at: number },
): Promise<DeliveryRow[]> {
  // Meta's clock and ours may differ, and an inbound message bears Meta's time.
  const from = await firstSeqAt(sql, Math.min(message.created_at, timeOfMessageId(message.id)) - 60_000)
  const seqs = await seqsOf(sql, message, from)
  const end = from + MOST_EVENTS_LOOKED_AT
  const behind = await firstFrom(sql, end)
  // Nothing for that long: the places of a month end here, and those of the next one are far ahead.
  if (behind && behind.seq - end > MOST_EVENTS_LOOKED_AT) seqs.push(...(await seqsOf(sql, message, behind.seq)))
  const those = seqs.slice(0, MOST_EVENTS_OF_A_MESSAGE)
  return (await Promise.all(those.map((seq) => deliveriesOfEvent(sql, seq)))).flat()
}

async function seqsOf(sql: Sql, message: { channel_id: number; id: string }, from: number): Promise<number[]> {
  const rows = await sql.all<{ seq: number }>(
    `select seq from events where channel_id = $1 and seq >= $2 and seq < $3 and message_id = $4 order by seq limit $5`,
    [message.channel_id, from, from + MOST_EVENTS_LOOKED_AT, message.id, MOST_EVENTS_OF_A_MESSAGE],
  )
  return rows.map((row) => Number(row.seq))
}

const firstFrom = (sql: Sql, seq: number) =>
  sql.get<{ seq: number; created_at: number }>(
    'select seq, created_at from events where seq >= $1 order by seq limit 1',
    [seq],
  )

/** The first place in the stored order whose event was stored at `ms` or later. */
export async function firstSeqAt(sql: Sql, ms: number): Promise<number> {
  const last = await sql.get<{ seq: number }>('select seq from events order by seq desc limit 1')
  let low = 1
  let high = Number(last?.seq ?? 0) + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const row = await firstFrom(sql, middle)
    if (row && Number(row.created_at) < ms) low = Number(row.seq) + 1
    else high = middle
  }
  return low
}
