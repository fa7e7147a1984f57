import { csvLine } from '../../domain/broadcasts/results-csv.ts'
import type { Sql } from '../../store/sql.ts'
import { wishesAfter } from '../../store/wishes.ts'

const CONTACTS_AT_ONCE = 500

/** One page after another: the next one is read when the reader has taken this one. */
export async function* wishesAsCsv(
  sql: Sql,
  channelId: number,
  only: 'stopped' | 'allowed' | undefined,
): AsyncGenerator<string> {
  yield csvLine(['to', 'marketing', 'since', 'by', 'name'])
  for (let afterId = 0; ;) {
    const contacts = await wishesAfter(sql, channelId, { afterId, count: CONTACTS_AT_ONCE })
    if (contacts.length === 0) return
    const lines = contacts
      .filter(({ wish }) => only === undefined || wish.state === only)
      .map(({ phone, userId, parentId, name, wish }) =>
        csvLine([phone ?? userId ?? parentId, wish.state, new Date(wish.at).toISOString(), wish.by, name]),
      )
    if (lines.length > 0) yield lines.join('')
    afterId = contacts.at(-1)!.id
  }
}
