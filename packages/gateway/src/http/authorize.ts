import type { FastifyRequest } from 'fastify'
import type { Channel } from '../domain/channels/channel.ts'
import { templateProblem } from '../domain/people/key-templates.ts'
import { ADMIN_TOKEN_USER, hasChannel, type Principal, type Refusal, refusalOf } from '../domain/people/principal.ts'
import type { Right } from '../domain/people/role.ts'
import { GatewayError, validationError } from '../platform/errors.ts'
import { sameSecret } from '../platform/secrets.ts'
import type { Admission } from './admission.ts'
import { callerOf } from './caller.ts'
import type { Route } from './route.ts'

export type ApiKey = Extract<Principal, { kind: 'key' }>
/** With a key for several channels: the one that a call is about. */
export const CHANNEL_HEADER = 'channel-id'
/** API keys begin with it. */
export const KEY_PREFIX = 'pk_'

export type Credentials = {
  adminToken: string
  /** Who is signed in, for a request without a bearer token. */
  bySession?: (request: FastifyRequest) => Promise<Principal | undefined>
  byCode: (code: string) => Channel | undefined
  /** A key that is neither revoked nor expired. */
  byKey: (key: string) => ApiKey | undefined
  channelById: (id: number) => Channel | undefined
  /** The limits that apply before a body is read. */
  admission: Admission
}

declare module 'fastify' {
  interface FastifyRequest {
    channel: Channel | null
    /** Who calls an admin route, or a customer's route with an API key. */
    principal: Principal | null
  }
}

/**
 * Finds out who calls, and refuses who may not. Returns a promise only when the store must be asked: customers' calls are
 * too many for an extra turn of the event loop.
 */
export function authorize(request: FastifyRequest, route: Route, credentials: Credentials): Promise<void> | void {
  return route.auth === 'admin'
    ? authorizeAdmin(request, route, credentials)
    : authorizeCustomer(request, route, credentials)
}

function authorizeAdmin(request: FastifyRequest, route: Route, credentials: Credentials): Promise<void> | void {
  const { bySession, adminToken, admission, byKey } = credentials
  const header = request.headers.authorization ?? ''
  if (header === '' && bySession) {
    return bySession(request).then((principal) => {
      if (!principal) throw new GatewayError('admin_token_invalid')
      admit(request, route, principal)
    })
  }
  const token = bearerOf(request)
  if (token === undefined) throw new GatewayError('admin_token_invalid')
  if (sameSecret(token, adminToken)) return admit(request, route, ADMIN_TOKEN_USER)
  const isKey = token.startsWith(KEY_PREFIX)
  const key = isKey ? byKey(token) : undefined
  if (key) return admit(request, route, key)
  return refused(admission.wrong('bearer', callerOf(request)), isKey ? 'api_key_invalid' : 'admin_token_invalid')
}

function authorizeCustomer(request: FastifyRequest, route: Route, credentials: Credentials): Promise<void> | void {
  const { byCode, byKey, admission } = credentials
  const code = request.headers['certification-code']
  const makesWork = request.method === 'POST'
  const given = typeof code === 'string' && code !== ''
  const token = given ? undefined : bearerOf(request)
  if (token?.startsWith(KEY_PREFIX)) {
    const key = byKey(token)
    if (!key) return refused(admission.wrong('bearer', callerOf(request)), 'api_key_invalid')
    request.principal = key
    request.channel = channelFor(key, request, credentials)
    admit(request, route, key)
    return admission.call(key.id, request.channel, makesWork)
  }
  const channel = given && code.length <= 512 ? byCode(code) : undefined
  if (!channel)
    return refused(given ? admission.wrong('code', callerOf(request)) : undefined, 'certification_code_invalid')
  request.channel = channel
  return admission.call(code as string, channel, makesWork)
}

const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer +(\S{1,512})$/i.exec(headers.authorization ?? '')?.[1]

function admit(request: FastifyRequest, route: Route, principal: Principal): void {
  request.principal = principal
  mustMay(principal, route, route.right ?? 'operate')
  if (principal.channels === null || route.auth === 'code') return
  const { channel_id: inPath } = request.params as Record<string, string | undefined>
  if (inPath !== undefined) mustHave(principal, inPath)
  else if (!takesChannel(route) && route.channels === undefined)
    throw scopeError('This route is about all channels, and you have some of them.')
}

function mustMay(principal: Principal, { method, path }: Route, right: Right): void {
  const refusal = refusalOf(principal, { method, path, right })
  if (refusal) throw errorOf(refusal)
}

function errorOf(refusal: Refusal): GatewayError {
  if (refusal.reason === 'out_of_scope') return scopeError(refusal.problem)
  const { needed, role } = refusal
  return new GatewayError('role_needed', { needed, role }, { data: { needed, role } })
}

const scopeError = (problem: string): GatewayError => new GatewayError('out_of_scope', { problem })

function mustHave(principal: Principal, channelId: string): void {
  if (!hasChannel(principal, Number(channelId)))
    throw scopeError(`Channel ${channelId.slice(0, 15)} is not one of your channels.`)
}

/** What is known after the body and the query were read. Returns the query, with the channel of one who has only one. */
export function checkScope(
  request: FastifyRequest,
  route: Route,
  { query, body }: { query: unknown; body: unknown },
): unknown {
  const { principal } = request
  if (!principal) return query
  if (route.administers?.(body)) mustMay(principal, route, 'administer')
  if (principal.kind === 'key' && principal.scopes.templates !== null) {
    const problem = templateProblem(principal.scopes.templates, `${route.method} ${route.path}`, body)
    if (problem !== undefined) throw scopeError(problem)
  }
  if (principal.channels === null || !takesChannel(route)) return query
  const asked = query as { channel_id?: number }
  if (asked.channel_id !== undefined) mustHave(principal, String(asked.channel_id))
  else if (route.channels === 'own') return query
  else if (principal.channels.length === 1) return { ...asked, channel_id: principal.channels[0] }
  else throw scopeError('Name one of your channels with channel_id.')
  return query
}

/** True for a route whose query may name a channel. */
function takesChannel({ path, query }: Route): boolean {
  if (path.includes('{channel_id}') || query === undefined) return false
  return 'shape' in query && 'channel_id' in (query.shape as object)
}

/** The channel of a customer's call with a key. */
function channelFor(key: ApiKey, request: FastifyRequest, { channelById }: Credentials): Channel {
  const named = request.headers[CHANNEL_HEADER]
  if (named === undefined && key.channels?.length === 1) {
    const only = channelById(key.channels[0]!)
    if (only) return only
  }
  if (typeof named !== 'string' || !/^\d{1,15}$/.test(named))
    throw validationError([
      { path: CHANNEL_HEADER, rule: 'required', message: 'is required: the header names the channel of this call' },
    ])
  mustHave(key, named)
  const channel = channelById(Number(named))
  if (!channel) throw new GatewayError('resource_not_found', { what: 'channel', id: named })
  return channel
}

function refused(
  counted: Promise<void> | void,
  reason: 'admin_token_invalid' | 'certification_code_invalid' | 'api_key_invalid',
): Promise<never> {
  const refuse = (): never => {
    throw new GatewayError(reason)
  }
  return counted ? counted.then(refuse) : refuse()
}
