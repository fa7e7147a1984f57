import type { Channel } from '../domain/channels/channel.ts'
import { isRecord } from '../platform/is-record.ts'
import type { Envelope } from './envelope.ts'

/*
 * The form that the hosted API's page promises, for channels with `compatibility: "page"`: every answer is HTTP 200, and
 * `error` is `{}`. What we know beyond that stands in headers, which a client of the page does not look at.
 */

/** Fits beside the other headers into the 4 KiB that proxies take by default. */
const MOST_HEADER_BYTES = 2048
const LONGEST_TEXT = 300

const CUSTOMERS = /^\/external(?:[/?]|$)/

type Asked = {
  url: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  channel: Channel | null
}

export type PageForm = (request: Asked) => boolean

/**
 * Tells which requests are answered in the page's form. A request is refused before its channel is known when its route,
 * its code or its URL is wrong. Then the channel of its code counts, if it has one; otherwise all channels must agree.
 */
export function createPageForm(directory: {
  byCode: (code: string) => Channel | undefined
  channels: () => readonly Channel[]
}): PageForm {
  return ({ url, headers, channel }) => {
    if (channel) return isPage(channel)
    if (!CUSTOMERS.test(url)) return false
    const code = headers['certification-code']
    const found = typeof code === 'string' && code !== '' && code.length <= 512 ? directory.byCode(code) : undefined
    if (found) return isPage(found)
    const channels = directory.channels()
    return channels.length > 0 && channels.every(isPage)
  }
}

const isPage = ({ compatibility }: Channel): boolean => compatibility === 'page'

/** An error in the page's form: the body, and our details as headers. */
export function asOnPage(
  http: number,
  { error, ...body }: Envelope,
): { headers: Record<string, string>; body: Envelope } {
  return {
    headers: { 'x-postern-status': String(http), 'x-postern-error': errorHeader(error, body.message) },
    body: { ...body, error: {} },
  }
}

/** Details of an error as JSON in ASCII: as many of them as fit. */
export function errorHeader(error: Record<string, unknown>, message: string): string {
  const told = harmless(error, message) as Record<string, unknown>
  const fields = Array.isArray(told.fields) ? (told.fields as unknown[]) : []
  for (let kept = fields.length; kept >= 0; kept--) {
    const some =
      kept === fields.length ? told : { ...told, fields: fields.slice(0, kept), left_off: fields.length - kept }
    const text = ascii(JSON.stringify(some))
    if (text.length <= MOST_HEADER_BYTES) return text
  }
  return ascii(JSON.stringify({ reason: told.reason, left_off: fields.length }))
}

/** Our ids and WhatsApp's, which may look like numbers. */
const IDS = new Set(['reference', 'request_id', 'fbtrace_id'])

/**
 * Servers log headers more often than bodies. So nothing personal stands in them that the body's message does not say:
 * no values that the request gave, and no numbers of people.
 */
function harmless(value: unknown, message: string, key = ''): unknown {
  if (typeof value === 'string') {
    const text = value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
    return IDS.has(key) || message.includes(text) ? text : text.replace(/\d{7,}/g, '…')
  }
  if (Array.isArray(value)) return value.map((one) => harmless(one, message, key))
  if (!isRecord(value)) return value
  const entries = Object.entries(value).filter(([name, one]) => name !== 'actual' || typeof one === 'number')
  return Object.fromEntries(entries.map(([name, one]) => [name, harmless(one, message, name)]))
}

const ascii = (json: string): string =>
  json.replace(/[\x7f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
