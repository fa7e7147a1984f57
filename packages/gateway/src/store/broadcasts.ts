import { countMoves, lockBroadcast } from './broadcast-run.ts'
import { inParts, places } from './in-parts.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

/**
 * draft: made, to be checked or started. checked: the same, after a check. preparing: recipients are still being
 * entered, by a request or from the file. scheduled: waits for `send_at`. running. paused: by an operator or customer.
 * stopped: by the gateway, because no send can succeed now; `reason` says why. cancelled and done are final.
 */
export type BroadcastState =
  'draft' | 'checked' | 'preparing' | 'scheduled' | 'running' | 'paused' | 'stopped' | 'cancelled' | 'done'

/** waiting: not begun. held: not begun, because of quiet hours. sending: begun, its result not recorded yet. */
export type RecipientState = 'waiting' | 'held' | 'sending' | 'accepted' | 'failed' | 'unknown'

export type BroadcastRow = {
  channel_id: number
  id: string
  name: string | null
  message: string
  state: BroadcastState
  reason: string | null
  total: number
  accepted: number
  failed: number
  unknown: number
  duplicates: number
  created_at: number
  updated_at: number
  finished_at: number | null
  file_id: string | null
  /** JSON, as given. */
  map: string | null
  skip_bad: number
  test_numbers: string | null
  /** Epoch milliseconds. */
  send_at: number | null
  /** JSON, as given. */
  quiet_hours: string | null
  /** JSON, as given. */
  stop_when: string | null
  checked_at: number | null
  tested_at: number | null
  /** The last check, JSON. */
  report: string | null
  /** The file of the rows that it found. */
  report_file: string | null
  /** Rows of the file that were entered or left out so far. */
  loaded: number
  /** Those of them that were left out. */
  skipped: number
} & BroadcastProgress

/** What the runner and the follower of statuses keep (`broadcast-run.ts`, `broadcast-tally.ts`). */
export type BroadcastProgress = {
  sent: number
  delivered: number
  read: number
  answered: number
  undelivered: number
  stopped: number
  micros: number
  expected_micros: number
  pace: string | null
  started_at: number | null
  judge_from: string | null
  retry_of: string | null
}

/** What a broadcast has beside its message and recipients. JSON as given. */
export type Settings = {
  fileId?: string | null
  map?: string | null
  skipBad?: boolean
  testNumbers?: string | null
  sendAt?: number | null
  quietHours?: string | null
  stopWhen?: string | null
}

export type NewRecipient = { contact: string; own: string | null; name?: string | null }

const COLUMNS =
  'channel_id, id, name, message, state, reason, total, accepted, failed, unknown, duplicates, created_at, updated_at, finished_at, file_id, map, skip_bad, test_numbers, send_at, quiet_hours, stop_when, checked_at, tested_at, report, report_file, loaded, skipped, sent, delivered, read, answered, undelivered, stopped, micros, expected_micros, pace, started_at, judge_from, retry_of'

export type NewBroadcastRow = {
  channelId: number
  id: string
  name: string | null
  message: string
  now: number
  /** `preparing` when recipients follow. */
  state?: BroadcastState
  /** With the name: one broadcast of each content. */
  content?: string | null
  settings?: Settings
  /** A check that was made before. */
  check?: { report: string; reportFile: string; at: number }
}

/** Does nothing when there is one with this id, or with this name and content. */
export async function createBroadcast(sql: Sql, made: NewBroadcastRow): Promise<void> {
  const { settings = {}, check } = made
  const row: Record<string, SqlValue> = {
    channel_id: made.channelId,
    id: made.id,
    name: made.name,
    message: made.message,
    state: made.state ?? 'preparing',
    created_at: made.now,
    updated_at: made.now,
    content: made.content ?? null,
    file_id: settings.fileId ?? null,
    map: settings.map ?? null,
    skip_bad: Number(settings.skipBad ?? false),
    test_numbers: settings.testNumbers ?? null,
    send_at: settings.sendAt ?? null,
    quiet_hours: settings.quietHours ?? null,
    stop_when: settings.stopWhen ?? null,
    checked_at: check?.at ?? null,
    report: check?.report ?? null,
    report_file: check?.reportFile ?? null,
  }
  const names = Object.keys(row)
  await sql.run(
    `insert into broadcasts (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})
     on conflict do nothing`,
    Object.values(row),
  )
}

export function findBroadcast(sql: Sql, channelId: number, id: string): Promise<BroadcastRow | undefined> {
  return sql.get<BroadcastRow>(`select ${COLUMNS} from broadcasts where channel_id = $1 and id = $2`, [channelId, id])
}

/** Newest first. */
export function listBroadcasts(
  sql: Sql,
  channelId: number,
  page: { beforeId?: string | undefined; count: number },
): Promise<BroadcastRow[]> {
  const before = page.beforeId === undefined ? '' : 'and id < $3'
  return sql.all<BroadcastRow>(
    `select ${COLUMNS} from broadcasts where channel_id = $1 ${before} order by id desc limit $2`,
    [channelId, page.count, ...(page.beforeId === undefined ? [] : [page.beforeId])],
  )
}

const ROWS_PER_STATEMENT = 100
const ROWS_PER_COMMIT = 500

/** Adds recipients. A contact is in a broadcast only once. Returns the number of new ones. */
export async function addRecipients(
  sql: Sql,
  channelId: number,
  id: string,
  recipients: readonly NewRecipient[],
): Promise<number> {
  if (recipients.length === 0) return 0
  const [reserved] = await sql.returning<{ next_n: number }>(
    'update broadcasts set next_n = next_n + $3 where channel_id = $1 and id = $2 returning next_n',
    [channelId, id, recipients.length],
  )
  let n = Number(reserved!.next_n) - recipients.length
  let added = 0
  for (let i = 0; i < recipients.length; i += ROWS_PER_COMMIT) {
    const rows = recipients.slice(i, i + ROWS_PER_COMMIT)
    const statements: Statement[] = []
    for (let j = 0; j < rows.length; j += ROWS_PER_STATEMENT) {
      const params: SqlValue[] = [id]
      const values = rows.slice(j, j + ROWS_PER_STATEMENT).map(({ contact, own, name = null }) => {
        params.push(n++, contact, own, name)
        return `($1, $${params.length - 3}, $${params.length - 2}, $${params.length - 1}, $${params.length}, 'waiting')`
      })
      statements.push({
        sql: `insert into broadcast_recipients (broadcast_id, n, person, own, name, state) values ${values.join(', ')}
              on conflict (broadcast_id, person) do nothing`,
        params,
      })
    }
    const fresh = (await sql.atomically(statements)).reduce((sum, count) => sum + count, 0)
    await sql.run(
      'update broadcasts set total = total + $3, duplicates = duplicates + $4 where channel_id = $1 and id = $2',
      [channelId, id, fresh, rows.length - fresh],
    )
    added += fresh
  }
  return added
}

/** Moves a broadcast from one of `from` to `to`. False when it is in another state. */
export async function moveBroadcast(
  sql: Sql,
  channelId: number,
  id: string,
  from: readonly BroadcastState[],
  to: BroadcastState,
  now: number,
  reason: string | null = null,
): Promise<boolean> {
  const states = from.map((state) => `'${state}'`).join(', ')
  const ends = to === 'done' || to === 'cancelled'
  const changed = await sql.run(
    `update broadcasts set state = $3, reason = $4, updated_at = $5, finished_at = $6
     where channel_id = $1 and id = $2 and state in (${states})`,
    [channelId, id, to, reason, now, ends ? now : null],
  )
  return changed === 1
}

export type Lease = { holder: string; until: number; now: number }

/** Running broadcasts without a lease. */
export function idleBroadcasts(sql: Sql, now: number, limit: number): Promise<{ channel_id: number; id: string }[]> {
  return sql.all(
    `select channel_id, id from broadcasts where state = 'running' and lease_until <= $1 order by lease_until limit $2`,
    [now, limit],
  )
}

/** Takes or renews the lease. False when another node has it, or the broadcast does not run any more. */
export async function leaseBroadcast(sql: Sql, channelId: number, id: string, lease: Lease): Promise<boolean> {
  const changed = await sql.run(
    `update broadcasts set holder = $3, lease_until = $4
     where channel_id = $1 and id = $2 and state = 'running' and (holder = $3 or lease_until <= $5)`,
    [channelId, id, lease.holder, lease.until, lease.now],
  )
  return changed === 1
}

export async function releaseBroadcast(sql: Sql, channelId: number, id: string, holder: string): Promise<void> {
  await sql.run('update broadcasts set lease_until = 0 where channel_id = $1 and id = $2 and holder = $3', [
    channelId,
    id,
    holder,
  ])
}

/** Drops the leases of an earlier process that was the store's only owner. */
export async function dropBroadcastLeases(sql: Sql): Promise<void> {
  await sql.run(`update broadcasts set lease_until = 0 where state = 'running' and lease_until > 0`)
}

/** Unknown sends whose status has arrived since: they were accepted. */
export async function settleUnknown(sql: Sql, channelId: number, id: string, limit = 500): Promise<number> {
  const known = await sql.all<{ n: number }>(
    `select r.n from broadcast_recipients r join messages m on m.channel_id = $1 and m.id = r.message_id
     where r.broadcast_id = $2 and r.state = 'unknown' and m.wamid is not null order by r.n limit $3`,
    [channelId, id, limit],
  )
  if (known.length === 0) return 0
  const ns = known.map((row) => Number(row.n))
  const before = [
    lockBroadcast(channelId, id),
    ...countMoves({ channelId, id, holder: null }, ns, 'unknown', 'accepted'),
  ]
  const moves = inParts(ns).map((part) => ({
    sql: `update broadcast_recipients set state = 'accepted', error = case when status = 'failed' then error end
          where broadcast_id = $1 and state = 'unknown' and n in (${places(2)})`,
    params: [id, ...part],
  }))
  const changed = await sql.atomically([...before, ...moves])
  return changed.slice(before.length).reduce((sum, count) => sum + count, 0)
}

export type RecipientRow = {
  n: number
  person: string
  state: RecipientState
  message_id: string | null
  error: string | null
  at: number | null
  answered_at: number | null
  status: string | null
  wamid: string | null
}

// `r.status` remains when the message was removed.
const RECIPIENT = `select r.n, r.person, r.state, r.message_id, r.error, r.at, r.answered_at,
    coalesce(m.status, r.status) as status, m.wamid
  from broadcast_recipients r left join messages m on m.channel_id = $1 and m.id = r.message_id`

const OF_STATUS = { sent: `'sent'`, delivered: `'delivered'`, read: `'read', 'played'`, failed: `'failed'` }
export type CountedStatus = keyof typeof OF_STATUS

/** In the order of the list, each with its message's status. `status`: only those who were counted with it. */
export function listRecipients(
  sql: Sql,
  channelId: number,
  id: string,
  page: { states: readonly RecipientState[]; status?: CountedStatus | undefined; afterN: number; count: number },
): Promise<RecipientRow[]> {
  const states = page.states.map((state) => `'${state}'`).join(', ')
  const status = page.status === undefined ? '' : ` and r.status in (${OF_STATUS[page.status]})`
  return sql.all<RecipientRow>(
    `${RECIPIENT} where r.broadcast_id = $2 and r.n > $3 and r.state in (${states})${status} order by r.n limit $4`,
    [channelId, id, page.afterN, page.count],
  )
}

/** Those whose messages WhatsApp accepted, and could not deliver. */
export function listUndelivered(sql: Sql, channelId: number, id: string, count: number): Promise<RecipientRow[]> {
  return sql.all<RecipientRow>(`${RECIPIENT} where r.broadcast_id = $2 and r.status = 'failed' order by r.n limit $3`, [
    channelId,
    id,
    count,
  ])
}
