import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { createDrain, type Drain } from '@postern/runtime/drain'
import { GatewayError } from '../platform/errors.ts'
import { readBy } from '../domain/fields/read.ts'
import type { Log } from '../platform/log.ts'
import { recordingRefusals } from './audit-refusals.ts'
import type { Audit, Recording } from './audit.ts'
import { authorize, checkScope, type Credentials } from './authorize.ts'
import { createTrust } from './caller.ts'
import { check } from './check.ts'
import { limitConnections } from './connections.ts'
import { type Envelope, type Failure, failure, success } from './envelope.ts'
import { addJsonBodies } from './json-body.ts'
import { bodyOf, type Idempotency } from './idempotency.ts'
import { watchMethods } from './methods.ts'
import { newRequestId } from './request-id.ts'
import { mustFindChannel } from './must-find-channel.ts'
import type { Tracing } from '../platform/tracing/tracing.ts'
import { asOnPage, type PageForm } from './page-form.ts'
import { timeAnswers, timeDirect } from './answer-times.ts'
import { traceRequests } from './trace-requests.ts'
import { hasChannelInPath, statusOf, type Route } from './route.ts'

/** Size limit of a customer's or an operator's JSON body. */
export const BODY_LIMIT_BYTES = 256 * 1024

const FOR_OPERATORS = /^\/(?:admin|console)(?:[/?]|$)/
/** Answers for operators are not cached, and browsers must not guess another type. */
const NOT_KEPT = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

export type ServerOptions = Credentials & {
  audit: Audit
  routes: readonly Route[]
  /** True when the request is answered as the hosted API's page says. */
  isOnPage?: PageForm
  /** Runs calls with an Idempotency-Key once. */
  idempotency: Idempotency
  log: Log
  /** False when the Host header of a request is not ours: the request is refused. */
  knowsHost?: (request: FastifyRequest) => boolean
  /** CIDRs of proxies whose X-Forwarded-For and X-Forwarded-Proto are used. */
  trustedProxies: readonly string[]
  /** POSTs that are answered on node:http itself, by path, also with a query or a trailing slash. */
  direct?: ReadonlyMap<string, (request: IncomingMessage, response: ServerResponse) => void>
  /** True during the shutdown: new work is refused so that running work can end. */
  stopping: () => boolean
  /** Closes the connections without losing requests. */
  drain?: Drain
  tracing?: Tracing | undefined
  /** The seconds that an answer took. `route` is a template, `status` a class such as 2xx. */
  onAnswered?: (seconds: number, route: string, method: string, status: string) => void
}

/**
 * The HTTP server. Checks run in the order of the contract: route, credential, rate limit, content type and size, JSON,
 * schema; then the handler.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const { routes, log } = options
  const drain = options.drain ?? createDrain()
  const app = Fastify({
    logger: false,
    trustProxy: options.trustedProxies.length > 0 && createTrust(options.trustedProxies),
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: newRequestId,
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: false },
    // A client that never ends its request holds only a socket, and a large file may come over a slow connection.
    requestTimeout: 300_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    serverFactory: (handler, given) => {
      const settings = given as { requestTimeout?: number; keepAliveTimeout?: number }
      const server = createHttpServer(
        {
          maxHeaderSize: 16 * 1024,
          headersTimeout: 15_000,
          requestTimeout: settings.requestTimeout ?? 300_000,
          connectionsCheckingInterval: 2_000, // otherwise these timeouts are checked twice a minute
        },
        drain.listener((request, response) => {
          const path = request.method === 'POST' ? pathOf(request.url ?? '') : ''
          const direct = options.direct?.get(path)
          if (!direct) return handler(request, response)
          timeDirect(request, response, path, options)
          direct(request, response)
        }),
      )
      server.keepAliveTimeout = settings.keepAliveTimeout ?? 72_000
      limitConnections(server)
      drain.watch(server)
      return server
    },
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      // A URL that cannot be decoded never reaches a route.
      const told = failure(new GatewayError('bad_request', { problem: error.message }), request.id)
      reply.header('x-request-id', request.id)
      void answer(request, reply as FastifyReply, told, options)
    },
  })
  app.decorateRequest('channel', null)
  app.decorateRequest('principal', null)
  app.decorateRequest('trace', undefined)
  if (options.tracing) traceRequests(app, options.tracing)
  if (options.onAnswered) timeAnswers(app, options.onAnswered)
  const methodsOf = watchMethods(app)
  const noRoute = (request: FastifyRequest, reply: FastifyReply): GatewayError => {
    const path = pathOf(request.url)
    const allowed = methodsOf(path)
    const told = { method: request.method, path: path.slice(0, 200) }
    if (allowed.length === 0) return new GatewayError('route_not_found', told)
    reply.header('allow', allowed.join(', '))
    return new GatewayError('method_not_allowed', { ...told, allowed: allowed.join(', ') })
  }
  // A body that is not JSON is refused by its type, not parsed as something else.
  app.removeContentTypeParser('text/plain')
  addJsonBodies(app)

  // Before the body is read: a request without a route needs no JSON check.
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (FOR_OPERATORS.test(request.url)) reply.headers(NOT_KEPT)
    if (options.knowsHost?.(request) === false) {
      if (options.stopping()) await bodyOver(request.raw)
      throw new GatewayError('host_unknown', { host: (request.headers.host ?? '').slice(0, 200) })
    }
    if (!request.is404) return
    if (options.stopping()) await bodyOver(request.raw)
    throw noRoute(request, reply)
  })

  app.addHook('onClose', () => options.audit.stop())
  // Not awaited: other hooks end the streams that the last connections wait for.
  app.addHook('preClose', async () => void drain.end(0))

  app.setNotFoundHandler((request, reply) => {
    throw noRoute(request, reply)
  })

  app.setErrorHandler((error: FastifyError, request, reply) => {
    const told = failure(translate(error, request), request.id)
    if (told.isBug) log.error({ err: error, request_id: request.id, route: request.routeOptions.url }, 'request.failed')
    if (told.retryAfterSeconds !== undefined) reply.header('retry-after', String(told.retryAfterSeconds))
    return answer(request, reply, told, options)
  })

  // The router decides on other spellings of the same path, with an escaped letter for instance, as it does for a GET.
  for (const [path, direct] of options.direct ?? []) {
    for (const url of [path, `${path}/`]) {
      app.post(url, {
        onRequest: async (request, reply) => {
          reply.hijack()
          direct(request.raw, reply.raw)
        },
        handler: () => undefined,
      })
    }
  }

  for (const route of routes) if (!route.multipart) addRoute(app, route, options)
  const uploads = routes.filter((route) => route.multipart)
  if (uploads.length > 0) {
    // A scope of its own, so that only these routes accept multipart, and only multipart.
    void app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      await scope.register(multipart)
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
      for (const route of uploads) addRoute(scope, route, options)
    })
  }
  return app
}

/** The answer to a request that failed. */
function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { http, body }: Pick<Failure, 'http' | 'body'>,
  { isOnPage }: Pick<ServerOptions, 'isOnPage'>,
): FastifyReply {
  if (isOnPage?.(request)) {
    const told = asOnPage(http, body)
    return reply.status(200).headers(told.headers).send(told.body)
  }
  if (http === 401) reply.header('www-authenticate', 'Bearer')
  return reply.status(http).send(body)
}

function addRoute(app: FastifyInstance, route: Route, options: ServerOptions): void {
  const look = lookBefore(route, options.routes)
  const isOnPage = (request: FastifyRequest): boolean => route.auth === 'code' && options.isOnPage?.(request) === true
  const judged = recordingRefusals(options.audit, route)
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    config: { needsBody: needsBody(route), goesOn: route.streams !== undefined },
    onRequest: async (request) => {
      try {
        await judged(request, () => authorize(request, route, options))
      } catch (error) {
        if (options.stopping()) await bodyOver(request.raw)
        throw error
      }
    },
    handler: async (request, reply) => {
      const asked = route.query ? check(route.query, request.query) : undefined
      const body = route.body ? check(route.body, request.body ?? {}) : request.body
      const query = await judged(request, () => checkScope(request, route, { query: asked, body }))
      const params = request.params as Record<string, string>
      const channel = hasChannelInPath(route)
        ? mustFindChannel(options.channelById, params.channel_id!)
        : (request.channel ?? undefined)
      const recording = route.auth === 'admin' ? options.audit.of(request, route, { params, query, body }) : undefined
      if (!recording) await options.audit.readByKey(request, route)
      const callOf = (resourceId?: string): Parameters<Route['handle']>[0] => ({
        ...{ request, reply, channel, params, query, body, audited: audited(recording) },
        ...(resourceId !== undefined && { resourceId }),
      })
      const handle = (resourceId?: string): Promise<unknown> => route.handle(callOf(resourceId))
      const key = route.method === 'POST' && route.auth === 'code' ? request.headers['idempotency-key'] : undefined
      if (key !== undefined && channel) {
        const call = { key: String(key), channel, route, requestId: request.id, body: bodyOf(request) }
        const answer = await options.idempotency.run(call, handle)
        if (answer.replayed) reply.header('idempotent-replayed', 'true')
        reply.type('application/json')
        if (!isOnPage(request)) return reply.status(answer.http).send(answer.text)
        if (answer.http < 300) return reply.status(200).send(answer.text)
        const told = asOnPage(answer.http, JSON.parse(answer.text) as Envelope)
        return reply.status(200).headers(told.headers).send(told.body)
      }
      const data = recording
        ? await recorded(recording, () => handle(), look && (() => look.handle(callOf())))
        : await handle()
      if (data === undefined) return reply
      reply.status(isOnPage(request) ? 200 : statusOf(route, data))
      return success(data)
    },
  })
}

/** The route that shows what a change is about, so that the audit log can say what was before it. */
function lookBefore({ method, path, auth }: Route, routes: readonly Route[]): Route | undefined {
  const changesOne =
    auth === 'admin' && path.endsWith('}') && (method === 'PATCH' || method === 'PUT' || method === 'DELETE')
  return changesOne ? routes.find((one) => one.method === 'GET' && one.path === path && !one.query) : undefined
}

async function recorded(
  recording: Recording,
  handle: () => Promise<unknown>,
  look: (() => Promise<unknown>) | undefined,
): Promise<unknown> {
  await recording.begin(look)
  let data: unknown
  try {
    data = await handle()
  } catch (error) {
    await recording.failed(error)
    throw error
  }
  await recording.done(data)
  return data
}

const audited = (recording: Recording | undefined): Parameters<Route['handle']>[0]['audited'] => {
  return (what) => {
    if (!recording) throw new TypeError('only calls of admin routes are recorded')
    return recording.statement(what)
  }
}

/** False when an empty object is allowed, or when the route has no body. */
function needsBody({ body, bodyDocument }: Route): boolean {
  return body ? !readBy(body, {}).ok : bodyDocument !== undefined
}

const READ_ON_BYTES = 1024 * 1024
const READ_ON_MS = 2_000

/**
 * Reads an unwanted body to its end, within limits. The connection ends with the answer. Closing a connection whose
 * request still arrives would reset it, and the answer would be lost.
 */
function bodyOver(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let left = READ_ON_BYTES
    const timer = setTimeout(resolve, READ_ON_MS)
    request.on('data', (chunk: Buffer) => (left -= chunk.length) < 0 && resolve())
    for (const event of ['end', 'close', 'error']) request.once(event, () => resolve())
    request.once('close', () => clearTimeout(timer))
  })
}

function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

/** Translates Fastify's own errors. */
function translate(error: FastifyError, request: FastifyRequest): unknown {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return new GatewayError('body_too_large', { limit: request.routeOptions.bodyLimit ?? BODY_LIMIT_BYTES })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new GatewayError('wrong_content_type', {
        got: request.headers['content-type']?.slice(0, 100) ?? 'none',
        wanted: 'application/json',
      })
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new GatewayError('bad_json', { problem: 'it is empty' })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new GatewayError('bad_request', { problem: 'the body is not as long as Content-Length says' })
  }
  if (error instanceof SyntaxError || error.code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
    return new GatewayError('bad_json', { problem: error.message.slice(0, 200) })
  }
  // Broken chunks, resets and the like: errors of the client, whatever the library calls them.
  if (!(error instanceof GatewayError) && typeof error.statusCode === 'number' && error.statusCode < 500) {
    return new GatewayError('bad_request', { problem: error.message.slice(0, 200) })
  }
  return error
}
