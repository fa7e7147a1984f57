import { createHash } from 'node:crypto'
import type { Sql } from './sql.ts'

/** A media id that Meta gave to one of our numbers. */
export type MediaRow = {
  channel_id: number
  id: string
  kind: string
  mime_type: string
  bytes: number
  filename: string | null
  /** The link that the file was fetched from, for a send by id. Null for a customer's upload. */
  link: string | null
  created_at: number
  expires_at: number
}

const COLUMNS = 'channel_id, id, kind, mime_type, bytes, filename, link, created_at, expires_at'

/** Expired ids are kept for a while: the error of a send with one can then say what it was. */
const KEEP_EXPIRED_MS = 30 * 24 * 3600_000

export async function insertMedia(sql: Sql, row: MediaRow): Promise<void> {
  await sql.atomically([
    { sql: 'delete from media where expires_at < $1', params: [row.created_at - KEEP_EXPIRED_MS] },
    {
      sql: `insert into media (${COLUMNS}, link_hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (channel_id, id) do update set expires_at = excluded.expires_at`,
      params: [
        row.channel_id,
        row.id,
        row.kind,
        row.mime_type,
        row.bytes,
        row.filename,
        row.link,
        row.created_at,
        row.expires_at,
        row.link === null ? null : hashOf(row.link),
      ],
    },
  ])
}

export function findMedia(sql: Sql, channelId: number, id: string): Promise<MediaRow | undefined> {
  return sql.get<MediaRow>(`select ${COLUMNS} from media where channel_id = $1 and id = $2`, [channelId, id])
}

/** The id of a link's file, as one kind, with the latest expiry. */
export function findMediaOfLink(
  sql: Sql,
  channelId: number,
  link: string,
  kind: string,
): Promise<MediaRow | undefined> {
  return sql.get<MediaRow>(
    `select ${COLUMNS} from media where channel_id = $1 and link_hash = $2 and link = $3 and kind = $4
     order by expires_at desc limit 1`,
    [channelId, hashOf(link), link, kind],
  )
}

export async function removeMediaRow(sql: Sql, channelId: number, id: string): Promise<void> {
  await sql.run('delete from media where channel_id = $1 and id = $2', [channelId, id])
}

/** The ids stay stored, so that a send with one gets a helpful error, but count as expired. */
export async function expireMediaOfLink(sql: Sql, channelId: number, link: string, now: number): Promise<void> {
  await sql.run(
    'update media set expires_at = $4 where channel_id = $1 and link_hash = $2 and link = $3 and expires_at > $4',
    [channelId, hashOf(link), link, now],
  )
}

/** Links may be longer than an index allows. */
function hashOf(link: string): string {
  return createHash('sha256').update(link).digest('base64url')
}
