import { parseExact } from '../exact-json.ts'
import { isRecord } from '../is-record.ts'
import { CloudApiError, StrangeAnswer } from './errors.ts'
import type { WireError } from '@postern/cloud-api'

/** An unparsed answer: the body read to its end. */
export type RawAnswer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }

/**
 * The JSON of a successful answer. Throws `CloudApiError` when the body has Meta's error object, whatever the status,
 * and `StrangeAnswer` for everything else. `secret` is removed from any quoted text.
 */
export function readAnswer(answer: RawAnswer, secret: string): unknown {
  const { status } = answer
  const retryAfterMs = retryAfterOf(answer.headers)
  let json: unknown
  try {
    json = parseExact(answer.body.toString('utf8'), 'text')
  } catch {
    // Without a cause: the parser's error quotes the body, and a body may quote our token.
    const type = String(answer.headers['content-type'] ?? 'no content type').slice(0, 80)
    throw new StrangeAnswer(`${answer.body.length} bytes of ${type} that are not JSON`, status, { retryAfterMs })
  }
  const error = readError(json, secret)
  if (error) throw new CloudApiError(error, status, { retryAfterMs, beside: besideError(json, secret) })
  if (status < 200 || status > 299) throw new StrangeAnswer('no error object in it', status, { retryAfterMs })
  return json
}

const LONGEST_TEXT = 4_000

function readError(json: unknown, secret: string): WireError | undefined {
  if (!isRecord(json) || !isRecord(json.error)) return undefined
  const error = json.error
  const code = number(error.code)
  if (code === undefined) return undefined
  const text = (value: unknown) => {
    if (typeof value !== 'string') return undefined
    const cut = value.slice(0, LONGEST_TEXT)
    return secret && cut.includes(secret) ? cut.replaceAll(secret, '[secret]') : cut
  }
  const result: WireError = { message: text(error.message) ?? `(#${code})`, code }
  const details = isRecord(error.error_data) ? text(error.error_data.details) : undefined
  if (details !== undefined) result.error_data = { details }
  const subcode = number(error.error_subcode)
  if (subcode !== undefined) result.error_subcode = subcode
  for (const key of ['type', 'fbtrace_id', 'error_user_title', 'error_user_msg'] as const) {
    const value = text(error[key])
    if (value !== undefined) result[key] = value
  }
  if (typeof error.is_transient === 'boolean') result.is_transient = error.is_transient
  return result
}

function number(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** What an answer says beside its error: which of many worked, and which did not. */
function besideError(json: unknown, secret: string): Record<string, unknown> | undefined {
  const { error, ...beside } = json as Record<string, unknown>
  return error === undefined || Object.keys(beside).length === 0
    ? undefined
    : (withoutSecret(beside, secret) as Record<string, unknown>)
}

/** The same JSON with the secret struck out, should it quote it. */
export function withoutSecret(json: unknown, secret: string): unknown {
  const text = JSON.stringify(json)
  return secret !== '' && text?.includes(secret) ? JSON.parse(text.replaceAll(secret, '[secret]')) : json
}

const LONGEST_WAIT_MS = 24 * 3600_000

/** Meta documents no `Retry-After`. Management calls state in minutes when access returns. Both are used. */
function retryAfterOf(headers: RawAnswer['headers']): number | undefined {
  const plain = headers['retry-after']
  if (typeof plain === 'string' && /^\d{1,9}$/.test(plain)) return Math.min(Number(plain) * 1000, LONGEST_WAIT_MS)
  const usage = headers['x-business-use-case-usage']
  if (typeof usage !== 'string' || usage.length > 10_000) return undefined
  try {
    const minutes = Object.values(JSON.parse(usage) as Record<string, unknown>)
      .flatMap((entries) => (Array.isArray(entries) ? (entries as unknown[]) : []))
      .map((entry) => (isRecord(entry) ? (number(entry.estimated_time_to_regain_access) ?? 0) : 0))
    const longest = Math.max(0, ...minutes)
    return longest > 0 ? Math.min(longest * 60_000, LONGEST_WAIT_MS) : undefined
  } catch {
    return undefined // an invalid value is ignored
  }
}
