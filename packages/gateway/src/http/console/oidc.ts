import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sha256, type Vault } from '../../platform/secrets.ts'
import { type Entry, entryOf, type Identity, identityOf, type ProviderRules } from '../../domain/people/provider.ts'
import { NOBODY, type Principal } from '../../domain/people/principal.ts'
import { GatewayError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { isRecord } from '../../platform/is-record.ts'
import type { Log } from '../../platform/log.ts'
import { ProviderProblem } from '../../platform/oidc/problem.ts'
import type { Begun, Provider } from '../../platform/oidc/provider.ts'
import { insertLinked, linkInvited, signedInByAccount, userByAccount, userByEmail } from '../../store/user-links.ts'
import type { Statement } from '../../store/sql.ts'
import { type PeopleDeps, principalOf } from './people.ts'

/** The console's sign-in with an account of an OpenID Connect provider. */
export type OidcOptions = {
  provider: Provider
  rules: ProviderRules
  /** The text of the button. Undefined: the page's own. */
  button: string | undefined
  publicUrl: string | undefined
  log: Log
}

/** What the sign-in page shows. */
export const shownProvider = (oidc: OidcOptions | undefined): Record<string, unknown> =>
  oidc ? { oidc: { button: oidc.button ?? null, host: oidc.provider.host } } : {}

const START = '/console/oidc/start'
const BACK = '/console/oidc/callback'
const COOKIE = 'postern_oidc'
const PURPOSE = 'oidc sign-in'
/** Long enough for a password and a code at the provider. */
const MOST_MS = 10 * 60_000
const MOST_COOKIE = 3_000
const MOST_URL = 8_000

/** Why a sign-in did not succeed, as the page's address names it. */
type Why = Extract<Entry, { kind: 'refused' }>['why'] | 'away' | 'denied' | 'untrusted' | 'expired' | 'too_many'

type Deps = Pick<PeopleDeps, 'sql' | 'vault' | 'clock' | 'audit' | 'guard'> & {
  addressOf: (request: FastifyRequest) => string
  /** Opens the session. `rows` are in the audit log already. */
  signIn: (request: FastifyRequest, reply: FastifyReply, by: Principal) => Promise<unknown>
}

class Refused extends Error {
  readonly why: Why
  readonly by: Parameters<Deps['audit']['statement']>[1]
  readonly after: Record<string, unknown> | null

  constructor(why: Why, by: Refused['by'] = NOBODY, after: Refused['after'] = null) {
    super(why)
    this.why = why
    this.by = by
    this.after = after
  }
}

/**
 * The start of a sign-in and the return from the provider, both by links of the browser. What must be the same at both
 * is in a sealed cookie, which is Lax because the return comes from another site. The session's own cookie stays Strict.
 */
export function addOidc(app: FastifyInstance, oidc: OidcOptions, deps: Deps): void {
  const { provider, log } = oidc
  const { audit, guard, addressOf, clock } = deps
  const cookies = createCookies(deps.vault, () => clock.now())

  const lead = (reply: FastifyReply, why: Why): FastifyReply => reply.redirect(`/#/sign-in/${why}`, 302)
  const isLimit = (error: unknown): boolean => error instanceof GatewayError && error.reason === 'rate_limited'

  let noted: unknown
  /** A problem that is answered again from memory is noted once. */
  function note(error: unknown): void {
    if (!(error instanceof ProviderProblem) || error === noted) return
    noted = error
    log.warn({ kind: error.kind, problem: error.message }, 'oidc.failed')
  }

  async function refused(request: FastifyRequest, reply: FastifyReply, error: unknown): Promise<FastifyReply> {
    const { why, by, after } = refusalOf(error)
    const row = audit.statement(request, by, { action: 'signIn', kind: 'sign_in', outcome: why, after })
    try {
      return await guard.wrong(addressOf(request), new GatewayError('sign_in_failed'), row)
    } catch (told) {
      if (!(told instanceof GatewayError)) throw told
      return lead(reply, isLimit(told) ? 'too_many' : why)
    }
  }

  app.get(START, async (request, reply) => {
    try {
      await guard.mayTry(addressOf(request))
      const { begun, url } = await provider.begin(redirectUriOf(request, oidc.publicUrl))
      reply.header('set-cookie', cookies.keep(begun, request.protocol === 'https'))
      return reply.redirect(url, 302)
    } catch (error) {
      note(error)
      // Nobody has tried to sign in yet, so there is nothing to record.
      return lead(reply, isLimit(error) ? 'too_many' : refusalOf(error).why)
    }
  })

  app.get(BACK, async (request, reply) => {
    try {
      await guard.mayTry(addressOf(request))
      const begun = cookies.read(request.headers.cookie)
      // Once: whatever comes of it, this return is over.
      reply.header('set-cookie', cookies.end(request.protocol === 'https'))
      const { state } = request.query as { state?: unknown }
      if (!begun || state !== begun.state || request.url.length > MOST_URL) throw new Refused('expired')
      const claims = await provider.finish(begun, request.url.slice(request.url.indexOf('?')))
      await deps.signIn(request, reply, await entered(oidc.rules, claims, request, deps))
      return reply.redirect('/', 302)
    } catch (error) {
      note(error)
      return isLimit(error) ? lead(reply, 'too_many') : refused(request, reply, error)
    }
  })
}

/** Errors that are no refusals, such as those of the store, are thrown on. */
function refusalOf(error: unknown): Refused {
  if (error instanceof Refused) return error
  if (!(error instanceof ProviderProblem)) throw error
  return new Refused(({ away: 'away', refused: 'denied', wrong: 'untrusted' } as const)[error.kind])
}

/** Finds, links or makes the user of these claims. Throws `Refused`. */
async function entered(
  rules: ProviderRules,
  claims: Record<string, unknown>,
  request: FastifyRequest,
  { sql, clock, audit }: Deps,
): Promise<Principal> {
  const identity = identityOf(claims, rules)
  if (!identity) throw new Refused('untrusted')
  const now = clock.now()
  const known = {
    bySubject: await userByAccount(sql, identity),
    byEmail: identity.email === undefined ? undefined : await userByEmail(sql, identity.email),
  }
  const entry = entryOf(identity, known, now, madeUpEmail(identity))
  const row = (by: Principal, what: { action: string; before?: unknown; after: unknown }): Statement =>
    audit.statement(request, by, { kind: 'change', object: { user_id: by.id }, ...what })
  const taken = (): Refused => new Refused('not_invited', NOBODY, shownIdentity(identity))
  switch (entry.kind) {
    case 'refused': {
      const user = known.bySubject
      throw new Refused(entry.why, user ? principalOf(user) : NOBODY, shownIdentity(identity))
    }
    case 'known': {
      const { user, role } = entry
      const by = principalOf({ ...user, role: role ?? user.role })
      const changed = { action: 'roleFromProvider', before: { role: user.role }, after: { role } }
      await signedInByAccount(sql, { id: user.id, role, now }, role === undefined ? [] : [row(by, changed)])
      return by
    }
    case 'invited': {
      const by = principalOf(entry.user)
      const after = { account: identity.issuer }
      const linked = { ...identity, id: entry.user.id, now }
      if (!(await linkInvited(sql, linked, row(by, { action: 'acceptInvitation', after })))) throw taken()
      return by
    }
    case 'new': {
      const { role, email } = entry
      const user = { ...identity, id: newId('usr', now), email, role, createdAt: now }
      const by: Principal = { kind: 'user', id: user.id, name: user.name, role, channels: null }
      const after = { email, name: user.name, role }
      if (!(await insertLinked(sql, user, row(by, { action: 'userFromProvider', after })))) throw taken()
      return by
    }
  }
}

/** For the log: who was refused. */
const shownIdentity = ({ email, name, issuer }: Identity): Record<string, unknown> => ({ email, name, issuer })

/** People without a verified address have a row too, and must not take the address of another. */
const madeUpEmail = ({ issuer, subject }: Identity): string =>
  `${sha256(`${issuer} ${subject}`).toString('hex').slice(0, 16)}@${new URL(issuer).hostname}.invalid`

/**
 * Where the provider sends the browser back: to where it came from. A Host header that somebody made up leads nowhere,
 * because the provider knows the addresses that were registered. PUBLIC_URL knows its scheme and path better than a
 * request behind a proxy.
 */
function redirectUriOf(request: FastifyRequest, publicUrl: string | undefined): string {
  const { host } = request
  if (publicUrl !== undefined && new URL(publicUrl).host === host) return `${publicUrl}${BACK}`
  if (!/^[\w.:[\]-]{1,255}$/.test(host)) throw new Refused('expired')
  return `${request.protocol}://${host}${BACK}`
}

/** The sealed cookie of a sign-in that is under way. */
function createCookies(vault: Vault, now: () => number) {
  const cookie = (value: string, maxAge: number, isSecure: boolean): string =>
    `${COOKIE}=${value}; Path=/console/oidc; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${isSecure ? '; Secure' : ''}`
  return {
    keep(begun: Begun, isSecure: boolean): string {
      const text = JSON.stringify({ ...begun, until: now() + MOST_MS })
      return cookie(Buffer.from(vault.seal(text, PURPOSE)).toString('base64url'), MOST_MS / 1000, isSecure)
    },
    end: (isSecure: boolean): string => cookie('', 0, isSecure),
    read(header: string | undefined): Begun | undefined {
      const found = header?.split(';').find((part) => part.trim().startsWith(`${COOKIE}=`))
      const value = found?.trim().slice(COOKIE.length + 1)
      if (value === undefined || value === '' || value.length > MOST_COOKIE) return undefined
      const kept = opened(vault, value)
      return isRecord(kept) && Number(kept.until) > now() ? (kept as Begun) : undefined
    },
  }
}

/** Undefined for a cookie that is not ours. */
function opened(vault: Vault, value: string): unknown {
  try {
    return JSON.parse(vault.open(Buffer.from(value, 'base64url'), PURPOSE))
  } catch {
    return undefined
  }
}
