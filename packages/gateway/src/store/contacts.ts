import { isNumber, phoneKey, userKey } from '../domain/contacts/identity.ts'
import { type ContactState, readState } from '../domain/contacts/state.ts'
import type { Sql } from './sql.ts'
import type { ContactIdentity } from './store.ts'

/** All that is kept of one contact of a channel. Times are epoch milliseconds. */
export type StoredContact = {
  id: number
  phone: string | undefined
  userId: string | undefined
  parentId: string | undefined
  username: string | undefined
  name: string | undefined
  lastInboundAt: number | undefined
  state: ContactState
  /** Names that still lead to the contact, because webhooks arrive late. */
  earlier: { userIds: string[]; parentIds: string[]; phones: string[] }
}

type Row = {
  id: number
  phone: string | null
  user_id: string | null
  parent_user_id: string | null
  username: string | null
  name: string | null
  last_inbound_at: number | null
  state: string | null
}

/** The contact of a number, a business-scoped id or a parent id. */
export async function contactNamed(sql: Sql, channelId: number, name: string): Promise<StoredContact | undefined> {
  const row = await sql.get<Row>(
    `select c.id, c.phone, c.user_id, c.parent_user_id, c.username, c.name, c.last_inbound_at, c.state
     from contact_keys k join contacts c on c.id = k.contact_id where k.channel_id = $1 and k.key = $2`,
    [channelId, isNumber(name) ? phoneKey(name) : userKey(name)],
  )
  if (!row) return undefined
  const keys = await sql.all<{ key: string }>(
    'select key from contact_keys where channel_id = $1 and contact_id = $2 order by key',
    [channelId, row.id],
  )
  const named = (kind: string): string[] => keys.flatMap(({ key }) => (key.startsWith(kind) ? [key.slice(2)] : []))
  const parents = named('e:')
  // Contacts of older versions have their parent id among the keys only.
  const parentId = row.parent_user_id ?? (parents.length === 1 ? parents[0] : undefined)
  return {
    id: Number(row.id),
    phone: row.phone ?? undefined,
    userId: row.user_id ?? undefined,
    parentId,
    username: row.username ?? undefined,
    name: row.name ?? undefined,
    lastInboundAt: row.last_inbound_at === null ? undefined : Number(row.last_inbound_at),
    state: readState(row.state),
    earlier: {
      userIds: named('u:').filter((id) => id !== row.user_id),
      parentIds: parents.filter((id) => id !== parentId),
      phones: named('p:').filter((phone) => row.phone === null || phoneKey(row.phone) !== `p:${phone}`),
    },
  }
}

/** A contact whose conversation has to be looked at. `name` leads to it; `shown` has all shown names. */
export type WatchedContact = Pick<StoredContact, 'id' | 'lastInboundAt' | 'state'> & {
  channelId: number
  name: ContactIdentity
  shown: ContactIdentity
}

/** Contacts with a conversation that may have become idle before `now`. */
export async function watchedContacts(sql: Sql, now: number, limit: number): Promise<WatchedContact[]> {
  const rows = await sql.all<Row & { channel_id: number; key: string | null }>(
    `select c.id, c.channel_id, c.phone, c.user_id, c.parent_user_id, c.username, c.name, c.last_inbound_at, c.state,
       (select min(k.key) from contact_keys k where k.channel_id = c.channel_id and k.contact_id = c.id) as key
     from contacts c where c.idle_at is not null and c.idle_at <= $1 order by c.idle_at limit $2`,
    [now, limit],
  )
  return rows.flatMap((row) => {
    if (row.key === null) return []
    return [
      {
        id: Number(row.id),
        channelId: Number(row.channel_id),
        lastInboundAt: row.last_inbound_at === null ? undefined : Number(row.last_inbound_at),
        state: readState(row.state),
        name: namedBy(row.key),
        shown: {
          ...(row.phone !== null && { phone: row.phone }),
          ...(row.user_id !== null && { userId: row.user_id }),
          ...(row.parent_user_id !== null && { parentId: row.parent_user_id }),
          ...(row.username !== null && { username: row.username }),
          ...(row.name !== null && { name: row.name }),
        },
      },
    ]
  })
}

const namedBy = (key: string): ContactIdentity => {
  const name = key.slice(2)
  return key.startsWith('p:') ? { phone: name } : key.startsWith('e:') ? { parentId: name } : { userId: name }
}

/** Looks at a contact again at another time, or not at all. Another node may have changed the row meanwhile. */
export async function watchAgain(sql: Sql, id: number, now: number, at: number | null): Promise<void> {
  await sql.run('update contacts set idle_at = $2 where id = $1 and idle_at <= $3', [id, at, now])
}
