import type { Readable } from 'node:stream'
import { Pool } from 'undici'
import { StrangeAnswer } from './errors.ts'
import { exchange } from './exchange.ts'
import { createFairShare } from './fair-share.ts'
import { isRecord } from '../is-record.ts'
import { type RawAnswer, readAnswer } from './read-answer.ts'
import { pathWithoutEnd } from '../url-path.ts'

export type CloudApiOptions = {
  /** Origin of the Graph API, e.g. `https://graph.facebook.com`. A path in it is kept before the version. */
  origin: string
  /** Path segment, e.g. `v25.0`. */
  version: string
  /**
   * Number of sockets for all numbers. One number may use as many as are free, so at most half of them. Further calls
   * wait within their own time budget.
   */
  connections?: number
  /** Time budget of a call that has none of its own. */
  timeoutMs?: number
  connectTimeoutMs?: number
  /**
   * How long an idle socket is kept. Short, because a request written at the moment when the other side closes an idle
   * socket ends as `NoAnswer`, and the outcome of its message is then unknown.
   */
  keepAliveMs?: number
  userAgent?: string
  /** For servers with a certificate of a private authority. */
  ca?: string | Buffer
  /** The time in an answer's headers, and ours in the middle of the call, in epoch milliseconds. Every few seconds. */
  onServerTime?: (theirs: number, ours: number) => void
}

export type CallOptions = { timeoutMs?: number }

export type Call = {
  method: 'GET' | 'POST' | 'DELETE'
  /** Segments after the version; each is encoded. */
  path: string[]
  /** Appended to the path without encoding. */
  verbatim?: string
  query?: Record<string, string | number | boolean | undefined>
  /** A call that Meta answers on `api.facebook.com` only. */
  host?: 'api'
  token: string
  /** Default: `Bearer`. */
  scheme?: 'Bearer' | 'OAuth'
  json?: unknown
  body?: { stream: Readable | Buffer; headers: Record<string, string> }
  timeoutMs?: number | undefined
  maxBytes?: number
}

export type Caller = {
  /** Makes one call and returns the JSON of its answer. Throws the errors of `errors.ts`. */
  call(call: Call): Promise<unknown>
  readonly origin: URL
  readonly userAgent: string
  readonly timeoutMs: number
  readonly ca: string | Buffer | undefined
  close(): Promise<void>
}

/** The origin of calls that Meta answers on its second host. A sandbox or a proxy has one origin for both. */
export const apiOrigin = (origin: string): string =>
  origin === 'https://graph.facebook.com' ? 'https://api.facebook.com' : origin

const MIB = 1024 * 1024
const TIME_EVERY_MS = 5_000
const TIME_WITHIN_MS = 2_000
export const TEMPLATE_PAGE_BYTES = 16 * MIB

/** Calls one Graph API origin over kept-alive sockets, one request at a time on each. */
export function createCaller(options: CloudApiOptions): Caller {
  const origin = new URL(options.origin)
  const prefix = `${pathWithoutEnd(origin)}/${options.version}`
  const userAgent = options.userAgent ?? 'Postern'
  const timeoutMs = options.timeoutMs ?? 10_000
  const connections = options.connections ?? 512
  const sockets = createFairShare(connections)
  const poolOf = (address: string): Pool =>
    new Pool(address, {
      connections,
      // A send behind an unanswered one would be lost with it when the socket breaks.
      pipelining: 1,
      keepAliveTimeout: options.keepAliveMs ?? 4_000,
      maxHeaderSize: 32 * 1024,
      connect: { timeout: options.connectTimeoutMs ?? 5_000, ...(options.ca ? { ca: options.ca } : {}) },
    })
  const graph = { address: origin.origin, pool: poolOf(origin.origin) }
  const apiAddress = apiOrigin(origin.origin)
  const api = apiAddress === graph.address ? graph : { address: apiAddress, pool: poolOf(apiAddress) }

  let toldAt = 0
  function tellTime({ headers }: RawAnswer, begunAt: number): void {
    const now = Date.now()
    // A slow answer says little, and so does one answer more in the same seconds.
    if (!options.onServerTime || Math.abs(now - toldAt) < TIME_EVERY_MS || now - begunAt > TIME_WITHIN_MS) return
    toldAt = now
    const { date } = headers
    const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN
    // The header has whole seconds, so half a second is added to be right on average.
    if (!Number.isNaN(theirs)) options.onServerTime(theirs + 500, (begunAt + now) / 2)
  }

  return {
    origin,
    userAgent,
    timeoutMs,
    ca: options.ca,
    async call(call) {
      const headers: Record<string, string> = {
        authorization: `${call.scheme ?? 'Bearer'} ${call.token}`,
        'user-agent': userAgent,
        accept: 'application/json',
      }
      let body: string | Buffer | Readable | undefined
      if (call.body) {
        Object.assign(headers, call.body.headers)
        body = call.body.stream
      } else if (call.json !== undefined) {
        headers['content-type'] = 'application/json'
        body = JSON.stringify(call.json)
      }
      const { address, pool } = call.host === 'api' ? api : graph
      const begunAt = Date.now()
      const answer = await exchange(pool, {
        origin: address,
        method: call.method,
        path: prefix + pathOf(call),
        headers,
        ...(body === undefined ? {} : { body }),
        timeoutMs: call.timeoutMs ?? timeoutMs,
        maxBytes: call.maxBytes ?? MIB,
        turn: (go) => sockets.enter(shareOf(call), go),
      })
      tellTime(answer, begunAt)
      return readAnswer(answer, call.token)
    },
    close: async () => {
      await Promise.all([...new Set([graph.pool, api.pool])].map((pool) => pool.close()))
    },
  }
}

/** Whose share of the sockets a call uses: its number's or account's, else that of the token's owner. */
function shareOf({ path, token }: Call): string {
  return path.length > 1 ? path[0]! : token
}

function pathOf(call: Call): string {
  let path = ''
  for (const segment of call.path) {
    // An id from outside must stay one segment: encoding does not change `.` and `..`.
    if (segment === '' || segment === '.' || segment === '..') throw new TypeError('an id in the path is empty')
    path += `/${encodeURIComponent(segment)}`
  }
  if (call.verbatim !== undefined) path += `/${call.verbatim}`
  if (!call.query) return path
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(call.query)) {
    if (value !== undefined) query.set(key, String(value))
  }
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

/** The answer as an object, or `StrangeAnswer`. */
export function asRecord(json: unknown): Record<string, unknown> {
  if (!isRecord(json)) throw new StrangeAnswer('not an object', 200)
  return json
}

/** The id in `record[key]` as text. Meta writes ids as strings and, in places, as numbers. */
export function idIn(record: Record<string, unknown>, key = 'id'): string {
  const value = record[key]
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  throw new StrangeAnswer(`no ${key} in it`, 200)
}

/** For calls that answer `{"success": true}`. */
export function expectSuccess(json: unknown): void {
  if (asRecord(json).success !== true) throw new StrangeAnswer('it does not say success', 200)
}
