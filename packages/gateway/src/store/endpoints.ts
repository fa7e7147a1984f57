import { type Endpoint, type EndpointFilter, EVERYTHING, kindOf, MOST_ENDPOINTS } from '../domain/channels/endpoint.ts'
import { newHealth, next } from '../domain/channels/endpoint-health.ts'
import { newId, newSecret } from '../platform/ids.ts'
import type { Vault } from '../platform/secrets.ts'
import { DIRECTORY_CHANGED } from './directory-version.ts'
import {
  HEALTH_COLUMNS,
  hasWaiting,
  healthOf,
  type HealthRow,
  healthValues,
  withCompareAndSet,
} from './endpoint-health.ts'
import type { Sql, SqlValue } from './sql.ts'

/** How long the old secret signs beside the new one after a rotation. */
export const SECRET_OVERLAP_MS = 24 * 60 * 60 * 1000

type EndpointRow = {
  id: number
  channel_id: number
  public_id: string
  name: string
  url: string
  format: Endpoint['format']
  filter: string | null
  headers: Uint8Array | null
  password: Uint8Array | null
  slot: number
  secret: Uint8Array
  previous_secret: Uint8Array | null
  previous_until: number | null
  fill_from: number | null
  created_at: number
} & HealthRow

/** The endpoints of all channels, each channel's oldest first. */
export async function allEndpoints(sql: Sql, vault: Vault, now: number): Promise<Endpoint[]> {
  const rows = await sql.all<EndpointRow>(
    `select id, channel_id, public_id, name, url, format, filter, headers, password, slot, secret, previous_secret,
       previous_until, fill_from, created_at, ${HEALTH_COLUMNS}
     from endpoints where channel_id in (select id from channels where deleted_at is null) order by id`,
  )
  return rows.map((row) => readEndpoint(row, vault, now))
}

function readEndpoint(row: EndpointRow, vault: Vault, now: number): Endpoint {
  const secrets: Endpoint['secrets'] = [{ value: vault.open(row.secret, 'webhook_secret'), until: null }]
  const until = Number(row.previous_until ?? 0)
  if (row.previous_secret && until > now)
    secrets.push({ value: vault.open(row.previous_secret, 'webhook_secret'), until })
  return {
    id: row.id,
    channelId: row.channel_id,
    publicId: row.public_id,
    name: row.name,
    url: row.url,
    password: row.password && vault.open(row.password, 'endpoint_password'),
    kind: kindOf(row.url),
    format: row.format,
    filter: row.filter === null ? EVERYTHING : (JSON.parse(row.filter) as EndpointFilter),
    headers:
      row.headers === null ? {} : (JSON.parse(vault.open(row.headers, 'endpoint_headers')) as Record<string, string>),
    slot: row.slot,
    secrets,
    health: healthOf(row),
    filling: row.fill_from !== null,
    createdAt: row.created_at,
  }
}

/** Slots are given in turn. There are more slots than endpoints, so that a freed slot is not reused at once. */
const SLOTS = 30

export type NewEndpoint = {
  name: string
  /** A password in it is encrypted and stored separately. */
  url: string
  format?: Endpoint['format'] | undefined
  filter?: EndpointFilter | undefined
  headers?: Record<string, string> | undefined
  /** The place of an event: events from it on are delivered first (see `fillEndpoint`). */
  fromSeq?: number | undefined
  /** A secret of the operator's; default: a new one. */
  secret?: string | undefined
}

export type Inserted =
  { ok: true; id: number; publicId: string; secret: string } | { ok: false; problem: 'too_many' | 'no_channel' }

/** Adds an endpoint to a channel. It gets the events that are stored from now on. The secret is shown only once. */
export function insertEndpoint(
  sql: Sql,
  vault: Vault,
  channelId: number,
  endpoint: NewEndpoint,
  now: number,
): Promise<Inserted> {
  return insertAmong(sql, vault, channelId, endpoint, now, MOST_ENDPOINTS - 1)
}

/** Inserts while the channel has at most `others`. When two calls choose the same slot, the second tries again. */
async function insertAmong(
  sql: Sql,
  vault: Vault,
  channelId: number,
  endpoint: NewEndpoint,
  now: number,
  others: number,
): Promise<Inserted> {
  const { secret = newEndpointSecret() } = endpoint
  const publicId = newId('ep', now)
  const { url, password } = splitPassword(endpoint.url)
  const health = newHealth(now)
  return withCompareAndSet<Inserted>(async () => {
    const channel = await sql.get<{ given: number }>(
      'select slots_given as given from channels where id = $1 and deleted_at is null',
      [channelId],
    )
    if (!channel) return { done: { ok: false, problem: 'no_channel' } }
    const taken = await sql.all<{ slot: number }>('select slot from endpoints where channel_id = $1', [channelId])
    if (taken.length > others) return { done: { ok: false, problem: 'too_many' } }
    const slot = nextSlot(channel.given, new Set(taken.map((row) => row.slot)))
    const [, inserted] = await sql.atomically([
      // The row's lock serializes concurrent inserts, so that the count below is right.
      { sql: 'update channels set slots_given = $2 where id = $1', params: [channelId, slot + 1] },
      {
        sql: `insert into endpoints (channel_id, public_id, name, url, password, format, filter, headers, slot, secret,
                created_at, updated_at, fill_from, begins_after, ${HEALTH_COLUMNS})
              select c.id, $2, $3, $4, $5, ${formatOn('c.compatibility', '$6')}, $7, $8, $9, $10, $11, $11, $12,
                (select coalesce(max(seq), 0) from events), $13, $14, $15, $16, $17, $18, $19, $20, $21, $22
              from channels c where c.id = $1 and c.deleted_at is null
                and (select count(*) from endpoints where channel_id = $1) <= $23
              on conflict (channel_id, slot) do nothing`,
        params: [
          ...[channelId, publicId, endpoint.name, url, seal(vault, password, 'endpoint_password')],
          ...[endpoint.format ?? 'postern', filterText(endpoint.filter), headersText(vault, endpoint.headers), slot],
          ...[vault.seal(secret, 'webhook_secret'), now, endpoint.fromSeq ?? null],
          ...[...healthValues(health), others],
        ],
      },
      DIRECTORY_CHANGED,
    ])
    if (inserted !== 1) return undefined
    const row = await sql.get<{ id: number }>('select id from endpoints where public_id = $1', [publicId])
    // A removal in between is impossible: no caller has its id yet.
    return { done: row ? { ok: true, id: row.id, publicId, secret } : { ok: false, problem: 'no_channel' } }
  })
}

/** The first free slot after the last given one. */
function nextSlot(given: number, taken: ReadonlySet<number>): number {
  for (let i = 0; i < SLOTS; i++) {
    const slot = (given + i) % SLOTS
    if (!taken.has(slot)) return slot
  }
  throw new Error('a channel has more endpoints than slots')
}

export type EndpointPatch = {
  name?: string | undefined
  url?: string | undefined
  format?: Endpoint['format'] | undefined
  filter?: EndpointFilter | undefined
  headers?: Record<string, string> | undefined
  state?: 'active' | 'paused' | undefined
}

/**
 * Changes an endpoint. Another URL starts without known problems; a state follows the health's rules. A filter applies
 * to events that are stored from now on. False when the endpoint is gone.
 */
export function patchEndpoint(
  sql: Sql,
  vault: Vault,
  endpointId: number,
  patch: EndpointPatch,
  now: number,
): Promise<boolean> {
  return withCompareAndSet(async () => {
    const row = await sql.get<{ url: string } & HealthRow>(
      `select url, ${HEALTH_COLUMNS} from endpoints where id = $1`,
      [endpointId],
    )
    if (!row) return { done: false }
    const from = healthOf(row)
    const split = patch.url === undefined ? undefined : splitPassword(patch.url)
    let to = from
    if (split && split.url !== row.url) to = next(to, { actor: 'operator', kind: 'replace', at: now })
    if (patch.state === 'paused') to = next(to, { actor: 'operator', kind: 'pause', at: now })
    if (patch.state === 'active')
      to = next(to, { actor: 'operator', kind: 'resume', at: now, waiting: await hasWaiting(sql, endpointId) })
    const params: SqlValue[] = [endpointId, from.version, now, ...healthValues(to)]
    const sets: string[] = []
    const set = (column: string, value: SqlValue): void => {
      params.push(value)
      sets.push(`, ${column} = $${params.length}`)
    }
    if (patch.name !== undefined) set('name', patch.name)
    if (patch.format !== undefined) {
      params.push(patch.format)
      const channel = '(select compatibility from channels where channels.id = endpoints.channel_id)'
      sets.push(`, format = ${formatOn(channel, `$${params.length}`)}`)
    }
    if (patch.filter !== undefined) set('filter', filterText(patch.filter))
    if (patch.headers !== undefined) set('headers', headersText(vault, patch.headers))
    if (split) {
      set('url', split.url)
      set('password', seal(vault, split.password, 'endpoint_password'))
    }
    const [changed] = await sql.atomically([
      {
        sql: `update endpoints set updated_at = $3, version = $4, epoch = $5, state = $6, paused_by = $7, reason = $8,
                since = $9, rests = $10, resting_until = $11, probe = $12, probe_until = $13${sets.join('')}
              where id = $1 and version = $2`,
        params,
      },
      DIRECTORY_CHANGED,
    ])
    return changed === 1 ? { done: true } : undefined
  })
}

/**
 * Sets the URL of a channel's first endpoint, and returns its new signing secret. Another URL starts without known
 * problems; the same URL set again is a resume.
 */
export function setWebhook(sql: Sql, vault: Vault, channelId: number, url: string, now: number): Promise<string> {
  return withCompareAndSet(async () => {
    const row = await sql.get<{ id: number; url: string } & HealthRow>(
      `select id, url, ${HEALTH_COLUMNS} from endpoints where channel_id = $1 order by id limit 1`,
      [channelId],
    )
    if (!row) {
      const inserted = await insertAmong(sql, vault, channelId, { name: 'webhook', url }, now, 0)
      if (inserted.ok) return { done: inserted.secret }
      if (inserted.problem === 'no_channel') throw new Error(`channel ${channelId} is gone`)
      return undefined
    }
    const from = healthOf(row)
    const to =
      row.url === url
        ? next(from, { actor: 'operator', kind: 'resume', at: now, waiting: await hasWaiting(sql, row.id) })
        : next(from, { actor: 'operator', kind: 'replace', at: now })
    const secret = newEndpointSecret()
    const [changed] = await sql.atomically([
      {
        sql: `update endpoints set url = $3, password = null, secret = $4, previous_secret = null, previous_until = null,
                updated_at = $5, version = $6, epoch = $7, state = $8, paused_by = $9, reason = $10, since = $11,
                rests = $12, resting_until = $13, probe = $14, probe_until = $15
              where id = $1 and version = $2`,
        params: [row.id, from.version, url, vault.seal(secret, 'webhook_secret'), now, ...healthValues(to)],
      },
      DIRECTORY_CHANGED,
    ])
    return changed === 1 ? { done: secret } : undefined
  })
}

/** Rows that belong to an endpoint. A node with old data may leave a row behind: see `removeLeftovers`. */
const OF_ENDPOINT = [
  { table: 'lanes', key: 'contact_id' },
  { table: 'owed_events', key: 'seq' },
  { table: 'dead_events', key: 'seq' },
  { table: 'delivery_counts', key: 'shard' },
  { table: 'endpoint_answers', key: 'endpoint_id' },
] as const
const ROWS_AT_ONCE = 500

/** Removes an endpoint with all its waiting events. False when it is gone already. */
export async function deleteEndpoint(sql: Sql, endpointId: number): Promise<boolean> {
  const [changed] = await sql.atomically([
    { sql: 'delete from endpoints where id = $1', params: [endpointId] },
    DIRECTORY_CHANGED,
  ])
  await removeRows(sql, endpointId)
  return changed === 1
}

/** Removes an endpoint as long as it has this URL: after a change by somebody else it is theirs. */
export async function deleteEndpointAt(sql: Sql, endpointId: number, url: string): Promise<boolean> {
  const [changed] = await sql.atomically([
    { sql: 'delete from endpoints where id = $1 and url = $2', params: [endpointId, url] },
    DIRECTORY_CHANGED,
  ])
  if (changed === 1) await removeRows(sql, endpointId)
  return changed === 1
}

/** Removes the endpoints of a channel whose URL is like this. Returns their number. */
export async function deleteEndpointsLike(sql: Sql, channelId: number, pattern: string): Promise<number> {
  const rows = await sql.all<{ id: number; url: string }>(
    'select id, url from endpoints where channel_id = $1 and url like $2',
    [channelId, pattern],
  )
  for (const { id, url } of rows) await deleteEndpointAt(sql, id, url)
  return rows.length
}

/** In pieces, so that no commit waits behind all of them. */
async function removeRows(sql: Sql, endpointId: number): Promise<number> {
  let gone = 0
  for (const { table, key } of OF_ENDPOINT) {
    for (let some = ROWS_AT_ONCE; some === ROWS_AT_ONCE; gone += some)
      some = await sql.run(
        `delete from ${table} where endpoint_id = $1 and ${key} in (
           select ${key} from ${table} where endpoint_id = $1 order by ${key} limit ${ROWS_AT_ONCE})`,
        [endpointId],
      )
  }
  return gone
}

/** Removes rows of removed endpoints: after an interrupted removal, or from a node with old data. */
export async function removeLeftovers(sql: Sql): Promise<number> {
  let gone = 0
  for (const { table } of OF_ENDPOINT) {
    // Skips from endpoint to endpoint over the key, so that a million rows cost no more than one.
    const ids = await sql.all<{ id: number }>(
      `with recursive hop (id) as (
         select min(endpoint_id) from ${table}
         union all
         select (select min(endpoint_id) from ${table} where endpoint_id > hop.id) from hop where hop.id is not null
       )
       select id from hop where id is not null and id not in (select id from endpoints)`,
    )
    for (const { id } of ids) gone += await removeRows(sql, id)
  }
  return gone
}

/**
 * Lists and logs must not show a password. A password in a web address stays, because it is refused elsewhere. Parsed
 * by hand, because the URL parser refuses several hosts with ports.
 */
function splitPassword(text: string): { url: string; password: string | null } {
  const match = kindOf(text) === 'http' ? null : /^([a-z]+:\/\/[^:@/?#]*):([^/?#]*)@(.*)$/is.exec(text)
  return match ? { url: `${match[1]}@${match[3]}`, password: match[2]! } : { url: text, password: null }
}

/** An endpoint's URL for a client. */
export function wholeUrl({ url, password }: Pick<Endpoint, 'url' | 'password'>): string {
  return password === null ? url : url.replace('@', () => `:${password}@`)
}

/** SQL of the format of an endpoint on a channel with this compatibility. */
export const formatOn = (compatibility: string, chosen: string): string =>
  `case when ${compatibility} = 'page' and ${chosen} = 'postern' then 'page' else ${chosen} end`

function filterText(filter: EndpointFilter | undefined): string | null {
  if (!filter || (filter.events === null && filter.types === null && filter.statuses === null)) return null
  return JSON.stringify({ events: filter.events, types: filter.types, statuses: filter.statuses })
}

/** Header names are case-insensitive: they are stored in lower case, so that none appears twice in a request. */
function headersText(vault: Vault, headers: Record<string, string> = {}): Uint8Array | null {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return entries.length === 0 ? null : vault.seal(JSON.stringify(Object.fromEntries(entries)), 'endpoint_headers')
}

const seal = (vault: Vault, text: string | null, purpose: string): Uint8Array | null =>
  text === null ? null : vault.seal(text, purpose)

/** Deletes expired secrets of rotations. No notification is needed: no node signs with them any more. */
export async function pruneSecrets(sql: Sql, now: number): Promise<number> {
  return sql.run(
    `update endpoints set previous_secret = null, previous_until = null
     where previous_secret is not null and coalesce(previous_until, 0) <= $1`,
    [now],
  )
}

/**
 * Creates a new secret; the old one signs beside it for a day, so that the receiver can change over in its own time.
 */
export async function rotateSecret(sql: Sql, vault: Vault, endpointId: number, now: number): Promise<string | null> {
  const secret = newEndpointSecret()
  const [changed] = await sql.atomically([
    {
      sql: `update endpoints set previous_secret = secret, previous_until = $3, secret = $2, updated_at = $4 where id = $1`,
      params: [endpointId, vault.seal(secret, 'webhook_secret'), now + SECRET_OVERLAP_MS, now],
    },
    DIRECTORY_CHANGED,
  ])
  return changed === 1 ? secret : null
}

export function newEndpointSecret(): string {
  // Standard Webhooks: whsec_ and Base64 of 24 to 64 bytes.
  return `whsec_${Buffer.from(newSecret('', 32), 'base64url').toString('base64')}`
}
