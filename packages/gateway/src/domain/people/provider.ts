import { isRecord } from '../../platform/is-record.ts'
import { ROLES, type Role } from './role.ts'
import { sameEmail, type User, userState } from './user.ts'

/** Roles by the values of a claim: a group of the provider, and what its people may do here. */
export type RoleMap = ReadonlyMap<string, Role>

export type ProviderRules = {
  issuer: string
  roleClaim: string
  roles: RoleMap
  /** For people of the provider without such a value. Undefined: only those who were invited get in. */
  defaultRole: Role | undefined
}

/** What the provider says of a person. */
export type Identity = {
  issuer: string
  subject: string
  /** Only when the provider says that it was verified. */
  email: string | undefined
  name: string
  /** The most that the groups give. */
  role: Role | undefined
}

/** Why a person of the provider does not get in. */
export type ProviderRefusal = 'not_invited' | 'email_unverified' | 'disabled' | 'no_role'

export type Entry =
  | { kind: 'refused'; why: ProviderRefusal }
  /** A known person; `role`: the new one, when the groups give another. */
  | { kind: 'known'; user: User; role: Role | undefined }
  /** The first sign-in uses an invitation up. */
  | { kind: 'invited'; user: User }
  | { kind: 'new'; role: Role; email: string }

const MOST_CHARACTERS = 200

/** Reads the claims of an ID token and of the userinfo endpoint. Undefined without a subject that can be kept. */
export function identityOf(claims: Record<string, unknown>, rules: ProviderRules): Identity | undefined {
  const { sub } = claims
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) return undefined
  const email = textOf(claims.email)
  // Some providers say it as a text.
  const isVerified = claims.email_verified === true || claims.email_verified === 'true'
  const isUsable = email !== undefined && /^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,190}$/.test(email)
  return {
    issuer: rules.issuer,
    subject: sub,
    email: isVerified && isUsable ? sameEmail(email) : undefined,
    name: oneLine(textOf(claims.name) ?? textOf(claims.preferred_username) ?? email ?? sub),
    role: roleOf(claimAt(claims, rules.roleClaim), rules.roles) ?? rules.defaultRole,
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, MOST_CHARACTERS + 60) : undefined
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 100)

/** `groups`, or a path such as `realm_access.roles`. A name with dots of its own comes first. */
function claimAt(claims: Record<string, unknown>, name: string): unknown {
  if (name in claims) return claims[name]
  let found: unknown = claims
  for (const part of name.split('.')) found = isRecord(found) ? found[part] : undefined
  return found
}

function roleOf(value: unknown, roles: RoleMap): Role | undefined {
  const values = Array.isArray(value) ? value : [value]
  const given = new Set(values.flatMap((one) => (typeof one === 'string' ? (roles.get(one) ?? []) : [])))
  return ROLES.find((role) => given.has(role))
}

/**
 * Decides what a sign-in by the provider is. A known subject is that user, whatever its address is now. An address
 * counts once: for an invitation that waits, and only when the provider verified it. So nobody gets another's account by
 * an address.
 */
export function entryOf(
  identity: Identity,
  known: { bySubject: User | undefined; byEmail: User | undefined },
  now: number,
  madeUpEmail: string,
): Entry {
  const { bySubject: user, byEmail } = known
  if (user) {
    if (user.disabledAt !== null) return { kind: 'refused', why: 'disabled' }
    if (user.roleFrom === 'postern') return { kind: 'known', user, role: undefined }
    if (identity.role === undefined) return { kind: 'refused', why: 'no_role' }
    return { kind: 'known', user, role: identity.role === user.role ? undefined : identity.role }
  }
  if (byEmail) {
    const state = userState(byEmail, now)
    if (state === 'disabled') return { kind: 'refused', why: 'disabled' }
    return state === 'invited' ? { kind: 'invited', user: byEmail } : { kind: 'refused', why: 'not_invited' }
  }
  if (identity.role === undefined)
    return { kind: 'refused', why: identity.email === undefined ? 'email_unverified' : 'not_invited' }
  return { kind: 'new', role: identity.role, email: identity.email ?? madeUpEmail }
}
