import { isRecord } from '../../platform/is-record.ts'

/** A row of the audit log. */
export type AuditRow = {
  id: string
  at: number
  /** `unknown`: a sign-in that failed before anybody was recognised. */
  actorKind: 'token' | 'user' | 'key' | 'unknown'
  actorId: string
  actorName: string
  role: string | null
  /** The operation, as the OpenAPI document names it. */
  action: string
  /** `read`: of a conversation. */
  kind: 'change' | 'read' | 'sign_in'
  channelId: number | null
  /** What it was about: ids. */
  object: Record<string, unknown>
  /** Where the call came from. */
  address: string
  /** `ok`, or the reason of a refusal. */
  outcome: string
  before: unknown
  after: unknown
  requestId: string
}

const MOST_CHARACTERS = 4_000

/** Values of these keys are never kept. */
const SECRETS =
  /token|secret|password|passphrase|smtp|authorization|headers|certification_code$|(^|_)(code|pin|key|keys|invitation|recovery|otp|totp)$/i
/** Values of these keys are personal, or say what people wrote to each other. */
const PERSONAL =
  /^(to|recipient|contact|contacts|phone|wa_id|user|text|body|caption|filename|message|messages|content|components|rows|q|link|note|labels)$/i
/** Numbers of the business itself. */
const OWN =
  /^(phone_number_id|waba_id|business_phone|channel_id|code_id|key_id|endpoint_id|template_id|created_at|updated_at)$/
const URLS = /(^|_)url$/i

/** What the log keeps of a body or an answer: no secret, nothing personal, and not too much. */
export function redacted(value: unknown): unknown {
  if (value === undefined) return null
  const kept = redact(value, '')
  return JSON.stringify(kept)?.length > MOST_CHARACTERS ? { left_out: 'too long' } : kept
}

function redact(value: unknown, key: string): unknown {
  if (value === null || typeof value === 'boolean') return value
  if (SECRETS.test(key) && !OWN.test(key)) return '(secret)'
  if (PERSONAL.test(key)) return masked(value)
  if (typeof value === 'string') return URLS.test(key) ? originOf(value) : OWN.test(key) ? value : withoutNumbers(value)
  if (Array.isArray(value)) return value.slice(0, 100).map((one) => redact(one, key))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, redact(one, name)]))
}

/** `(hidden)`, or the last two digits of a number: enough to recognise it when one knows it. */
function masked(value: unknown): unknown {
  if (typeof value !== 'string') return '(hidden)'
  return /^\+?\d{7,15}$/.test(value) ? `…${value.slice(-2)}` : '(hidden)'
}

const withoutNumbers = (text: string): string =>
  text.slice(0, 500).replace(/\d{7,15}/g, (digits) => `…${digits.slice(-2)}`)

/** A path or a query may hold a secret, as those of Slack do. */
function originOf(url: string): string {
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : '(hidden)'
}

const ID = /^(reference|id|\w+_id)$/

/** The ids of a call's path and query, and of what it made. */
export function objectOf(named: Record<string, unknown>, data: unknown): Record<string, unknown> {
  const made = isRecord(data) ? Object.entries(data).filter(([key, one]) => ID.test(key) && isShort(one)) : []
  const given = Object.entries(named).map(([key, one]) => [key, PERSONAL.test(key) ? masked(one) : shortened(one)])
  return Object.fromEntries([...made, ...given]) as Record<string, unknown>
}

const isShort = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value.length <= 100)
/** WhatsApp's id of a message holds a person's number. */
const shortened = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  return value.startsWith('wamid.') ? `wamid.…${value.slice(-4)}` : value.slice(0, 100)
}
