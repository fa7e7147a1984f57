import { idOf, readText } from './channel.ts'
import {
  Failed,
  listOf,
  Misused,
  textOf,
  type Answer,
  type Call,
  type Command,
  type Option,
  type Values,
} from './command.ts'
import { connect, CONNECTION, type Connection } from './connect.ts'
import { momentsOf } from './deliveries.ts'
import { facts, moment, table } from './table.ts'

type Endpoint = {
  endpoint_id: string
  channel_id: number
  name: string
  url: string
  format: string
  events: string[] | null
  types: string[] | null
  statuses: string[] | null
  headers: string[]
  state: string
  state_reason: string | null
  since: number
  next_attempt_at: number | null
  last_answer: { at: number; status: number | null; problem: string | null } | null
  waiting: number
  oldest_waiting_at: number | null
  dead: number
  last_hour: { attempts: number; success_rate: number | null; latency_ms: { p50: number; p95: number } | null }
}

const KEPT = 'Keep it now: it is not shown again.'
const ARGS = '<endpoint_id>'

/** Runs a command on one endpoint: found by its id over all channels, since ids of endpoints are unique. */
function onEndpoint(
  spec: Omit<Command, 'args' | 'run' | 'name'> & { verb: string },
  act: (ask: Connection['ask'], path: string, endpoint: Endpoint, call: Call) => Promise<Answer>,
): Command {
  const { verb, options, ...more } = spec
  return {
    name: `endpoint ${verb}`,
    args: ARGS,
    ...more,
    options: { ...options, ...CONNECTION },
    async run(call) {
      const [id] = call.words as [string]
      if (!id.startsWith('ep_')) throw new Misused(`endpoint_id begins with ep_, got "${id}"`)
      const gateway = await connect(call)
      try {
        const endpoint = await find(gateway, id)
        const path = `/admin/channels/${endpoint.channel_id}/endpoints/${id}`
        return await act((...args) => gateway.ask(...args), path, endpoint, call)
      } finally {
        await gateway.close()
      }
    },
  }
}

async function find(gateway: Connection, id: string): Promise<Endpoint> {
  for (const one of await all(gateway)) if (one.endpoint_id === id) return one
  throw new Failed(`No endpoint has the id ${id.slice(0, 100)}. "postern endpoint list" shows all.`)
}

async function all(gateway: Connection, channel?: string): Promise<Endpoint[]> {
  const ids =
    channel === undefined
      ? ((await gateway.ask('GET', '/admin/channels')) as { channel_id: number }[]).map((one) => one.channel_id)
      : [channel]
  const found: Endpoint[] = []
  for (const id of ids) found.push(...((await gateway.ask('GET', `/admin/channels/${id}/endpoints`)) as Endpoint[]))
  return found
}

const ADD: Record<string, Option> = {
  name: { type: 'string', help: 'Name in lists and in the console. Default: the host of the URL.' },
  format: { type: 'string', value: 'postern|meta', help: 'meta: as Meta’s webhooks send it. Default: postern.' },
  event: { type: 'string', value: 'name', multiple: true, help: 'Only events of this name. Default: all.' },
  type: { type: 'string', value: 'type', multiple: true, help: 'Of new_message, only messages of this type.' },
  status: { type: 'string', value: 'status', multiple: true, help: 'Of message_status_update, only this status.' },
  'headers-file': {
    type: 'string',
    value: 'path',
    help: 'A file with headers for every request, one "Name: value" a line; - reads them from stdin.',
  },
  from: { type: 'string', value: 'event_id', help: 'Deliver this event and all after it first. Default: from now on.' },
  'secret-file': {
    type: 'string',
    value: 'path',
    help: 'A file with a signing secret of your own; - reads it from stdin.',
  },
}

export const endpointAdd: Command = {
  name: 'endpoint add',
  summary: 'Add an endpoint to a channel; prints its secret, once.',
  args: '<channel_id> <url>',
  usage: '<channel_id> <url> [--name <text>] [--format meta] [--event <name> …]',
  details: [
    'The URL says how events go out: http:// or https:// for callbacks, postgres:// for rows of your own PostgreSQL,',
    'redis:// for a Redis stream. Every user of this machine can read a command line: give a URL with a password as -,',
    'which reads it from stdin.',
  ].join(' '),
  options: { ...ADD, ...CONNECTION },
  async run(call) {
    const { values } = call
    const channel = idOf(call.words[0]!)
    const url = call.words[1] === '-' ? readText('-').trim() : call.words[1]!
    const secretFile = textOf(values, 'secret-file')
    const body: Record<string, unknown> = {
      name: textOf(values, 'name') ?? (URL.canParse(url) ? new URL(url).host : url).slice(0, 200),
      url,
      format: textOf(values, 'format'),
      from: textOf(values, 'from'),
      ...filterOf(values),
      headers: headersOf(values),
      secret: secretFile === undefined ? undefined : readText(secretFile).trim(),
    }
    const gateway = await connect(call)
    try {
      const made = (await gateway.ask('POST', `/admin/channels/${channel}/endpoints`, body)) as Record<string, string>
      const text = facts([
        ['endpoint id', made.endpoint_id],
        ['secret', made.secret],
      ])
      return { data: made, text: `${text}\n\n${KEPT}` }
    } finally {
      await gateway.close()
    }
  },
}

function filterOf(values: Values): Record<string, string[]> {
  const lists = { events: listOf(values, 'event'), types: listOf(values, 'type'), statuses: listOf(values, 'status') }
  return Object.fromEntries(Object.entries(lists).filter(([, words]) => words.length > 0))
}

function headersOf(values: Values): Record<string, string> | undefined {
  const path = textOf(values, 'headers-file')
  if (path === undefined) return undefined
  const lines = readText(path)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line, i) => {
      const colon = line.indexOf(':')
      if (colon < 1) throw new Misused(`--headers-file: line ${i + 1} must be "Name: value"`)
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    }),
  )
}

export const endpointList: Command = {
  name: 'endpoint list',
  summary: 'List the endpoints, with their state and what waits for them.',
  args: '[channel_id]',
  options: CONNECTION,
  async run(call) {
    const [channel] = call.words
    const id = channel === undefined ? undefined : idOf(channel)
    const gateway = await connect(call)
    try {
      const endpoints = await all(gateway, id)
      const rows = endpoints.map((one) => [
        ...[one.channel_id, one.endpoint_id, one.name, one.state, one.waiting, one.dead],
        ...[percent(one.last_hour.success_rate), one.format, one.url],
      ])
      const headings = ['CHANNEL', 'ID', 'NAME', 'STATE', 'WAITING', 'DEAD', 'LAST HOUR', 'FORMAT', 'URL']
      return { data: endpoints, text: endpoints.length === 0 ? 'There are no endpoints.' : table(headings, rows) }
    } finally {
      await gateway.close()
    }
  },
}

const percent = (share: number | null): string | null => (share === null ? null : `${Math.round(share * 1000) / 10} %`)
const wordsOf = (words: string[] | null): string => (words === null ? 'all' : words.join(', '))

function described(one: Endpoint): string {
  const { last_answer: last, last_hour: hour } = one
  return facts([
    ['endpoint id', one.endpoint_id],
    ['channel', one.channel_id],
    ['name', one.name],
    ['url', one.url],
    ['format', one.format],
    ['events', wordsOf(one.events)],
    ['message types', wordsOf(one.types)],
    ['statuses', wordsOf(one.statuses)],
    ['headers', one.headers.join(', ')],
    ['state', one.state_reason === null ? one.state : `${one.state}: ${one.state_reason}`],
    ['since', moment(one.since)],
    ['next attempt', moment(one.next_attempt_at)],
    [
      'last answer',
      last && `${moment(last.at)} ${last.status === null ? (last.problem ?? '') : `HTTP ${last.status}`}`,
    ],
    ['waiting', one.waiting],
    ['oldest waiting', moment(one.oldest_waiting_at)],
    ['dead', one.dead],
    ['attempts in the last hour', hour.attempts],
    ['acknowledged', percent(hour.success_rate)],
    ['answered within', hour.latency_ms && `${hour.latency_ms.p50} ms (half), ${hour.latency_ms.p95} ms (95 %)`],
  ])
}

export const endpointShow = onEndpoint(
  { verb: 'show', summary: 'Show an endpoint: its filter, its state, and how its last hour went.' },
  async (_ask, _path, endpoint) => ({ data: endpoint, text: described(endpoint) }),
)

export const endpointPause = onEndpoint(
  { verb: 'pause', summary: 'Pause an endpoint: nothing is delivered to it, and nothing is lost.' },
  async (ask, path, { name }) => ({
    data: await ask('PATCH', path, { state: 'paused' }),
    text: `${name} is paused. Its events wait.`,
  }),
)

export const endpointResume = onEndpoint(
  { verb: 'resume', summary: 'End the pause or the rest of an endpoint.' },
  async (ask, path, { name }) => ({
    data: await ask('PATCH', path, { state: 'active' }),
    text: `${name} is resumed.`,
  }),
)

type Tested = { delivered: boolean; status: number | null; ms: number; answer: string }

export const endpointTest = onEndpoint(
  { verb: 'test', summary: 'Send a test event to an endpoint now, and print its answer.' },
  async (ask, path, { name, url }) => {
    const data = (await ask('POST', `${path}/test`)) as Tested
    // A database or a stream has no HTTP status, and says what was done.
    const answer = data.status === null || !url.startsWith('http') ? data.answer : `it answered HTTP ${data.status}`
    if (!data.delivered) throw new Failed(`${name} did not take the test event: ${answer}.`, { data })
    return { data, text: `${name} took the test event: ${answer} in ${data.ms} ms.` }
  },
)

export const endpointRetry = onEndpoint(
  { verb: 'retry', summary: 'Try a resting endpoint now. A paused one is resumed instead.' },
  async (ask, path, { name }) => {
    const data = (await ask('POST', `${path}/retry`)) as Endpoint
    return { data, text: `${name} is tried now. It was ${data.state} a moment ago.` }
  },
)

export const endpointReplay = onEndpoint(
  {
    verb: 'replay',
    summary: 'Deliver events to an endpoint again, those that its filter wants.',
    usage: '<endpoint_id> --from-event <event_id> | --since <time> [--until <time>] [--state dead|delivered]',
    details: 'A time is Unix seconds or a date such as 2026-03-01T12:00:00Z.',
    options: {
      'from-event': { type: 'string', value: 'event_id', help: 'This event and all that were stored after it.' },
      since: { type: 'string', value: 'time', help: 'Events stored at or after this moment.' },
      until: { type: 'string', value: 'time', help: 'Events stored before this moment.' },
      state: { type: 'string', value: 'dead|delivered', help: 'Only events in this state. Default: all.' },
    },
  },
  async (ask, path, { name }, { values }) => {
    const [event, since] = [textOf(values, 'from-event'), textOf(values, 'since')]
    if ((event === undefined) === (since === undefined)) throw new Misused('give --from-event or --since')
    const body = {
      from_event_id: event,
      state: textOf(values, 'state'),
      ...momentsOf({ since, until: textOf(values, 'until') }),
    }
    const data = (await ask('POST', `${path}/replay`, body)) as { replayed: number }
    const { replayed } = data
    return { data, text: `${replayed} ${replayed === 1 ? 'event goes' : 'events go'} to ${name} again.` }
  },
)

export const endpointRotateSecret = onEndpoint(
  {
    verb: 'rotate-secret',
    summary: 'Create a new secret for an endpoint; prints it, once.',
    details:
      'For 24 hours, callbacks are signed with the old and the new secret. Format meta: with the new one at once.',
  },
  async (ask, path, { format }) => {
    const data = (await ask('POST', `${path}/rotate-secret`)) as { secret: string }
    const old = format === 'meta' ? '' : ' The old secret also signs for 24 hours.'
    return { data, text: `secret  ${data.secret}\n\n${KEPT}${old}` }
  },
)

export const endpointRemove = onEndpoint(
  { verb: 'remove', summary: 'Remove an endpoint. What waits for it is not delivered.' },
  async (ask, path, { name, waiting, endpoint_id: id }) => {
    const data = (await ask('DELETE', path)) as Record<string, unknown>
    const waited = waiting === 0 ? '' : ` ${waiting} ${waiting === 1 ? 'event' : 'events'} waited for it.`
    return { data: { ...data, endpoint_id: id }, text: `${name} is removed.${waited}` }
  },
)
