import type { Channel, CreateChannel, Endpoint, PatchChannel } from '../channels/channel.ts'
import { newId, newSecret } from '../ids.ts'
import { sha256, type Vault } from '../secrets.ts'
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
  url: string | null
  secret: Uint8Array | null
  previous_secret: Uint8Array | null
  previous_until: number | null
  state: Endpoint['state'] | null
  reason: string | null
}

export type CodeRow = { id: string; channelId: number; hash: string; createdAt: number }

// Every change of what nodes cache bumps this number; a node that sees another number reads all of it again.
const BUMP: Statement = {
  sql: `insert into meta (name, value) values ('directory', '1')
        on conflict (name) do update set value = cast(cast(meta.value as integer) + 1 as text)`,
}

export async function directoryVersion(sql: Sql): Promise<string> {
  return (await sql.get<{ value: string }>(`select value from meta where name = 'directory'`))?.value ?? '0'
}

export async function allChannels(sql: Sql, vault: Vault, now: number): Promise<Channel[]> {
  const rows = await sql.all<ChannelRow>(
    `select c.*, e.url, e.secret, e.previous_secret, e.previous_until, e.state, e.reason
     from channels c left join endpoints e on e.channel_id = c.id
     where c.deleted_at is null order by c.id`,
  )
  return rows.map((row) => readChannel(row, vault, now))
}

function readChannel(row: ChannelRow, vault: Vault, now: number): Channel {
  const secrets: string[] = []
  if (row.secret) secrets.push(vault.open(row.secret, 'webhook_secret'))
  if (row.previous_secret && (row.previous_until ?? 0) > now)
    secrets.push(vault.open(row.previous_secret, 'webhook_secret'))
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
    endpoint: row.url === null ? null : { url: row.url, secrets, state: row.state ?? 'active', reason: row.reason },
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
  await sql.atomically([BUMP])
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
    BUMP,
  ]
  if (patch.webhook_state !== undefined) {
    statements.push({
      sql: `update endpoints set state = $2, reason = $3, resting_until = null, rests = 0, updated_at = $4 where channel_id = $1`,
      params: [id, patch.webhook_state, patch.webhook_state === 'paused' ? 'paused by an operator' : null, now],
    })
  }
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
    { sql: 'delete from endpoints where channel_id = $1', params: [id] },
    { sql: 'update lanes set due_at = null, holder = null where channel_id = $1', params: [id] },
    BUMP,
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
    BUMP,
  ])
}

export async function revokeCode(sql: Sql, channelId: number, id: string, now: number): Promise<boolean> {
  const [changed] = await sql.atomically([
    {
      sql: 'update certification_codes set revoked_at = $3 where channel_id = $1 and id = $2 and revoked_at is null',
      params: [channelId, id, now],
    },
    BUMP,
  ])
  return changed === 1
}

/** Sets where events go and answers the new signing secret, in the form Standard Webhooks gives it. */
export async function setEndpoint(
  sql: Sql,
  vault: Vault,
  channelId: number,
  url: string,
  now: number,
): Promise<string> {
  const secret = newWebhookSecret()
  await sql.atomically([
    {
      sql: `insert into endpoints (channel_id, url, secret, state, updated_at) values ($1, $2, $3, 'active', $4)
            on conflict (channel_id) do update set url = excluded.url, secret = excluded.secret, previous_secret = null,
              previous_until = null, state = 'active', resting_until = null, rests = 0, reason = null, updated_at = excluded.updated_at`,
      params: [channelId, url, vault.seal(secret, 'webhook_secret'), now],
    },
    BUMP,
  ])
  return secret
}

/** A new secret; the old one signs beside it for a day, so that the receiver can change over in its own time. */
export async function rotateEndpointSecret(
  sql: Sql,
  vault: Vault,
  channelId: number,
  now: number,
): Promise<string | null> {
  const secret = newWebhookSecret()
  const [changed] = await sql.atomically([
    {
      sql: `update endpoints set previous_secret = secret, previous_until = $3, secret = $2, updated_at = $4 where channel_id = $1`,
      params: [channelId, vault.seal(secret, 'webhook_secret'), now + SECRET_OVERLAP_MS, now],
    },
    BUMP,
  ])
  return changed === 1 ? secret : null
}

export async function setEndpointState(
  sql: Sql,
  channelId: number,
  change: { state: Endpoint['state']; restingUntil: number | null; rests: number; reason: string | null },
  now: number,
): Promise<void> {
  await sql.atomically([
    {
      sql: `update endpoints set state = $2, resting_until = $3, rests = $4, reason = $5, updated_at = $6 where channel_id = $1`,
      params: [channelId, change.state, change.restingUntil, change.rests, change.reason, now],
    },
    BUMP,
  ])
}

function newWebhookSecret(): string {
  // Standard Webhooks: whsec_ and base64 of 24 to 64 bytes.
  return `whsec_${Buffer.from(newSecret('', 32), 'base64url').toString('base64')}`
}
