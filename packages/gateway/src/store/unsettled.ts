import type { Sql } from './sql.ts'
import { firstMessageIdAt } from '../platform/ids.ts'

// The planner uses the index of troubled messages only when its own condition is repeated.
const TROUBLED = `status in ('sending', 'unknown', 'failed') and (wamid is null or failed_at is not null)`

/** The channels with such messages, found by skipping over the index. */
async function* troubledChannels(sql: Sql): AsyncGenerator<number> {
  let behind = 0
  for (;;) {
    const row = await sql.get<{ id: number | null }>(
      `select min(channel_id) as id from messages where ${TROUBLED} and channel_id > $1`,
      [behind],
    )
    const id = row?.id ?? null
    if (id === null) return
    yield (behind = Number(id))
  }
}

/**
 * Sends of an ended process: whether WhatsApp accepted them is unknown, and only a status can tell. `before` is epoch
 * ms; later sends may still be in progress. Returns their number.
 */
export async function markAbandoned(sql: Sql, before: number, error: string): Promise<number> {
  let abandoned = 0
  for await (const channelId of troubledChannels(sql)) {
    abandoned += await sql.run(
      `update messages set status = 'unknown', error = $3
       where channel_id = $1 and status = 'sending' and ${TROUBLED} and created_at < $2`,
      [channelId, before, error],
    )
  }
  return abandoned
}

/** Marks sends that are unknown since `before` as without hope of a status. They stay unknown. */
export async function explainUnknown(sql: Sql, before: number, error: string, limit = 500): Promise<number> {
  let explained = 0
  for await (const channelId of troubledChannels(sql)) {
    explained += await sql.run(
      `update messages set error = $3 where channel_id = $1 and id in (
         select id from messages where channel_id = $1 and status = 'unknown' and ${TROUBLED} and id < $2
           and (error is null or error <> $3) order by id limit $4)`,
      [channelId, firstMessageIdAt(before), error, limit],
    )
  }
  return explained
}
