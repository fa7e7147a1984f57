import type { WebhookError, WireError } from '@postern/cloud-api'

/*
 * Meta's texts, and the HTTP status of each code in Meta's 2025 table (the 2026 table has no such column). A throttle
 * is a 400 and not a 429. Texts marked * were not seen in an answer; they are the titles of the table.
 */
const CODES: Record<number, { http: number; title: string; details?: string }> = {
  0: { http: 401, title: 'AuthException' },
  1: { http: 400, title: 'An unknown error has occurred.' },
  2: { http: 503, title: 'Service temporarily unavailable' },
  3: { http: 500, title: 'Application does not have the capability to make this API call.' },
  4: { http: 400, title: 'Application request limit reached' },
  10: { http: 403, title: 'Application does not have permission for this action' },
  33: { http: 400, title: 'This object does not exist or does not support this action' },
  100: { http: 400, title: 'Invalid parameter' },
  104: { http: 401, title: 'An access token is required to request this resource.' },
  190: { http: 401, title: 'Invalid OAuth access token - Cannot parse access token' },
  200: { http: 403, title: 'Permissions error' },
  368: { http: 403, title: 'Temporarily blocked for policies violations' },
  2500: { http: 400, title: 'Unknown path components' },
  80007: { http: 400, title: 'Rate limit issues' },
  80008: {
    http: 400,
    title: 'There have been too many calls to this WhatsApp Business account. Wait a bit and try again.',
  },
  130403: { http: 400, title: 'Business has blocked this user' },
  130429: { http: 400, title: 'Rate limit hit', details: 'Cloud API message throughput has been reached.' },
  130472: {
    http: 400,
    title: "User's number is part of an experiment",
    details: "Failed to send message because this user's phone number is part of an experiment",
  },
  130497: { http: 403, title: 'Business account is restricted from messaging users in this country.' },
  131000: { http: 500, title: 'Something went wrong' },
  131005: { http: 403, title: 'Access denied' },
  131008: { http: 400, title: 'Required parameter is missing' },
  131009: { http: 400, title: 'Parameter value is not valid' },
  131016: { http: 500, title: 'Service unavailable' },
  131020: { http: 400, title: 'Group has no other participants' },
  131041: { http: 400, title: 'Group unknown or not a member' },
  131207: { http: 400, title: 'Group is suspended' },
  613: { http: 400, title: 'Calls to this api have exceeded the rate limit.' },
  2494191: { http: 400, title: 'Only the escalation partner can take thread control' },
  131021: { http: 400, title: 'Recipient cannot be sender', details: 'Recipient cannot be sender' },
  131026: { http: 400, title: 'Message undeliverable', details: 'Message Undeliverable.' },
  131030: {
    http: 400,
    title: 'Recipient phone number not in allowed list',
    details: 'Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.',
  },
  131031: { http: 403, title: 'Account has been locked', details: 'Business Account locked' },
  131037: { http: 400, title: 'WhatsApp provided number needs display name approval before message can be sent.' },
  131042: { http: 400, title: 'Business eligibility payment issue' },
  131045: { http: 500, title: 'Incorrect certificate' },
  131047: {
    http: 400,
    title: 'Re-engagement message',
    details:
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  },
  131048: {
    http: 400,
    title: 'Spam rate limit hit',
    details:
      'Message failed to send because there are restrictions on how many messages can be sent from this phone number.',
  },
  131049: {
    http: 400,
    title: 'This message was not delivered to maintain healthy ecosystem engagement.',
    details: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
  },
  131050: { http: 400, title: 'User has stopped marketing messages from your business' },
  131051: {
    http: 400,
    title: 'Unsupported message type',
    details: 'Message type is currently not supported.',
  },
  131052: { http: 400, title: 'Media download error' },
  131053: { http: 400, title: 'Media upload error' },
  131055: { http: 400, title: 'Method not allowed' },
  131056: {
    http: 400,
    title: '(Business Account, Consumer Account) pair rate limit hit',
    details:
      'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time',
  },
  131057: { http: 500, title: 'Account in maintenance mode' },
  131059: { http: 400, title: 'Invalid paging cursor' },
  131062: {
    http: 400,
    title: 'Business-scoped User ID (BSUID) recipients are not supported for this message.',
    details: 'Business-scoped User ID (BSUID) recipients are not supported for this message.',
  },
  131063: {
    http: 400,
    title: 'Marketing templates disabled for Cloud API',
    details:
      'Your template is categorized as Marketing, but marketing templates are currently disabled for your Cloud API configuration.',
  },
  131064: { http: 400, title: 'Template classification violations' },
  132000: { http: 400, title: 'Number of parameters does not match the expected number of params' },
  132001: { http: 404, title: 'Template name does not exist in the translation' },
  132005: { http: 400, title: 'Translated text too long' },
  132007: { http: 400, title: 'Template Format Character Policy Violated' },
  132012: { http: 400, title: 'Parameter format does not match format in the created template' },
  132015: { http: 400, title: 'Template is Paused' },
  132016: { http: 400, title: 'Template is Disabled' },
  132018: { http: 400, title: 'Template validation error' },
  132068: { http: 400, title: 'Flow is blocked' },
  132069: { http: 400, title: 'Flow is throttled' },
  133000: { http: 500, title: 'Incomplete Deregistration' },
  133004: { http: 503, title: 'Server Temporarily Unavailable' },
  133005: { http: 400, title: 'Two step verification PIN Mismatch' },
  133006: { http: 400, title: 'Phone number Re-verification Needed' },
  133008: { http: 400, title: 'Too Many two step verification PIN Guesses' },
  133009: { http: 400, title: 'Two step verification PIN Guessed Too Fast' },
  133010: { http: 400, title: 'Phone number Not Registered' },
  133015: { http: 400, title: 'Please wait a few minutes before attempting to register this phone number' },
  133016: { http: 400, title: 'Account register deregister rate limit exceeded' },
  134101: { http: 400, title: 'Your template is still syncing' },
  134102: { http: 500, title: 'Template unavailable for use' },
  135000: { http: 400, title: 'Generic user error' },
  137000: { http: 400, title: 'Recipient identity key hash mismatch' },
  138000: { http: 400, title: 'Calling not enabled', details: 'Calling is not enabled for this phone number.' },
  138001: { http: 400, title: 'Receiver uncallable' },
  138003: { http: 400, title: 'Duplicate call', details: 'A call with this receiver is already in progress.' },
  138004: { http: 400, title: 'Connection Error' },
  138006: {
    http: 400,
    title: 'No approved call permission from the recipient',
    details: 'No approved call permission from the recipient',
  },
  138007: { http: 400, title: 'Connection Timeout', details: 'Call was unable to connect due to a timeout' },
  138009: { http: 400, title: 'Call permission request limit hit' },
  138012: { http: 400, title: 'Business initiated calls limit hit' },
  139000: { http: 400, title: 'Blocked by Integrity' },
  139001: { http: 400, title: "Flow can't be updated" },
  139002: { http: 400, title: "Flow can't be published" },
  139003: { http: 400, title: "Flow can't be deprecated" },
  139004: { http: 400, title: "Flow can't be deleted" },
  139100: { http: 400, title: 'Failed to block/unblock some users' },
  147001: { http: 400, title: 'Username is not available', details: 'Username is not available' },
  147005: { http: 400, title: 'Username transfer required', details: 'Username transfer required' },
}

/** Codes whose message has no `(#code)` prefix. */
const PLAIN = new Set([0, 1, 2, 3, 190, 2500])
/** Plain Graph errors: without `error_data`. */
const WITHOUT_DATA = new Set([0, 1, 2, 3, 4, 10, 33, 100, 104, 190, 200, 2500, 80007, 80008, 2494191])

/** Codes that only webhooks carry, as the failure of an accepted message. */
export const LATER_CODES = new Set([
  130472, 130403, 131026, 131042, 131047, 131048, 131049, 131050, 131052, 131053, 137000,
])

export type GraphErrorParts = {
  details?: string
  message?: string
  http?: number
  subcode?: number
  type?: string
  userTitle?: string
  userMessage?: string
  transient?: boolean
  /** Keys beside `error` in the answer (block users answers both). */
  beside?: Record<string, unknown>
}

/** A refusal in Meta's form. The server adds the answer's `fbtrace_id`. */
export class GraphError extends Error {
  readonly code: number
  readonly http: number
  readonly parts: GraphErrorParts

  constructor(code: number, parts: GraphErrorParts = {}) {
    const known = CODES[code]
    const text = parts.message ?? known?.title ?? 'An unknown error has occurred.'
    super(parts.message !== undefined || PLAIN.has(code) ? text : `(#${code}) ${text}`)
    this.code = code
    this.http = parts.http ?? known?.http ?? 400
    this.parts = parts
  }

  body(fbtraceId: string): { error: WireError } {
    const { subcode, userTitle, userMessage, transient, beside } = this.parts
    const details = this.parts.details ?? (WITHOUT_DATA.has(this.code) ? undefined : CODES[this.code]?.details)
    return {
      ...beside,
      error: {
        message: this.message,
        type: this.parts.type ?? 'OAuthException',
        code: this.code,
        ...(details !== undefined && { error_data: { messaging_product: 'whatsapp', details } }),
        ...(subcode !== undefined && { error_subcode: subcode }),
        ...(transient !== undefined && { is_transient: transient }),
        ...(userTitle !== undefined && { error_user_title: userTitle }),
        ...(userMessage !== undefined && { error_user_msg: userMessage }),
        fbtrace_id: fbtraceId,
      },
    }
  }
}

/** `(#100) …` in Meta's wording. */
export const invalid = (text: string, parts: GraphErrorParts = {}): GraphError =>
  new GraphError(100, { message: `(#100) ${text}`, ...parts })

export function noSuchObject(id: string, method: string): GraphError {
  return new GraphError(100, {
    message:
      `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
      'missing permissions, or does not support this operation. Please read the Graph API documentation at ' +
      'https://developers.facebook.com/docs/graph-api',
    subcode: 33,
    type: 'GraphMethodException',
  })
}

export const unknownPath = (path: string): GraphError =>
  new GraphError(2500, { message: `Unknown path components: ${path}` })

/** The same code inside a webhook: no prefix, title and message equal. */
export function webhookError(code: number, details?: string, title?: string): WebhookError {
  const known = CODES[code]
  const text = title ?? known?.title ?? 'Something went wrong'
  return {
    code,
    title: text,
    message: text,
    error_data: { details: details ?? known?.details ?? `${text}.` },
    href: '/documentation/business-messaging/whatsapp/support/error-codes',
  }
}
