import type { EndpointHealth } from './endpoint-health.ts'
import { isOnPage } from './page-kinds.ts'

/** More than this many endpoints a channel does not get. */
export const MOST_ENDPOINTS = 20

/**
 * Which events an endpoint wants; null: all. `events` are names of events. `types` narrow `new_message` by WhatsApp's
 * type of the message, and `statuses` narrow `message_status_update` by its status: other events they leave alone.
 */
export type EndpointFilter = {
  events: readonly string[] | null
  types: readonly string[] | null
  statuses: readonly string[] | null
}

export const EVERYTHING: EndpointFilter = { events: null, types: null, statuses: null }

/** The formats that an operator chooses from. */
export const ENDPOINT_FORMATS = ['postern', 'meta'] as const

/** `page`: of an endpoint with the format postern, on a channel with `compatibility: "page"`. */
export type EndpointFormat = (typeof ENDPOINT_FORMATS)[number] | 'page'

/** The format as the operator chose it. */
export const chosenFormat = (format: EndpointFormat): (typeof ENDPOINT_FORMATS)[number] =>
  format === 'page' ? 'postern' : format

/** How events get there: a request each, rows of the customer's PostgreSQL, or records of a stream. */
export type EndpointKind = 'http' | 'postgres' | 'stream'

/** Where the events of a channel go, or some of them. */
export type Endpoint = {
  id: number
  channelId: number
  /** `ep_…`: the id outside. */
  publicId: string
  name: string
  /** Without a password. */
  url: string
  /** The password that stood in the URL: a secret. */
  password: string | null
  kind: EndpointKind
  format: EndpointFormat
  filter: EndpointFilter
  /** Headers of the operator's own, which go with every request. Their values are secrets. */
  headers: Readonly<Record<string, string>>
  /** Its place in the audience of an event. */
  slot: number
  /** The newest first. Two while a secret rotates: both sign, the old one until its time has come (epoch ms). */
  secrets: { value: string; until: number | null }[]
  health: EndpointHealth
  /** Events of before are being brought: nothing goes out until all are there, or new ones would come first. */
  filling: boolean
  createdAt: number
}

/**
 * What a filter looks at. `type`: of a message. `status`: the word of a status. `standby`: a message that another program
 * answers. `ours`: not told by Meta like this.
 */
export type FilteredEvent = {
  event: string
  type?: string | undefined
  status?: string | undefined
  standby?: boolean | undefined
  ours?: boolean | undefined
}

/** Old chats go only to who asks for them by name: a bot must not answer last year's messages. */
const ONLY_BY_NAME = new Set(['history'])

/**
 * Whether an endpoint with this filter and format gets the event. What has no type or status is not narrowed by it. A
 * program that knows Meta's format gets what Meta told, and nothing of ours beside it. One that knows the API page gets
 * what stands there.
 */
export function wants(filter: EndpointFilter, what: FilteredEvent, format: Endpoint['format'] = 'postern'): boolean {
  const { events, types, statuses } = filter
  const { event, type, status, ours } = what
  if (format === 'page' && !isOnPage(what)) return false
  if (ours && format === 'meta') return false
  if (events === null ? ONLY_BY_NAME.has(event) : !events.includes(event)) return false
  if (event === 'new_message') return types === null || type === undefined || types.includes(type)
  if (event === 'message_status_update') return statuses === null || status === undefined || statuses.includes(status)
  return true
}

/** The scheme of an endpoint's URL says how events get there. */
export function kindOf(url: string): EndpointKind {
  const scheme = url.slice(0, url.indexOf(':')).toLowerCase()
  if (scheme === 'http' || scheme === 'https') return 'http'
  return scheme === 'postgres' || scheme === 'postgresql' ? 'postgres' : 'stream'
}

/** The secrets that sign now: what is in memory may be older than the end of one. */
export function secretsAt({ secrets }: Pick<Endpoint, 'secrets'>, now: number): string[] {
  const valid: string[] = []
  for (const { value, until } of secrets) if (until === null || until > now) valid.push(value)
  return valid
}

/** The audience of an event that every endpoint gets, also those of before endpoints had filters. */
export const EVERYBODY = -1

/** The part of an audience that a slot is: one bit. */
export const slotBit = (slot: number): number => 1 << slot
