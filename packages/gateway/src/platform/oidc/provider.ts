import type { Clock } from '@postern/runtime/clock'
import type * as OpenId from 'openid-client'
import { createOutbound, type Outbound } from '../outbound/guard.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { ProviderProblem } from './problem.ts'

const METADATA_GOOD_FOR_MS = 60 * 60_000
/** After a failure, so that a page that is loaded again and again does not call a provider that is down each time. */
const ASK_AGAIN_AFTER_MS = 1_000
const TIMEOUT_MS = 10_000

export type ProviderOptions = {
  issuer: string
  clientId: string
  clientSecret: string | undefined
  scopes: string
  /** The claim that gives roles: when the ID token has it not, the userinfo endpoint is asked. */
  roleClaim: string
  clock: Clock
  /** For hosts that the provider names and the operator did not. */
  outbound: Pick<Outbound, 'dispatcher' | 'checkUrl'>
  /** For each request. */
  timeoutMs?: number
}

/** What a sign-in remembers between its start and the return from the provider. */
export type Begun = { state: string; nonce: string; verifier: string; redirectUri: string }

export type Provider = {
  /** Its host, for people to read. */
  host: string
  /** A new sign-in, and where the browser goes. Throws `ProviderProblem`. */
  begin(redirectUri: string): Promise<{ begun: Begun; url: string }>
  /** Exchanges the code. Returns the verified claims. Throws `ProviderProblem`. */
  finish(begun: Begun, search: string): Promise<Record<string, unknown>>
  close(): Promise<void>
}

/**
 * An OpenID Connect provider. Its metadata are asked for at the first sign-in and not at the start of the gateway, so
 * that a provider that is down stops nobody but its own people.
 */
export function createProvider(options: ProviderOptions): Provider {
  const { issuer, clock, timeoutMs = TIMEOUT_MS } = options
  const home = new URL(issuer)
  // The operator named this origin, so it may be a private one, as that of the Cloud API may.
  const own = createOutbound({ allow: ['0.0.0.0/0', '::/0'], connections: 8 })
  const fetchBounded = boundedFetch((url) => {
    if (url.origin === home.origin) return own.dispatcher
    const checked = options.outbound.checkUrl(url.href)
    if (!checked.ok) throw new ProviderProblem('away', checked.message)
    return options.outbound.dispatcher
  }, timeoutMs)

  let known: { config: OpenId.Configuration; until: number } | undefined
  let asking: Promise<OpenId.Configuration> | undefined
  let failed: { error: ProviderProblem; until: number } | undefined

  async function discover(openid: typeof OpenId): Promise<OpenId.Configuration> {
    const execute = [openid.enableNonRepudiationChecks]
    if (home.protocol === 'http:') execute.push(openid.allowInsecureRequests)
    const authentication = options.clientSecret === undefined ? openid.None() : undefined
    return openid.discovery(home, options.clientId, options.clientSecret, authentication, {
      execute,
      timeout: timeoutMs / 1000,
      [openid.customFetch]: fetchBounded as OpenId.CustomFetch,
    })
  }

  async function configuration(openid: typeof OpenId): Promise<OpenId.Configuration> {
    const now = clock.monotonic()
    if (known && known.until > now) return known.config
    if (failed && failed.until > now) {
      if (known) return known.config
      throw failed.error
    }
    asking ??= discover(openid).finally(() => (asking = undefined))
    try {
      const config = await asking
      known = { config, until: clock.monotonic() + METADATA_GOOD_FOR_MS }
      failed = undefined
      return config
    } catch (cause) {
      const error = new ProviderProblem('away', `its discovery document was not read: ${wordsOf(cause)}`, { cause })
      failed = { error, until: clock.monotonic() + ASK_AGAIN_AFTER_MS }
      // What was good for an hour is mostly good still.
      if (known) return known.config
      throw error
    }
  }

  return {
    host: home.host,
    async begin(redirectUri) {
      const openid = await import('openid-client')
      const config = await configuration(openid)
      const begun = {
        ...{ state: openid.randomState(), nonce: openid.randomNonce(), redirectUri },
        verifier: openid.randomPKCECodeVerifier(),
      }
      const url = openid.buildAuthorizationUrl(config, {
        ...{ redirect_uri: redirectUri, scope: options.scopes, state: begun.state, nonce: begun.nonce },
        code_challenge: await openid.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
      })
      return { begun, url: url.href }
    },
    async finish(begun, search) {
      const openid = await import('openid-client')
      const config = await configuration(openid)
      const url = new URL(begun.redirectUri)
      url.search = search
      try {
        const tokens = await openid.authorizationCodeGrant(config, url, {
          ...{ expectedState: begun.state, expectedNonce: begun.nonce, pkceCodeVerifier: begun.verifier },
          idTokenExpected: true,
        })
        const claims = { ...tokens.claims() }
        const isWhole = 'email' in claims && options.roleClaim.split('.')[0]! in claims
        if (isWhole || config.serverMetadata().userinfo_endpoint === undefined) return claims
        // The ID token is signed, so it counts where both say something.
        return { ...(await openid.fetchUserInfo(config, tokens.access_token, String(claims.sub))), ...claims }
      } catch (cause) {
        throw problemOf(openid, cause)
      }
    },
    close: () => own.close(),
  }
}

function problemOf(openid: typeof OpenId, error: unknown): ProviderProblem {
  const own = ownProblem(error)
  if (own) return own
  const words = wordsOf(error)
  // The provider's own answer to the browser, such as access_denied.
  if (error instanceof openid.AuthorizationResponseError) return new ProviderProblem('refused', words, { cause: error })
  const { cause } = error as { cause?: unknown }
  const answer = error instanceof openid.ResponseBodyError ? error : cause instanceof Response ? cause : undefined
  const isAway = answer !== undefined && answer.status >= 500
  return new ProviderProblem(isAway ? 'away' : 'wrong', words, { cause: error })
}

/** What our own requests threw; the library wraps it. */
function ownProblem(error: unknown): ProviderProblem | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if (at instanceof ProviderProblem) return at
  return undefined
}

/** Never the answer itself: an error of the token endpoint may quote what it was sent. */
function wordsOf(error: unknown): string {
  const { code, error: told, message } = (ownProblem(error) ?? error) as Record<string, unknown>
  const parts = [code, told, message].filter((part): part is string => typeof part === 'string' && part !== '')
  return parts.join(', ').slice(0, 200)
}
