import type { Sql } from './sql.ts'

/*
 * Files of broadcasts, in parts: recipients as they were uploaded, and the rows that a check found.
 */

export type BroadcastFile = {
  channel_id: number
  id: string
  kind: 'recipients' | 'report'
  /** writing: its parts are still coming, or never came. */
  state: 'writing' | 'ready'
  filename: string | null
  format: 'csv' | 'jsonl'
  delimiter: string | null
  /** JSON. */
  columns: string
  rows: number
  bytes: number
  sha256: string | null
  created_at: number
}

const COLUMNS = 'channel_id, id, kind, state, filename, format, delimiter, columns, rows, bytes, sha256, created_at'

export async function beginFile(
  sql: Sql,
  file: Pick<BroadcastFile, 'id' | 'kind' | 'filename' | 'format'> & { channelId: number; now: number },
): Promise<void> {
  await sql.run(
    `insert into broadcast_files (channel_id, id, kind, state, filename, format, columns, created_at)
     values ($1, $2, $3, 'writing', $4, $5, '[]', $6)`,
    [file.channelId, file.id, file.kind, file.filename, file.format, file.now],
  )
}

export async function addPart(sql: Sql, id: string, n: number, body: Uint8Array): Promise<void> {
  await sql.run('insert into broadcast_file_parts (file_id, n, body) values ($1, $2, $3)', [id, n, body])
}

export async function endFile(
  sql: Sql,
  channelId: number,
  id: string,
  found: Pick<BroadcastFile, 'format' | 'delimiter' | 'columns' | 'rows' | 'bytes' | 'sha256'>,
): Promise<void> {
  await sql.run(
    `update broadcast_files set state = 'ready', format = $3, delimiter = $4, columns = $5, rows = $6, bytes = $7, sha256 = $8
     where channel_id = $1 and id = $2`,
    [channelId, id, found.format, found.delimiter, found.columns, found.rows, found.bytes, found.sha256],
  )
}

/** A file whose parts are all there. */
export async function findFile(
  sql: Sql,
  channelId: number,
  id: string,
  kind: BroadcastFile['kind'],
): Promise<BroadcastFile | undefined> {
  const row = await sql.get<BroadcastFile>(
    `select ${COLUMNS} from broadcast_files where channel_id = $1 and id = $2 and kind = $3 and state = 'ready'`,
    [channelId, id, kind],
  )
  return row && { ...row, rows: Number(row.rows), bytes: Number(row.bytes), created_at: Number(row.created_at) }
}

/** One part, or undefined behind the last one. */
export async function readPart(sql: Sql, id: string, n: number): Promise<Uint8Array | undefined> {
  const row = await sql.get<{ body: Uint8Array }>(
    'select body from broadcast_file_parts where file_id = $1 and n = $2',
    [id, n],
  )
  return row?.body
}

const PARTS_AT_ONCE = 16

/** Removes a file, its parts first, so that an interrupted removal can be repeated. */
export async function removeFile(sql: Sql, channelId: number, id: string): Promise<void> {
  for (;;) {
    const gone = await sql.run(
      `delete from broadcast_file_parts where file_id = $1 and n in (
         select n from broadcast_file_parts where file_id = $1 order by n limit $2)`,
      [id, PARTS_AT_ONCE],
    )
    if (gone < PARTS_AT_ONCE) break
  }
  await sql.run('delete from broadcast_files where channel_id = $1 and id = $2', [channelId, id])
}

/** The broadcast that uses a file and has not ended. */
export function broadcastOfFile(sql: Sql, id: string): Promise<{ id: string; state: string } | undefined> {
  return sql.get(
    `select id, state from broadcasts where file_id = $1 and state in ('draft', 'checked', 'preparing') order by id limit 1`,
    [id],
  )
}

/** Files that no broadcast needs any more, and those whose upload or check was interrupted. */
export function unusedFiles(
  sql: Sql,
  before: { unused: number; unfinished: number },
  limit: number,
): Promise<{ channel_id: number; id: string }[]> {
  return sql.all(
    `select f.channel_id, f.id from broadcast_files f
     where f.created_at < $1 and (f.created_at < $2 or f.state = 'writing')
       and not exists (select 1 from broadcasts b where b.file_id = f.id and b.state in ('draft', 'checked', 'preparing'))
       and not exists (select 1 from broadcasts b where b.channel_id = f.channel_id and b.report_file = f.id)
     order by f.created_at limit $3`,
    [Math.max(before.unused, before.unfinished), before.unused, limit],
  )
}

export type ContactFactsRow = { key: string; state: string | null; last_inbound_at: number | null }

/** What is known of contacts, by the keys of their names. */
export async function contactFacts(sql: Sql, channelId: number, keys: readonly string[]): Promise<ContactFactsRow[]> {
  const places = Array.from({ length: KEYS_AT_ONCE }, (_, i) => `$${i + 2}`).join(', ')
  const padded: (string | null)[] = [...keys]
  while (padded.length < KEYS_AT_ONCE) padded.push(null)
  return sql.all(
    `select k.key, c.state, c.last_inbound_at from contact_keys k join contacts c on c.id = k.contact_id
     where k.channel_id = $1 and k.key in (${places})`,
    [channelId, ...padded],
  )
}

/** A fixed number, so that one statement is prepared. */
export const KEYS_AT_ONCE = 250
