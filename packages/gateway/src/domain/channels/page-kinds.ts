import type { FilteredEvent } from './endpoint.ts'

/** Callbacks of the API page and of its sister pages. */
const EVENTS: ReadonlySet<string> = new Set([
  'new_message',
  'message_status_update',
  'template_status_update',
  'template_category_update',
  'template_quality_update',
])

/** Values of `message_status` on those pages. */
const STATUSES: ReadonlySet<string> = new Set(['sent', 'delivered', 'read', 'failed'])

/**
 * True when a client that knows only those pages knows the event. A message on standby is none of them: such a client
 * would answer what another program answers.
 */
export const isOnPage = ({ event, status, standby }: FilteredEvent): boolean =>
  EVENTS.has(event) && standby !== true && (status === undefined || STATUSES.has(status))
