import type { BilledSum, CountedSum, Grouping } from '../domain/costs/report.ts'
import { FREE_TIER_FROM } from '../domain/costs/report.ts'
import type { Sql } from './sql.ts'

// Sums are read by channel, because a channel's sums are together in the index. Removed channels still have theirs.

// PostgreSQL’s sum of whole numbers is a decimal, which would come as text.
const MESSAGES = 'cast(sum(s.messages) as bigint)'

const KEYS: Record<Grouping, string> = { day: 's.day', category: 's.category', type: 's.type', country: 's.country' }

/** The messages of the days from `from` to `to`, of one channel or of all, by group and type. */
export async function countedSums(
  sql: Sql,
  { from, to, channelId, grouping }: { from: number; to: number; channelId?: number | undefined; grouping: Grouping },
): Promise<CountedSum[]> {
  const key = KEYS[grouping]
  const late = `case when s.day >= ${FREE_TIER_FROM} then 1 else 0 end`
  const only = channelId === undefined ? '' : 'where c.id = $3'
  return sql.all<CountedSum>(
    `select ${key} as key, s.type, ${late} as late, ${MESSAGES} as messages
     from channels c join cost_sums s on s.channel_id = c.id and s.day >= $1 and s.day <= $2 ${only}
     group by ${[...new Set([key, 's.type', late])].join(', ')} having sum(s.messages) <> 0`,
    channelId === undefined ? [from, to] : [from, to, channelId],
  )
}

/**
 * The billable messages of the days from `from` to `to`: all channels of one channel's account, or all channels. See
 * `addAmounts`.
 */
export async function billedSums(
  sql: Sql,
  { from, to, channelId }: { from: number; to: number; channelId?: number | undefined },
): Promise<BilledSum[]> {
  const place = channelId === undefined ? '1' : 'case when c.id < $3 then 0 when c.id = $3 then 1 else 2 end'
  const only = channelId === undefined ? '' : 'where c.waba_id = (select waba_id from channels where id = $3)'
  const group = ['c.waba_id', ...(channelId === undefined ? [] : [place]), 's.day', 's.country', 's.category']
  return sql.all<BilledSum>(
    `select c.waba_id as "wabaId", ${place} as place, s.day, s.country, s.category, ${MESSAGES} as messages
     from channels c join cost_sums s on s.channel_id = c.id and s.day >= $1 and s.day <= $2 and s.type = 'regular' ${only}
     group by ${group.join(', ')} having sum(s.messages) <> 0`,
    channelId === undefined ? [from, to] : [from, to, channelId],
  )
}

/** True for a channel that exists, or existed. */
export async function wasChannel(sql: Sql, id: number): Promise<boolean> {
  return (await sql.get('select 1 as one from channels where id = $1', [id])) !== undefined
}
