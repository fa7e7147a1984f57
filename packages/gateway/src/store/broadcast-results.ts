import type { Sql } from './sql.ts'

/** A recipient with its message, as it is now. */
export type ResultRecord = {
  n: number
  line: number | null
  person: string
  name: string | null
  state: string
  message_id: string | null
  error: string | null
  at: number | null
  answered_at: number | null
  status: string | null
  wamid: string | null
  sent_at: number | null
  delivered_at: number | null
  read_at: number | null
  failed_at: number | null
}

/** The next recipients with their messages, in the order of the list. */
export function resultsPage(
  sql: Sql,
  channelId: number,
  id: string,
  page: { afterN: number; count: number },
): Promise<ResultRecord[]> {
  return sql.all<ResultRecord>(
    `select r.n, r.line, r.person, r.name, r.state, r.message_id, r.error, r.at, r.answered_at,
       coalesce(m.status, r.status) as status, m.wamid, m.sent_at, m.delivered_at, m.read_at, m.failed_at
     from broadcast_recipients r left join messages m on m.channel_id = $1 and m.id = r.message_id
     where r.broadcast_id = $2 and r.n > $3 order by r.n limit $4`,
    [channelId, id, page.afterN, page.count],
  )
}
