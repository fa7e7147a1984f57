import { added, ANSWER_WITHIN_MS, moved, NO_SUMS, type Sums, undeliveredError } from '../domain/broadcasts/tally.ts'
import { causeOf, isStopped } from './broadcast-run.ts'
import { grouped, inParts, places } from './in-parts.ts'
import type { Sql, Statement } from './sql.ts'

/*
 * Joins statuses and answers into broadcasts, behind the hot path: each is an event of the feed, so whoever follows the
 * feed from a cursor sees each once. The cursor moves in the commit that changes the sums, so a crash or a second
 * follower counts nothing twice.
 */

/** A broadcast whose events are read. */
export type Followed = { channel_id: number; id: string; follow_from: number }

export function followedBroadcasts(sql: Sql, now: number): Promise<Followed[]> {
  return sql.all<Followed>(
    'select channel_id, id, follow_from from broadcasts where followed_until > $1 and follow_from is not null',
    [now],
  )
}

/** Follows a broadcast from the newest event on, if nothing follows it yet. */
export async function followBroadcast(
  sql: Sql,
  broadcast: { channelId: number; id: string; place: number; now: number; until: number },
): Promise<void> {
  await sql.run(
    `update broadcasts set started_at = coalesce(started_at, $3), follow_from = coalesce(follow_from, $4),
       followed_until = $5
     where channel_id = $1 and id = $2`,
    [broadcast.channelId, broadcast.id, broadcast.now, broadcast.place, broadcast.until],
  )
}

export async function cursorOf(sql: Sql): Promise<number> {
  const row = await sql.get<{ seq: number }>('select seq from broadcast_cursor where id = 1')
  return Number(row?.seq ?? 0)
}

export type FollowedEvent = {
  seq: number
  channel_id: number
  kind: string
  message_id: string | null
  contact_id: number
  created_at: number
}

/** The next events of all channels, in the order of the feed. */
export async function eventsToFold(sql: Sql, after: number, limit: number): Promise<FollowedEvent[]> {
  // Read first: an event below the end is visible.
  const end = (await sql.feedEnd?.()) ?? Number.MAX_SAFE_INTEGER
  const rows = await sql.all<FollowedEvent>(
    'select seq, channel_id, kind, message_id, contact_id, created_at from events where seq > $1 order by seq limit $2',
    [after, limit],
  )
  return rows.filter(({ seq }) => Number(seq) <= end)
}

/** A message of a broadcast that has a new status. */
export type Told = {
  broadcast_id: string
  n: number
  /** As the sums have it. */
  known: string | null
  known_error: string | null
  known_micros: number | null
  channel_id: number
  status: string
  error: string | null
  recipient: string | null
  direction: 'in' | 'out'
  pricing: string | null
  sent_at: number | null
  delivered_at: number | null
  read_at: number | null
  played_at: number | null
}

/** The recipients of these messages. A recipient is found by its person, for which there is an index. */
export async function toldRecipients(sql: Sql, channelId: number, messageIds: readonly string[]): Promise<Told[]> {
  const found: Told[] = []
  for (const part of inParts(messageIds)) {
    found.push(
      ...(await sql.all<Told>(
        `select r.broadcast_id, r.n, r.status as known, r.error as known_error, r.micros as known_micros, m.channel_id,
           m.status, m.error, m.recipient, m.direction, m.pricing, m.sent_at, m.delivered_at, m.read_at, m.played_at
         from messages m join broadcast_recipients r on r.person = m.recipient and r.message_id = m.id
         where m.channel_id = $1 and m.id in (${places(2)})`,
        [channelId, ...part],
      )),
    )
  }
  return found
}

export type Answered = { channel_id: number; broadcast_id: string; n: number; contact_id: number; message_at: number }

/** The recipients that these contacts are, of messages that WhatsApp accepted and that nobody answered yet. */
export async function unanswered(
  sql: Sql,
  channelId: number,
  contactIds: readonly number[],
  since: number,
): Promise<Answered[]> {
  const found: Answered[] = []
  for (const part of inParts(contactIds)) {
    const keys = await sql.all<{ key: string; contact_id: number }>(
      `select key, contact_id from contact_keys where channel_id = $1 and contact_id in (${places(2)})`,
      [channelId, ...part],
    )
    const contacts = new Map(keys.map(({ key, contact_id: id }) => [key.slice(KIND_OF_KEY), Number(id)]))
    for (const people of inParts([...contacts.keys()])) {
      const rows = await sql.all<Omit<Answered, 'contact_id'> & { person: string }>(
        `select m.channel_id, r.broadcast_id, r.n, r.person, m.created_at as message_at from broadcast_recipients r
         join messages m on m.channel_id = $1 and m.id = r.message_id
         where r.person in (${places(3)})
           and r.answered_at is null and m.wamid is not null and m.created_at >= $2`,
        [channelId, since, ...people],
      )
      found.push(...rows.map((row) => ({ ...row, contact_id: contacts.get(row.person)! })))
    }
  }
  return found
}

/** `p:` and `u:` begin the key of a number and of an id. */
const KIND_OF_KEY = 2

/** What one page of events changes. */
export type Fold = {
  /** The cursor before and after. */
  from: number
  to: number
  statuses: readonly (Told & { micros: number | null })[]
  answers: readonly (Answered & { at: number })[]
}

/** Applies a page and moves the cursor. False when another follower was first: nothing was changed. */
export async function fold(sql: Sql, { from, to, statuses, answers }: Fold): Promise<boolean> {
  const statements: Statement[] = [
    // Locked before anything is compared (see `lockBroadcast`).
    { sql: 'update broadcast_cursor set seq = seq where id = 1' },
    ...changesOf(from, statuses, answers),
    { sql: 'update broadcast_cursor set seq = $2 where id = 1 and seq = $1', params: [from, to] },
  ]
  const changed = await sql.atomically(statements)
  return changed.at(-1) === 1
}

/** `$1` of every statement. */
const STILL = 'exists (select 1 from broadcast_cursor c where c.id = 1 and c.seq = $1)'

function changesOf(from: number, statuses: Fold['statuses'], answers: Fold['answers']): Statement[] {
  const changed = statuses.filter(({ known, status, micros, known_micros }) => {
    return known !== status || micros !== nullable(known_micros)
  })
  const statements: Statement[] = []
  const marks = grouped(
    changed.filter((one) => !concernsFailure(one)),
    ({ broadcast_id, status, micros }) => JSON.stringify([broadcast_id, status, micros]),
  )
  for (const rows of marks) {
    const [{ broadcast_id: id, status, micros }] = rows
    for (const part of inParts(rows.map(({ n }) => Number(n))))
      statements.push({
        sql: `update broadcast_recipients set status = $3, micros = $4
              where broadcast_id = $2 and n in (${places(5)}) and ${STILL}`,
        params: [from, id, status, micros, ...part],
      })
  }
  for (const one of changed.filter(concernsFailure)) statements.push(...failureMoves(from, one))
  for (const rows of grouped(answers, ({ broadcast_id, at }) => `${broadcast_id} ${at}`)) {
    const [{ broadcast_id: id, at }] = rows
    for (const part of inParts(rows.map(({ n }) => Number(n))))
      statements.push({
        sql: `update broadcast_recipients set answered_at = $3
              where broadcast_id = $2 and n in (${places(4)}) and ${STILL}`,
        params: [from, id, at, ...part],
      })
  }
  return [...statements, ...sumMoves(from, changed, answers)]
}

const concernsFailure = ({ known, status }: Told): boolean => known === 'failed' || status === 'failed'

/** A message that failed after it was accepted, or arrived although it had failed. */
function failureMoves(from: number, one: Fold['statuses'][number]): Statement[] {
  const { broadcast_id: id, n, known, known_error: knownError, status, micros } = one
  const error = status === 'failed' ? undeliveredError(one.error) : null
  const statements: Statement[] = [
    {
      sql: `update broadcast_recipients set status = $4, micros = $5, error = $6
            where broadcast_id = $2 and n = $3 and ${STILL}`,
      params: [from, id, Number(n), status, micros, error === null ? null : JSON.stringify(error)],
    },
  ]
  if (known === 'failed' && status !== 'failed')
    statements.push({
      sql: `update broadcast_failures set recipients = recipients - 1
            where broadcast_id = $2 and reason = 'undelivered' and code = $3 and ${STILL}`,
      params: [from, id, causeOf(knownError).code],
    })
  if (known !== 'failed' && status === 'failed')
    statements.push({
      sql: `insert into broadcast_failures (broadcast_id, reason, code, recipients)
            select $2, 'undelivered', cast($3 as bigint), 1 where ${STILL}
            on conflict (broadcast_id, reason, code) do update set recipients = broadcast_failures.recipients + 1`,
      params: [from, id, error?.code ?? 0],
    })
  return statements
}

type Moves = Sums & { channelId: number; id: string; answered: number; stopped: number; micros: number }

function sumMoves(from: number, statuses: Fold['statuses'], answers: Fold['answers']): Statement[] {
  const moves = new Map<string, Moves>()
  const of = ({ channel_id: channelId, broadcast_id: id }: Pick<Answered, 'channel_id' | 'broadcast_id'>): Moves =>
    moves.get(id) ?? { ...NO_SUMS, channelId: Number(channelId), id, answered: 0, stopped: 0, micros: 0 }
  for (const one of statuses) {
    const now = of(one)
    const micros = now.micros + (one.micros ?? 0) - Number(one.known_micros ?? 0)
    const stopped = now.stopped + Number(saysStopped(one)) - Number(saidStopped(one))
    moves.set(now.id, { ...now, ...added(now, moved(one.known, one.status)), stopped, micros })
  }
  for (const one of answers) moves.set(one.broadcast_id, { ...of(one), answered: of(one).answered + 1 })
  return [...moves.values()].map(
    ({ channelId, id, sent, delivered, read, undelivered, answered, stopped, micros }) => ({
      sql: `update broadcasts set sent = sent + $4, delivered = delivered + $5, read = read + $6,
            undelivered = undelivered + $7, answered = answered + $8, stopped = stopped + $9,
            micros = micros + $10
          where channel_id = $2 and id = $3 and ${STILL}`,
      params: [from, channelId, id, sent, delivered, read, undelivered, answered, stopped, micros],
    }),
  )
}

/** The failure says that the person stopped marketing: now, and as the sums have it. */
const saysStopped = ({ status, error }: Told): boolean =>
  status === 'failed' && isStopped({ code: 0, ...undeliveredError(error) })
const saidStopped = (one: Told): boolean => one.known === 'failed' && isStopped(causeOf(one.known_error))

const nullable = (value: number | null): number | null => (value === null ? null : Number(value))

/** Why recipients of a broadcast failed, the most frequent first. */
export type FailureRow = { reason: string; code: number; recipients: number }

export function failuresOf(sql: Sql, id: string): Promise<FailureRow[]> {
  return sql.all<FailureRow>(
    `select reason, code, recipients from broadcast_failures where broadcast_id = $1 and recipients > 0
     order by recipients desc, reason, code`,
    [id],
  )
}

/** When a message must have been sent so that an answer at `at` still counts. */
export const answeredSince = (at: number): number => at - ANSWER_WITHIN_MS
