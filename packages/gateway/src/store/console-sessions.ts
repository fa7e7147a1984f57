import { ADMIN_TOKEN_USER, type Principal } from '../domain/people/principal.ts'
import type { Role } from '../domain/people/role.ts'
import type { Sql } from './sql.ts'

/** Maximum number of sessions. Above it, the oldest end. */
const MOST_SESSIONS = 1_000

/** `userId`: undefined for a session of the admin token. */
export async function keepSession(
  sql: Sql,
  session: { id: string; now: number; endsAt: number; userId?: string | undefined },
): Promise<void> {
  await sql.atomically([
    {
      sql: 'insert into console_sessions (id, created_at, ends_at, user_id) values ($1, $2, $3, $4) on conflict (id) do nothing',
      params: [session.id, session.now, session.endsAt, session.userId ?? null],
    },
    { sql: 'delete from console_sessions where ends_at <= $1', params: [session.now] },
    {
      sql: `delete from console_sessions where id in (
              select id from console_sessions order by created_at desc, id desc limit 1000000 offset $1)`,
      params: [MOST_SESSIONS],
    },
  ])
}

/** The end of a session. Undefined when it has ended or never existed. */
export async function endOfSession(sql: Sql, id: string, now: number): Promise<number | undefined> {
  const row = await sql.get<{ ends_at: number }>(
    'select ends_at from console_sessions where id = $1 and ends_at > $2',
    [id, now],
  )
  return row && Number(row.ends_at)
}

export type OpenSession = { endsAt: number; principal: Principal }

/** A session and whose it is. Undefined also when its user is gone or disabled. */
export async function openSession(sql: Sql, id: string, now: number): Promise<OpenSession | undefined> {
  const row = await sql.get<{
    ends_at: number
    user_id: string | null
    id: string | null
    name: string
    role: Role
    channels: string | null
    disabled_at: number | null
  }>(
    `select s.ends_at, s.user_id, u.id, u.name, u.role, u.channels, u.disabled_at
     from console_sessions s left join users u on u.id = s.user_id where s.id = $1 and s.ends_at > $2`,
    [id, now],
  )
  if (!row) return undefined
  const endsAt = Number(row.ends_at)
  if (row.user_id === null) return { endsAt, principal: ADMIN_TOKEN_USER }
  if (row.id === null || row.disabled_at !== null) return undefined
  const channels = row.channels === null ? null : (JSON.parse(row.channels) as number[])
  return { endsAt, principal: { kind: 'user', id: row.id, name: row.name, role: row.role, channels } }
}

export async function endSession(sql: Sql, id: string): Promise<void> {
  await sql.run('delete from console_sessions where id = $1', [id])
}
