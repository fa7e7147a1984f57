import { hasStatus } from './messages.ts'
import { firstMessageIdAt } from '../platform/ids.ts'
import type { Sql } from './sql.ts'

/**
 * `sent`: WhatsApp accepted it, whatever came after. `failed`: refused by WhatsApp, or failed afterwards; `refused` are
 * those of them that it did not accept.
 */
export type Activity = {
  received: number
  sent: number
  delivered: number
  read: number
  failed: number
  refused: number
}

export const noActivity = (): Activity => ({ received: 0, sent: 0, delivered: 0, read: 0, failed: 0, refused: 0 })

/** Counts of a channel's messages in one time span, by their current status. Times are epoch milliseconds. */
export async function activityOf(sql: Sql, channelId: number, from: number, to: number): Promise<Activity> {
  const rows = await sql.all<{ direction: string; status: string; accepted: number; n: number }>(
    `select direction, status, case when wamid is null then 0 else 1 end as accepted, count(*) as n from messages
     where channel_id = $1 and id >= $2 and id < $3
     group by direction, status, case when wamid is null then 0 else 1 end`,
    [channelId, firstMessageIdAt(from), firstMessageIdAt(to)],
  )
  const activity = noActivity()
  for (const { direction, status, accepted, n } of rows) {
    const count = Number(n)
    if (direction === 'in') {
      activity.received += count
      continue
    }
    const isAccepted = Number(accepted) === 1
    if (isAccepted) activity.sent += count
    if (status === 'delivered' || status === 'read' || status === 'played') activity.delivered += count
    if (status === 'read' || status === 'played') activity.read += count
    if (status === 'failed') activity.failed += count
    if (status === 'failed' && !isAccepted) activity.refused += count
  }
  return activity
}

const MOST_FAILURES = 5_000

/** The errors of a channel's failed messages of one time span: the newest 5,000. */
export async function failuresIn(sql: Sql, channelId: number, from: number, to: number): Promise<string[]> {
  const rows = await sql.all<{ error: string | null }>(
    `select error from messages m where channel_id = $1 and ${hasStatus('failed')} and id >= $2 and id < $3
     order by id desc limit $4`,
    [channelId, firstMessageIdAt(from), firstMessageIdAt(to), MOST_FAILURES],
  )
  return rows.map((row) => row.error ?? '{}')
}
