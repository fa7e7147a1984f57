import type { Sql } from './sql.ts'

/** Turns of a number for one node: `turns` of them, the first at `startsAt`, each `everyMs` after the last. */
export type Grant = { startsAt: number; turns: number; everyMs: number }

/** A number without grants for this long starts from now, and so does one whose clock jumped. */
const LONGEST_AHEAD_MICROS = 10_000_000

/**
 * Grants the next turns of a number to `holder`. `alone`: no other node asked since this holder did. Counts in
 * microseconds, because a fast number's turns are closer than a millisecond.
 */
export async function grantTurns(
  sql: Sql,
  request: { channelId: number; holder: string; turns: number; everyMs: number; now: number },
): Promise<Grant & { alone: boolean }> {
  const { channelId, holder, turns, everyMs, now } = request
  const nowMicros = Math.round(now * 1000)
  const costMicros = Math.max(1, Math.round(turns * everyMs * 1000))
  const [row] = await sql.returning<{ free_at: number; previous: string | null }>(
    `insert into pace_grants (channel_id, free_at, holder, previous) values ($1, $2, $3, $3)
     on conflict (channel_id) do update set
       free_at = $4 + case when pace_grants.free_at > $5 and pace_grants.free_at < $6 then pace_grants.free_at else $5 end,
       previous = pace_grants.holder, holder = excluded.holder
     returning free_at, previous`,
    [channelId, nowMicros + costMicros, holder, costMicros, nowMicros, nowMicros + LONGEST_AHEAD_MICROS],
  )
  return {
    startsAt: (Number(row!.free_at) - costMicros) / 1000,
    turns,
    everyMs,
    alone: row!.previous === holder,
  }
}
