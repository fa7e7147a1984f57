import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ADMIN_TOKEN_USER, NOBODY, type Principal } from '../../domain/people/principal.ts'
import { GatewayError } from '../../platform/errors.ts'
import { sameSecret } from '../../platform/secrets.ts'
import { loadStaticFiles, pagePolicy, SAFE_HEADERS, type StaticAnswer } from '@postern/runtime/static-files'
import { callerOf } from '../caller.ts'
import { success } from '../envelope.ts'
import { addInvitations, type Guard, type PeopleDeps, principalOf, userOf } from './people.ts'
import { addOidc, type OidcOptions, shownProvider } from './oidc.ts'
import { isOwnPage, type Sessions } from './session.ts'
import type { Live } from './live.ts'
import type { SignInLimit } from './sign-in-limit.ts'

export type ConsoleOptions = Omit<PeopleDeps, 'guard'> & {
  adminToken: string
  sessions: Sessions
  version: string
  /** The folder of the built pages. */
  folder: string
  /** The URL of the sandbox with its phones. Null with a real Cloud API. */
  sandboxUrl: () => string | null
  /** Notifies open pages. */
  live: Live
  signInLimit: SignInLimit
  /** Undefined: nobody signs in with an account of another service. */
  oidc: OidcOptions | undefined
}

const PLACES = ['overview', 'messages', 'conversations', 'compose', 'templates', 'deliveries', 'channels']

/** The console: its page and files, and its sign-in. The admin routes accept its cookie. */
export function addConsole(app: FastifyInstance, options: ConsoleOptions): void {
  const { sessions, live } = options
  const files = loadStaticFiles(options.folder)

  const endSession = async (id: string): Promise<void> => {
    await sessions.end(id)
    live.endSession(id)
  }

  const give = (reply: FastifyReply, answer: StaticAnswer) =>
    reply.status(answer.status).headers(answer.headers).send(answer.body)

  app.get('/', async (_request, reply) => {
    const page = files.page('index', (nonce) => pagePolicy(nonce))
    if (page) return give(reply, page)
    return reply
      .status(503)
      .headers(SAFE_HEADERS)
      .type('text/plain; charset=utf-8')
      .send('The console is not built. Run: npm run build:web\n')
  })

  // An address that was typed or shortened: the page's places stand behind the hash.
  for (const place of PLACES)
    app.get(`/${place}`, (_request, reply) => reply.headers(SAFE_HEADERS).redirect(`/#/${place}`, 302))

  app.get('/assets/*', async (request, reply) => {
    const name = `assets/${(request.params as { '*': string })['*']}`
    const { 'accept-encoding': encodings, 'if-none-match': known } = request.headers
    const answer = files.answer(name, {
      'accept-encoding': typeof encodings === 'string' ? encodings : undefined,
      'if-none-match': known,
    })
    if (!answer) throw new GatewayError('route_not_found', { method: 'GET', path: name.slice(0, 200) })
    return give(reply, answer)
  })

  addSignIn(app, options, endSession)

  app.delete('/console/session', async (request, reply) => {
    if (isOwnPage('DELETE', request.headers)) {
      reply.header('set-cookie', sessions.close(request.protocol === 'https'))
      const session = await sessions.sessionOf(request.headers)
      if (session) await sessions.end(session.id)
      // After the answer, with which the browser removes the cookie.
      if (session) reply.raw.once('finish', () => live.endSession(session.id))
    }
    return success({ signed_in: false })
  })

  app.get('/console/events', { config: { goesOn: true } }, async (request, reply) => {
    const session = isOwnPage('GET', request.headers) ? await sessions.sessionOf(request.headers) : undefined
    if (!session) throw new GatewayError('admin_token_invalid')
    if (!live.hasRoom(session.id)) throw new GatewayError('rate_limited', { seconds: 30 }, { retryAfterSeconds: 30 })
    reply.hijack()
    live.stream(reply.raw, session)
  })
  // Otherwise open streams would delay the shutdown until their readers disconnect.
  app.addHook('preClose', async () => live.close())
}

/** What a page needs to know of who is signed in. */
const shownPrincipal = ({ kind, id, name, role, channels }: Principal): Record<string, unknown> => ({
  user: { kind, id, name, role, channels },
})

function addSignIn(app: FastifyInstance, options: ConsoleOptions, endSession: (id: string) => Promise<void>): void {
  const { sessions, sql, audit } = options
  const guard = createGuard(options.signInLimit, sql)
  const signedIn = (principal: Principal): Record<string, unknown> => ({
    ...{ signed_in: true, version: options.version, sandbox_url: options.sandboxUrl() },
    ...shownPrincipal(principal),
    ...shownProvider(options.oidc),
  })

  const signedOut = { signed_in: false, ...shownProvider(options.oidc) }

  async function open(request: FastifyRequest, reply: FastifyReply, by: Principal): Promise<Record<string, unknown>> {
    // The new cookie replaces the old one in the browser.
    const before = await sessions.sessionOf(request.headers)
    if (before) await endSession(before.id)
    await sql.atomically([audit.statement(request, by, { action: 'signIn', kind: 'sign_in' })])
    const userId = by.kind === 'user' ? by.id : undefined
    reply.header('set-cookie', await sessions.open(request.protocol === 'https', userId))
    return signedIn(by)
  }

  app.get('/console/session', async (request) => {
    const session = isOwnPage('GET', request.headers) ? await sessions.sessionOf(request.headers) : undefined
    return success(session ? signedIn(session.principal) : signedOut)
  })

  app.post('/console/session', { bodyLimit: 4096 }, async (request, reply) => {
    if (!isOwnPage('POST', request.headers)) throw new GatewayError('admin_token_invalid')
    const address = callerOf(request)
    await guard.mayTry(address)
    const { token, email } = (request.body ?? {}) as { token?: unknown; email?: unknown }
    if (token === undefined && email !== undefined) {
      const user = await userOf({ ...options, guard }, request, address)
      return success(await open(request, reply, principalOf(user)))
    }
    if (typeof token !== 'string' || !sameSecret(token.trim(), options.adminToken)) {
      const row = { action: 'signIn', kind: 'sign_in', outcome: 'admin_token_invalid' } as const
      return guard.wrong(address, new GatewayError('admin_token_invalid'), audit.statement(request, NOBODY, row))
    }
    return success(await open(request, reply, ADMIN_TOKEN_USER))
  })

  addInvitations(app, {
    ...{ ...options, guard, addressOf: callerOf },
    signIn: (request, reply, user) => open(request, reply, principalOf(user)),
  })
  if (options.oidc) addOidc(app, options.oidc, { ...options, guard, addressOf: callerOf, signIn: open })
}

function createGuard(limit: SignInLimit, sql: ConsoleOptions['sql']): Guard {
  const refuse = (seconds: number): never => {
    throw new GatewayError('rate_limited', { seconds }, { retryAfterSeconds: seconds })
  }
  return {
    async mayTry(name) {
      const wait = await limit.waitSeconds(name)
      if (wait > 0) refuse(wait)
    },
    async wrong(name, error, row) {
      const waitTogether = await limit.failed(name)
      if (waitTogether > 0) refuse(waitTogether)
      if (row) await sql.atomically([row])
      throw error
    },
  }
}
