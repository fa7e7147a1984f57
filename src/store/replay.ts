import { setTimeout as after } from 'node:timers/promises'
import { firstSeqAt } from './deliveries-of.ts'
import type { DeliveryState } from './events.ts'
import type { Sql, SqlValue } from './sql.ts'

/** Rows of one commit: few enough that nobody who waits behind it notices. */
const AT_ONCE = 250
const PAUSE_MS = 5
/** Events are stored in the order of time, as exactly as the clocks of the nodes agree. */
const CLOCKS_DIFFER_MS = 60_000

export type ReplayFilter = { channelId: number; seq?: number; state?: DeliveryState; fromMs?: number; toMs?: number }

/** Makes events pending again, in their old places, and wakes their lanes. Answers how many. */
export async function replay(sql: Sql, filter: ReplayFilter, now: number): Promise<number> {
  // The state stands in the text, not in a parameter, so that the index of the dead can be used.
  const where = ['channel_id = $1', filter.state === undefined ? `state <> 'pending'` : `state = '${filter.state}'`]
  const params: SqlValue[] = [filter.channelId]
  const and = (clause: string, value: SqlValue): void => {
    params.push(value)
    where.push(clause.replace('?', `$${params.length}`))
  }
  if (filter.seq !== undefined) and('seq = ?', filter.seq)
  if (filter.fromMs !== undefined) and('created_at >= ?', filter.fromMs)
  if (filter.toMs !== undefined) {
    and('created_at < ?', filter.toMs)
    and('seq < ?', await firstSeqAt(sql, filter.toMs + CLOCKS_DIFFER_MS))
  }
  const condition = where.join(' and ')
  const next = params.length + 1
  let behind = filter.fromMs === undefined ? 0 : (await firstSeqAt(sql, filter.fromMs - CLOCKS_DIFFER_MS)) - 1
  let replayed = 0
  for (;;) {
    const rows = await sql.all<{ seq: number }>(
      `select seq from events where ${condition} and seq > $${next} order by seq limit ${AT_ONCE}`,
      [...params, behind],
    )
    const last = rows.at(-1)
    if (!last) return replayed
    replayed += await again(
      sql,
      `${condition} and seq > $${next} and seq <= $${next + 1}`,
      [...params, behind, last.seq],
      now,
    )
    if (rows.length < AT_ONCE) return replayed
    behind = last.seq
    await after(PAUSE_MS)
  }
}

async function again(sql: Sql, condition: string, params: SqlValue[], now: number): Promise<number> {
  const due = `$${params.length + 1}`
  const [, changed] = await sql.atomically([
    {
      sql: `insert into lanes (channel_id, contact_id, due_at)
            select distinct channel_id, contact_id, cast(${due} as bigint) from events where ${condition}
            on conflict (channel_id, contact_id) do update set due_at = excluded.due_at where lanes.due_at is null`,
      params: [...params, now],
    },
    {
      sql: `update events set state = 'pending', attempts = 0, since = ${due}, done_at = null where ${condition}`,
      params: [...params, now],
    },
  ])
  return changed ?? 0
}
