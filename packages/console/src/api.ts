import type { FieldProblem } from '../../gateway/src/platform/errors.ts'
import { isGateway, noteAnswer, noteSilence } from '../../ui/src/connection.ts'

/** An answer with an error, with the gateway's message. */
export class ApiError extends Error {
  readonly http: number
  readonly code: number
  readonly fields: FieldProblem[]
  readonly details: Record<string, unknown>

  constructor(http: number, code: number, message: string, details: Record<string, unknown>) {
    super(message)
    this.name = 'ApiError'
    this.http = http
    this.code = code
    this.details = details
    this.fields = Array.isArray(details.fields) ? (details.fields as FieldProblem[]) : []
  }
}

const TIMEOUT_MS = 25_000

type Query = Record<string, string | number | undefined | null>

/**
 * Calls the gateway with this browser's session and returns the answer's `data`. Throws an `ApiError`. A form is sent as
 * it is: the browser reads its files while it sends them.
 */
export async function api<T>(
  method: string,
  path: string,
  body?: unknown,
  query: Query = {},
  signal: AbortSignal = AbortSignal.timeout(TIMEOUT_MS),
): Promise<T> {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  }
  const isJson = body !== undefined && !(body instanceof FormData)
  const search = params.size > 0 ? `?${params}` : ''
  let response: Response
  try {
    response = await fetch(path + search, {
      method,
      headers: { 'x-postern-console': '1', ...(isJson && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as FormData) }),
      signal,
    })
  } catch (error) {
    // The reader ended the call, as an upload.
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    noteSilence()
    throw new ApiError(0, 0, 'The gateway does not answer.', {})
  }
  const envelope = (await response.json().catch(() => null)) as {
    status: string
    code: number
    message: string
    data: T
    error: Record<string, unknown>
  } | null
  if (envelope === null && isGateway(response.status)) noteSilence()
  else noteAnswer()
  if (envelope === null)
    throw new ApiError(response.status, response.status, `The gateway answered ${response.status}.`, {})
  if (envelope.status === 'success') return envelope.data
  if (response.status === 401 && !path.startsWith('/console/')) signedOut?.()
  throw new ApiError(response.status, envelope.code, envelope.message, envelope.error)
}

let signedOut: (() => void) | undefined
/** Registers what the page does when the session has ended: it asks for the password again. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener
}

export type Role = 'admin' | 'operator' | 'agent' | 'viewer'

export type Session = {
  signed_in: boolean
  /** A provider with whose accounts people sign in. */
  oidc?: { button: string | null; host: string }
  version?: string
  sandbox_url?: string | null
  user?: { kind: 'token' | 'user'; id: string; name: string; role: Role; channels: number[] | null }
}

/** The end of a session: the ways to sign in stay the same. */
export const withoutUser = (was: Session | undefined): Session => ({
  signed_in: false,
  ...(was?.oidc && { oidc: was.oidc }),
})

export type User = {
  user_id: string
  email: string
  name: string
  role: Role
  channels: number[] | null
  state: 'active' | 'invited' | 'expired' | 'disabled'
  linked: boolean
  role_from: 'postern' | 'provider'
  signed_in_at: number | null
}

export type Channel = {
  channel_id: number
  name: string
  business_phone: string
  phone_number_id: string
  waba_id: string
  default_language: string | null
  window_policy: 'enforce' | 'observe'
  media_check: 'probe' | 'type' | 'off'
  media_mode: 'link' | 'upload'
  standby: 'deliver' | 'store'
  messages_per_second: number
  direct_send: boolean
  marketing: 'cloud' | 'marketing_messages' | 'auto'
  compatibility: 'postern' | 'page'
  broadcast_start: 'free' | 'checked' | 'tested'
  quiet_hours: QuietHours | null
  stop_words: string[]
  start_words: string[]
  stop_answer: string | null
  webhook_url: string | null
  webhook_state: 'active' | 'resting' | 'paused' | null
  webhook_state_reason: string | null
  webhook_state_since: number | null
  webhook_next_attempt_at: number | null
  created_at: number
  updated_at: number
  state: ChannelState
  certification_codes: { code_id: string; created_at: number }[]
}

export type QuietHours = { from: string; to: string; days?: Weekday[]; for?: 'marketing' | 'all' }
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** What WhatsApp says of a number: parts by their names. */
export type ChannelState = {
  [part: string]: unknown
  alerts: { type: string; severity: string | null; status: string; description: string | null; since: number }[]
  coexistence: Coexistence | null
}

export type StatePart = { value: unknown; since: number; reason: string | null; until: number | null }

type SyncState = 'missing' | 'asked' | 'receiving' | 'done' | 'declined' | 'refused' | 'failed' | 'too_late'
export type Coexistence = {
  value: boolean
  contacts: { state: SyncState }
  history: { state: SyncState; progress: number | null }
  missing: string[]
  until: number
}

export type Endpoint = {
  endpoint_id: string
  channel_id: number
  name: string
  url: string
  format: 'postern' | 'meta'
  events: string[] | null
  types: string[] | null
  statuses: string[] | null
  headers: string[]
  state: 'active' | 'resting' | 'paused'
  state_reason: string | null
  since: number
  next_attempt_at: number | null
  last_answer: {
    at: number
    outcome: string
    status: number | null
    duration_ms: number
    problem: string | null
  } | null
  waiting: number
  oldest_waiting_at: number | null
  dead: number
  last_hour: { attempts: number; success_rate: number | null; latency_ms: { p50: number; p95: number } | null }
  created_at: number
}

export type Message = {
  msg_id: string | null
  reference: string
  channel_id: number
  direction: 'inbound' | 'outbound'
  contact: string
  contact_id: number
  name: string | null
  phone: string | null
  user_id: string | null
  type: string
  status: string
  content: Record<string, unknown>
  origin?: 'app' | 'history' | 'standby'
  /** Who of us sent it. Missing: a call with a certification code. */
  sent_by?: { kind: 'user' | 'key' | 'token' | 'broadcast' | 'schedule'; id: string | null; name: string | null }
  pricing?: unknown
  edited_at?: number
  revoked_at?: number
  earlier?: { content: unknown; at: number }[]
  /** The id of the message that this one changes or deletes. */
  changes?: string
  error: { code?: number; title?: string; error_data?: { details?: string } } | null
  created_at: number
  timeline: { status: string; at: number }[]
}

export type Attempt = {
  number: number
  at: number
  outcome: string
  status: number | null
  duration_ms: number
  answer: string | null
}

export type Delivery = {
  id: string
  channel_id: number
  endpoint_id: string | null
  event: string
  state: 'pending' | 'delivered' | 'dead' | 'none'
  reference: string | null
  created_at: number
  done_at: number | null
  attempts: Attempt[]
  body: unknown
}

export type Person = {
  channel_id: number
  contact_id: number
  name: string | null
  phone: string | null
  user_id: string | null
  group_id: string | null
  owner: { owner: 'us' | 'other' | 'idle'; role: string | null; since: number | null } | null
  marketing: { state: 'allowed' | 'stopped'; since: number | null; by: 'contact' | 'business' | 'whatsapp' } | null
  marketing_limited_until: number | null
  window: { state: 'open' | 'closed' | 'unknown'; closes_at: number | null; free_until: number | null }
}

/** What users noted of a conversation. */
export type Noted = {
  waiting_since: number | null
  unread: number
  assignee: { user_id: string; name: string } | null
  labels: string[]
}

/** A row of the inbox. */
export type Talk = Person & Noted & { last: Message | null }

/** One conversation. */
export type WholePerson = Person & Noted & { note: string | null; username: string | null; last_seen: string | null }

/** A message that was found by its words. */
export type Hit = Pick<
  Message,
  'reference' | 'channel_id' | 'contact_id' | 'direction' | 'name' | 'phone' | 'user_id' | 'type' | 'created_at'
> & { excerpt: { text: string; hit?: true }[] }

export type Found = { messages: Hit[]; next_id: string | null; searched_to: number | null }

/** What the messages to a contact cost. */
export type ContactCosts = {
  currency: string | null
  since: number | null
  months: {
    month: string
    category: string
    messages: number
    billable: number
    free: number
    amount?: string
    unpriced?: number
  }[]
}

export type Stats = {
  channels: number
  endpoints: { active: number; resting: number; paused: number; none: number }
  deliveries: { pending: number; dead: number; oldest_pending_seconds: number | null }
  quarantined: Record<string, number>
  live: Record<string, number>
  pace: {
    numbers: {
      channel_id: number
      messages_per_second: number
      now_per_second: number
      waiting: number
      code: number | null
    }[]
  }
}

export type Incident = {
  id: string
  kind: string
  severity: 'critical' | 'warning' | 'info'
  channel_id?: number
  endpoint_id?: string
  since: number
  /** Missing while it is open. */
  until?: number
  count: number
  what: string
  advice: string
  links: { title: string; href: string }[]
}

export type Counts = {
  received: number
  /** Accepted by WhatsApp. */
  sent: number
  delivered: number
  read: number
  failed: number
  /** Those of `failed` that are not in `sent`. */
  refused: number
}
export type Activity = {
  /** Unix seconds, without the end. */
  from: number
  to: number
  hours: (Counts & { from: number })[]
  total: Counts
  failures: { code: number | null; title: string; count: number; advice: string | null }[]
  pace: { channel_id: number; sent_last_minute: number; messages_per_second: number }[]
}
