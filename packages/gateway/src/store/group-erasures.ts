import type { Sql, Statement } from './sql.ts'

/** A group of a channel, and all names of the person who is erased. */
export type PersonInGroup = { channelId: number; group: number; names: readonly string[] }

/** The rows of groups in `contacts`. */
export async function groupsOf(sql: Sql, channelId: number): Promise<number[]> {
  const rows = await sql.all<{ contact_id: number }>(
    `select distinct contact_id from contact_keys where channel_id = $1 and key >= 'g:' and key < 'g;'`,
    [channelId],
  )
  return rows.map((row) => Number(row.contact_id))
}

/**
 * Removes what the person wrote among the next `limit` messages of a group. `named` are the names of the person in them;
 * `next` is undefined at the end.
 */
export async function eraseAuthoredIn(
  sql: Sql,
  { channelId, group, names }: PersonInGroup,
  behind: string,
  limit: number,
): Promise<{ messages: number; named: string[]; next: string | undefined }> {
  const rows = await sql.all<{ id: string; direction: string; content: string }>(
    `select id, direction, content from messages where channel_id = $1 and contact_id = $2 and id > $3
     order by id limit $4`,
    [channelId, group, behind, limit],
  )
  const theirs = rows.filter(({ direction, content }) => {
    return direction === 'in' && authorOf(content).some((name) => names.includes(name))
  })
  const named = theirs.flatMap(({ content }) => authorOf(content))
  if (theirs.length > 0)
    await sql.atomically(
      theirs.map(({ id }): Statement => ({
        sql: 'delete from messages where channel_id = $1 and id = $2',
        params: [channelId, id],
      })),
    )
  return { messages: theirs.length, named, next: rows.length < limit ? undefined : rows.at(-1)!.id }
}

/**
 * Takes the content out of the events that name the person, among the next `limit` of a group. The events stay, because
 * the lane of the group goes on: those that wait are delivered without content.
 */
export async function blankEventsIn(
  sql: Sql,
  { channelId, group, names }: PersonInGroup,
  behind: number,
  limit: number,
): Promise<{ events: number; next: number | undefined }> {
  const rows = await sql.all<{ seq: number; kind: string; body: string }>(
    `select seq, kind, body from events where channel_id = $1 and contact_id = $2 and seq > $3 order by seq limit $4`,
    [channelId, group, behind, limit],
  )
  const words = names.map((name) => JSON.stringify(name))
  const theirs = rows.filter(({ body }) => words.some((word) => body.includes(word)))
  if (theirs.length > 0)
    await sql.atomically(
      theirs.map(({ seq, kind }): Statement => ({
        sql: 'update events set body = $2 where seq = $1',
        params: [Number(seq), JSON.stringify({ event: kind, channel_id: channelId, erased: true })],
      })),
    )
  return { events: theirs.length, next: rows.length < limit ? undefined : Number(rows.at(-1)!.seq) }
}

function authorOf(content: string): string[] {
  const message = JSON.parse(content) as Record<string, unknown>
  return ['from', 'from_user_id', 'from_parent_user_id']
    .map((key) => message[key])
    .filter((name) => typeof name === 'string' && name !== '') as string[]
}
