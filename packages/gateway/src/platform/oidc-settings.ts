import { oneOf, optional, publicUrl, text, wrong } from './setting-readers.ts'

const ROLES = ['admin', 'operator', 'agent', 'viewer'] as const
type Role = (typeof ROLES)[number]

/** `support=agent, managers=admin` as a map. */
function roleMap(value: string): ReadonlyMap<string, Role> {
  const entries = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): [string, Role] => {
      const at = part.lastIndexOf('=')
      const [group, role] = [part.slice(0, at).trim(), part.slice(at + 1).trim()]
      if (at < 1 || group === '' || !ROLES.includes(role as Role))
        return wrong(`must be pairs such as support=agent, managers=admin with the roles ${ROLES.join(', ')}`)
      return [group, role as Role]
    })
  return new Map(entries)
}

/** The scopes of a sign-in; `openid` makes it one. */
const scopes = (value: string): string =>
  /(^|\s)openid(\s|$)/.test(value) ? value.replace(/\s+/g, ' ') : wrong('must contain openid')

/** The text stays as it is: a slash at its end belongs to the name of the provider. */
function issuer(value: string): string {
  publicUrl(value)
  return /[?#]/.test(value) ? wrong('must have no query') : value
}

/** Sign-in to the console with an account of another service, by OpenID Connect. */
export const OIDC_SETTINGS = {
  oidcIssuer: {
    env: 'OIDC_ISSUER',
    read: optional(issuer),
    fallback: undefined,
    shown: 'unset: no such button',
    help: 'Address of an OpenID Connect provider, for instance https://id.example.com/realms/shop. People sign in to the console with their account there (docs/people.md).',
  },
  oidcClientId: {
    env: 'OIDC_CLIENT_ID',
    read: optional(text),
    fallback: undefined,
    shown: 'unset',
    help: 'The name under which the provider knows this console. Required with OIDC_ISSUER.',
  },
  oidcClientSecret: {
    env: 'OIDC_CLIENT_SECRET',
    read: optional(text),
    fallback: undefined,
    secret: true,
    shown: 'unset: a public client with PKCE alone',
    help: 'The secret that belongs to OIDC_CLIENT_ID.',
  },
  oidcScopes: {
    env: 'OIDC_SCOPES',
    read: scopes,
    fallback: 'openid email profile',
    help: 'What the provider is asked for. Some providers tell groups only when groups is asked for too.',
  },
  oidcRoleClaim: {
    env: 'OIDC_ROLE_CLAIM',
    read: text,
    fallback: 'groups',
    help: 'The claim whose values OIDC_ROLES maps, also a path such as realm_access.roles.',
  },
  oidcRoles: {
    env: 'OIDC_ROLES',
    read: roleMap,
    fallback: new Map() as ReadonlyMap<string, Role>,
    shown: 'empty',
    help: 'Which values of OIDC_ROLE_CLAIM give which role, for instance support=agent, managers=admin. The highest role counts.',
  },
  oidcDefaultRole: {
    env: 'OIDC_DEFAULT_ROLE',
    read: (value: string): Role | undefined => {
      const role = oneOf(['none', ...ROLES])(value)
      return role === 'none' ? undefined : role
    },
    fallback: undefined,
    shown: 'none: only people who were invited, or whose groups give a role, get in',
    help: 'The role of everybody else who has an account at the provider: none, viewer, agent, operator or admin.',
  },
  oidcButton: {
    env: 'OIDC_BUTTON',
    read: optional((value: string) => (value.length <= 60 ? value : wrong('must have at most 60 characters'))),
    fallback: undefined,
    shown: 'Sign in with single sign-on',
    help: 'The text of the button on the sign-in page.',
  },
} as const
