import type { CatalogEntry } from './catalog-entry.ts'
import type { TemplateTimes } from './to-resource.ts'

/** A template with what only we know of it: when things happened to it, and through which channel it was created. */
export type KeptTemplate = { entry: CatalogEntry; times: Required<TemplateTimes>; channelId: number | null }

/** One change of a template, from a webhook. `at` is Meta's time of it, in epoch milliseconds. */
export type TemplateUpdate = { id: string; at: number } & (
  | { what: 'status'; value: string; reason: string | null }
  | { what: 'quality'; value: string }
  | { what: 'category'; value: string }
)

/** Events of Meta's that leave a template in a status of another name. What is in neither list is left to the next fetch. */
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

/** The status that a `message_template_status_update` leaves a template in; undefined when its event does not say. */
export function statusAfter(event: string): string | undefined {
  const word = event.toUpperCase()
  return STATUSES.has(word) ? word : BECOMES[word]
}
