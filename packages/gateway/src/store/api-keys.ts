import type { KeyScopes } from '../domain/people/key-scopes.ts'
import { sha256 } from '../platform/secrets.ts'
import { DIRECTORY_CHANGED } from './directory-version.ts'
import type { Sql, Statement } from './sql.ts'

export type KeyRow = {
  id: string
  name: string
  /** The first characters, by which people recognise it. */
  prefix: string
  hash: string
  scopes: KeyScopes
  createdBy: string
  createdAt: number
  lastUsedAt: number | null
}

export const MOST_KEYS = 1_000

/** All keys that are not revoked. */
export async function allKeys(sql: Sql): Promise<KeyRow[]> {
  const rows = await sql.all<{
    id: string
    name: string
    prefix: string
    hash: Uint8Array
    scopes: string
    created_by: string
    created_at: number
    last_used_at: number | null
  }>(
    `select id, name, prefix, hash, scopes, created_by, created_at, last_used_at from api_keys
     where revoked_at is null order by id limit ${MOST_KEYS}`,
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    hash: Buffer.from(row.hash).toString('hex'),
    scopes: JSON.parse(row.scopes) as KeyScopes,
    createdBy: row.created_by,
    createdAt: Number(row.created_at),
    lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
  }))
}

/** `audit` is written with it. */
export async function insertKey(
  sql: Sql,
  key: { id: string; name: string; prefix: string; secret: string; scopes: KeyScopes; createdBy: string; now: number },
  audit: Statement,
): Promise<void> {
  await sql.atomically([
    {
      sql: `insert into api_keys (id, name, prefix, hash, scopes, created_by, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      params: [
        ...[key.id, key.name, key.prefix, sha256(key.secret), JSON.stringify(key.scopes), key.createdBy, key.now],
        key.scopes.expiresAt,
      ],
    },
    audit,
    DIRECTORY_CHANGED,
  ])
}

export async function revokeKey(sql: Sql, id: string, now: number, audit: Statement): Promise<boolean> {
  const [changed] = await sql.atomically([
    { sql: 'update api_keys set revoked_at = $2 where id = $1 and revoked_at is null', params: [id, now] },
    audit,
    DIRECTORY_CHANGED,
  ])
  return changed === 1
}

/** When keys were last used: never earlier than what another node wrote. */
export async function keepUses(sql: Sql, uses: ReadonlyMap<string, number>): Promise<void> {
  await sql.atomically(
    [...uses].map(([id, at]) => ({
      sql: 'update api_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2)',
      params: [id, at],
    })),
  )
}
