import type { KeyScopes } from './key-scopes.ts'
import { LEAST_ROLE, type Right, type Role, roleHas } from './role.ts'

/** Who makes a call. */
export type Principal =
  | { kind: 'token'; id: 'admin_token'; name: string; role: 'admin'; channels: null }
  | { kind: 'user'; id: string; name: string; role: Role; channels: readonly number[] | null }
  | { kind: 'key'; id: string; name: string; role: null; channels: readonly number[] | null; scopes: KeyScopes }

export const ADMIN_TOKEN_USER: Principal = {
  kind: 'token',
  id: 'admin_token',
  name: 'ADMIN_TOKEN',
  role: 'admin',
  channels: null,
}

/** Whose sign-in failed, for the audit log. */
export const NOBODY = { kind: 'unknown', id: 'unknown', name: '', role: null } as const

/** What a call asks for. */
export type Wish = { method: string; path: string; right: Right }

/** Why a principal may not make a call. */
export type Refusal = { reason: 'role_needed'; needed: Role; role: Role } | { reason: 'out_of_scope'; problem: string }

/** Decides whether a principal may call a route. Undefined: it may. The channel is judged apart: see `channelRefusal`. */
export function refusalOf(principal: Principal, wish: Wish): Refusal | undefined {
  if (principal.kind === 'key') return keyRefusal(principal.scopes, wish)
  const { role } = principal
  return roleHas(role, wish.right) ? undefined : { reason: 'role_needed', needed: LEAST_ROLE[wish.right], role }
}

function keyRefusal(scopes: KeyScopes, { method, path, right }: Wish): Refusal | undefined {
  if (scopes.read_only && method !== 'GET')
    return { reason: 'out_of_scope', problem: `The API key may only read, and ${method} changes something.` }
  if (!scopes.routes.some((pattern) => matchesRoute(pattern, method, path)))
    return { reason: 'out_of_scope', problem: `The routes of the API key do not have ${method} ${path}.` }
  if (right === 'administer' && !scopes.routes.some((pattern) => namesRoute(pattern, path)))
    return {
      reason: 'out_of_scope',
      problem: `${method} ${path} needs the role admin: a key reaches it only when its routes name it without *.`,
    }
  return undefined
}

/** `GET /external/x`, `/external/x`, `/external/*`: without a method, all of them; `*` is anything from there on. */
export function matchesRoute(pattern: string, method: string, path: string): boolean {
  const [only, at] = partsOf(pattern)
  if (only !== undefined && only !== method) return false
  return at.endsWith('*') ? path.startsWith(at.slice(0, -1)) : at === path
}

const namesRoute = (pattern: string, path: string): boolean => partsOf(pattern)[1] === path

function partsOf(pattern: string): [method: string | undefined, path: string] {
  const space = pattern.indexOf(' ')
  return space < 0 ? [undefined, pattern] : [pattern.slice(0, space), pattern.slice(space + 1)]
}

/** Whether a principal may touch this channel. */
export const hasChannel = ({ channels }: Pick<Principal, 'channels'>, channelId: number): boolean =>
  channels === null || channels.includes(channelId)
