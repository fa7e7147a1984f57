import type { BroadcastFile } from './broadcast-files.ts'
import type { Sql, Statement } from './sql.ts'

/* A person is erased from the files and the reports of a channel's broadcasts. */

type StoredFile = Pick<BroadcastFile, 'id' | 'kind' | 'format' | 'delimiter'>

/** The files of a channel, by id. */
export function filesAfter(sql: Sql, channelId: number, afterId: string, count: number): Promise<StoredFile[]> {
  return sql.all(
    `select id, kind, format, delimiter from broadcast_files
     where channel_id = $1 and id > $2 and state = 'ready' order by id limit $3`,
    [channelId, afterId, count],
  )
}

export const overwrittenPart = (fileId: string, n: number, body: Uint8Array): Statement => ({
  sql: 'update broadcast_file_parts set body = $3 where file_id = $1 and n = $2',
  params: [fileId, n, body],
})

/**
 * The rows of a file are no longer what they were. Whoever enters them now begins anew behind the last commit, and a check
 * that read them before does not count.
 */
export const changedFile = (channelId: number, id: string, sha256: string): Statement[] => [
  {
    sql: 'update broadcast_files set sha256 = $3 where channel_id = $1 and id = $2',
    params: [channelId, id, sha256],
  },
  {
    sql: `update broadcasts set holder = null, lease_until = 0
          where channel_id = $1 and file_id = $2 and state = 'preparing'`,
    params: [channelId, id],
  },
]

/** Reports of checks, by id. */
export function reportsAfter(
  sql: Sql,
  channelId: number,
  afterId: string,
  count: number,
): Promise<{ id: string; report: string }[]> {
  return sql.all(
    `select id, report from broadcasts where channel_id = $1 and id > $2 and report is not null order by id limit $3`,
    [channelId, afterId, count],
  )
}

/** False when the broadcast has another report meanwhile. */
export async function changeReport(
  sql: Sql,
  channelId: number,
  id: string,
  report: { from: string; to: string },
): Promise<boolean> {
  const changed = await sql.run('update broadcasts set report = $4 where channel_id = $1 and id = $2 and report = $3', [
    channelId,
    id,
    report.from,
    report.to,
  ])
  return changed === 1
}
