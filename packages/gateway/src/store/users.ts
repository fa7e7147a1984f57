import type { Role } from '../domain/people/role.ts'
import { sameEmail, type User } from '../domain/people/user.ts'
import { sha256, type Vault } from '../platform/secrets.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'

export type UserRow = {
  id: string
  email: string
  name: string
  role: Role
  channels: string | null
  disabled_at: number | null
  password: string | null
  totp_secret: Uint8Array | null
  totp_step: number
  recovery: string
  invitation_ends_at: number | null
  created_at: number
  signed_in_at: number | null
  oidc_subject: string | null
  role_from: User['roleFrom']
}

export const USER_COLUMNS =
  'id, email, name, role, channels, disabled_at, password, totp_secret, totp_step, recovery, invitation_ends_at, created_at, signed_in_at, oidc_subject, role_from'
export const MOST_USERS = 1_000
const PURPOSE = 'totp'

/** What signing in compares. */
export type SignInFacts = {
  user: User
  password: string | null
  totpSecret: Uint8Array | null
  totpStep: number
  /** Hashes of the recovery codes that are left, in hex. */
  recovery: readonly string[]
}

const ms = (value: number | null): number | null => (value === null ? null : Number(value))

export const userOf = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  channels: row.channels === null ? null : (JSON.parse(row.channels) as number[]),
  disabledAt: ms(row.disabled_at),
  hasPassword: row.password !== null,
  isLinked: row.oidc_subject !== null,
  roleFrom: row.role_from,
  invitationEndsAt: ms(row.invitation_ends_at),
  createdAt: Number(row.created_at),
  signedInAt: ms(row.signed_in_at),
})

const factsOf = (row: UserRow, vault: Vault): SignInFacts => ({
  user: userOf(row),
  password: row.password,
  totpSecret: row.totp_secret === null ? null : Buffer.from(vault.open(row.totp_secret, PURPOSE), 'base64'),
  totpStep: Number(row.totp_step),
  recovery: JSON.parse(row.recovery) as string[],
})

export async function allUsers(sql: Sql): Promise<User[]> {
  return (await sql.all<UserRow>(`select ${USER_COLUMNS} from users order by email limit ${MOST_USERS}`)).map(userOf)
}

export async function userById(sql: Sql, id: string): Promise<User | undefined> {
  const row = await sql.get<UserRow>(`select ${USER_COLUMNS} from users where id = $1`, [id])
  return row && userOf(row)
}

export async function signInFacts(sql: Sql, vault: Vault, email: string): Promise<SignInFacts | undefined> {
  const row = await sql.get<UserRow>(`select ${USER_COLUMNS} from users where email = $1`, [sameEmail(email)])
  return row && factsOf(row, vault)
}

/** The user whom a waiting invitation is for. */
export async function invitedBy(sql: Sql, vault: Vault, token: string, now: number): Promise<SignInFacts | undefined> {
  const row = await sql.get<UserRow>(
    `select ${USER_COLUMNS} from users where invitation_hash = $1 and invitation_ends_at > $2 and disabled_at is null`,
    [sha256(token), now],
  )
  return row && factsOf(row, vault)
}

type Invitation = { token: string; totpSecret: Uint8Array; endsAt: number }

/** False when another user has the address. `audit` is written with it. */
export async function insertUser(
  sql: Sql,
  vault: Vault,
  user: Pick<User, 'id' | 'email' | 'name' | 'role' | 'channels' | 'createdAt'>,
  invitation: Invitation,
  audit: Statement,
): Promise<boolean> {
  const taken = await sql.get('select 1 as found from users where email = $1', [user.email])
  if (taken) return false
  const [added] = await sql.atomically([
    {
      sql: `insert into users (id, email, name, role, channels, created_at, updated_at, invitation_hash, invitation_ends_at, totp_secret)
            values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9) on conflict do nothing`,
      params: [
        ...[user.id, user.email, user.name, user.role, jsonOf(user.channels), user.createdAt],
        ...[sha256(invitation.token), invitation.endsAt, sealed(vault, invitation.totpSecret)],
      ],
    },
    audit,
  ])
  return added === 1
}

const sealed = (vault: Vault, secret: Uint8Array): Uint8Array =>
  vault.seal(Buffer.from(secret).toString('base64'), PURPOSE)
const jsonOf = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))

export const endSessions = (userId: string): Statement => ({
  sql: 'delete from console_sessions where user_id = $1',
  params: [userId],
})

type Change = {
  name?: string | undefined
  role?: Role | undefined
  channels?: readonly number[] | null | undefined
  disabledAt?: number | null
}

/** Another role, other channels and an end of the user end the sessions. */
export async function changeUser(
  sql: Sql,
  id: string,
  change: Change,
  now: number,
  audit: Statement,
): Promise<boolean> {
  const sets = ['updated_at = $2']
  const params: SqlValue[] = [id, now]
  const set = (column: string, value: SqlValue | undefined): void => {
    if (value === undefined) return
    params.push(value)
    sets.push(`${column} = $${params.length}`)
  }
  set('name', change.name)
  set('role', change.role)
  set('channels', change.channels === undefined ? undefined : jsonOf(change.channels))
  set('disabled_at', change.disabledAt)
  const ends = change.role !== undefined || change.channels !== undefined || typeof change.disabledAt === 'number'
  const [changed] = await sql.atomically([
    { sql: `update users set ${sets.join(', ')} where id = $1`, params },
    ...(ends ? [endSessions(id)] : []),
    audit,
  ])
  return changed === 1
}

/** A new invitation: the password, the codes, the provider's account and the sessions before it end. */
export async function inviteAgain(
  sql: Sql,
  vault: Vault,
  id: string,
  { token, totpSecret, endsAt }: Invitation,
  now: number,
  audit: Statement,
): Promise<boolean> {
  const [changed] = await sql.atomically([
    {
      sql: `update users set password = null, totp_secret = $3, totp_step = 0, recovery = '[]', updated_at = $2,
              oidc_issuer = null, oidc_subject = null, role_from = 'postern', invitation_hash = $4, invitation_ends_at = $5 where id = $1`,
      params: [id, now, sealed(vault, totpSecret), sha256(token), endsAt],
    },
    endSessions(id),
    audit,
  ])
  return changed === 1
}

export async function removeUser(sql: Sql, id: string, audit: Statement): Promise<boolean> {
  const [gone] = await sql.atomically([
    { sql: 'delete from users where id = $1', params: [id] },
    endSessions(id),
    audit,
  ])
  return gone === 1
}

/** Uses an invitation up. False when it was used meanwhile. */
export async function acceptInvitation(
  sql: Sql,
  accepted: { id: string; token: string; password: string; step: number; recovery: readonly string[]; now: number },
  audit: Statement,
): Promise<boolean> {
  const changed = await sql.run(
    `update users set password = $3, totp_step = $4, recovery = $5, updated_at = $6, signed_in_at = $6,
       invitation_hash = null, invitation_ends_at = null
     where id = $1 and invitation_hash = $2 and invitation_ends_at > $6 and disabled_at is null`,
    [
      accepted.id,
      sha256(accepted.token),
      accepted.password,
      accepted.step,
      JSON.stringify(accepted.recovery),
      accepted.now,
    ],
  )
  if (changed === 1) await sql.atomically([audit])
  return changed === 1
}

/** Uses the code of a step up. False when it, or a later one, was used meanwhile. */
export async function useStep(sql: Sql, id: string, step: number, now: number): Promise<boolean> {
  const sets = 'totp_step = $2, signed_in_at = $3'
  return (await sql.run(`update users set ${sets} where id = $1 and totp_step < $2`, [id, step, now])) === 1
}

/** Uses a recovery code up. False when it was used meanwhile. */
export async function useRecovery(
  sql: Sql,
  id: string,
  { before, after }: { before: readonly string[]; after: readonly string[] },
  now: number,
): Promise<boolean> {
  const params = [id, JSON.stringify(before), JSON.stringify(after), now]
  return (
    (await sql.run('update users set recovery = $3, signed_in_at = $4 where id = $1 and recovery = $2', params)) === 1
  )
}
