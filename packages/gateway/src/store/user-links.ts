import type { Role } from '../domain/people/role.ts'
import { sameEmail, type User } from '../domain/people/user.ts'
import type { Sql, Statement } from './sql.ts'
import { endSessions, USER_COLUMNS, userOf, type UserRow } from './users.ts'

/** An account at an OpenID Connect provider. */
export type Account = { issuer: string; subject: string }

export async function userByAccount(sql: Sql, { issuer, subject }: Account): Promise<User | undefined> {
  const row = await sql.get<UserRow>(`select ${USER_COLUMNS} from users where oidc_subject = $1 and oidc_issuer = $2`, [
    subject,
    issuer,
  ])
  return row && userOf(row)
}

export async function userByEmail(sql: Sql, email: string): Promise<User | undefined> {
  const row = await sql.get<UserRow>(`select ${USER_COLUMNS} from users where email = $1`, [sameEmail(email)])
  return row && userOf(row)
}

/** Uses an invitation up for an account. False when it was used, or the account linked, meanwhile. */
export async function linkInvited(
  sql: Sql,
  linked: Account & { id: string; now: number },
  audit: Statement,
): Promise<boolean> {
  const changed = await sql.run(
    `update users set oidc_issuer = $2, oidc_subject = $3, updated_at = $4, signed_in_at = $4, totp_secret = null,
       invitation_hash = null, invitation_ends_at = null
     where id = $1 and invitation_ends_at > $4 and password is null and oidc_subject is null and disabled_at is null`,
    [linked.id, linked.issuer, linked.subject, linked.now],
  )
  if (changed === 1) await sql.atomically([audit])
  return changed === 1
}

/** A person whose role the provider gives. False when the address or the account has a user already. */
export async function insertLinked(
  sql: Sql,
  user: Account & Pick<User, 'id' | 'email' | 'name' | 'role' | 'createdAt'>,
  audit: Statement,
): Promise<boolean> {
  const taken = await sql.get(
    'select 1 as found from users where email = $1 or (oidc_subject = $2 and oidc_issuer = $3)',
    [user.email, user.subject, user.issuer],
  )
  if (taken) return false
  const [added] = await sql.atomically([
    {
      sql: `insert into users (id, email, name, role, created_at, updated_at, signed_in_at, oidc_issuer, oidc_subject, role_from)
            values ($1, $2, $3, $4, $5, $5, $5, $6, $7, 'provider') on conflict do nothing`,
      params: [user.id, user.email, user.name, user.role, user.createdAt, user.issuer, user.subject],
    },
    audit,
  ])
  return added === 1
}

/** Notes a sign-in. Another role ends the sessions that were opened with the one before. */
export async function signedInByAccount(
  sql: Sql,
  { id, role, now }: { id: string; role: Role | undefined; now: number },
  audit: readonly Statement[],
): Promise<void> {
  await sql.atomically([
    role === undefined
      ? { sql: 'update users set signed_in_at = $2 where id = $1', params: [id, now] }
      : {
          sql: 'update users set signed_in_at = $2, updated_at = $2, role = $3 where id = $1',
          params: [id, now, role],
        },
    ...(role === undefined ? [] : [endSessions(id)]),
    ...audit,
  ])
}
