import { createHash } from 'node:crypto'
import type { ChannelState, StateChange, StatePart } from '../domain/channels/state.ts'
import { DIRECTORY_CHANGED } from './directory-version.ts'
import type { Sql, Statement } from './sql.ts'

type Row = {
  channel_id: number
  part: string
  value: string
  reason: string | null
  until_at: number | null
  details: string | null
  since: number
  at: number
}

const COLUMNS = 'channel_id, part, value, reason, until_at, details, since, at'

const partOf = (row: Row): StatePart => ({
  value: JSON.parse(row.value) as unknown,
  since: row.since,
  at: row.at,
  reason: row.reason,
  until: row.until_at,
  details: row.details === null ? null : (JSON.parse(row.details) as Record<string, unknown>),
})

/** The state of these channels, or of all. A channel without a signal is missing. */
export async function channelStates(sql: Sql, ids?: readonly number[]): Promise<Map<number, ChannelState>> {
  const only = ids === undefined ? '' : ` where channel_id in (${ids.map((_, i) => `$${i + 1}`).join(', ')})`
  const rows = await sql.all<Row>(`select ${COLUMNS} from channel_state${only}`, ids ?? [])
  const states = new Map<number, Map<string, StatePart>>()
  for (const row of rows) {
    const state = states.get(row.channel_id) ?? new Map<string, StatePart>()
    states.set(row.channel_id, state.set(row.part, partOf(row)))
  }
  return states
}

/** Meta's clock counts seconds: many signals may have one time. Their hashes have room for this many. */
const MOST_SEEN = 100
const HASH_LENGTH = 16

/**
 * Applies signals in one commit, each after the ones before it. An older signal changes nothing, nor does a repeated
 * one. Of two signals of one second the one that is stored later wins.
 */
export async function applyStateChanges(
  sql: Sql,
  changes: readonly (StateChange & { channelId: number })[],
  now: number,
): Promise<void> {
  if (changes.length === 0) return
  await sql.atomically([...changes.map((change) => upsert(change, now)), DIRECTORY_CHANGED])
}

function upsert(change: StateChange & { channelId: number }, now: number): Statement {
  const { channelId, part, reason, until } = change
  const value = JSON.stringify(change.value)
  const details = change.details === null ? null : JSON.stringify(change.details)
  const hash = createHash('sha256').update(JSON.stringify([value, reason, until, details]))
  return {
    sql: `insert into channel_state (channel_id, part, value, reason, until_at, details, since, at, seen)
          values ($1, $2, $3, $4, $5, $6, $7, $7, $8)
          on conflict (channel_id, part) do update set
            value = excluded.value, reason = excluded.reason, until_at = excluded.until_at, details = excluded.details,
            since = case when channel_state.value = excluded.value then channel_state.since else excluded.since end,
            at = excluded.at,
            seen = case when channel_state.at = excluded.at then channel_state.seen || ' ' || excluded.seen else excluded.seen end
          where channel_state.at < excluded.at
            or (channel_state.at = excluded.at and length(channel_state.seen) < ${MOST_SEEN * HASH_LENGTH}
              and channel_state.seen not like '%' || excluded.seen || '%')`,
    params: [
      ...[channelId, part, value, reason, until, details],
      ...[Math.min(change.at, now), hash.digest('hex').slice(0, HASH_LENGTH)],
    ],
  }
}
