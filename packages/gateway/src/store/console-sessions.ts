import type { Sql } from './sql.ts'

/** Maximum number of sessions. Above it, the oldest end. */
const MOST_SESSIONS = 1_000

export async function keepSession(sql: Sql, session: { id: string; now: number; endsAt: number }): Promise<void> {
  await sql.atomically([
    {
      sql: 'insert into console_sessions (id, created_at, ends_at) values ($1, $2, $3) on conflict (id) do nothing',
      params: [session.id, session.now, session.endsAt],
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

export async function endSession(sql: Sql, id: string): Promise<void> {
  await sql.run('delete from console_sessions where id = $1', [id])
}
