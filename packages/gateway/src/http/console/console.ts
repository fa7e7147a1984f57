import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError } from '../../platform/errors.ts'
import { sameSecret } from '../../platform/secrets.ts'
import { loadStaticFiles, pagePolicy, SAFE_HEADERS, type StaticAnswer } from '@postern/runtime/static-files'
import { callerOf } from '../caller.ts'
import { success } from '../envelope.ts'
import { isOwnPage, type Sessions } from './session.ts'
import type { Live } from './live.ts'
import type { SignInLimit } from './sign-in-limit.ts'

export type ConsoleOptions = {
  adminToken: string
  sessions: Sessions
  clock: Clock
  version: string
  /** The folder of the built pages. */
  folder: string
  /** The URL of the sandbox with its phones. Null with a real Cloud API. */
  sandboxUrl: () => string | null
  /** Notifies open pages. */
  live: Live
  signInLimit: SignInLimit
}

/** The console: its page and files, and its sign-in. The admin routes accept its cookie. */
export function addConsole(app: FastifyInstance, options: ConsoleOptions): void {
  const { sessions, live } = options
  const files = loadStaticFiles(options.folder)
  const { signInLimit: limit } = options

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

  app.get('/console/session', async (request) => {
    const signedIn = isOwnPage('GET', request.headers) && (await sessions.isSignedIn(request.headers))
    return success({
      signed_in: signedIn,
      ...(signedIn && { version: options.version, sandbox_url: options.sandboxUrl() }),
    })
  })

  app.post('/console/session', { bodyLimit: 4096 }, async (request, reply) => {
    if (!isOwnPage('POST', request.headers)) throw new GatewayError('admin_token_invalid')
    const refuse = (seconds: number): never => {
      throw new GatewayError('rate_limited', { seconds }, { retryAfterSeconds: seconds })
    }
    const address = callerOf(request)
    const wait = await limit.waitSeconds(address)
    if (wait > 0) refuse(wait)
    const token = (request.body as { token?: unknown } | null)?.token
    if (typeof token !== 'string' || !sameSecret(token.trim(), options.adminToken)) {
      const waitTogether = await limit.failed(address)
      if (waitTogether > 0) refuse(waitTogether)
      throw new GatewayError('admin_token_invalid')
    }
    // The new cookie replaces the old one in the browser.
    const before = await sessions.sessionOf(request.headers)
    if (before) await endSession(before.id)
    reply.header('set-cookie', await sessions.open(request.protocol === 'https'))
    return success({ signed_in: true, version: options.version, sandbox_url: options.sandboxUrl() })
  })

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

  app.get('/console/events', async (request, reply) => {
    const session = isOwnPage('GET', request.headers) ? await sessions.sessionOf(request.headers) : undefined
    if (!session) throw new GatewayError('admin_token_invalid')
    if (!live.hasRoom(session.id)) throw new GatewayError('rate_limited', { seconds: 30 }, { retryAfterSeconds: 30 })
    reply.hijack()
    live.stream(reply.raw, session)
  })
  // Otherwise open streams would delay the shutdown until their readers disconnect.
  app.addHook('preClose', async () => live.close())
}
