import type { EndpointFilter, FilteredEvent } from '../channels/endpoint.ts'
import { isRecord } from '../../platform/is-record.ts'

/** What a filter looks at, from a stored event. The body is read only when the filter asks for what stands in it. */
export function filteredEvent(filter: EndpointFilter, event: string, body: string): FilteredEvent {
  if (event === 'new_message' && filter.types !== null) return { event, type: typeIn(body) }
  if (event === 'message_status_update' && filter.statuses !== null) return { event, status: statusIn(body) }
  return { event }
}

function typeIn(body: string): string {
  const { message } = JSON.parse(body) as { message?: unknown }
  const [first] = isRecord(message) && Array.isArray(message.messages) ? (message.messages as unknown[]) : []
  return isRecord(first) && typeof first.type === 'string' ? first.type.slice(0, 64) : 'unknown'
}

function statusIn(body: string): string {
  return String((JSON.parse(body) as { message_status?: unknown }).message_status)
}
