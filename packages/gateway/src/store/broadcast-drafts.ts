import type { NewRecipient, Settings } from './broadcasts.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

/* What happens to a broadcast before it runs: settings of a draft, its check, and the rows of its file. */

const COLUMN_OF: Record<keyof Settings, string> = {
  fileId: 'file_id',
  map: 'map',
  skipBad: 'skip_bad',
  testNumbers: 'test_numbers',
  sendAt: 'send_at',
  quietHours: 'quiet_hours',
  stopWhen: 'stop_when',
}

/**
 * Changes settings of a broadcast that has not begun. A changed map makes a checked one a draft. False when it is too late:
 * for a map as soon as the rows of the file are being entered, or were.
 */
export async function setSettings(
  sql: Sql,
  channelId: number,
  id: string,
  settings: Settings,
  now: number,
): Promise<boolean> {
  const params: SqlValue[] = [channelId, id, now]
  const sets = (Object.keys(settings) as (keyof Settings)[]).map((key) => {
    const value = settings[key] ?? null
    params.push(typeof value === 'boolean' ? Number(value) : value)
    return `${COLUMN_OF[key]} = $${params.length}`
  })
  const states = settings.map === undefined ? `'draft', 'checked', 'scheduled'` : `'draft', 'checked'`
  const anew = settings.map === undefined ? '' : `, state = 'draft', checked_at = null, tested_at = null, report = null`
  const changed = await sql.run(
    `update broadcasts set updated_at = $3${sets.map((set) => `, ${set}`).join('')}${anew}
     where channel_id = $1 and id = $2 and state in (${states})`,
    params,
  )
  return changed === 1
}

/**
 * The report of a check. False when the broadcast has begun meanwhile, or was cancelled, or has another map or other
 * recipients than those that were checked: more, or fewer, because a person was erased from the file.
 */
export async function setChecked(
  sql: Sql,
  channelId: number,
  id: string,
  check: {
    report: string
    reportFile: string
    at: number
    of: { map: string | null; total: number; sha256: string | null }
  },
): Promise<boolean> {
  const changed = await sql.run(
    `update broadcasts set state = 'checked', checked_at = $3, report = $4, report_file = $5, updated_at = $3, reason = null
     where channel_id = $1 and id = $2 and state in ('draft', 'checked') and map is not distinct from $6 and total = $7
       and (file_id is null or exists (
         select 1 from broadcast_files f where f.channel_id = $1 and f.id = broadcasts.file_id and f.sha256 = $8))`,
    [channelId, id, check.at, check.report, check.reportFile, check.of.map, check.of.total, check.of.sha256],
  )
  return changed === 1
}

export async function setTested(sql: Sql, channelId: number, id: string, at: number): Promise<void> {
  await sql.run('update broadcasts set tested_at = $3, updated_at = $3 where channel_id = $1 and id = $2', [
    channelId,
    id,
    at,
  ])
}

/** Broadcasts with rows of a file to enter, which no node enters now. */
export function idleLoads(sql: Sql, now: number, limit: number): Promise<{ channel_id: number; id: string }[]> {
  return sql.all(
    `select channel_id, id from broadcasts where state = 'preparing' and file_id is not null and lease_until <= $1
     order by lease_until limit $2`,
    [now, limit],
  )
}

export async function leaseLoad(
  sql: Sql,
  channelId: number,
  id: string,
  lease: { holder: string; until: number; now: number },
): Promise<boolean> {
  const changed = await sql.run(
    `update broadcasts set holder = $3, lease_until = $4
     where channel_id = $1 and id = $2 and state = 'preparing' and file_id is not null and (holder = $3 or lease_until <= $5)`,
    [channelId, id, lease.holder, lease.until, lease.now],
  )
  return changed === 1
}

/** Drops the leases of an earlier process that was the store's only owner. */
export async function dropLoadLeases(sql: Sql): Promise<void> {
  await sql.run(
    `update broadcasts set lease_until = 0 where state = 'preparing' and file_id is not null and lease_until > 0`,
  )
}

export type Entered = {
  rows: readonly (NewRecipient & { n: number; line: number; name: string | null })[]
  /** Rows of the file that were done before, and with these. */
  from: number
  upTo: number
  duplicates: number
  skipped: number
}

const ROWS_PER_STATEMENT = 100

/**
 * Enters rows of a file, counts them, and renews the lease, in one commit. A row has its place in the file, so a node
 * that was taken for dead enters nobody twice. False when the broadcast was cancelled, or taken over.
 */
export async function enterRows(
  sql: Sql,
  broadcast: { channelId: number; id: string; holder: string; until: number },
  entered: Entered,
  now: number,
): Promise<boolean> {
  const { channelId, id, holder, until } = broadcast
  const { rows, from, upTo, duplicates, skipped } = entered
  const statements: Statement[] = [
    {
      sql: `update broadcasts set loaded = $5, next_n = $5, total = total + $6, duplicates = duplicates + $7,
              skipped = skipped + $8, updated_at = $9, lease_until = $10
            where channel_id = $1 and id = $2 and holder = $3 and loaded = $4 and state = 'preparing'`,
      params: [channelId, id, holder, from, upTo, rows.length, duplicates, skipped, now, until],
    },
  ]
  for (let i = 0; i < rows.length; i += ROWS_PER_STATEMENT) {
    const params: SqlValue[] = [id]
    const values = rows.slice(i, i + ROWS_PER_STATEMENT).map(({ n, contact, own, line, name }) => {
      const at = params.push(n, contact, own, line, name)
      return `($1, $${at - 4}, $${at - 3}, $${at - 2}, $${at - 1}, $${at}, 'waiting')`
    })
    statements.push({
      sql: `insert into broadcast_recipients (broadcast_id, n, person, own, line, name, state) values ${values.join(', ')}
            on conflict do nothing`,
      params,
    })
  }
  const [counted] = await sql.atomically(statements)
  return counted === 1
}

/**
 * Takes a page of recipients out again, and renews the lease. `lost`: the broadcast was cancelled, or another node took it
 * over, and nobody was taken out.
 */
export async function takeOut(
  sql: Sql,
  broadcast: { channelId: number; id: string; holder: string; until: number },
  limit: number,
): Promise<'some' | 'none' | 'lost'> {
  const { channelId, id, holder, until } = broadcast
  const isHeld = `channel_id = $1 and id = $2 and holder = $3 and state = 'preparing'`
  const [held, gone] = await sql.atomically([
    { sql: `update broadcasts set lease_until = $4 where ${isHeld}`, params: [channelId, id, holder, until] },
    {
      sql: `delete from broadcast_recipients where broadcast_id = $2 and n in (
              select n from broadcast_recipients where broadcast_id = $2 order by n limit $4)
            and exists (select 1 from broadcasts where ${isHeld})`,
      params: [channelId, id, holder, limit],
    },
  ])
  if (held !== 1) return 'lost'
  return gone === limit ? 'some' : 'none'
}

/** A broadcast whose rows were refused is a draft again, with the reason. */
export async function backToDraft(
  sql: Sql,
  channelId: number,
  id: string,
  holder: string,
  reason: string,
  now: number,
): Promise<void> {
  await sql.run(
    `update broadcasts set state = 'draft', reason = $4, loaded = 0, next_n = 0, total = 0, duplicates = 0, skipped = 0,
       checked_at = null, report = null, updated_at = $5, lease_until = 0
     where channel_id = $1 and id = $2 and holder = $3 and state = 'preparing'`,
    [channelId, id, holder, reason, now],
  )
}

/** Recipients as they were given, for a check. */
export function givenRecipients(
  sql: Sql,
  id: string,
  afterN: number,
  count: number,
): Promise<{ n: number; person: string; own: string | null; name: string | null }[]> {
  return sql.all(
    `select n, person, own, name from broadcast_recipients where broadcast_id = $1 and n > $2 order by n limit $3`,
    [id, afterN, count],
  )
}

/** The broadcast with this name and content. */
export function broadcastWithContent(
  sql: Sql,
  channelId: number,
  name: string,
  content: string,
): Promise<{ id: string } | undefined> {
  return sql.get('select id from broadcasts where channel_id = $1 and name = $2 and content = $3', [
    channelId,
    name,
    content,
  ])
}
