export type FieldProblem = { path: string; rule: string; limit?: number; actual?: unknown; message: string }

/** WhatsApp's error, when WhatsApp refused the request. */
export type Upstream = {
  code: number
  title: string
  details: string | null
  subcode: number | null
  fbtrace_id: string | null
  http_status: number
  retryable: boolean
  advice: string | null
}

type Told = {
  message: string
  code: number
  http: number
  reason: string
  retryable: boolean
  retryAfter?: number | undefined
  error?: Record<string, unknown>
  requestId?: string | undefined
  cause?: unknown
}

/** A request that failed: refused, throttled, or without an answer. `reason` tells which. */
export class PosternError extends Error {
  /** The `code` of the answer's body, such as 422 or 10002. 0 when there was no answer. */
  readonly code: number
  /** The HTTP status; 0 when there was no answer. */
  readonly http: number
  /**
   * A reason of docs/errors.md, or one of this client's own: `not_connected` (nothing was sent), `no_answer` (the
   * request may have been carried out), `strange_answer` (the answer is not from Postern).
   */
  readonly reason: string
  /** All problems of the request body, when it was refused with 422. */
  readonly fields: readonly FieldProblem[]
  readonly upstream: Upstream | undefined
  /** True when nothing was done and the same request can succeed later. */
  readonly retryable: boolean
  /** Seconds to wait before a retry, when the gateway knows them. */
  readonly retryAfter: number | undefined
  /** The gateway's id of the message, when the gateway had stored one. */
  readonly reference: string | undefined
  /** Id of the request, for questions to the gateway's operator. */
  readonly requestId: string | undefined

  constructor(told: Told) {
    super(told.message, told.cause === undefined ? undefined : { cause: told.cause })
    this.name = 'PosternError'
    this.code = told.code
    this.http = told.http
    this.reason = told.reason
    this.retryable = told.retryable
    this.retryAfter = told.retryAfter
    this.requestId = told.requestId
    const { fields, upstream, reference } = told.error ?? {}
    this.fields = Array.isArray(fields) ? (fields as FieldProblem[]) : []
    this.upstream = typeof upstream === 'object' && upstream !== null ? (upstream as Upstream) : undefined
    this.reference = typeof reference === 'string' ? reference : undefined
  }
}

/** Reasons which prove that nothing was done, and which can pass. */
const NOTHING_DONE = new Set([
  'rate_limited',
  'rate_limited_number',
  'rate_limited_pair',
  'overloaded',
  'store_unavailable',
  'shutting_down',
  'upstream_throttled',
  'upstream_unavailable',
  'idempotency_in_flight',
])

/** Reasons of answers that have only a code. */
const BY_CODE: Record<number, string> = {
  404: 'route_not_found',
  422: 'validation_failed',
  500: 'internal',
}

/** Makes a PosternError of an answer of the gateway. */
export function errorOf(http: number, headers: Headers, body: unknown): PosternError {
  const requestId = headers.get('x-request-id') ?? undefined
  const { code, message, error } = (body ?? {}) as { code?: unknown; message?: unknown; error?: unknown }
  if (typeof code !== 'number' || typeof error !== 'object' || error === null) {
    const message = `HTTP ${http}, and the answer is not from Postern: check the address, and any proxy in front of Postern.`
    return new PosternError({ message, code: 0, http, reason: 'strange_answer', retryable: false, requestId })
  }
  const told = error as Record<string, unknown>
  const reason = typeof told.reason === 'string' ? told.reason : (BY_CODE[code] ?? 'unknown')
  const after = Number(headers.get('retry-after') ?? Number.NaN)
  return new PosternError({
    message: typeof message === 'string' ? message : reason,
    code,
    http,
    reason,
    retryable: NOTHING_DONE.has(reason),
    retryAfter: Number.isFinite(after) ? after : undefined,
    error: told,
    requestId,
  })
}

// Each of these codes means that no connection was made, so no byte of the request was sent.
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Makes a PosternError of a failed `fetch`. */
export function errorOfFetch(error: unknown): PosternError {
  const code = causeCode(error)
  const notConnected = code !== undefined && NEVER_CONNECTED.has(code)
  return new PosternError({
    message: notConnected
      ? `Postern cannot be reached (${code}), so nothing was sent.`
      : 'Postern did not answer, so it is not known whether the request was carried out.',
    code: 0,
    http: 0,
    reason: notConnected ? 'not_connected' : 'no_answer',
    retryable: notConnected,
    cause: error,
  })
}

function causeCode(error: unknown): string | undefined {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    const { code } = one as NodeJS.ErrnoException
    if (typeof code === 'string') return code
    // `fetch` tried every address of the host name.
    if (one instanceof AggregateError) {
      const codes = new Set(one.errors.map((each: unknown) => (each as NodeJS.ErrnoException).code))
      return codes.size === 1 ? [...codes][0] : undefined
    }
  }
  return undefined
}
