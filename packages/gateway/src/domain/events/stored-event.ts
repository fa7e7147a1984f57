import { isRecord } from '../../platform/is-record.ts'
import { type EndpointFilter, type EndpointFormat, type FilteredEvent, wants } from '../channels/endpoint.ts'

/** What a filter looks at, read from an event that is stored. */
export function filteredEventOf(event: string, body: string): FilteredEvent {
  if (event === 'new_message') {
    const told = parsed(body)
    return { event, type: typeIn(told), standby: isRecord(told) && told.standby === true }
  }
  if (event === 'message_status_update') return { event, status: textIn(parsed(body), 'message_status') }
  return { event }
}

/** True when `wantsStored` asks for what stands in the bodies. */
export const looksInside = ({ types, statuses }: EndpointFilter, format: EndpointFormat = 'postern'): boolean =>
  types !== null || statuses !== null || format === 'page'

/** Whether a stored event passes a filter. Bodies are read only when the filter asks for what stands in them. */
export function wantsStored(
  filter: EndpointFilter,
  event: string,
  body: string,
  format: EndpointFormat = 'postern',
): boolean {
  if (!wants(filter, { event }, format)) return false
  return !looksInside(filter, format) || wants(filter, filteredEventOf(event, body), format)
}

/** A body as one line: JSON has line breaks between its values only. */
export const oneLine = (body: string): string => body.replace(/[\r\n]+/g, ' ')

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The type of the message as it is stored: see `receive/read.ts`. */
function typeIn(body: unknown): string | undefined {
  const value = isRecord(body) ? body.message : undefined
  const messages = isRecord(value) ? value.messages : undefined
  const message: unknown = Array.isArray(messages) ? messages[0] : undefined
  return isRecord(message) ? (textIn(message, 'type')?.slice(0, 64) ?? 'unknown') : undefined
}

function textIn(value: unknown, key: string): string | undefined {
  const found = isRecord(value) ? value[key] : undefined
  return typeof found === 'string' ? found : undefined
}
