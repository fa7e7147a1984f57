import { join } from 'node:path'
import { pathWithoutEnd } from '../platform/url-path.ts'
import { readConfig, type Config } from '../platform/config.ts'
import { readSecret } from '../platform/environment.ts'
import { StoreUnavailable } from '../platform/errors.ts'
import { startGateway } from '../app/gateway.ts'
import { keptAdminToken } from '../platform/installation.ts'
import { silentLog } from '../platform/log.ts'
import { Failed, textOf, type Call, type Option } from './command.ts'
import { pageErrorOf, statusOf } from './page-answer.ts'

/** Options of every command that calls a gateway. */
export const CONNECTION: Record<string, Option> = {
  url: { type: 'string', value: 'url', help: 'The gateway’s address. Default: HOST and PORT of the environment.' },
  token: {
    type: 'string',
    value: 'token',
    help: 'The admin token. Default: ADMIN_TOKEN or the file in ADMIN_TOKEN_FILE, else DATA_DIR/admin.token.',
  },
}

export type Connection = {
  /** Base URL of the requests. */
  readonly url: string
  /** The credential of the requests. */
  readonly headers: Record<string, string>
  /** False when the command started the gateway in its own process, because none answered. */
  readonly running: boolean
  /**
   * Returns the answer's `data`, or the text of a CSV file. Throws `Failed` with the gateway's error. A form is uploaded as
   * it is.
   */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<unknown>
  close(): Promise<void>
}

const ANSWERS_WITHIN_MS = 2_000
const ASK_WITHIN_MS = 90_000

/**
 * Connects to the running gateway over HTTP. When none answers, starts one in this process, with the same routes. The
 * embedded store belongs to one process at a time, so a command never opens it beside a running gateway.
 */
export async function connect(call: Pick<Call, 'values' | 'env' | 'note'>): Promise<Connection> {
  const given = textOf(call.values, 'url')
  if (given !== undefined) {
    const url = originOf(given)
    if (!(await answers(url))) throw new Failed(`No gateway answers at ${url}.`)
    return overHttp(url, tokenFor(call, undefined), true, async () => {})
  }
  const config = readConfig(call.env)
  const url = addressOf(config)
  if (config.port !== 0 && (await answers(url))) return overHttp(url, tokenFor(call, config), true, async () => {})
  call.note(`No gateway answers at ${url}, so this command uses ${placeOf(config)} directly.`)
  return inProcess(config)
}

/** Connects to a gateway that runs already: a command that waits for events starts none. */
export async function connectRunning(call: Pick<Call, 'values' | 'env' | 'note'>): Promise<Connection> {
  if (textOf(call.values, 'url') !== undefined) return connect(call)
  const config = readConfig(call.env)
  const url = addressOf(config)
  if (!(await answers(url)))
    throw new Failed(`No gateway answers at ${url}. Start one with postern serve, or give its address with --url.`)
  return overHttp(url, tokenFor(call, config), true, async () => {})
}

/** Calls a customer's route instead, with the certification code of one channel. */
export async function asCustomer(call: Pick<Call, 'values' | 'env'>, code: string): Promise<Connection> {
  const given = textOf(call.values, 'url')
  const url = given === undefined ? addressOf(readConfig(call.env)) : originOf(given)
  if (!(await answers(url))) throw new Failed(`No gateway answers at ${url}.`)
  const headers = { 'certification-code': code }
  return { url, headers, running: true, ask: asker(url, headers), close: async () => {} }
}

function overHttp(url: string, token: string, running: boolean, close: () => Promise<void>): Connection {
  const headers = { authorization: `Bearer ${token}` }
  return { url, headers, running, ask: asker(url, headers), close }
}

async function inProcess(config: Config): Promise<Connection> {
  try {
    const gateway = await startGateway({
      // A listener of its own on loopback: a gateway that lives for one command must not be reachable from outside.
      config: { ...config, host: '127.0.0.1', port: 0, sandboxPort: 0 },
      log: silentLog,
      idle: true,
    })
    return overHttp(gateway.url, gateway.adminToken, false, () => gateway.stop())
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    throw new Failed(
      `The store cannot be opened (${error.message}). When a gateway is running at another address, give it with --url.`,
    )
  }
}

function asker(url: string, headers: Record<string, string>): Connection['ask'] {
  return async (method, path, body, more) => {
    let response: Response
    try {
      const isForm = body instanceof FormData
      response = await fetch(`${url}${path}`, {
        method,
        headers: { ...headers, ...more, ...(body !== undefined && !isForm && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(ASK_WITHIN_MS),
      })
    } catch (error) {
      throw new Failed(`${method} ${url}${path.split('?')[0]!} had no answer: ${reasonOf(error)}.`)
    }
    const text = await response.text()
    if (response.ok && response.headers.get('content-type')?.startsWith('text/csv')) return text
    let envelope: { status?: unknown; code?: unknown; message?: unknown; data?: unknown; error?: unknown }
    try {
      envelope = JSON.parse(text) as typeof envelope
    } catch {
      throw new Failed(`${url} answered ${response.status} and the answer is not from a gateway.`)
    }
    if (envelope.status === 'success') return envelope.data
    throw new Failed(String(envelope.message ?? `HTTP ${response.status}`), {
      code: envelope.code,
      http: statusOf(response),
      error: pageErrorOf(response) ?? envelope.error ?? {},
    })
  }
}

/** Checks that a gateway answers, before the admin token is sent to it. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, {
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    })
    const body = (await response.json()) as { status?: unknown; version?: unknown }
    return body.status === 'ok' && typeof body.version === 'string'
  } catch {
    return false
  }
}

/** The URL of a gateway with these settings, from this machine. */
export function addressOf(config: Pick<Config, 'host' | 'port'>): string {
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  const host = everywhere[config.host] ?? config.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`
}

function originOf(text: string): string {
  try {
    const url = new URL(text)
    if (url.protocol === 'http:' || url.protocol === 'https:') return `${url.origin}${pathWithoutEnd(url)}`
  } catch {
    // The caller reports the problem.
  }
  throw new Failed(`--url must be an address such as http://127.0.0.1:8080, got "${text}".`)
}

function tokenFor(call: Pick<Call, 'values' | 'env'>, config: Config | undefined): string {
  const given = textOf(call.values, 'token') ?? readSecret(call.env, 'ADMIN_TOKEN')
  if (given !== undefined && given !== '') return given
  const dataDir = config?.dataDir ?? (call.env.DATA_DIR?.trim() || './data')
  const kept = keptAdminToken(dataDir)
  if (kept !== undefined) return kept
  throw new Failed(
    `The admin token is missing. Give --token, set ADMIN_TOKEN, or run the command where ${join(dataDir, 'admin.token')} exists.`,
  )
}

const placeOf = (config: Config): string => (config.databaseUrl === undefined ? config.dataDir : 'DATABASE_URL')

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return `none within ${ASK_WITHIN_MS / 1000} s`
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
