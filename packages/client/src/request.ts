import { errorOf, errorOfFetch, PosternError } from './error.ts'
import { sleep } from './sleep.ts'

export type GatewayOptions = {
  /** The gateway's address, for instance `http://127.0.0.1:8080`. */
  url: string
  /** Timeout of a call with all its retries. Default: 60 s. */
  timeoutMs?: number
  /** Maximum number of retries. Only safe requests are retried. Default: 2. */
  retries?: number
}

export type ClientOptions = GatewayOptions & {
  /** The secret that names the channel. */
  certificationCode: string
}

export type CallOptions = {
  signal?: AbortSignal
  /**
   * 1 to 255 visible characters. A repeated request with the same key gets the first answer and sends nothing. The
   * client makes a key for each POST that has none. Give your own key if you or the client should retry after a lost
   * answer.
   */
  idempotencyKey?: string
}

export type Call = {
  method: string
  path: string
  /** Lists are joined with commas. */
  query?: Record<string, unknown>
  json?: unknown
  form?: FormData
  options?: CallOptions | undefined
}

export type Requester = {
  /** Returns the `data` of the answer. Throws a `PosternError` otherwise. */
  data<T>(call: Call): Promise<T>
  /** Returns the `data` and the headers of the answer. */
  answer<T>(call: Call): Promise<{ data: T; headers: Headers }>
  /** Returns the response itself, for downloads. */
  raw(call: Call): Promise<Response>
  /** Returns the chunks of an answer without end. They throw a `TimeoutError` when none comes for `silentMs`. */
  open(call: Call, silentMs: number): Promise<AsyncIterable<Uint8Array>>
}

export const DEFAULT_TIMEOUT_MS = 60_000
const FIRST_PAUSE_MS = 300

/** `credentials`: the header that every request has. */
export function createRequester(given: GatewayOptions, credentials: Record<string, string>): Requester {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, retries = 2 } = given
  let origin = given.url
  while (origin.endsWith('/')) origin = origin.slice(0, -1)

  async function once(call: Call, signal: AbortSignal): Promise<Response> {
    const url = new URL(origin + call.path)
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    const headers: Record<string, string> = { ...credentials }
    if (call.json !== undefined) headers['content-type'] = 'application/json'
    if (call.options?.idempotencyKey !== undefined) headers['idempotency-key'] = call.options.idempotencyKey
    const body = call.form ?? (call.json === undefined ? null : JSON.stringify(call.json))
    let response: Response
    try {
      // Following a redirect would send the credentials to another host.
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

  async function answer<T>(call: Call): Promise<{ data: T; headers: Headers }> {
    const response = await raw(call)
    const envelope = (await jsonOf(response, call)) as { status?: unknown; data?: unknown } | undefined
    if (envelope?.status !== 'success') throw errorOf(response.status, response.headers, undefined)
    return { data: envelope.data as T, headers: response.headers }
  }

  async function open(call: Call, silentMs: number): Promise<AsyncIterable<Uint8Array>> {
    const silence = createSilence(silentMs)
    const given = call.options?.signal
    try {
      const response = await once(call, given ? AbortSignal.any([silence.signal, given]) : silence.signal)
      return silence.watch(response.body as unknown as AsyncIterable<Uint8Array>)
    } catch (error) {
      silence.end()
      throw error
    }
  }

  return { raw, answer, open, data: async <T>(call: Call) => (await answer<T>(call)).data }
}

/** Aborts a request when nothing of its answer comes for `ms`. */
function createSilence(ms: number) {
  const controller = new AbortController()
  const abort = (): void => controller.abort(new DOMException('the stream was silent for too long', 'TimeoutError'))
  let timer = setTimeout(abort, ms)
  const end = (): void => clearTimeout(timer)
  return {
    signal: controller.signal,
    end,
    async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
      try {
        for await (const chunk of chunks) {
          // The time that the caller needs for a chunk does not count.
          end()
          yield chunk
          timer = setTimeout(abort, ms)
        }
      } finally {
        end()
      }
    },
  }
}

/**
 * Every POST gets a key that all its retries share, so a retry is safe even when an answer was wrong. After a lost
 * answer the client retries only if the caller gave the key.
 */
function withKey(call: Call): Call {
  if (call.method !== 'POST' || call.options?.idempotencyKey !== undefined) return call
  return { ...call, options: { ...call.options, idempotencyKey: crypto.randomUUID() } }
}

/**
 * True when a retry is safe: the request only reads, or the answer proves that nothing was done, or the gateway knows
 * the key and returns its first answer. False for a send without a caller's key whose outcome is unknown.
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
