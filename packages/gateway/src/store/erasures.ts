import { isMeant } from './audience.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'
import { Where } from './where.ts'

/** What was removed of a person, rows by kind. */
export type ErasureCounts = {
  messages: number
  events: number
  attempts: number
  contacts: number
  names: number
  idempotency_keys: number
  broadcast_recipients: number
  broadcast_file_rows: number
  scheduled_sends: number
  quarantined: number
}

export type ErasureRow = { id: string; channel_id: number; counts: string; erased_at: number }

/** A person's rows in `contacts`, those that were merged into theirs among them, and all their names (`p:…`, `u:…`). */
export type Whole = { ids: number[]; names: string[] }

export async function wholeContact(sql: Sql, channelId: number, contactId: number): Promise<Whole> {
  const ids = [contactId]
  for (let i = 0; i < ids.length; i++) {
    const merged = await sql.all<{ id: number }>('select id from contacts where channel_id = $1 and merged_into = $2', [
      channelId,
      ids[i]!,
    ])
    for (const { id } of merged) if (!ids.includes(Number(id))) ids.push(Number(id))
  }
  const names: string[] = []
  for (const id of ids) {
    const keys = await sql.all<{ key: string }>(
      'select key from contact_keys where channel_id = $1 and contact_id = $2',
      [channelId, id],
    )
    const rows = await sql.all<{ phone: string | null; user_id: string | null }>(
      'select phone, user_id from contacts where channel_id = $1 and id = $2',
      [channelId, id],
    )
    for (const { key } of keys) names.push(key.slice(2))
    for (const { phone, user_id } of rows) names.push(...[phone, user_id].filter((name) => name !== null))
  }
  return { ids, names: [...new Set(names)] }
}

const list = (from: number, count: number): string => Array.from({ length: count }, (_, i) => `$${from + i}`).join(', ')

/** Removes up to `limit` messages of a contact, and the keys that answer with them. */
export async function eraseMessages(
  sql: Sql,
  channelId: number,
  contactId: number,
  limit: number,
): Promise<{ messages: number; keys: number }> {
  const rows = await sql.all<{ id: string }>(
    'select id from messages where channel_id = $1 and contact_id = $2 order by id limit $3',
    [channelId, contactId, limit],
  )
  if (rows.length === 0) return { messages: 0, keys: 0 }
  const ids: SqlValue[] = rows.map((row) => row.id)
  const [keys, messages] = await sql.atomically([
    {
      sql: `delete from idempotency where channel_id = $1 and made_id in (${list(2, ids.length)})`,
      params: [channelId, ...ids],
    },
    {
      sql: `delete from messages where channel_id = $1 and id in (${list(2, ids.length)})`,
      params: [channelId, ...ids],
    },
  ])
  return { messages: messages ?? 0, keys: keys ?? 0 }
}

/**
 * Removes up to `limit` events of a contact, with their attempts. `ids` are all contacts of the person: the lane of one of
 * them delivers. Answers none when there are no more.
 */
export async function eraseEvents(
  sql: Sql,
  channelId: number,
  contactId: number,
  ids: readonly number[],
  limit: number,
): Promise<{ events: number; attempts: number }> {
  const rows = await sql.all<{ seq: number }>(
    'select seq from events where channel_id = $1 and contact_id = $2 order by seq limit $3',
    [channelId, contactId, limit],
  )
  if (rows.length === 0) return { events: 0, attempts: 0 }
  const seqs = rows.map((row) => Number(row.seq))
  const those = list(2, seqs.length)
  const [, , , , attempts, , , events] = await sql.atomically([
    lockLanes(channelId, ids),
    ...uncount(channelId, `e.seq in (${those})`, [channelId, ...seqs]),
    // One of them may be under way. What becomes of it is not counted again, since the lane is past it.
    {
      sql: `update lanes set cursor = $3, attempts = 0 where endpoint_id in (${OF_CHANNEL}) and contact_id = $2 and cursor < $3`,
      params: [channelId, contactId, seqs.at(-1)!],
    },
    { sql: `delete from attempts where channel_id = $1 and seq in (${those})`, params: [channelId, ...seqs] },
    { sql: `delete from owed_events where seq in (${list(1, seqs.length)})`, params: seqs },
    { sql: `delete from dead_events where channel_id = $1 and seq in (${those})`, params: [channelId, ...seqs] },
    { sql: `delete from events where channel_id = $1 and seq in (${those})`, params: [channelId, ...seqs] },
  ])
  return { events: events ?? 0, attempts: attempts ?? 0 }
}

const OF_CHANNEL = 'select id from endpoints where channel_id = $1'

/** Nobody records an attempt in these lanes before the commit: where several nodes write, it would be counted twice. */
const lockLanes = (channelId: number, ids: readonly number[]): Statement => ({
  sql: `update lanes set holder = holder where endpoint_id in (${OF_CHANNEL}) and contact_id in (${list(2, ids.length)})`,
  params: [channelId, ...ids],
})

/** What waits of these events is not counted as waiting any more. `$1` is the channel. */
function uncount(channelId: number, condition: string, params: SqlValue[]): Statement[] {
  return [
    {
      sql: `insert into delivery_counts (endpoint_id, shard, pending, dead) select id, 0, 0, 0 from endpoints
            where channel_id = $1 on conflict (endpoint_id, shard) do nothing`,
      params: [channelId],
    },
    {
      sql: `update delivery_counts set
              pending = pending - (
                select count(*) from events e
                join endpoints n on n.id = delivery_counts.endpoint_id
                left join lanes l on l.endpoint_id = n.id and l.contact_id = e.contact_id
                left join owed_events o on o.endpoint_id = delivery_counts.endpoint_id and o.seq = e.seq
                where e.channel_id = $1 and ${condition} and (o.seq is not null or e.seq > l.cursor and ${isMeant('e', 'n')})),
              dead = dead - (
                select count(*) from events e
                join dead_events d on d.endpoint_id = delivery_counts.endpoint_id and d.seq = e.seq
                where e.channel_id = $1 and ${condition})
            where shard = 0 and endpoint_id in (${OF_CHANNEL})`,
      params,
    },
  ]
}

/** Takes a person out of the channel's broadcasts, sent or not. */
export async function eraseRecipients(sql: Sql, channelId: number, names: readonly string[]): Promise<number> {
  if (names.length === 0) return 0
  return sql.run(
    `delete from broadcast_recipients where person in (${list(2, names.length)})
     and broadcast_id in (select id from broadcasts where channel_id = $1)`,
    [channelId, ...names],
  )
}

/** Removes the scheduled sends to a person, sent or not. */
export async function eraseScheduled(sql: Sql, channelId: number, names: readonly string[]): Promise<number> {
  if (names.length === 0) return 0
  return sql.run(`delete from scheduled_sends where channel_id = $1 and contact in (${list(2, names.length)})`, [
    channelId,
    ...names,
  ])
}

/** Bodies that are read at once, in bytes: one may have megabytes, most have a few hundred. */
const MOST_BYTES = 4_000_000

/**
 * Removes the webhooks among the next `limit` in quarantine that name a person: nobody could tell whose they are, so their
 * bytes are looked through. Answers where to go on; undefined at the end.
 */
export async function eraseQuarantined(
  sql: Sql,
  names: readonly string[],
  behind: number,
  limit: number,
): Promise<{ quarantined: number; next: number | undefined }> {
  const sizes = await sql.all<{ id: number; size: number }>(
    'select id, length(body) as size from quarantine where id > $1 order by id limit $2',
    [behind, limit],
  )
  let bytes = 0
  const fit = sizes.findIndex((row, i) => (bytes += Number(row.size)) > MOST_BYTES && i > 0)
  const last = (fit < 0 ? sizes : sizes.slice(0, fit)).at(-1)
  if (!last || names.length === 0) return { quarantined: 0, next: undefined }
  const page = await sql.all<{ id: number; body: Uint8Array }>(
    'select id, body from quarantine where id > $1 and id <= $2 order by id',
    [behind, last.id],
  )
  const pattern = namesPattern(names)
  const ids = page.filter((row) => pattern.test(Buffer.from(row.body).toString('utf8'))).map((row) => Number(row.id))
  const quarantined =
    ids.length === 0 ? 0 : await sql.run(`delete from quarantine where id in (${list(1, ids.length)})`, ids)
  return { quarantined, next: fit < 0 && sizes.length < limit ? undefined : Number(last.id) }
}

/**
 * Any of the names between characters that no name has, so that a short number does not take everything with it that
 * contains it. The letter of a JSON escape such as a line's end may stand before one.
 */
function namesPattern(names: readonly string[]): RegExp {
  const plain = names.map((name) => name.replace(/^\+(?=\d)/, '').replace(/\W/g, '\\$&'))
  return new RegExp(`(?:(?<![\\w.])|(?<=\\\\[bfnrt]))(?:${plain.join('|')})(?![\\w.])`)
}

const TRACES = 'erasure_to_overwrite'

/** The erasure whose traces may still be in the files of the store; undefined when they are overwritten. */
export async function erasureToOverwrite(sql: Sql): Promise<string | undefined> {
  return (await sql.get<{ value: string }>('select value from meta where name = $1', [TRACES]))?.value
}

/** What was deleted up to this erasure is overwritten. */
export async function noteOverwritten(sql: Sql, id: string): Promise<void> {
  await sql.run('delete from meta where name = $1 and value = $2', [TRACES, id])
}

/**
 * The end of an erasure: the person's own rows go in the commit that keeps the proof, with what came in while the rest was
 * being removed. Answers what the proof says; undefined when a contact was joined to one of these meanwhile, or one of these
 * to another, so that there is more to remove. `overwrite`: remembers that the files have to be overwritten.
 */
export async function finishErasure(
  sql: Sql,
  erasure: {
    id: string
    channelId: number
    ids: readonly number[]
    counts: ErasureCounts
    now: number
    overwrite: boolean
  },
): Promise<ErasureCounts | undefined> {
  const { channelId, ids, counts } = erasure
  const params = [channelId, ...ids]
  const those = list(2, ids.length)
  const isWhole = `not exists (select 1 from contacts w where w.channel_id = $1 and w.merged_into in (${those}) and w.id not in (${those}))
    and not exists (select 1 from contacts w where w.id in (${those}) and w.merged_into is not null and w.merged_into not in (${those}))`
  const ofTheirs = `channel_id = $1 and contact_id in (${those}) and ${isWhole}`
  const events = `select seq from events where ${ofTheirs}`
  const names = await sql.get<{ n: number }>(
    `select count(*) as n from contact_keys where channel_id = $1 and contact_id in (${those})`,
    params,
  )
  const proof = { ...counts, contacts: ids.filter((id) => id > 0).length, names: Number(names?.n ?? 0) }
  const gone = (from: number): string => `not exists (select 1 from contacts where id in (${list(from, ids.length)}))`
  const done = await sql.atomically([
    // Where several nodes write, nobody adds to these contacts, or joins them, from here to the commit.
    { sql: `update contacts set merged_into = merged_into where channel_id = $1 and id in (${those})`, params },
    lockLanes(channelId, ids),
    {
      sql: `delete from idempotency where channel_id = $1 and made_id in (select id from messages where ${ofTheirs})`,
      params,
    },
    { sql: `delete from messages where ${ofTheirs}`, params },
    ...uncount(channelId, `e.contact_id in (${those}) and ${isWhole}`, params),
    { sql: `delete from attempts where channel_id = $1 and seq in (${events})`, params },
    { sql: `delete from owed_events where seq in (${events})`, params },
    { sql: `delete from dead_events where channel_id = $1 and seq in (${events})`, params },
    { sql: `delete from events where ${ofTheirs}`, params },
    {
      sql: `delete from lanes where endpoint_id in (${OF_CHANNEL}) and contact_id in (${those}) and ${isWhole}`,
      params,
    },
    { sql: `delete from conversations where ${ofTheirs}`, params },
    { sql: `delete from contact_keys where ${ofTheirs}`, params },
    { sql: `delete from contacts where channel_id = $1 and id in (${those}) and ${isWhole}`, params },
    ...(erasure.overwrite
      ? [
          {
            sql: `insert into meta (name, value) select $1, $2 where ${gone(3)}
                  on conflict (name) do update set value = excluded.value`,
            params: [TRACES, erasure.id, ...ids],
          },
        ]
      : []),
    {
      sql: `insert into erasures (id, channel_id, counts, erased_at) select $1, $2, $3, $4 where ${gone(5)}`,
      params: [erasure.id, channelId, JSON.stringify(proof), erasure.now, ...ids],
    },
  ])
  return done.at(-1) === 1 ? proof : undefined
}

/** Newest first. */
export function listErasures(
  sql: Sql,
  filter: { channelId?: number; beforeId?: string; count: number },
): Promise<ErasureRow[]> {
  const where = new Where()
  if (filter.channelId !== undefined) where.and('channel_id = ?', filter.channelId)
  if (filter.beforeId !== undefined) where.and('id < ?', filter.beforeId)
  const limit = where.param(filter.count)
  return sql.all<ErasureRow>(
    `select id, channel_id, counts, erased_at from erasures ${where.clause}
     order by id desc limit ${limit}`,
    where.params,
  )
}
