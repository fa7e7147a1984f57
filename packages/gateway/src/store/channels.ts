import type { Channel, CreateChannel, Endpoint, PatchChannel } from '../domain/channels/channel.ts'
import { newHealth, next } from '../domain/channels/endpoint-health.ts'
import { newId, newSecret } from '../platform/ids.ts'
import { sha256, type Vault } from '../platform/secrets.ts'
import { DIRECTORY_CHANGED } from './directory-version.ts'
import {
  HEALTH_COLUMNS,
  hasWaiting,
  healthOf,
  type HealthRow,
  healthValues,
  withCompareAndSet,
} from './endpoint-health.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

/** How long the secret before a rotation keeps signing beside the new one. */
export const SECRET_OVERLAP_MS = 24 * 60 * 60 * 1000

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
  messages_per_second: number
  created_at: number
  updated_at: number
  endpoint_id: number | null
  url: string | null
  secret: Uint8Array | null
  previous_secret: Uint8Array | null
  previous_until: number | null
} & HealthRow

export type CodeRow = { id: string; channelId: number; hash: string; createdAt: number }

const OF_ENDPOINT = HEALTH_COLUMNS.split(', ')
  .map((column) => `e.${column}`)
  .join(', ')

export async function allChannels(sql: Sql, vault: Vault, now: number): Promise<Channel[]> {
  const rows = await sql.all<ChannelRow>(
    `select c.*, e.id as endpoint_id, e.url, e.secret, e.previous_secret, e.previous_until, ${OF_ENDPOINT}
     from channels c left join endpoints e on e.channel_id = c.id
     where c.deleted_at is null order by c.id`,
  )
  return rows.map((row) => readChannel(row, vault, now))
}

function readChannel(row: ChannelRow, vault: Vault, now: number): Channel {
  const secrets: Endpoint['secrets'] = []
  if (row.secret) secrets.push({ value: vault.open(row.secret, 'webhook_secret'), until: null })
  const until = Number(row.previous_until ?? 0)
  if (row.previous_secret && until > now)
    secrets.push({ value: vault.open(row.previous_secret, 'webhook_secret'), until })
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
    messagesPerSecond: row.messages_per_second,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endpoint: row.url === null ? null : { id: row.endpoint_id!, url: row.url, secrets, health: healthOf(row) },
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

// The index decides, not a question before it: two calls may add the same number at once.
const UNLESS_TAKEN = 'on conflict (phone_number_id) where deleted_at is null do nothing'

/** Answers the new channel's id, or null when another channel has this phone number id. */
export async function insertChannel(
  sql: Sql,
  vault: Vault,
  channel: CreateChannel,
  now: number,
  id?: number,
): Promise<number | null> {
  const values: SqlValue[] = [
    channel.name,
    channel.business_phone,
    channel.phone_number_id,
    channel.waba_id,
    vault.seal(channel.access_token, 'access_token'),
    channel.default_language ?? null,
    channel.window_policy ?? 'enforce',
    channel.media_check ?? 'probe',
    channel.media_mode ?? 'link',
    channel.messages_per_second ?? 80,
    now,
    now,
  ]
  const columns =
    'name, business_phone, phone_number_id, waba_id, access_token, default_language, window_policy, media_check, media_mode, messages_per_second, created_at, updated_at'
  const rows = await sql.returning<{ id: number }>(
    id === undefined
      ? `insert into channels (${columns}) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12) ${UNLESS_TAKEN} returning id`
      : `insert into channels (${columns}, id) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) ${UNLESS_TAKEN} returning id`,
    id === undefined ? values : [...values, id],
  )
  if (!rows[0]) return null
  await sql.atomically([DIRECTORY_CHANGED])
  return rows[0].id
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
  set('messages_per_second', patch.messages_per_second)
  const statements: Statement[] = [
    {
      sql: `update channels set ${[...sets, 'updated_at = $2'].join(', ')} where id = $1 and deleted_at is null`,
      params,
    },
    DIRECTORY_CHANGED,
  ]
  await sql.atomically(statements)
}

/** Takes the channel out of service; its messages and events stay until retention removes them. */
export async function deleteChannel(sql: Sql, id: number, now: number): Promise<boolean> {
  const [changed] = await sql.atomically([
    { sql: 'update channels set deleted_at = $2 where id = $1 and deleted_at is null', params: [id, now] },
    {
      sql: 'update certification_codes set revoked_at = $2 where channel_id = $1 and revoked_at is null',
      params: [id, now],
    },
    // What waits for it will not be delivered any more, and is not in retention's way.
    ...['lanes', 'owed_events', 'dead_events', 'delivery_counts'].map((table) => ({
      sql: `delete from ${table} where endpoint_id in (select id from endpoints where channel_id = $1)`,
      params: [id],
    })),
    { sql: 'delete from endpoints where channel_id = $1', params: [id] },
    DIRECTORY_CHANGED,
  ])
  return changed === 1
}

/** Makes a certification code. Only its hash is kept, so this answer is the only time it can be read. */
export async function insertCode(sql: Sql, channelId: number, now: number): Promise<{ id: string; code: string }> {
  const code = newSecret('pc_')
  const id = newId('code', now)
  await insertKnownCode(sql, channelId, id, code, now)
  return { id, code }
}

export async function insertKnownCode(
  sql: Sql,
  channelId: number,
  id: string,
  code: string,
  now: number,
): Promise<void> {
  await sql.atomically([
    {
      sql: 'insert into certification_codes (id, channel_id, hash, created_at) values ($1, $2, $3, $4)',
      params: [id, channelId, sha256(code), now],
    },
    DIRECTORY_CHANGED,
  ])
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

/**
 * Sets where events go and answers the new signing secret, in the form Standard Webhooks gives it. Another URL is one of
 * which nothing is known; the same URL set again is a resume.
 */
export async function setEndpoint(
  sql: Sql,
  vault: Vault,
  channelId: number,
  url: string,
  now: number,
): Promise<string> {
  const secret = newEndpointSecret()
  const sealed = vault.seal(secret, 'webhook_secret')
  return withCompareAndSet(async () => {
    const row = await sql.get<{ url: string } & HealthRow>(
      `select url, ${HEALTH_COLUMNS} from endpoints where channel_id = $1`,
      [channelId],
    )
    const from = row && healthOf(row)
    const to =
      from === undefined
        ? newHealth(now)
        : row!.url === url
          ? next(from, { actor: 'operator', kind: 'resume', at: now, waiting: await hasWaiting(sql, channelId) })
          : next(from, { actor: 'operator', kind: 'replace', at: now })
    const [changed] = await sql.atomically([
      {
        sql: `insert into endpoints (channel_id, url, secret, updated_at, begins_after, ${HEALTH_COLUMNS})
              values ($1, $2, $3, $4, (select coalesce(max(seq), 0) from events), $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
              on conflict (channel_id) do update set url = excluded.url, secret = excluded.secret, previous_secret = null,
                previous_until = null, updated_at = excluded.updated_at, version = excluded.version,
                epoch = excluded.epoch, state = excluded.state, paused_by = excluded.paused_by,
                reason = excluded.reason, since = excluded.since, rests = excluded.rests,
                resting_until = excluded.resting_until, probe = excluded.probe, probe_until = excluded.probe_until
              where endpoints.version = $5`,
        params: [channelId, url, sealed, now, from?.version ?? -1, ...healthValues(to)],
      },
      DIRECTORY_CHANGED,
    ])
    return changed === 1 ? { done: secret } : undefined
  })
}

/** Removes the secrets whose day beside a new one is over. No node has to hear of it: none signs with them any more. */
export async function pruneSecrets(sql: Sql, now: number): Promise<number> {
  return sql.run(
    `update endpoints set previous_secret = null, previous_until = null
     where previous_secret is not null and coalesce(previous_until, 0) <= $1`,
    [now],
  )
}

/** A new secret; the old one signs beside it for a day, so that the receiver can change over in its own time. */
export async function rotateEndpointSecret(
  sql: Sql,
  vault: Vault,
  channelId: number,
  now: number,
): Promise<string | null> {
  const secret = newEndpointSecret()
  const [changed] = await sql.atomically([
    {
      sql: `update endpoints set previous_secret = secret, previous_until = $3, secret = $2, updated_at = $4 where channel_id = $1`,
      params: [channelId, vault.seal(secret, 'webhook_secret'), now + SECRET_OVERLAP_MS, now],
    },
    DIRECTORY_CHANGED,
  ])
  return changed === 1 ? secret : null
}

function newEndpointSecret(): string {
  // Standard Webhooks: whsec_ and base64 of 24 to 64 bytes.
  return `whsec_${Buffer.from(newSecret('', 32), 'base64url').toString('base64')}`
}
