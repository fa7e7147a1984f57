import type { WireError } from '@postern/cloud-api'

/** Meta answered, and the answer says what is wrong. `message` is Meta's own text, e.g. `(#132012) Parameter …`. */
export class CloudApiError extends Error {
  readonly code: number
  readonly subcode: number | undefined
  /** What stands behind `(#code)` in the message: the title, when Meta wrote it in that form. */
  readonly title: string
  /** The precise cause; messaging errors have it, plain Graph errors do not. */
  readonly details: string | undefined
  readonly type: string | undefined
  readonly fbtraceId: string | undefined
  readonly httpStatus: number
  readonly userTitle: string | undefined
  readonly userMessage: string | undefined
  /** How long Meta asked to be left alone, when it said so. */
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

/** The request was written, or may have been, and no whole answer came. Whether Meta acted on it cannot be known. */
export class NoAnswer extends Error {
  constructor(why: string, cause?: unknown) {
    super(`WhatsApp did not answer: ${why}`, { cause })
    this.name = 'NoAnswer'
  }
}

/** Proven: not one byte of the request was written. It may be tried again without fear of doing something twice. */
export class NotConnected extends Error {
  constructor(why: string, cause?: unknown) {
    super(`WhatsApp could not be reached: ${why}`, { cause })
    this.name = 'NotConnected'
  }
}

/** An answer came that Meta's API does not give: not JSON, another shape, too long. Often a gateway's error page. */
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
