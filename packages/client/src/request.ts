import { errorOf, errorOfFetch, PosternError } from './error.ts'
import { sleep } from './sleep.ts'

export type ClientOptions = {
  /** The gateway's address, for instance `http://127.0.0.1:8080`. */
  url: string
  /** Names the channel that sends. */
  certificationCode: string
  /** Timeout of a call, including its retries. Default: 60 s. */
  timeoutMs?: number
  /** Maximum number of retries, where a retry is proven safe. Default: 2. */
  retries?: number
}

export type CallOptions = {
  signal?: AbortSignal
  /**
   * With the same key, the gateway gives back the first answer instead of sending again. 1 to 255 visible characters. Every
   * POST without one gets a key of its own; give yours to have it repeated after a lost answer, by you or by this client.
   */
  idempotencyKey?: string
}

export type Call = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  query?: Record<string, string | number | undefined>
  json?: unknown
  form?: FormData
  options?: CallOptions | undefined
}

export type Requester = {
  /** The answer's `data`. Throws a `PosternError` for everything else. */
  data<T>(call: Call): Promise<T>
  /** The answer itself, for bytes. */
  raw(call: Call): Promise<Response>
}

const FIRST_PAUSE_MS = 300

export function createRequester(given: ClientOptions): Requester {
  const { certificationCode, timeoutMs = 60_000, retries = 2 } = given
  let origin = given.url
  while (origin.endsWith('/')) origin = origin.slice(0, -1)

  async function once(call: Call, signal: AbortSignal): Promise<Response> {
    const url = new URL(origin + call.path)
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    const headers: Record<string, string> = { 'certification-code': certificationCode }
    if (call.json !== undefined) headers['content-type'] = 'application/json'
    if (call.options?.idempotencyKey !== undefined) headers['idempotency-key'] = call.options.idempotencyKey
    const body = call.form ?? (call.json === undefined ? null : JSON.stringify(call.json))
    let response: Response
    try {
      // A redirect would carry the certification code to wherever it points.
      response = await fetch(url, { method: call.method, headers, body, redirect: 'manual', signal })
    } catch (error) {
      if (call.options?.signal?.aborted) throw error
      throw errorOfFetch(error)
    }
    if (response.status >= 200 && response.status < 300) return response
    throw errorOf(response.status, response.headers, await jsonOf(response, call))
  }

  async function raw(call: Call): Promise<Response> {
    const keyed = withKey(call)
    const deadline = performance.now() + timeoutMs
    const limit = AbortSignal.timeout(timeoutMs)
    const signal = call.options?.signal ? AbortSignal.any([limit, call.options.signal]) : limit
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(keyed, signal)
      } catch (error) {
        if (!(error instanceof PosternError) || attempt >= retries || !mayRepeat(call, error)) throw error
        const pause = pauseMs(attempt, error)
        if (performance.now() + pause >= deadline) throw error
        await sleep(pause, call.options?.signal)
      }
    }
  }

  return {
    raw,
    async data<T>(call: Call) {
      const response = await raw(call)
      const envelope = (await jsonOf(response, call)) as { status?: unknown; data?: unknown } | undefined
      if (envelope?.status !== 'success') throw errorOf(response.status, response.headers, undefined)
      return envelope.data as T
    },
  }
}

/**
 * What makes something always goes under a key, the same for all its repetitions, so that one of them can do no harm even
 * where an answer was wrong. Only who gave the key asks for repetition after a lost answer.
 */
function withKey(call: Call): Call {
  if (call.method !== 'POST' || call.options?.idempotencyKey !== undefined) return call
  return { ...call, options: { ...call.options, idempotencyKey: crypto.randomUUID() } }
}

/**
 * Whether asking again can do no harm: it only reads, or the answer proves that nothing was done, or the gateway
 * remembers the key and gives the first answer back. A send whose outcome is unknown is never among them.
 */
export function mayRepeat(call: Pick<Call, 'method' | 'options'>, error: PosternError): boolean {
  if (error.retryable) return true
  if (error.reason !== 'no_answer') return false
  return call.method === 'GET' || call.options?.idempotencyKey !== undefined
}

function pauseMs(attempt: number, error: PosternError): number {
  const grown = FIRST_PAUSE_MS * 2 ** attempt * (0.8 + 0.4 * Math.random())
  return Math.max(grown, (error.retryAfter ?? 0) * 1000)
}

async function jsonOf(response: Response, call: Call): Promise<unknown> {
  let text: string
  try {
    text = await response.text()
  } catch (error) {
    if (call.options?.signal?.aborted) throw error
    throw errorOfFetch(error)
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
