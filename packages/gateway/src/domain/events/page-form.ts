import { isRecord } from '../../platform/is-record.ts'
import { parseExact } from '../../platform/exact-json.ts'
import { withoutTrace } from './trace.ts'

const HEAD = ['event', 'channel_id', 'business_phone'] as const
const TEMPLATE = [...HEAD, 'template_id', 'template_name', 'new_value', 'reason', 'received_at'] as const

/** The keys of each callback of the API page and of its sister pages. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  message_status_update: [...HEAD, 'message_id', 'message_status', 'error', 'received_at'],
  template_status_update: TEMPLATE,
  template_category_update: TEMPLATE,
  template_quality_update: TEMPLATE,
}

/** A callback's body with the page's keys alone: some clients refuse keys that they do not know. */
export function pageBody(stored: string): string {
  const body = withoutTrace(stored)
  // WhatsApp's own value, as on the page.
  if (body.startsWith('{"event":"new_message",')) return body
  const told = parseExact(body, 'raw') as Record<string, unknown>
  const keys = KEYS[String(told.event)]
  if (!keys) return body
  const kept = Object.fromEntries(keys.filter((key) => told[key] !== undefined).map((key) => [key, told[key]]))
  if (isRecord(kept.error)) kept.error = { code: kept.error.code, title: kept.error.title }
  return JSON.stringify(kept)
}
