import { z } from 'zod'
import { listOf } from '../fields/lists.ts'
import { across, fail, fieldOf, matching, text, wordIn } from '../fields/schema.ts'
import { ENDPOINT_FORMATS, type EndpointFilter, kindOf } from './endpoint.ts'

/* What the admin API takes for endpoints. */

const MOST_NAMES = 100
const MOST_HEADERS = 20
const LONGEST_HEADER_NAME = 100
/** Of one value, and of all names and values together: what servers take without asking. */
const LONGEST_HEADER_VALUE = 4096
const LONGEST_HEADERS = 8192

/** Headers that the connection needs for itself, that say what the body is, or that are our own word. */
const OUR_HEADERS = new Set(
  (
    'host content-length content-type content-encoding transfer-encoding connection keep-alive proxy-connection te ' +
    'trailer upgrade expect user-agent accept-encoding'
  ).split(' '),
)
const OUR_PREFIXES = ['webhook-', 'x-hub-', 'proxy-', 'x-postern-']

/** Schemes that an endpoint's URL may have. */
const SCHEMES = ['http', 'https', 'postgres', 'postgresql', 'redis', 'rediss']

const url = z
  .string()
  .check((payload) => {
    const { value } = payload
    const scheme = /^([a-z]+):\/\//i.exec(value)?.[1]?.toLowerCase()
    if (scheme === undefined || !SCHEMES.includes(scheme) || /[\s\\]/.test(value) || value.length > 2048)
      return fail(payload, 'pattern', `must be a URL that begins with ${SCHEMES.map((one) => `${one}://`).join(', ')}`)
    if (kindOf(value) !== 'http') return
    const parsed = URL.canParse(value) ? new URL(value) : undefined
    if (!parsed) return fail(payload, 'pattern', 'must be a URL')
    if (parsed.username !== '' || parsed.password !== '')
      fail(payload, 'pattern', 'must not hold a user or a password: give an authorization header in headers instead')
  })
  .meta({
    format: 'uri',
    description:
      'http:// or https:// for callbacks; postgres:// for rows of your own PostgreSQL; redis:// for a Redis stream.',
  })

const name = text(1, 200, { description: 'For people: how lists and the console call this endpoint.' })

const words = (description: string) =>
  listOf(text(1, 100), 1, MOST_NAMES)
    .nullable()
    .meta({ description: `${description} null, or left out: all.` })

const events = words('Names of the events that it gets, such as new_message.')
const types = words('Narrows new_message: WhatsApp’s types of messages that it gets, such as text.')
const statuses = words('Narrows message_status_update: the statuses that it gets, such as failed.')

function headerProblem(key: string, value: unknown): string | undefined {
  const small = key.toLowerCase()
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(small) || key.length > LONGEST_HEADER_NAME)
    return 'is not the name of a header'
  if (OUR_HEADERS.has(small) || OUR_PREFIXES.some((prefix) => small.startsWith(prefix)))
    return 'is a header that Postern sets itself: remove it'
  if (typeof value !== 'string') return undefined
  if (value.length > LONGEST_HEADER_VALUE) return `at most ${LONGEST_HEADER_VALUE} characters, got ${value.length}`
  if (!/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(value))
    return 'must be text that a header can hold: printable ASCII, no line ends, no space at either end'
  return undefined
}

const headersSchema = <V extends z.ZodType>(value: V) =>
  across((given, report) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return
    const entries = Object.entries(given)
    if (entries.length > MOST_HEADERS)
      report([], {
        rule: 'maxItems',
        limit: MOST_HEADERS,
        says: `at most ${MOST_HEADERS} headers, got ${entries.length}`,
      })
    const seen = new Set<string>()
    let size = 0
    for (const [key, one] of entries.slice(0, MOST_HEADERS)) {
      const says = seen.has(key.toLowerCase())
        ? 'is given twice: header names do not differ by case'
        : headerProblem(key, one)
      if (says !== undefined) report([key], { rule: 'pattern', says })
      seen.add(key.toLowerCase())
      size += key.length + (typeof one === 'string' ? one.length : 0)
    }
    if (size > LONGEST_HEADERS)
      report([], {
        rule: 'maxLength',
        limit: LONGEST_HEADERS,
        says: `at most ${LONGEST_HEADERS} bytes in all, got ${size}`,
      })
  })(z.record(z.string(), value))

/** What only goes with a request over HTTP. */
const httpAlone = across((value, report) => {
  const given = wordIn(value, 'url')
  if (!given.includes('://') || kindOf(given) === 'http') return
  const headers = fieldOf(value, 'headers')
  if (fieldOf(value, 'format') === 'meta')
    report(['format'], { rule: 'consistent', says: 'meta needs an http or https URL' })
  if (typeof headers === 'object' && headers !== null && Object.keys(headers).length > 0)
    report(['headers'], { rule: 'consistent', says: 'go with an http or https URL' })
})

const format = z
  .enum(ENDPOINT_FORMATS)
  .describe('postern: the callbacks of docs/callbacks.md. meta: bodies and signature as Meta’s webhooks have them.')

/** A secret of the user's own, for a program that has one already. */
const secret = across((value, report) => {
  if (typeof value !== 'string' || !value.startsWith('whsec_')) return
  const key = Buffer.from(value.slice(6), 'base64')
  if (key.length < 24 || key.length > 64)
    report([], { rule: 'pattern', says: 'must hold 24 to 64 bytes in base64 behind whsec_' })
})(
  matching(/^[\x21-\x7e]{16,200}$/, 'must be 16 to 200 printable characters without a space', {
    description: 'Your own signing secret instead of a new one. Format postern: whsec_ and base64 of 24 to 64 bytes.',
  }),
)

/** The secret of callbacks is one that every library for Standard Webhooks reads. */
const secretFits = across((value, report) => {
  const given = wordIn(value, 'secret')
  if (given !== '' && fieldOf(value, 'format') !== 'meta' && !given.startsWith('whsec_'))
    report(['secret'], { rule: 'consistent', says: 'must begin with whsec_, unless the format is meta' })
})

/** `POST …/endpoints` */
export const createEndpointSchema = secretFits(
  httpAlone(
    z.strictObject({
      name,
      url,
      format: format.optional(),
      events: events.optional(),
      types: types.optional(),
      statuses: statuses.optional(),
      headers: headersSchema(z.string())
        .optional()
        .describe('Headers that go with every request, such as authorization. Their values are secrets.'),
      from: text(1, 100)
        .optional()
        .describe('now (default), or the id of an event: that event and all after it are delivered first.'),
      secret: secret.optional(),
    }),
  ),
)

/** `PATCH …/endpoints/{endpoint_id}` */
export const patchEndpointSchema = httpAlone(
  z.strictObject({
    name: name.optional(),
    url: url.optional(),
    format: format.optional(),
    events: events.optional(),
    types: types.optional(),
    statuses: statuses.optional(),
    headers: headersSchema(z.string().nullable())
      .nullable()
      .optional()
      .describe('Sets these headers and keeps the others; a header that is null is removed. null removes all.'),
    state: z
      .enum(['active', 'paused'])
      .optional()
      .describe('paused: no delivery goes out. active: ends a pause or a rest.'),
  }),
)

export type CreateEndpoint = z.infer<typeof createEndpointSchema>
export type PatchEndpoint = z.infer<typeof patchEndpointSchema>

type Lists = Pick<PatchEndpoint, 'events' | 'types' | 'statuses'>

/** The filter after what a body says of it; undefined when it says nothing. */
export function filterAfter(
  before: EndpointFilter,
  { events: e, types: t, statuses: s }: Lists,
): EndpointFilter | undefined {
  if (e === undefined && t === undefined && s === undefined) return undefined
  const after = (given: string[] | null | undefined, kept: readonly string[] | null) =>
    given === undefined ? kept : given && [...new Set(given)]
  return { events: after(e, before.events), types: after(t, before.types), statuses: after(s, before.statuses) }
}

/** The headers after a patch: names are the same in any letters. */
export function headersAfter(
  before: Readonly<Record<string, string>>,
  patch: Readonly<Record<string, string | null>> | null,
): Record<string, string> {
  const after: Record<string, string> = {}
  if (patch === null) return after
  for (const [key, value] of [...Object.entries(before), ...Object.entries(patch)]) {
    if (value === null) delete after[key.toLowerCase()]
    else after[key.toLowerCase()] = value
  }
  return after
}
