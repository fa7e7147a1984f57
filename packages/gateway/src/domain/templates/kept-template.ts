import type { CatalogEntry } from './catalog-entry.ts'
import type { TemplateTimes } from './to-resource.ts'

/** A template with our own data: the times of its changes, and the channel that created it. */
export type KeptTemplate = { entry: CatalogEntry; times: Required<TemplateTimes>; channelId: number | null }

/** One change of a template, from a webhook. `at` is Meta's time of it, in epoch milliseconds. */
export type TemplateUpdate = { id: string; at: number } & (
  | { what: 'status'; value: string; reason: string | null }
  | { what: 'quality'; value: string }
  | { what: 'category'; value: string }
)

/** Meta's events whose resulting status has another name. A word in neither list is left to the next sync. */
const BECOMES: Readonly<Record<string, string>> = { REINSTATED: 'APPROVED' }
const STATUSES = new Set([
  'APPROVED',
  'PENDING',
  'REJECTED',
  'PAUSED',
  'DISABLED',
  'IN_APPEAL',
  'PENDING_DELETION',
  'DELETED',
  'LIMIT_EXCEEDED',
  'ARCHIVED',
])

/**
 * The status of a template after a `message_template_status_update`. Undefined when the event does not determine it.
 */
export function statusAfter(event: string): string | undefined {
  const word = event.toUpperCase()
  return STATUSES.has(word) ? word : BECOMES[word]
}
