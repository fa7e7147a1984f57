import { grouped, inParts, places } from './in-parts.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

/*
 * What the runner of a broadcast writes: which recipients it takes, what became of them, and what it holds back.
 */

export type Recipient = { n: number; contact: string; own: string | null; messageId: string | null; tries: number }

/** The next recipients that wait, in the order of the list. `messageId`: of an earlier try that led to no result. */
export async function nextRecipients(sql: Sql, id: string, limit: number): Promise<Recipient[]> {
  const rows = await sql.all<{
    n: number
    person: string
    own: string | null
    message_id: string | null
    tries: number
  }>(
    `select n, person, own, message_id, tries from broadcast_recipients
     where broadcast_id = $1 and state = 'waiting' order by n limit $2`,
    [id, limit],
  )
  return rows.map((row) => ({
    n: Number(row.n),
    contact: row.person,
    own: row.own,
    messageId: row.message_id,
    tries: Number(row.tries),
  }))
}

/** A recipient that is being sent, under this id. */
export type Taken = Recipient & { messageId: string }

/**
 * Marks recipients as being sent, each with the id of its message, and others as held until a time. Committed before any
 * is sent. Returns those that were still waiting.
 */
export async function takeRecipients(
  sql: Sql,
  id: string,
  { taken, held, now }: { taken: readonly Taken[]; held: readonly { n: number; until: number }[]; now: number },
): Promise<Taken[]> {
  if (taken.length + held.length === 0) return []
  const statements = [...taken.map((one) => takeStatement(id, one, now)), ...holdStatements(id, held)]
  const changed = await sql.atomically(statements)
  return taken.filter((_, i) => changed[i] === 1)
}

const takeStatement = (id: string, { n, messageId }: Taken, now: number): Statement => ({
  sql: `update broadcast_recipients set state = 'sending', message_id = $3, at = $4
        where broadcast_id = $1 and n = $2 and state = 'waiting'`,
  params: [id, n, messageId, now],
})

const holdStatements = (id: string, held: readonly { n: number; until: number }[]): Statement[] =>
  grouped(held, ({ until }) => String(until)).flatMap((rows) =>
    inParts(rows.map(({ n }) => n)).map((part) => ({
      sql: `update broadcast_recipients set state = 'held', due_at = $2
            where broadcast_id = $1 and state = 'waiting' and n in (${places(3)})`,
      params: [id, rows[0].until, ...part],
    })),
  )

/** The time at which the first held recipient is due. */
export async function nextHeld(sql: Sql, id: string): Promise<number | undefined> {
  const row = await sql.get<{ due_at: number }>(
    `select due_at from broadcast_recipients where broadcast_id = $1 and state = 'held' order by due_at limit 1`,
    [id],
  )
  return row && Number(row.due_at)
}

/** Gives held recipients back that are due, some at a time. Returns their number. */
export function releaseHeld(sql: Sql, id: string, now: number, limit: number): Promise<number> {
  return sql.run(
    `update broadcast_recipients set state = 'waiting', due_at = null
     where broadcast_id = $1 and state = 'held' and n in (
       select n from broadcast_recipients
       where broadcast_id = $1 and state = 'held' and due_at <= $2 order by due_at limit $3)`,
    [id, now, limit],
  )
}

/** The result of one recipient's send. `waiting` returns it to the queue; `fresh` then requires a new message id. */
export type Ending = {
  n: number
  tries: number
  error: string | null
} & ({ state: 'accepted' | 'failed' | 'unknown' } | { state: 'waiting'; fresh: boolean })

/** What the runner notes with the results: how fast it goes, for people, and the price of the accepted messages. */
export type RunnerNote = { pace: string; expectedMicros: number }

/**
 * Records results and counts them, in one commit. Only for the holder of the lease: a runner that was taken for dead
 * must not overwrite the states of the new one.
 */
export async function settleRecipients(
  sql: Sql,
  broadcast: { channelId: number; id: string; holder: string },
  endings: readonly Ending[],
  now: number,
  note?: RunnerNote,
): Promise<void> {
  if (endings.length === 0 && note === undefined) return
  const { channelId, id, holder } = broadcast
  const statements: Statement[] = [lockBroadcast(channelId, id)]
  for (const state of ['accepted', 'failed', 'unknown'] as const) {
    const ns = endings.filter((ending) => ending.state === state).map((ending) => ending.n)
    statements.push(...countMoves({ channelId, id, holder }, ns, 'sending', state))
  }
  statements.push(
    ...countMoves(
      { channelId, id, holder },
      endings.filter(({ state, error }) => state === 'failed' && isStopped(causeOf(error))).map(({ n }) => n),
      'sending',
      'stopped',
    ),
  )
  statements.push(...countFailures({ channelId, id, holder }, endings))
  for (const rows of grouped(endings, sameEnding)) {
    const [first] = rows
    const fresh = first.state === 'waiting' && first.fresh
    for (const part of inParts(rows.map(({ n }) => n)))
      statements.push({
        // A status may have come first: its error stays.
        sql: `update broadcast_recipients set state = $2, tries = $3, at = $5,
                error = case when status = 'failed' then error else $4 end
              ${fresh ? ', message_id = null' : ''}
              where broadcast_id = $1 and state = 'sending' and n in (${places(8)})
                and exists (select 1 from broadcasts b where b.channel_id = $6 and b.id = $1 and b.holder = $7)`,
        params: [id, first.state, first.tries, first.error, now, channelId, holder, ...part],
      })
  }
  statements.push({
    sql: `update broadcasts set updated_at = $3, pace = coalesce($5, pace), expected_micros = coalesce($6, expected_micros)
          where channel_id = $1 and id = $2 and holder = $4`,
    params: [channelId, id, now, holder, note?.pace ?? null, note?.expectedMicros ?? null],
  })
  await sql.atomically(statements)
}

const sameEnding = (ending: Ending): string =>
  JSON.stringify([ending.state, ending.tries, ending.error, ending.state === 'waiting' && ending.fresh])

/**
 * Locked before anything is counted: on PostgreSQL each statement sees what was committed before it began, so a node
 * that waited here counts after the other one's changes.
 */
export const lockBroadcast = (channelId: number, id: string): Statement => ({
  sql: 'update broadcasts set updated_at = updated_at where channel_id = $1 and id = $2',
  params: [channelId, id],
})

type Mine = { channelId: number; id: string; holder: string | null }

/** Counts recipients that will move from one state to another: only those in that state, because the same list may arrive twice. */
export function countMoves(
  { channelId, id, holder }: Mine,
  ns: readonly number[],
  from: 'sending' | 'unknown',
  to: 'accepted' | 'failed' | 'unknown' | 'stopped',
): Statement[] {
  const moved = `(select count(*) from broadcast_recipients
    where broadcast_id = $2 and state = '${from}' and n in (${places(4)}))`
  return inParts(ns).map((part) => ({
    sql: `update broadcasts set ${to} = ${to} + ${moved}${from === 'unknown' ? `, unknown = unknown - ${moved}` : ''}
          where channel_id = $1 and id = $2 and coalesce($3, holder, '') = coalesce(holder, '')`,
    params: [channelId, id, holder, ...part],
  }))
}

/** Counts the failed ones by their reason and code. */
function countFailures({ channelId, id, holder }: Mine, endings: readonly Ending[]): Statement[] {
  const failed = endings.flatMap(({ state, n, error }) => (state === 'failed' ? [{ n, ...causeOf(error) }] : []))
  return grouped(failed, ({ reason, code }) => `${reason} ${code}`).flatMap((rows) =>
    inParts(rows.map(({ n }) => n)).map((part): { sql: string; params: SqlValue[] } => ({
      sql: `insert into broadcast_failures (broadcast_id, reason, code, recipients)
            select $1, $2, cast($3 as bigint), count(*) from broadcast_recipients r
            where r.broadcast_id = $1 and r.state = 'sending' and r.n in (${places(6)})
              and exists (select 1 from broadcasts b where b.channel_id = $4 and b.id = $1 and b.holder = $5)
            having count(*) > 0
            on conflict (broadcast_id, reason, code)
              do update set recipients = broadcast_failures.recipients + excluded.recipients`,
      params: [id, rows[0].reason, rows[0].code, channelId, holder, ...part],
    })),
  )
}

/** The cause of a failure as it is counted: our reason, and WhatsApp's code or 0. */
export function causeOf(error: string | null): { reason: string; code: number } {
  const { reason, code } = (error === null ? {} : JSON.parse(error)) as { reason?: unknown; code?: unknown }
  return { reason: typeof reason === 'string' ? reason : 'internal', code: typeof code === 'number' ? code : 0 }
}

const OPTED_OUT = 131050

/** The person has stopped marketing messages, as we know or as WhatsApp says. */
export const isStopped = ({ reason, code }: { reason: string; code: number }): boolean =>
  reason === 'opted_out' || code === OPTED_OUT

/** Recipients that were being sent when a runner ended, with the states of their messages. */
export function abandonedRecipients(
  sql: Sql,
  channelId: number,
  id: string,
  limit: number,
): Promise<{ n: number; tries: number; status: string | null; wamid: string | null }[]> {
  return sql.all(
    `select r.n, r.tries, m.status, m.wamid from broadcast_recipients r
     left join messages m on m.channel_id = $1 and m.id = r.message_id
     where r.broadcast_id = $2 and r.state = 'sending' order by r.n limit $3`,
    [channelId, id, limit],
  )
}

/** `held`: all that is left waits for the end of quiet hours. */
export async function whatIsLeft(sql: Sql, id: string): Promise<'some' | 'held' | 'nothing'> {
  const first = await sql.get(
    `select 1 as one from broadcast_recipients where broadcast_id = $1 and state in ('waiting', 'sending') limit 1`,
    [id],
  )
  if (first !== undefined) return 'some'
  return (await nextHeld(sql, id)) === undefined ? 'nothing' : 'held'
}

/** Starts broadcasts whose time has come, or was taken away. */
export function startDue(sql: Sql, now: number): Promise<number> {
  return sql.run(
    `update broadcasts set state = 'running', updated_at = $1
     where state = 'scheduled' and (send_at is null or send_at <= $1)`,
    [now],
  )
}

/** Leaves a broadcast alone until a time. It stays running. */
export async function sleepBroadcast(
  sql: Sql,
  { channelId, id, holder }: { channelId: number; id: string; holder: string },
  until: number,
): Promise<void> {
  await sql.run(
    'update broadcasts set holder = null, lease_until = $4 where channel_id = $1 and id = $2 and holder = $3',
    [channelId, id, holder, until],
  )
}

/** From what `stop_when` is judged after the broadcast is resumed. */
export async function judgeFrom(sql: Sql, channelId: number, id: string, standing: string): Promise<void> {
  await sql.run('update broadcasts set judge_from = $3 where channel_id = $1 and id = $2', [channelId, id, standing])
}
