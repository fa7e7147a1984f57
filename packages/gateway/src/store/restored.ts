import { lockBroadcast } from './broadcast-run.ts'
import type { Sql, Statement } from './sql.ts'
import type { Store } from './store.ts'
import { markAbandoned } from './unsettled.ts'

/*
 * What a restored store must forget. It is older than what WhatsApp and customers have seen, so whatever would be sent by
 * itself may have been sent already (docs/decisions/0022-backup.md).
 */

/** Sends and recipients whose outcome is unknown now, and broadcasts that a person must look at. */
export type Settled = {
  sends: number
  scheduled: number
  recipients: number
  /** Drafts, and broadcasts that start later: they are as they were, and may have been started after the backup. */
  look: { channelId: number; id: string; name: string | null; state: string }[]
  /** What lets somebody in. Some of it may have been revoked after the backup, and works again. */
  access: { codes: number; keys: number; users: number }
}

/**
 * Events continue this far behind the newest one: their ids are places, and customers have seen ids from after the backup.
 * At a thousand events a second it is the work of eleven days.
 */
export const PLACES_BETWEEN = 1_000_000_000

const WHY = {
  title: 'Restored from a backup.',
  error_data: {
    details:
      'This was waiting when the backup was made, and may have been sent after it. It may or may not have arrived; it is not sent again.',
  },
}
const MESSAGE_ERROR = JSON.stringify(WHY)
const SEND_ERROR = JSON.stringify({ reason: 'restored', message: `${WHY.title} ${WHY.error_data.details}` })

/** Runs once on a restored store, before a gateway uses it. Running it again does no harm. */
export async function settleRestored({ sql, engine }: Pick<Store, 'sql' | 'engine'>, now: number): Promise<Settled> {
  const sends = await markAbandoned(sql, now + 1, MESSAGE_ERROR)
  const scheduled = await settleScheduled(sql, now)
  const recipients = await settleBroadcasts(sql, now)
  // A session that was ended after the backup must not open again.
  await sql.run('delete from console_sessions')
  await skipPlaces(sql, engine)
  const look = await sql.all<{ channel_id: number; id: string; name: string | null; state: string }>(
    `select channel_id, id, name, state from broadcasts where state in ('draft', 'checked', 'scheduled') order by id`,
  )
  return {
    sends,
    scheduled,
    recipients,
    look: look.map(({ channel_id: channelId, ...one }) => ({ ...one, channelId: Number(channelId) })),
    access: await accessOf(sql, now),
  }
}

async function accessOf(sql: Sql, now: number): Promise<Settled['access']> {
  const row = await sql.get<Settled['access']>(
    `select (select count(*) from certification_codes where revoked_at is null) as codes,
       (select count(*) from api_keys where revoked_at is null and (expires_at is null or expires_at > $1)) as keys,
       (select count(*) from users where disabled_at is null) as users`,
    [now],
  )
  return { codes: Number(row!.codes), keys: Number(row!.keys), users: Number(row!.users) }
}

/** A send whose message WhatsApp accepted is settled by the scheduler: its result is known. */
async function settleScheduled(sql: Sql, now: number): Promise<number> {
  return sql.run(
    `update scheduled_sends set state = 'unknown', error = $2, updated_at = $1
     where (state = 'scheduled' and due_at <= $1)
        or (state = 'sending' and not exists (
              select 1 from messages m where m.channel_id = scheduled_sends.channel_id
                and m.id = scheduled_sends.message_id and m.wamid is not null))`,
    [now, SEND_ERROR],
  )
}

/** Broadcasts that were underway, or due. A draft has not begun. */
const UNDERWAY = `(state in ('preparing', 'running', 'paused', 'stopped') or (state = 'scheduled' and send_at <= $1))`

async function settleBroadcasts(sql: Sql, now: number): Promise<number> {
  const underway = await sql.all<{ channel_id: number; id: string }>(
    `select channel_id, id from broadcasts where ${UNDERWAY}`,
    [now],
  )
  let settled = 0
  for (const { channel_id: channelId, id } of underway) {
    const changed = await sql.atomically(statementsOf(Number(channelId), id, now))
    settled += changed.at(-1)!
  }
  return settled
}

/** Recipients without an accepted message. One that was being sent, and was accepted, is settled by the runner. */
const OPEN = `broadcast_id = $2 and (state in ('waiting', 'held') or (state = 'sending' and not exists (
  select 1 from messages m where m.channel_id = $1 and m.id = broadcast_recipients.message_id and m.wamid is not null)))`

const statementsOf = (channelId: number, id: string, now: number): Statement[] => [
  lockBroadcast(channelId, id),
  {
    sql: `update broadcasts set unknown = unknown + (select count(*) from broadcast_recipients where ${OPEN}),
            state = case when state = 'preparing' then 'stopped' when state = 'scheduled' then 'running' else state end,
            reason = case when state in ('preparing', 'stopped', 'paused') then $4 else reason end,
            holder = null, lease_until = 0, updated_at = $3
          where channel_id = $1 and id = $2`,
    params: [channelId, id, now, SEND_ERROR],
  },
  {
    sql: `update broadcast_recipients set state = 'unknown', due_at = null, at = $3, error = $4 where ${OPEN}`,
    params: [channelId, id, now, SEND_ERROR],
  },
]

async function skipPlaces(sql: Sql, engine: Store['engine']): Promise<void> {
  if (engine === 'sqlite') {
    await sql.atomically([
      {
        sql: `insert into sqlite_sequence (name, seq)
              select 'events', 0 where not exists (select 1 from sqlite_sequence where name = 'events')`,
      },
      { sql: `update sqlite_sequence set seq = seq + $1 where name = 'events'`, params: [PLACES_BETWEEN] },
    ])
    return
  }
  await sql.returning(`select setval('events_seq_seq', last_value + $1) from events_seq_seq`, [PLACES_BETWEEN])
}
