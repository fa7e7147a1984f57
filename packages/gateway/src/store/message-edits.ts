import type { Edit } from '../domain/messages/edits.ts'
import type { MessageRow } from './messages.ts'
import type { Sql } from './sql.ts'

type EditRow = {
  changes: string
  contact_id: number
  direction: string
  type: string
  content: string
  created_at: number
}

/** Adds the edits of each message. Only its author can edit a message. */
export async function addEdits<Row extends MessageRow>(sql: Sql, rows: Row[]): Promise<Row[]> {
  for (const [channelId, own] of Map.groupBy(rows, (row) => row.channel_id)) {
    const byWamid = new Map(own.flatMap((row) => (row.wamid === null ? [] : [[row.wamid, row] as const])))
    if (byWamid.size === 0) continue
    const edits = await sql.all<EditRow>(
      `select changes, contact_id, direction, type, content, created_at from messages
       where channel_id = $1 and changes is not null and changes in (${[...byWamid].map((_, i) => `$${i + 2}`).join(', ')})
       order by created_at, id`,
      [channelId, ...byWamid.keys()],
    )
    for (const { changes, contact_id, direction, type, content, created_at } of edits) {
      const row = byWamid.get(changes)!
      if (row.contact_id !== contact_id || row.direction !== direction) continue
      const edit: Edit = { type, content, at: created_at }
      row.edits = [...(row.edits ?? []), edit]
    }
  }
  return rows
}
