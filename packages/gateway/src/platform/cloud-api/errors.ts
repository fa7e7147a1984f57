import type { WireError } from '@postern/cloud-api'

/** Meta answered with an error. `message` is Meta's own text, e.g. `(#132012) Parameter …`. */
export class CloudApiError extends Error {
  readonly code: number
  readonly subcode: number | undefined
  /** The text after `(#code)` in the message: the title, when Meta wrote it in that form. */
  readonly title: string
  /** The precise cause. Messaging errors have it, plain Graph errors do not. */
  readonly details: string | undefined
  readonly type: string | undefined
  readonly fbtraceId: string | undefined
  readonly httpStatus: number
  readonly userTitle: string | undefined
  readonly userMessage: string | undefined
  /** The wait that Meta asked for, if any. */
  readonly retryAfterMs: number | undefined

  /** What the answer held beside its error. */
  readonly beside: Record<string, unknown> | undefined

  constructor(
    error: WireError,
    httpStatus: number,
    more: { retryAfterMs?: number | undefined; beside?: Record<string, unknown> | undefined } = {},
  ) {
    super(error.message)
    this.name = 'CloudApiError'
    this.code = error.code
    this.subcode = error.error_subcode
    this.title = error.message.replace(/^\(#\d+\)\s*/, '')
    this.details = error.error_data?.details
    this.type = error.type
    this.fbtraceId = error.fbtrace_id
    this.httpStatus = httpStatus
    this.userTitle = error.error_user_title
    this.userMessage = error.error_user_msg
    this.retryAfterMs = more.retryAfterMs
    this.beside = more.beside
  }
}

/**
 * The request was written, or may have been, and no complete answer arrived. Whether Meta acted on it cannot be known.
 */
export class NoAnswer extends Error {
  constructor(why: string, cause?: unknown) {
    super(`WhatsApp did not answer: ${why}`, { cause })
    this.name = 'NoAnswer'
  }
}

/** Provably no byte of the request was written. A retry cannot do anything twice. */
export class NotConnected extends Error {
  constructor(why: string, cause?: unknown) {
    super(`WhatsApp could not be reached: ${why}`, { cause })
    this.name = 'NotConnected'
  }
}

/** The answer is not of Meta's API: not JSON, another shape, too long. Often the error page of a proxy. */
export class StrangeAnswer extends Error {
  readonly httpStatus: number
  readonly retryAfterMs: number | undefined

  constructor(why: string, httpStatus: number, options: { retryAfterMs?: number | undefined } = {}) {
    super(`WhatsApp's answer (HTTP ${httpStatus}) could not be understood: ${why}`)
    this.name = 'StrangeAnswer'
    this.httpStatus = httpStatus
    this.retryAfterMs = options.retryAfterMs
  }
}
