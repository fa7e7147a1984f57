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

/** Options of a call that knows no idempotency key: only the routes of customers do. */
export type SignalOptions = { signal?: AbortSignal }

export type CallOptions = SignalOptions & {
  /**
   * Of a POST: 1 to 255 visible characters. A repeated request with the same key gets the first answer and sends nothing. The
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
  /** Returns the headers and the chunks of an answer without end. A chunk throws a `TimeoutError` after `silentMs`. */
  open(call: Call, silentMs: number): Promise<{ chunks: AsyncIterable<Uint8Array>; headers: Headers }>
}

export const DEFAULT_TIMEOUT_MS = 60_000
const FIRST_PAUSE_MS = 300
/** A channel with `compatibility: "page"` answers 200 to everything, and says in headers what happened. */
const PAGE_STATUS = 'x-postern-status'
const PAGE_ERROR = 'x-postern-error'
const statusOf = ({ headers, status }: Response): number => Number(headers.get(PAGE_STATUS) ?? status)

/** `credentials`: the header that every request has. */
export function createRequester(given: GatewayOptions, credentials: Record<string, string>): Requester {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, retries = 2 } = given
  let origin = given.url
  while (origin.endsWith('/')) origin = origin.slice(0, -1)
  // An operator's routes do not look at a key.
  const isCustomer = 'certification-code' in credentials

  async function once(call: Call, signal: AbortSignal, key?: string): Promise<Response> {
    const url = new URL(origin + call.path)
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    const headers: Record<string, string> = { ...credentials }
    if (call.json !== undefined) headers['content-type'] = 'application/json'
    if (key !== undefined) headers['idempotency-key'] = key
    const body = call.form ?? (call.json === undefined ? null : JSON.stringify(call.json))
    let response: Response
    try {
      // Following a redirect would send the credentials to another host.
      response = await fetch(url, { method: call.method, headers, body, redirect: 'manual', signal })
    } catch (error) {
      if (call.options?.signal?.aborted) throw error
      throw errorOfFetch(error)
    }
    const status = statusOf(response)
    if (status >= 200 && status < 300) return response
    throw errorOf(status, response.headers, await jsonOf(response, call))
  }

  async function raw(call: Call): Promise<Response> {
    const isKeyed = isCustomer && call.method === 'POST'
    const given = isKeyed ? call.options?.idempotencyKey : undefined
    // All retries share the key, so a retry is safe even when an answer was wrong.
    const key = given ?? (isKeyed ? crypto.randomUUID() : undefined)
    const deadline = performance.now() + timeoutMs
    const limit = AbortSignal.timeout(timeoutMs)
    const signal = call.options?.signal ? AbortSignal.any([limit, call.options.signal]) : limit
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(call, signal, key)
      } catch (error) {
        if (!(error instanceof PosternError) || attempt >= retries || !mayRepeat(call, error, given)) throw error
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

  async function open(call: Call, silentMs: number): ReturnType<Requester['open']> {
    const silence = createSilence(silentMs)
    const given = call.options?.signal
    try {
      const { body, headers } = await once(call, given ? AbortSignal.any([silence.signal, given]) : silence.signal)
      return { chunks: silence.watch(body as unknown as AsyncIterable<Uint8Array>), headers }
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
 * True when a retry is safe: the request only reads, or the answer proves that nothing was done, or the gateway knows
 * the caller's key and returns its first answer. False for a send without a caller's key whose outcome is unknown: the
 * caller, who does not know the client's own key, may send again.
 */
export function mayRepeat({ method }: Pick<Call, 'method'>, error: PosternError, key?: string): boolean {
  if (error.retryable) return true
  return error.reason === 'no_answer' && (method === 'GET' || key !== undefined)
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
    const body: unknown = JSON.parse(text)
    const error = response.headers.get(PAGE_ERROR)
    return error === null ? body : { ...(body as object), error: JSON.parse(error) }
  } catch {
    return undefined
  }
}
