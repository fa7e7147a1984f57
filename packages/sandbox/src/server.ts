import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Drain } from '@postern/runtime/drain'
import { isObject, type Json } from './checker.ts'
import { foreign, strangeHost, type Refusal } from './control/guard.ts'
import type { Cloud } from './cloud.ts'
import type { Fault } from './faults.ts'
import { GraphError, unknownPath } from './graph-error.ts'
import type { Answer, Call } from './graph/call.ts'
import { isLater } from './graph/messages.ts'
import { kindOf, route } from './graph/router.ts'
import { traceId } from './identifiers.ts'
import type { AccessToken } from './world.ts'

export type Received = {
  /** Time of the answer. */
  at: number
  tookMs: number
  method: string
  /** The version of the API, such as `v26.0`. Undefined when the path has none. */
  version?: string
  path: string
  body: Json
  /** 0: a fault cut the connection. */
  status: number
  answer: unknown
}

export type ServerOptions = {
  host: string
  port: number
  cloud: Cloud
  drain: Drain
  onRequest: (received: Received) => void
  /** Answers paths outside of Graph: control, media downloads, pages. Returns true when it answered the request. */
  others: (request: IncomingMessage, response: ServerResponse, url: URL) => boolean | Promise<boolean>
}

/** Meta documents no limit for a send. Media have 100 MB plus their multipart overhead. */
const MOST_JSON_BYTES = 1_048_576
const MOST_FLOW_BYTES = 11 * 1_048_576
const MOST_UPLOAD_BYTES = 101 * 1_048_576

export async function listen(options: ServerOptions): Promise<Server> {
  const server = createServer(
    { keepAliveTimeout: 30_000, requestTimeout: 60_000, headersTimeout: 15_000 },
    options.drain.listener((request, response) => {
      void answer(options, request, response)
    }),
  )
  options.drain.watch(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return server
}

async function answer(options: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { cloud } = options
  try {
    const url = new URL(request.url ?? '/', 'http://sandbox')
    // Other pages may link to the phones' page: it holds no secret, and no page can frame it.
    const refused = isPage(request, url) ? strangeHost(request) : foreign(request)
    if (refused) return refuse(request, response, refused)
    if (await options.others(request, response, url)) return
    await answerGraph(options, request, response, url)
  } catch (error) {
    // Without the token of a handset.
    const path = request.url?.replace(/\?.*/, '').replace(/^\/handset\/[^/]*/, '/handset/-')
    cloud.log.error({ err: error, path }, 'sandbox.bug')
    if (!response.headersSent)
      send(cloud, response, 'v25.0', 500, new GraphError(1, { http: 500 }).body(traceId(cloud.source)))
    else response.destroy()
  }
}

const isPage = (request: IncomingMessage, url: URL): boolean =>
  request.method === 'GET' && /^(?:\/handset\/[\w-]{1,64})?\/(?:assets\/|$)/.test(url.pathname)

function refuse(request: IncomingMessage, response: ServerResponse, { status, why }: Refusal): void {
  request.resume()
  const text = JSON.stringify({ error: { message: why } })
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

async function answerGraph(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { cloud } = options
  const method = request.method ?? 'GET'
  let path: string[]
  try {
    path = url.pathname
      .split('/')
      .filter((s) => s !== '')
      .map(decodeURIComponent)
  } catch {
    path = []
  }
  const version = versionOf(path[0])
  if (version) path.shift()
  let status = 200
  let answered: Answer | undefined
  let body: Json = {}
  const began = performance.now()
  const note = (seen: number, answer: unknown): void =>
    options.onRequest({
      at: cloud.clock.now(),
      tookMs: Math.round(performance.now() - began),
      method,
      ...(version !== undefined && { version }),
      path: `/${path.join('/')}`,
      body,
      status: seen,
      answer,
    })
  try {
    const uploads = path[1] === 'media' || path[0]?.startsWith('upload:') === true
    const most = uploads ? MOST_UPLOAD_BYTES : path[1] === 'assets' ? MOST_FLOW_BYTES : MOST_JSON_BYTES
    const raw = await readBody(request, most)
    if (raw === 'gone') return
    if (raw === 'too large') throw new GraphError(1, { message: 'Request body is too large', http: 413 })
    body = uploads ? {} : await parseBody(request, raw)
    const token = authorise(cloud, request, url, body)
    if (method !== 'GET') mergeQuery(body, url.searchParams)
    if (path[0] !== undefined && version === undefined && /^v\d+/.test(path[0])) throw unknownPath(`/${path.join('/')}`)
    const call: Call = {
      cloud,
      method,
      path,
      query: url.searchParams,
      body,
      raw,
      request,
      token,
      version: version ?? 'v20.0',
    }
    const fault = cloud.faults.take((f) => fits(f, path, body))
    if (fault && (await disturb(fault, response))) return note(fault.drop ? 0 : fault.httpStatus!, null)
    answered = await route(call, fault)
    // An answered request must survive the end of this process, or its statuses would never be sent.
    if (method !== 'GET' && cloud.barrier) await cloud.barrier()
    if (fault?.drop === 'after') {
      request.socket.destroy()
      return note(0, null)
    }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    status = error.http
    answered = { body: error.body(traceId(cloud.source)) }
    if (error.code === 190 || error.code === 104) {
      answered.headers = { 'www-authenticate': `OAuth "Facebook Platform" "invalid_token" "${error.message}"` }
    }
  }
  status = answered.status ?? status
  send(cloud, response, version ?? 'v20.0', status, answered.body, answered.headers)
  note(status, answered.body)
}

/** Usable versions of the reference's table. The oldest usable version answers for an expired one. */
function versionOf(segment: string | undefined): string | undefined {
  const match = segment === undefined ? null : /^v(\d{1,2})\.0$/.exec(segment)
  if (!match) return undefined
  const major = Number(match[1])
  return major > 26 || major < 1 ? undefined : `v${Math.max(20, major)}.0`
}

function fits(fault: Fault, path: readonly string[], body: Json): boolean {
  if (fault.on === 'webhooks' || fault.on === 'statuses' || fault.on === 'links') return false
  if (fault.on !== 'graph' && fault.on !== kindOf(path)) return false
  const { match } = fault
  if (!match) return body['status'] !== 'read' || fault.on !== 'messages'
  const template = isObject(body['template']) ? body['template']['name'] : undefined
  return (
    (match.numberId === undefined || match.numberId === path[0]) &&
    (match.edge === undefined || match.edge === path.at(-1)) &&
    (match.to === undefined || match.to === String(body['to'] ?? '').replace(/\D/g, '')) &&
    (match.template === undefined || match.template === template)
  )
}

/** Applies a fault before the call is handled. Returns true when the fault has ended the request. */
async function disturb(fault: Fault, response: ServerResponse): Promise<boolean> {
  // Real time and not the sandbox's clock: the fault delays the connection.
  if (fault.latencyMs) await new Promise((resolve) => setTimeout(resolve, fault.latencyMs))
  if (fault.drop === 'before') {
    response.socket?.destroy()
    return true
  }
  if (fault.httpStatus !== undefined && fault.code === undefined) {
    response.writeHead(fault.httpStatus, { 'content-type': 'text/html; charset=utf-8' })
    response.end(`<html><body><h1>${fault.httpStatus}</h1></body></html>`)
    return true
  }
  if (fault.code !== undefined && !isLater(fault) && fault.drop !== 'after') {
    throw new GraphError(fault.code, {
      ...(fault.details !== undefined && { details: fault.details }),
      ...(fault.httpStatus !== undefined && { http: fault.httpStatus }),
      ...(fault.code === 190 && { message: 'Error validating access token: Session has expired', subcode: 463 }),
    })
  }
  return false
}

function authorise(cloud: Cloud, request: IncomingMessage, url: URL, body: Json): AccessToken {
  const header = request.headers.authorization
  const given =
    header !== undefined
      ? /^(?:Bearer|OAuth)\s+(\S.*)$/i.exec(header)?.[1]?.trim()
      : (url.searchParams.get('access_token') ??
        (typeof body['access_token'] === 'string' ? body['access_token'] : undefined))
  delete body['access_token']
  if (given === undefined || given === '') throw new GraphError(header === undefined ? 104 : 190)
  const { app } = cloud.world
  if (given === `${app.id}|${app.secret}`) return { token: 'app', wabaIds: 'all' }
  const token = cloud.world.tokens.get(given)
  if (!token) throw new GraphError(190)
  if (token.expiresAt !== undefined && token.expiresAt <= cloud.clock.now()) {
    throw new GraphError(190, {
      message: `Error validating access token: Session has expired on ${new Date(token.expiresAt).toUTCString()}.`,
      subcode: 463,
    })
  }
  return token
}

/**
 * JSON, or a form whose values may be JSON. A body that cannot be parsed counts as empty, so the first required key is
 * missing.
 */
async function parseBody(request: IncomingMessage, raw: Buffer): Promise<Json> {
  if (raw.length === 0) return {}
  const type = request.headers['content-type'] ?? ''
  if (/^multipart\/form-data/i.test(type)) return parseMultipart(type, raw)
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const body: Json = {}
    for (const [key, value] of new URLSearchParams(raw.toString())) body[key] = unpacked(key, value)
    return body
  }
  const value = parsed(raw.toString())
  return isObject(value) ? value : {}
}

/** The parts of a form by their names. A file (a flow's JSON, a key) is read as text. */
async function parseMultipart(type: string, raw: Buffer): Promise<Json> {
  const body: Json = {}
  try {
    const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData()
    for (const [key, value] of form) body[key] = typeof value === 'string' ? unpacked(key, value) : await value.text()
  } catch {
    // As with JSON that cannot be parsed: the first required key is missing.
  }
  return body
}

/** The sender's own texts stay text, even when they contain JSON. */
const unpacked = (key: string, value: string): unknown =>
  key !== 'biz_opaque_callback_data' && /^[[{]/.test(value) ? parsed(value) : value

/** Graph accepts a parameter in the query as well as in the body. */
function mergeQuery(body: Json, query: URLSearchParams): void {
  for (const [key, value] of query) {
    if (key !== 'access_token' && body[key] === undefined) body[key] = unpacked(key, value)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** Uses events: iterating over the stream costs more than the rest of the work for a small body. */
export function readBody(request: IncomingMessage, most: number): Promise<Buffer | 'too large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= most) chunks.push(chunk)
      else resolve('too large') // The rest is read and dropped, or the answer could not be delivered.
    })
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    request.on('close', () => resolve('gone'))
    request.on('error', () => resolve('gone'))
  })
}

const APP_USAGE = '{"call_count":0,"total_cputime":0,"total_time":0}'

export function send(
  cloud: Cloud,
  response: ServerResponse,
  version: string,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  // As text: then header and body leave in one write.
  const text = JSON.stringify(body)
  const waba = cloud.world.accounts.keys().next().value
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'facebook-api-version': version,
    'x-app-usage': APP_USAGE,
    ...(waba !== undefined && { 'x-business-use-case-usage': usageOf(waba) }),
    'x-fb-request-id': `A${cloud.source.count('request').toString(36)}`,
    'x-fb-trace-id': 'Sandbox',
    'x-fb-rev': '1',
    ...headers,
  })
  response.end(text)
}

const usageOf = (waba: string): string =>
  `{"${waba}":[{"type":"whatsapp_business_management","call_count":1,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":0}]}`
