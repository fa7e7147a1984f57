import { DAY_MS } from '../domain/costs/cost.ts'
import type { Sql } from './sql.ts'

/** Priced messages of a contact with the same price, day and recipient. `day`: of UTC, counted from 1970-01-01. */
export type PricedSum = { day: number; pricing: string; recipient: string | null; messages: number }

/** Messages that one statement reads, and the most statements. */
export const ROWS_A_LOOK = 5_000
const LOOKS = 20

/**
 * What the messages to a contact cost, by the prices that stand in the messages: as `costOf` counts them. Walks the index
 * of a contact's messages, the newest first. `since`: the last message that was looked at, when there are more.
 */
export async function pricedSums(
  sql: Sql,
  channelId: number,
  contactId: number,
): Promise<{ sums: PricedSum[]; since: string | undefined }> {
  const sums: PricedSum[] = []
  let before = 'msg_~'
  for (let look = 0; look < LOOKS; look++) {
    const end = await sql.get<{ id: string }>(
      `select id from messages where channel_id = $1 and contact_id = $2 and id < $3 order by id desc limit 1
       offset ${ROWS_A_LOOK - 1}`,
      [channelId, contactId, before],
    )
    const rows = await sql.all<PricedSum>(
      `select coalesce(delivered_at, read_at, played_at, sent_at) / ${DAY_MS} as day, pricing, recipient,
         count(*) as messages
       from messages where channel_id = $1 and contact_id = $2 and id < $3 and id >= $4 and direction = 'out'
         and pricing is not null and status <> 'failed' and coalesce(delivered_at, read_at, played_at, sent_at) is not null
       group by 1, 2, 3`,
      [channelId, contactId, before, end?.id ?? ''],
    )
    for (const row of rows) sums.push({ ...row, day: Number(row.day), messages: Number(row.messages) })
    if (!end) return { sums, since: undefined }
    before = end.id
  }
  return { sums, since: before }
}
