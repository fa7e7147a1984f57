import { type MarketingWish, readState } from '../domain/contacts/state.ts'
import type { Sql } from './sql.ts'

/** What contacts wish about marketing, for files: read beside the hot path. */

export type ContactWish = {
  id: number
  phone: string | null
  userId: string | null
  parentId: string | null
  name: string | null
  wish: MarketingWish
}

type Row = {
  id: number
  phone: string | null
  user_id: string | null
  parent_user_id: string | null
  name: string | null
  state: string
}

/** The contacts of a channel who said something about marketing, in the order of their ids. */
export async function wishesAfter(
  sql: Sql,
  channelId: number,
  { afterId, count }: { afterId: number; count: number },
): Promise<ContactWish[]> {
  // The text of the condition is that of the index.
  const rows = await sql.all<Row>(
    `select id, phone, user_id, parent_user_id, name, state from contacts
     where channel_id = $1 and id > $2 and state like '%"marketing":%' and merged_into is null order by id limit $3`,
    [channelId, afterId, count],
  )
  return rows.flatMap(({ id, phone, user_id: userId, parent_user_id: parentId, name, state }) => {
    const { marketing: wish } = readState(state)
    return wish ? [{ id: Number(id), phone, userId, parentId, name, wish }] : []
  })
}

/** The wishes of contacts, by the keys that lead to them. */
export async function wishesByKey(
  sql: Sql,
  channelId: number,
  keys: readonly string[],
): Promise<Map<string, MarketingWish>> {
  if (keys.length === 0) return new Map()
  const places = keys.map((_, i) => `$${i + 2}`).join(', ')
  const rows = await sql.all<{ key: string; state: string | null }>(
    `select k.key, c.state from contact_keys k join contacts c on c.id = k.contact_id
     where k.channel_id = $1 and k.key in (${places})`,
    [channelId, ...keys],
  )
  return new Map(
    rows.flatMap(({ key, state }) => {
      const { marketing } = readState(state)
      return marketing ? [[key, marketing] as const] : []
    }),
  )
}
