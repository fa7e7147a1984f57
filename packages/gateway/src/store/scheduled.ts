import type { Sql, Statement } from './sql.ts'

/**
 * scheduled: waits for its time. sending: a node is at it. sent: WhatsApp accepted it. unknown: WhatsApp was called, and its
 * answer is lost. expired: its last moment passed first. Only `scheduled` can be changed or cancelled.
 */
export type ScheduledState = 'scheduled' | 'sending' | 'sent' | 'failed' | 'unknown' | 'expired' | 'cancelled'

export const SCHEDULED_STATES = [
  'scheduled',
  'sending',
  'sent',
  'failed',
  'unknown',
  'expired',
  'cancelled',
] as const satisfies readonly ScheduledState[]

/** Times are epoch milliseconds of the store's clock. */
export type ScheduledRow = {
  channel_id: number
  id: string
  state: ScheduledState
  /** The number, or the business-scoped id. */
  contact: string
  /** The send's body as it was given, as JSON. */
  body: string
  send_at: number
  expires_at: number | null
  /** The next try. */
  due_at: number
  message_id: string | null
  tries: number
  wamid: string | null
  sent_as: string | null
  error: string | null
  created_at: number
  updated_at: number
}

const COLUMNS = `channel_id, id, state, contact, body, send_at, expires_at, due_at, message_id, tries, wamid, sent_as,
  error, created_at, updated_at`

export type NewScheduled = Pick<ScheduledRow, 'channel_id' | 'id' | 'contact' | 'body' | 'send_at' | 'expires_at'>

/** A repeated id changes nothing: the request was interrupted after its commit. */
export async function insertScheduled(sql: Sql, row: NewScheduled, now: number): Promise<void> {
  await sql.run(
    `insert into scheduled_sends (channel_id, id, state, contact, body, send_at, expires_at, due_at, created_at, updated_at)
     values ($1, $2, 'scheduled', $3, $4, $5, $6, $5, $7, $7) on conflict (channel_id, id) do nothing`,
    [row.channel_id, row.id, row.contact, row.body, row.send_at, row.expires_at, now],
  )
}

export function findScheduled(sql: Sql, channelId: number, id: string): Promise<ScheduledRow | undefined> {
  return sql.get<ScheduledRow>(`select ${COLUMNS} from scheduled_sends where channel_id = $1 and id = $2`, [
    channelId,
    id,
  ])
}

/** Newest first. */
export function listScheduled(
  sql: Sql,
  channelId: number,
  { state, contact, beforeId, count }: { state?: ScheduledState; contact?: string; beforeId?: string; count: number },
): Promise<ScheduledRow[]> {
  const params: (string | number)[] = [channelId, count]
  const place = (value: string): string => `$${params.push(value)}`
  const also = [
    ...(state === undefined ? [] : [`and state = ${place(state)}`]),
    ...(contact === undefined ? [] : [`and contact = ${place(contact)}`]),
    ...(beforeId === undefined ? [] : [`and id < ${place(beforeId)}`]),
  ]
  return sql.all<ScheduledRow>(
    `select ${COLUMNS} from scheduled_sends where channel_id = $1 ${also.join(' ')} order by id desc limit $2`,
    params,
  )
}

/** False when it is not waiting any more. */
export async function changeScheduled(sql: Sql, row: NewScheduled, now: number): Promise<boolean> {
  const changed = await sql.run(
    `update scheduled_sends set contact = $3, body = $4, send_at = $5, expires_at = $6, due_at = $5, tries = 0, error = null,
       updated_at = $7
     where channel_id = $1 and id = $2 and state = 'scheduled'`,
    [row.channel_id, row.id, row.contact, row.body, row.send_at, row.expires_at, now],
  )
  return changed === 1
}

/** False when it is not waiting any more. */
export async function cancelScheduled(sql: Sql, channelId: number, id: string, now: number): Promise<boolean> {
  const changed = await sql.run(
    `update scheduled_sends set state = 'cancelled', updated_at = $3 where channel_id = $1 and id = $2 and state = 'scheduled'`,
    [channelId, id, now],
  )
  return changed === 1
}

export type ScheduledLease = { holder: string; until: number; now: number }

/**
 * Marks due sends as being sent, in a commit of its own before any is sent. `busy`: channels with enough sends in
 * progress. A send whose last moment has passed is expired instead.
 */
export async function takeDue(
  sql: Sql,
  { holder, until, now }: ScheduledLease,
  { limit, busy, newId }: { limit: number; busy: readonly number[]; newId: () => string },
): Promise<(ScheduledRow & { message_id: string })[]> {
  const others = busy.length === 0 ? '' : `and channel_id not in (${busy.map(Number).join(', ')})`
  const due = await sql.all<ScheduledRow>(
    `select ${COLUMNS} from scheduled_sends where state = 'scheduled' and due_at <= $1 ${others} order by due_at limit $2`,
    [now, limit],
  )
  if (due.length === 0) return []
  const isLate = (row: ScheduledRow): boolean => row.expires_at !== null && Number(row.expires_at) <= now
  // An earlier id that led to no result is kept: its sender may still be alive.
  const taken = due.map((row) => ({ ...row, message_id: row.message_id ?? newId() }))
  const changed = await sql.atomically(
    taken.map((row) =>
      isLate(row)
        ? {
            sql: `update scheduled_sends set state = 'expired', updated_at = $3
                  where channel_id = $1 and id = $2 and state = 'scheduled' and expires_at <= $3`,
            params: [row.channel_id, row.id, now],
          }
        : {
            // What was read may have been changed since: another body, or another time.
            sql: `update scheduled_sends set state = 'sending', message_id = $3, holder = $4, lease_until = $5
                  where channel_id = $1 and id = $2 and state = 'scheduled' and due_at = $6 and body = $7`,
            params: [row.channel_id, row.id, row.message_id, holder, until, row.due_at, row.body],
          },
    ),
  )
  return taken.filter((row, i) => changed[i] === 1 && !isLate(row))
}

/** The time of the next try of any send; undefined when none waits. */
export async function nextDue(sql: Sql): Promise<number | undefined> {
  const row = await sql.get<{ due_at: number }>(
    `select due_at from scheduled_sends where state = 'scheduled' order by due_at limit 1`,
  )
  return row && Number(row.due_at)
}

export type Abandoned = Pick<ScheduledRow, 'channel_id' | 'id' | 'message_id' | 'tries' | 'expires_at' | 'body'> & {
  holder: string | null
  /** The state of its message's row: null when nothing was begun. */
  status: string | null
  message_wamid: string | null
  message_type: string | null
}

/** Sends whose node is dead, with the states of their messages. */
export function abandonedSends(sql: Sql, now: number, limit: number): Promise<Abandoned[]> {
  return sql.all<Abandoned>(
    `select s.channel_id, s.id, s.message_id, s.tries, s.expires_at, s.body, s.holder, m.status, m.wamid as message_wamid,
       m.type as message_type
     from scheduled_sends s left join messages m on m.channel_id = s.channel_id and m.id = s.message_id
     where s.state = 'sending' and s.lease_until <= $1 order by s.lease_until limit $2`,
    [now, limit],
  )
}

export type ScheduledEnding = { channelId: number; id: string; holder: string } & (
  | { state: 'sent'; wamid: string | null; sentAs: string | null }
  | { state: 'failed' | 'unknown' | 'expired'; error: string | null }
  /** Back to the queue. `fresh`: WhatsApp refused the message, so the next try needs a new id. */
  | { state: 'scheduled'; dueAt: number; tries: number; fresh: boolean; error: string | null }
)

/** Records the end of a try, if the holder still has it. */
export async function settleScheduled(sql: Sql, ending: ScheduledEnding, now: number): Promise<boolean> {
  return (await sql.atomically([statementOf(ending, now)]))[0] === 1
}

function statementOf(ending: ScheduledEnding, now: number): Statement {
  const { channelId, id, holder } = ending
  const mine = `where channel_id = $1 and id = $2 and holder = $3 and state = 'sending'`
  const head = [channelId, id, holder, now] as const
  if (ending.state === 'sent')
    return {
      sql: `update scheduled_sends set state = 'sent', wamid = $5, sent_as = $6, error = null, updated_at = $4 ${mine}`,
      params: [...head, ending.wamid, ending.sentAs],
    }
  if (ending.state === 'scheduled')
    return {
      sql: `update scheduled_sends set state = 'scheduled', due_at = $5, tries = $6, error = $7, updated_at = $4
              ${ending.fresh ? ', message_id = null' : ''} ${mine}`,
      params: [...head, ending.dueAt, ending.tries, ending.error],
    }
  return {
    sql: `update scheduled_sends set state = $5, error = $6, updated_at = $4 ${mine}`,
    params: [...head, ending.state, ending.error],
  }
}

/** Extends the leases of these sends. */
export async function renewScheduled(
  sql: Sql,
  rows: readonly Pick<ScheduledRow, 'channel_id' | 'id'>[],
  { holder, until }: Pick<ScheduledLease, 'holder' | 'until'>,
): Promise<void> {
  await sql.atomically(
    rows.map((row) => ({
      sql: `update scheduled_sends set lease_until = $4 where channel_id = $1 and id = $2 and holder = $3 and state = 'sending'`,
      params: [row.channel_id, row.id, holder, until],
    })),
  )
}

/** Drops the leases of an earlier process that was the store's only owner. */
export async function dropScheduledLeases(sql: Sql): Promise<void> {
  await sql.run(`update scheduled_sends set lease_until = 0 where state = 'sending' and lease_until > 0`)
}

/** Sends that ended, and whose end no event has reported yet. */
export function untoldSends(sql: Sql, limit: number): Promise<ScheduledRow[]> {
  return sql.all<ScheduledRow>(
    `select ${COLUMNS} from scheduled_sends
     where told = 0 and state not in ('scheduled', 'sending') order by updated_at limit $1`,
    [limit],
  )
}

export async function markTold(
  sql: Sql,
  rows: readonly Pick<ScheduledRow, 'channel_id' | 'id' | 'state'>[],
): Promise<void> {
  if (rows.length === 0) return
  await sql.atomically(
    rows.map((row) => ({
      sql: 'update scheduled_sends set told = 1 where channel_id = $1 and id = $2 and state = $3',
      params: [row.channel_id, row.id, row.state],
    })),
  )
}
