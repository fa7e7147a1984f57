/**
 * All errors for callers, in one catalogue. `docs/errors.md` explains each, and a test compares the two.
 *
 * `code` is the code of the API page (the body's `code`), `http` the status line, `says` the text for people, with
 * `{names}` filled from the error's details.
 */
export const ERRORS = {
  bad_json: { code: 400, http: 400, says: 'The body is not valid JSON: {problem}. Send one JSON object.' },
  bad_encoding: {
    code: 400,
    http: 400,
    says: 'The body is not UTF-8: the byte at position {position} is not part of a character. Encode the JSON as UTF-8 (not as GBK, Big5 or Latin-1) and send it again.',
  },
  bad_request: { code: 400, http: 400, says: 'The request cannot be read: {problem}.' },
  template_missing: { code: 400, http: 400, says: 'The template is not found.' },
  admin_token_invalid: {
    code: 401,
    http: 401,
    says: 'The admin token is missing or wrong. Send it as "authorization: Bearer <ADMIN_TOKEN>".',
  },
  api_key_invalid: {
    code: 10001,
    http: 401,
    says: 'The API key is wrong, revoked or expired. Send a key as "authorization: Bearer pk_…".',
  },
  sign_in_failed: { code: 401, http: 401, says: 'The e-mail address, the password or the code is wrong.' },
  invitation_invalid: {
    code: 401,
    http: 401,
    says: 'The invitation was used, has expired or was replaced. Ask an admin for another one.',
  },
  role_needed: {
    code: 403,
    http: 403,
    says: 'This needs the role {needed}, and you have the role {role}. Ask an admin.',
  },
  out_of_scope: { code: 403, http: 403, says: '{problem}' },
  host_unknown: {
    code: 403,
    http: 403,
    says: 'The gateway listens on this machine only and does not know the host name {host}. Use its IP address, or set TRUSTED_PROXIES to the proxy, or PUBLIC_URL to the public address.',
  },
  route_not_found: {
    code: 404,
    http: 404,
    says: 'There is no route {method} {path}. See /openapi.json for all routes.',
  },
  method_not_allowed: {
    code: 405,
    http: 405,
    says: 'The route {path} does not accept {method}. It accepts {allowed}.',
  },
  resource_not_found: { code: 404, http: 404, says: 'No {what} has the id {id}.' },
  idempotency_in_flight: {
    code: 409,
    http: 409,
    says: 'A request with this Idempotency-Key is still in flight. Wait for its answer, then ask again.',
  },
  conflict: { code: 409, http: 409, says: '{problem}' },
  not_owner: {
    code: 409,
    http: 409,
    says: 'Another program holds the conversation with this contact, and if_owner is true. Nothing was sent. Wait for the event conversation_owner, or take the conversation with POST /external/contacts/{to}/thread.',
  },
  body_too_large: { code: 413, http: 413, says: 'The body is larger than {limit} bytes. Send less.' },
  media_too_large: { code: 413, http: 413, says: '{problem}' },
  wrong_content_type: {
    code: 415,
    http: 415,
    says: 'The content type {got} is not accepted. Send {wanted}.',
  },
  media_type_not_supported: { code: 415, http: 415, says: '{problem}' },
  validation_failed: { code: 422, http: 422, says: '{problem}' },
  idempotency_key_reused: {
    code: 422,
    http: 422,
    says: 'This Idempotency-Key was used with another body. Use a new key for a new request.',
  },
  direct_send_not_allowed: { code: 422, http: 422, says: '{problem}' },
  quiet_hours: { code: 409, http: 409, says: 'It is quiet hours at the contact’s until {until}: the message waits.' },
  webhook_not_set: {
    code: 422,
    http: 422,
    says: 'The channel has no webhook. Set one with PUT /admin/channels/{channel_id}/webhook.',
  },
  rate_limited: { code: 429, http: 429, says: 'Too many requests. Wait {seconds} s and send again.' },
  rate_limited_number: {
    code: 429,
    http: 429,
    says: 'The number’s rate limit is {per_second} messages per second, and its queue is full. Nothing was sent. Wait {seconds} s and send again.',
  },
  rate_limited_pair: {
    code: 429,
    http: 429,
    says: 'Too many messages to this contact in a short time: WhatsApp allows one every 6 s, and 45 in a burst. Nothing was sent. Wait {seconds} s and send again.',
  },
  too_many_readers: {
    code: 429,
    http: 429,
    says: 'The channel has reached its limit of {limit} {what} on this node. End one of them, or send the same request again in {seconds} s.',
  },
  internal: {
    code: 500,
    http: 500,
    says: 'Internal error. Quote request {request_id} when you report it.',
  },
  store_unavailable: {
    code: 503,
    http: 503,
    says: 'The store cannot be reached. Nothing was sent. Send the same request again in a few seconds.',
  },
  overloaded: {
    code: 503,
    http: 503,
    says: 'This node is at its limit of sends in flight. Nothing was sent. Send the same request again in {seconds} s.',
  },
  shutting_down: {
    code: 503,
    http: 503,
    says: 'This node is stopping. Nothing was sent. Send the same request again.',
  },
  certification_code_invalid: {
    code: 10001,
    http: 401,
    says: 'The certification code is missing, wrong or revoked. Send it in the header certification-code.',
  },
  upstream_refused: { code: 10002, http: 400, says: '{problem}' },
  window_closed: { code: 10002, http: 400, says: '(#131047) Re-engagement message' },
  opted_out: {
    code: 10002,
    http: 400,
    says: '(#131050) The person has stopped marketing messages of this business. Nothing was sent.',
  },
  marketing_limited: {
    code: 10002,
    http: 400,
    says: '(#131049) WhatsApp did not deliver a marketing message to this person in the last 24 hours, and repeating it makes it worse. Nothing was sent.',
  },
  template_not_found: { code: 10002, http: 400, says: '(#132001) Template name does not exist in the translation' },
  template_language_needed: { code: 10002, http: 400, says: '{problem}' },
  template_not_approved: { code: 10002, http: 400, says: '{problem}' },
  template_mismatch: { code: 10002, http: 400, says: '{problem}' },
  upstream_throttled: { code: 10002, http: 503, says: '{problem}' },
  upstream_unavailable: { code: 10002, http: 503, says: '{problem}' },
  outcome_unknown: {
    code: 10002,
    http: 504,
    says: 'WhatsApp did not answer, so it is unknown whether it accepted the message. Do not send it again: the status callback with reference {reference} reports the result.',
  },
} as const satisfies Record<string, { code: number; http: number; says: string }>

export type Reason = keyof typeof ERRORS

/** `outcome_unknown` of a write whose commit the store did not confirm: it may have been stored. */
const STORE_OUTCOME_UNKNOWN =
  'The store did not confirm the write, so it is not known whether this was done. Look before you send it again, or repeat it with the same Idempotency-Key.'

/** One problem of a request, as `error.fields` lists it. A check with fixed words for its rules narrows `R` to them. */
export type FieldProblem<R extends string = string> = {
  path: string
  rule: R
  limit?: number
  actual?: unknown
  message: string
}

/**
 * A problem that the caller must fix, or wait for. `details` fills the text; `data` is added to the answer's `error`
 * object. Any other thrown error is a bug.
 */
export class GatewayError extends Error {
  readonly reason: Reason
  readonly data: Record<string, unknown>
  readonly retryAfterSeconds: number | undefined

  constructor(
    reason: Reason,
    details: Record<string, unknown> = {},
    options: { data?: Record<string, unknown>; retryAfterSeconds?: number; cause?: unknown; says?: string } = {},
  ) {
    super(
      fill(options.says ?? ERRORS[reason].says, details),
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = 'GatewayError'
    this.reason = reason
    this.data = options.data ?? {}
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get code(): number {
    return ERRORS[this.reason].code
  }

  get http(): number {
    return ERRORS[this.reason].http
  }
}

/** A body that breaks our rules: every problem in `error.fields`, the first one in `message`. */
export function validationError(problems: readonly FieldProblem[]): GatewayError {
  const [first] = problems
  const problem = first
    ? first.path === ''
      ? first.message
      : `${first.path}: ${first.message}`
    : 'The body is not valid.'
  return new GatewayError('validation_failed', { problem }, { data: { fields: problems } })
}

/** The store did not answer or did not accept a write. Nothing that depends on it may be acknowledged. */
export class StoreUnavailable extends Error {
  /** True when a write was sent and its commit not confirmed: it may be stored or not. */
  readonly outcomeUnknown: boolean

  constructor(message: string, options: { cause?: unknown; outcomeUnknown?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'StoreUnavailable'
    this.outcomeUnknown = options.outcomeUnknown ?? false
  }
}

/** For a write that only prepares: whether it was stored or not, the prepared action was not done. */
export function nothingDone(error: unknown): unknown {
  if (!(error instanceof StoreUnavailable) || !error.outcomeUnknown) return error
  return new StoreUnavailable(error.message, { cause: error })
}

/** The answer to a caller when the store failed. */
export function storeError(error: StoreUnavailable): GatewayError {
  return error.outcomeUnknown
    ? new GatewayError('outcome_unknown', {}, { cause: error, says: STORE_OUTCOME_UNKNOWN })
    : new GatewayError('store_unavailable', {}, { retryAfterSeconds: 2, cause: error })
}

function fill(text: string, details: Record<string, unknown>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in details ? String(details[name]) : whole))
}
