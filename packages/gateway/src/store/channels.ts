import type { Channel, CreateChannel, PatchChannel } from '../domain/channels/channel.ts'
import type { Endpoint } from '../domain/channels/endpoint.ts'
import { type ChannelState, paceOf } from '../domain/channels/state.ts'
import { newId, newSecret } from '../platform/ids.ts'
import { sha256, type Vault } from '../platform/secrets.ts'
import { channelStates } from './channel-state.ts'
import { DIRECTORY_CHANGED } from './directory-version.ts'
import { allEndpoints } from './endpoints.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

type ChannelRow = {
  id: number
  name: string
  business_phone: string
  phone_number_id: string
  waba_id: string
  access_token: Uint8Array
  default_language: string | null
  window_policy: Channel['windowPolicy']
  media_check: Channel['mediaCheck']
  media_mode: Channel['mediaMode']
  standby: Channel['standby']
  messages_per_second: number
  direct_send: number
  marketing: Channel['marketing']
  broadcast_start: Channel['broadcastStart']
  compatibility: Channel['compatibility']
  quiet_hours: string | null
  stop_words: string
  start_words: string
  stop_answer: string | null
  created_at: number
  updated_at: number
}

export type CodeRow = { id: string; channelId: number; hash: string; createdAt: number }

export async function allChannels(sql: Sql, vault: Vault, now: number): Promise<Channel[]> {
  const rows = await sql.all<ChannelRow>('select * from channels where deleted_at is null order by id')
  const endpoints = Map.groupBy(await allEndpoints(sql, vault, now), (endpoint) => endpoint.channelId)
  const states = await channelStates(sql)
  return rows.map((row) => readChannel(row, vault, endpoints.get(row.id) ?? [], states.get(row.id) ?? new Map()))
}

function readChannel(row: ChannelRow, vault: Vault, endpoints: Endpoint[], state: ChannelState): Channel {
  return {
    id: row.id,
    name: row.name,
    businessPhone: row.business_phone,
    phoneNumberId: row.phone_number_id,
    wabaId: row.waba_id,
    accessToken: vault.open(row.access_token, 'access_token'),
    defaultLanguage: row.default_language,
    windowPolicy: row.window_policy,
    mediaCheck: row.media_check,
    mediaMode: row.media_mode,
    standby: row.standby,
    messagesPerSecond: paceOf(row.messages_per_second, state),
    ownPace: row.messages_per_second,
    directSend: row.direct_send === 1,
    marketing: row.marketing,
    broadcastStart: row.broadcast_start,
    compatibility: row.compatibility,
    quietHours: row.quiet_hours === null ? null : (JSON.parse(row.quiet_hours) as Channel['quietHours']),
    stopWords: JSON.parse(row.stop_words) as string[],
    startWords: JSON.parse(row.start_words) as string[],
    stopAnswer: row.stop_answer,
    state,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endpoints,
  }
}

export async function allCodes(sql: Sql): Promise<CodeRow[]> {
  const rows = await sql.all<{ id: string; channel_id: number; hash: Uint8Array; created_at: number }>(
    `select k.id, k.channel_id, k.hash, k.created_at from certification_codes k
     join channels c on c.id = k.channel_id and c.deleted_at is null
     where k.revoked_at is null order by k.created_at, k.id`,
  )
  return rows.map((row) => ({
    id: row.id,
    channelId: row.channel_id,
    hash: Buffer.from(row.hash).toString('hex'),
    createdAt: row.created_at,
  }))
}

/** Returns the new channel's id, or null when its id or its phone number id is taken. It has no code yet. */
export async function insertChannel(
  sql: Sql,
  vault: Vault,
  channel: CreateChannel,
  now: number,
  id?: number,
): Promise<number | null> {
  const token = vault.seal(channel.access_token, 'access_token')
  const { sql: insert, params } = insertOf(
    rowOf({ ...channel, ...(id !== undefined && { channel_id: id }) }, token, now),
  )
  const rows = await sql.returning<{ id: number }>(`${insert} returning id`, params)
  if (!rows[0]) return null
  await sql.atomically([DIRECTORY_CHANGED])
  return rows[0].id
}

export type CreatedChannel =
  | { ok: true; id: number; code: string }
  /** The field whose value another channel has, or had. */
  | { ok: false; taken: 'channel_id' | 'phone_number_id' | 'certification_code' }

/** Adds a channel with its first certification code: both or neither, also when another call takes one of them now. */
export async function createChannel(
  sql: Sql,
  vault: Vault,
  channel: CreateChannel,
  now: number,
): Promise<CreatedChannel> {
  const { certification_code: code = newSecret('pc_') } = channel
  const codeId = newId('code', now)
  const token = vault.seal(channel.access_token, 'access_token')
  // Each sealed token has a nonce of its own, so it names the row that was inserted just now.
  const isIt = 'phone_number_id = $1 and access_token = $2 and deleted_at is null'
  const it: SqlValue[] = [channel.phone_number_id, token, codeId]
  const [made, coded] = await sql.atomically([
    insertOf(rowOf(channel, token, now)),
    {
      sql: `insert into certification_codes (id, channel_id, hash, created_at)
            select $3, id, $4, $5 from channels where ${isIt} on conflict do nothing`,
      params: [...it, sha256(code), now],
    },
    {
      sql: `delete from channels where ${isIt} and not exists (
              select 1 from certification_codes k where k.channel_id = channels.id and k.id = $3)`,
      params: it,
    },
    DIRECTORY_CHANGED,
  ])
  if (made === 0) return { ok: false, taken: await takenField(sql, channel.channel_id) }
  if (coded === 0) return { ok: false, taken: 'certification_code' }
  const row = await sql.get<{ id: number }>('select channel_id as id from certification_codes where id = $1', [codeId])
  return { ok: true, id: row!.id, code }
}

/** Numbers of removed channels are not given again: their messages are still stored. */
async function takenField(sql: Sql, id: number | undefined): Promise<'channel_id' | 'phone_number_id'> {
  const row = id === undefined ? undefined : await sql.get('select 1 from channels where id = $1', [id])
  return row ? 'channel_id' : 'phone_number_id'
}

const rowOf = (channel: CreateChannel, token: Uint8Array, now: number): Record<string, SqlValue> => ({
  name: channel.name,
  business_phone: channel.business_phone,
  phone_number_id: channel.phone_number_id,
  waba_id: channel.waba_id,
  access_token: token,
  default_language: channel.default_language ?? null,
  window_policy: channel.window_policy ?? 'enforce',
  media_check: channel.media_check ?? 'probe',
  media_mode: channel.media_mode ?? 'link',
  messages_per_second: channel.messages_per_second ?? 80,
  direct_send: Number(channel.direct_send ?? false),
  marketing: channel.marketing ?? 'cloud',
  quiet_hours: jsonOf(channel.quiet_hours) ?? null,
  stop_words: JSON.stringify(channel.stop_words ?? []),
  start_words: JSON.stringify(channel.start_words ?? []),
  stop_answer: channel.stop_answer ?? null,
  broadcast_start: channel.broadcast_start ?? 'free',
  standby: channel.standby ?? 'deliver',
  compatibility: channel.compatibility ?? 'postern',
  created_at: now,
  updated_at: now,
  ...(channel.channel_id !== undefined && { id: channel.channel_id }),
})

function insertOf(row: Record<string, SqlValue>): Statement {
  const names = Object.keys(row)
  return {
    sql: `insert into channels (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(',')}) on conflict do nothing`,
    params: Object.values(row),
  }
}

export async function patchChannel(
  sql: Sql,
  vault: Vault,
  id: number,
  patch: PatchChannel,
  now: number,
): Promise<void> {
  const sets: string[] = []
  const params: SqlValue[] = [id, now]
  const set = (column: string, value: SqlValue | undefined): void => {
    if (value === undefined) return
    params.push(value)
    sets.push(`${column} = $${params.length}`)
  }
  set('name', patch.name)
  set('waba_id', patch.waba_id)
  set('access_token', patch.access_token === undefined ? undefined : vault.seal(patch.access_token, 'access_token'))
  set('default_language', patch.default_language)
  set('window_policy', patch.window_policy)
  set('media_check', patch.media_check)
  set('media_mode', patch.media_mode)
  set('standby', patch.standby)
  set('messages_per_second', patch.messages_per_second)
  set('direct_send', patch.direct_send === undefined ? undefined : Number(patch.direct_send))
  set('marketing', patch.marketing)
  set('broadcast_start', patch.broadcast_start)
  set('compatibility', patch.compatibility)
  set('quiet_hours', jsonOf(patch.quiet_hours))
  set('stop_words', jsonOf(patch.stop_words))
  set('start_words', jsonOf(patch.start_words))
  set('stop_answer', patch.stop_answer)
  const statements: Statement[] = [
    {
      sql: `update channels set ${[...sets, 'updated_at = $2'].join(', ')} where id = $1 and deleted_at is null`,
      params,
    },
    ...(patch.compatibility === undefined ? [] : [endpointsLike(patch.compatibility, id)]),
    DIRECTORY_CHANGED,
  ]
  await sql.atomically(statements)
}

/** The channel's endpoints of our own format follow its setting. */
const endpointsLike = (compatibility: Channel['compatibility'], id: number): Statement => ({
  sql: 'update endpoints set format = $3 where channel_id = $1 and format = $2',
  params: compatibility === 'page' ? [id, 'postern', 'page'] : [id, 'page', 'postern'],
})

/** A setting that is stored as JSON; null and undefined as they are. */
const jsonOf = (value: object | null | undefined): string | null | undefined => (value ? JSON.stringify(value) : value)

/** Marks the channel as deleted; its messages and events stay until retention removes them. */
export async function deleteChannel(sql: Sql, id: number, now: number): Promise<boolean> {
  const [changed] = await sql.atomically([
    { sql: 'update channels set deleted_at = $2 where id = $1 and deleted_at is null', params: [id, now] },
    {
      sql: 'update certification_codes set revoked_at = $2 where channel_id = $1 and revoked_at is null',
      params: [id, now],
    },
    // Its waiting events are not delivered any more, and do not hinder retention.
    ...['lanes', 'owed_events', 'dead_events', 'delivery_counts'].map((table) => ({
      sql: `delete from ${table} where endpoint_id in (select id from endpoints where channel_id = $1)`,
      params: [id],
    })),
    { sql: 'delete from endpoints where channel_id = $1', params: [id] },
    { sql: 'delete from channel_state where channel_id = $1', params: [id] },
    DIRECTORY_CHANGED,
  ])
  return changed === 1
}

/**
 * Adds a certification code: a new one, or the given one. Only its hash is stored, so a new one can be read only in this
 * result. Null when the given one is in use or was: a revoked code does not return.
 */
export async function insertCode(
  sql: Sql,
  channelId: number,
  now: number,
  code: string = newSecret('pc_'),
): Promise<{ id: string; code: string } | null> {
  const id = newId('code', now)
  return (await insertKnownCode(sql, channelId, id, code, now)) ? { id, code } : null
}

/** False when the code is taken. */
export async function insertKnownCode(
  sql: Sql,
  channelId: number,
  id: string,
  code: string,
  now: number,
): Promise<boolean> {
  const [added] = await sql.atomically([
    {
      sql: `insert into certification_codes (id, channel_id, hash, created_at) values ($1, $2, $3, $4)
            on conflict do nothing`,
      params: [id, channelId, sha256(code), now],
    },
    DIRECTORY_CHANGED,
  ])
  return added === 1
}

/** Which of these numbers channels have, or had. */
export async function takenIds(sql: Sql, ids: readonly number[]): Promise<Set<number>> {
  const rows = await Promise.all(
    ids.map((id) => sql.get<{ id: number }>('select id from channels where id = $1', [id])),
  )
  return new Set(rows.flatMap((row) => row?.id ?? []))
}

/** Whose codes these are. Those of nobody are missing. */
export async function codeOwners(
  sql: Sql,
  codes: readonly string[],
): Promise<Map<string, { channelId: number; revoked: boolean }>> {
  const found = new Map<string, { channelId: number; revoked: boolean }>()
  for (const code of new Set(codes)) {
    const row = await sql.get<{ channel_id: number; revoked_at: number | null }>(
      'select channel_id, revoked_at from certification_codes where hash = $1',
      [sha256(code)],
    )
    if (row) found.set(code, { channelId: row.channel_id, revoked: row.revoked_at !== null })
  }
  return found
}

export async function revokeCode(sql: Sql, channelId: number, id: string, now: number): Promise<boolean> {
  const [changed] = await sql.atomically([
    {
      sql: 'update certification_codes set revoked_at = $3 where channel_id = $1 and id = $2 and revoked_at is null',
      params: [channelId, id, now],
    },
    DIRECTORY_CHANGED,
  ])
  return changed === 1
}
